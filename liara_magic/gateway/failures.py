"""From what came back, or did not, to an error with one clear sentence and the next step."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit
from urllib.request import proxy_bypass_environment  # type: ignore[attr-defined]  # unknown to the stubs

import httpx

from ..protocol.errors import LiaraError, LiaraNetworkError, LiaraServerError, LiaraStreamError
from .connection import Connection, fit
from .progress import MAY_BE_CHARGED
from .statuses import explain

#: How much of a server's answer an error keeps, in bytes of UTF-8.
BODY_LIMIT = 2048
_PROXY_VARIABLES = ("ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY")


def from_response(
    status: int, headers: Mapping[str, str], body: bytes, connection: Connection, model: str = ""
) -> LiaraError:
    """The error for a response whose status is not 200."""
    words, code = _server_words(body.decode("utf-8", "replace"), connection)
    kind, message, hint = explain(status, words, connection.address, model)
    location = headers.get("x-moved-to", "") or headers.get("location", "")
    moved_to = _host_and_port(location) if 300 <= status < 400 else ""
    if moved_to:
        message = f"{message} The address moved to {fit(moved_to, connection)[:80]}."
    wait = retry_after(headers.get("retry-after", ""))
    if wait and status in (429, 503):
        hint = f"The server asks to wait {wait:.0f} s. {hint}"
    return kind(
        f"{message} The server says: {words}" if words else message,
        hint=hint,
        status=status,
        code=code,
        request_id=fit(headers.get("x-request-id", ""), connection)[:100],
        retry_after=wait,
        body=_shown(body, connection),
    )


def _host_and_port(location: str) -> str:
    """Where a redirect points to, without whatever else its URL carries."""
    try:
        return urlsplit(location).netloc.rpartition("@")[2]
    except ValueError:
        return ""


def not_a_reply(status: int, content_type: str, body: bytes, connection: Connection) -> LiaraServerError:
    """The error for a 200 that holds no completion: a captive portal, a filter's page, an empty answer."""
    kind = content_type.split(";", maxsplit=1)[0].strip() or "no content type"
    return LiaraServerError(
        f"What {connection.address.host} sent is not a reply from the API ({kind}, {len(body)} bytes).",
        hint="A proxy, a filter or a login page may stand in between: check the network, and %liara /status.",
        status=status,
        body=_shown(body, connection),
    )


def from_transport(error: Exception, connection: Connection) -> LiaraError:
    """The error for a connection that failed before a response began."""
    host, seconds = connection.address.host, connection.limits.connect
    reason = fit(_reason(error), connection)
    if isinstance(error, httpx.ConnectTimeout):
        return LiaraNetworkError(
            f"{host} did not answer within {seconds:g} s.",
            hint="Nothing was charged. Check the network or a filter on the way; then run the cell again.",
        )
    if isinstance(error, httpx.ProxyError):
        return LiaraNetworkError(f"The proxy did not let the request through: {reason}.", hint=proxy_cure())
    variable = _proxy_used(connection)
    if isinstance(error, httpx.ConnectError) and variable:
        return LiaraNetworkError(
            f"{host} could not be reached through the proxy set in {variable}: {reason}.", hint=proxy_cure(variable)
        )
    if isinstance(error, httpx.ConnectError):
        return _not_connected(reason, host)
    return LiaraStreamError(
        f"The connection to {host} broke before the reply began: {reason}.",
        hint=MAY_BE_CHARGED,
    )


def _not_connected(reason: str, host: str) -> LiaraNetworkError:
    if re.search("certificate|ssl|tls", reason, re.IGNORECASE):
        error = LiaraNetworkError(
            f"The encrypted connection to {host} could not be made: {reason}.",
            hint="Nothing was sent. If a company proxy inspects traffic, set SSL_CERT_FILE to its certificate.",
        )
        error.transient = "certificate" not in reason.lower()  # a wrong certificate stays wrong
        return error
    error = LiaraNetworkError(
        f"{host} could not be reached: {reason}.",
        hint="Nothing was sent or charged. Check the network, a VPN or a proxy; then run the cell again.",
    )
    error.transient = True
    return error


def unusable_proxy(error: Exception) -> LiaraNetworkError:
    """The error for a proxy variable that httpx refuses when the client is made."""
    odd = re.compile(r"(?!https?:)\w+://", re.IGNORECASE)
    variable = next((name for name in _proxies() if odd.match(os.environ[name])), _proxy_variable())
    return LiaraNetworkError(
        f"The proxy set in {variable} cannot be used: {_reason(error)}.", hint=proxy_cure(variable)
    )


def proxy_cure(variable: str = "") -> str:
    """What to do about a proxy variable that does harm."""
    return (
        f"Set {variable or _proxy_variable()} to an http:// address, or take it out of the environment; "
        "for a socks proxy: pip install 'httpx[socks]'. To ignore proxies: %liara /set use_proxies false"
    )


def retry_after(value: str) -> float | None:
    """Seconds from a Retry-After header, given as seconds or as an HTTP date; ``None`` where it makes no sense."""
    if re.fullmatch(r"\s*\d{1,9}(\.\d+)?\s*", value):
        return float(value)
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except (TypeError, ValueError, OverflowError):
        return None


def _shown(body: bytes, connection: Connection) -> str:
    """The server's answer as far as an error keeps it: cut at 2 KB, after the key was taken out."""
    text = fit(body.decode("utf-8", "replace"), connection)
    return text.encode()[:BODY_LIMIT].decode("utf-8", "ignore")


def _server_words(text: str, connection: Connection) -> tuple[str, str]:
    """The server's own sentence and code, whichever of the known body forms it used. HTML is not quoted."""
    code: Any = ""
    try:
        words: Any = json.loads(text)
    except (ValueError, RecursionError):
        words = text
    if isinstance(words, Mapping):
        error = words.get("error")
        inner = error if isinstance(error, Mapping) else words
        code = inner.get("code") or inner.get("type") or ""
        words = inner.get("message") or inner.get("detail") or (error if isinstance(error, str) else "")
    if isinstance(words, list):
        words = "; ".join(_plain(item) for item in words)
    sentence = " ".join(fit(_plain(words or ""), connection).strip("\ufeff \n").split())
    return ("" if sentence.startswith("<") else sentence[:300]), fit(_plain(code), connection)[:100]


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _reason(error: Exception) -> str:
    """The system's own words for a failure, short, without the class names around them."""
    return " ".join(str(error).split()).rstrip(".")[:200] or type(error).__name__


def _proxy_variable() -> str:
    return next(iter(_proxies()), "the proxy setting")


def _proxy_used(connection: Connection) -> str:
    """The variable whose proxy a request goes through: that of its scheme, then that of all; small letters first."""
    address = connection.address
    if not connection.use_proxies or address.is_local or proxy_bypass_environment(address.host):
        return ""
    names = (f"{urlsplit(address.base_url).scheme}_proxy", "all_proxy")
    spellings = (spelling for name in names for spelling in (name, name.upper()))
    return next((name for name in spellings if os.environ.get(name)), "")


def _proxies() -> list[str]:
    """The environment's variables that name a proxy."""
    names = (spelling for name in _PROXY_VARIABLES for spelling in (name, name.lower()))
    return [name for name in names if os.environ.get(name)]
