"""From what a person pastes to the endpoint: a workspace id, a base URL, a console page, a full endpoint."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from ..protocol.errors import LiaraWorkspaceError
from .api_key import looks_like_key

LIARA_HOST = "ai.liara.ir"
_CONSOLE_HOST = "console.liara.ir"
_CHAT = "/chat/completions"
_WORKSPACE = re.compile(r"[a-f0-9]{24}")
# What copying from a web page or a chat leaves around a word: spaces, quotes, zero-width and direction marks.
_WRAPPING = " \t\r\n\"'`<>\u00a0\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u202a\u202b\u202c\u202d\u202e"

_NOT_AN_ID = "is not 24 letters a-f and digits."
_WHERE_IT_IS = f"It is the 24 letters and digits in {_CONSOLE_HOST}/ai/<workspace id>/models."


@dataclass(frozen=True, slots=True)
class Address:
    """Where requests go. ``base_url`` ends without a slash: ``https://ai.liara.ir/api/<workspace>/v1``."""

    base_url: str

    @property
    def endpoint(self) -> str:
        """The URL that a chat completion is posted to."""
        return self.base_url + _CHAT

    @property
    def models(self) -> str:
        """The URL of the model list."""
        return self.base_url + "/models"

    @property
    def host(self) -> str:
        """The host name alone."""
        return urlsplit(self.base_url).hostname or ""

    @property
    def is_sandbox(self) -> bool:
        """Whether the built-in gateway answers, inside this process."""
        return self.base_url == SANDBOX.base_url

    @property
    def is_local(self) -> bool:
        """Whether it is this machine: no proxy is used, and no key is needed."""
        return self.is_sandbox or _is_loopback(self.host)

    @property
    def other_form(self) -> str:
        """Liara documents two orders of workspace and version; the one that this address does not use."""
        found = re.fullmatch(rf"(https://{LIARA_HOST}/api)/(\w+)/(\w+)", self.base_url)
        return f"{found[1]}/{found[3]}/{found[2]}" if found else ""


#: The built-in offline gateway; no socket is opened for it.
SANDBOX = Address("sandbox://liara/v1")
#: Its models are named so.
SANDBOX_PREFIX = "sandbox/"


def resolve(workspace: str = "", base_url: str = "") -> Address:
    """The address that ``workspace`` or ``base_url`` means; ``base_url`` wins where it says more than a workspace.

    Raises :class:`LiaraWorkspaceError` for neither, for a malformed id and for a URL that cannot be one.
    """
    pasted = base_url.strip(_WRAPPING) or workspace.strip(_WRAPPING)
    if not pasted:
        raise LiaraWorkspaceError(
            "No workspace is set, so there is nowhere to send the prompt.",
            hint=f"%liara /set workspace ID, or LIARA_WORKSPACE_ID in the environment. {_WHERE_IT_IS} "
            "To try everything offline: %liara /model sandbox/tutor",
        )
    if _looks_like_url(pasted):
        return _from_url(pasted)
    return Address(f"https://{LIARA_HOST}/api/{_workspace_id(pasted)}/v1")


def _looks_like_url(pasted: str) -> bool:
    return "/" in pasted or ":" in pasted or pasted.endswith(".ir")


def _workspace_id(text: str) -> str:
    cleaned = text.strip(_WRAPPING).lower()
    if not _WORKSPACE.fullmatch(cleaned):
        raise LiaraWorkspaceError(f"The workspace id{_quoted(cleaned)} {_NOT_AN_ID}", hint=_WHERE_IT_IS)
    return cleaned


def _quoted(text: str) -> str:
    """What was pasted, to recognise it by; not if it may be a key."""
    return f" “{text}”" if len(text) <= 30 and not looks_like_key(text) else ""


def _from_url(pasted: str) -> Address:
    if "://" not in pasted:
        local = pasted.lower().startswith(("localhost", "127.", "[::1]"))
        pasted = ("http://" if local else "https://") + pasted
    if re.search(r"\s", pasted) or not pasted.isprintable():
        raise LiaraWorkspaceError("The base URL has a space or an invisible sign inside.", hint="Paste it once more.")
    try:
        url = urlsplit(pasted)
        host, port = (url.hostname or "").lower(), url.port
    except ValueError:
        raise LiaraWorkspaceError(
            "The base URL cannot be read as a URL.", hint=f"It looks like https://{LIARA_HOST}/api/<workspace id>/v1."
        ) from None
    _check_url(url.scheme, host, url.username is not None)
    path = url.path.rstrip("/").removesuffix(_CHAT).removesuffix("/models")
    if host in (LIARA_HOST, _CONSOLE_HOST):
        return Address(_liara_base(host, path))
    where = f"[{host}]" if ":" in host else host
    return Address(f"{url.scheme}://{where}{f':{port}' if port else ''}{path}")


def _check_url(scheme: str, host: str, has_user: bool) -> None:
    if (host == "liara.ir" or host.endswith(".liara.ir")) and host not in (LIARA_HOST, _CONSOLE_HOST):
        raise LiaraWorkspaceError(f"{host} does not serve the AI gateway.", hint=f"The host is {LIARA_HOST}.")
    if scheme not in ("http", "https") or not host:
        raise LiaraWorkspaceError(
            f"A base URL starts with https://, not {scheme}://.",
            hint=f"It looks like https://{LIARA_HOST}/api/<workspace id>/v1.",
        )
    if has_user:
        raise LiaraWorkspaceError(
            "The base URL holds a user name or password.", hint="Take it out; the key comes from %liara /login."
        )
    if scheme == "http" and not _is_private(host):
        raise LiaraWorkspaceError(
            f"http://{host} would send the key and the prompt unencrypted.", hint=f"Use https://{host}."
        )


def _liara_base(host: str, path: str) -> str:
    """The documented base for a Liara URL, in the order of workspace and version that the person gave."""
    words = [word.lower() for word in path.split("/") if word]
    workspace = next((word for word in words if _WORKSPACE.fullmatch(word)), "")
    if not workspace:
        named = next((word for word in words if word not in ("api", "ai", "v1", "models")), "")
        raise LiaraWorkspaceError(
            f"The workspace id{_quoted(named)} in the URL {_NOT_AN_ID}"
            if named
            else f"The URL {host}{path} names no workspace.",
            hint=_WHERE_IT_IS,
        )
    if host == LIARA_HOST and words[:2] == ["api", "v1"]:
        return f"https://{LIARA_HOST}/api/v1/{workspace}"
    return f"https://{LIARA_HOST}/api/{workspace}/v1"


def _is_loopback(host: str) -> bool:
    address = _ip(host)
    return host == "localhost" or host.endswith(".localhost") or (address is not None and address.is_loopback)


def _is_private(host: str) -> bool:
    """A host that only a local network can reach: there is no certificate to be had for it."""
    address = _ip(host)
    if address is not None:
        return address.is_private
    return _is_loopback(host) or "." not in host or host.endswith((".local", ".internal"))


def _ip(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None
