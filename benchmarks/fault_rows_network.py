"""Rows B17 and B18: proxies and encryption."""

from __future__ import annotations

import re
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

from liara_magic.gateway.address import Address
from liara_magic.gateway.api_key import ApiKey
from liara_magic.gateway.connection import Connection
from liara_magic.protocol.errors import LiaraNetworkError

# Makes the tests' folders known.
from .rig import KEY, TOP, Line, Loopback, Outcome, SeenRequest, ask, environment, running_engine  # isort: skip
from encryption import Encrypted, Outdated, Unencrypted, make_certificates

from .fault_row import Figure, Row, Tally

#: A name that no name server knows; below it is made to mean this machine.
_NAME = "gateway.test"


def _ask(base_url: str) -> Outcome:
    with running_engine() as engine:  # the environment is read when an engine's client is made
        return ask(engine, Connection(Address(base_url), ApiKey(KEY)))


def _names_the_cure(outcome: Outcome, variable: str) -> bool:
    said = str(outcome.error)
    return isinstance(outcome.error, LiaraNetworkError) and variable in said and "use_proxies false" in said


def _proxies() -> Figure:
    found = Tally()
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        dead = f"http://127.0.0.1:{nobody.getsockname()[1]}"
    for scheme in ("socks5", "socks", "socks4"):
        with environment(ALL_PROXY=f"{scheme}://127.0.0.1:1080"):
            found.add(f"ALL_PROXY={scheme}", _names_the_cure(_ask(f"https://{_NAME}/v1"), "ALL_PROXY"))
    with environment(ALL_PROXY=dead):
        outcome = _ask(f"https://{_NAME}/v1")
        found.add(f"dead http proxy: “{str(outcome.error).splitlines()[0]}”", _names_the_cure(outcome, "ALL_PROXY"))
    with Loopback(lambda line, request: line.reply("by proxy")) as proxy:
        everything = dict.fromkeys(("ALL_PROXY", "HTTP_PROXY", "http_proxy"), f"http://127.0.0.1:{proxy.port}")
        with environment(**everything), Loopback(lambda line, request: line.reply("directly")) as gateway:
            found.add("127.0.0.1", _ask(gateway.base_url).text == "directly" and not proxy.requests)
        with environment(**everything, NO_PROXY=_NAME):
            outcome = _ask(f"http://{_NAME}/v1")
            found.add("NO_PROXY", isinstance(outcome.error, LiaraNetworkError) and not proxy.requests)
    return found.figure("the error names the variable and the cure; this machine and NO_PROXY are reached directly")


@contextmanager
def _name_means_this_machine() -> Iterator[None]:
    """The system's own resolver is told, not the package: certificates are for names."""
    real = socket.getaddrinfo

    def resolve(host: Any, *arguments: Any, **options: Any) -> Any:
        host = "127.0.0.1" if host in (_NAME, _NAME.encode()) else host
        return real(host, *arguments, **options)

    with mock.patch("socket.getaddrinfo", resolve):
        yield


def _fine(line: Line, request: SeenRequest) -> None:
    line.reply("fine")


def _tls() -> Figure:
    found = Tally()
    with tempfile.TemporaryDirectory() as folder, _name_means_this_machine():
        files = Path(folder)
        try:
            make_certificates(files, _NAME)
        except (OSError, subprocess.CalledProcessError) as error:
            return Figure(f"not measured: no certificates could be made with openssl ({error})", "–", None)
        with environment(SSL_CERT_FILE=str(files / "authority.pem")):
            with Encrypted(_fine, files, "good") as server:
                outcome = _ask(f"https://{_NAME}:{server.port}/v1")
                if outcome.text != "fine":
                    return Figure(f"not measured: a good certificate was refused too: {outcome.error}", "–", None)
            cases = {
                "self-signed": (Encrypted(_fine, files, "self"), "self-signed|self signed"),
                "wrong host": (Encrypted(_fine, files, "other"), f"hostname mismatch|not valid for '{_NAME}'"),
                "expired": (Encrypted(_fine, files, "expired"), "expired"),
                "TLS 1.0": (Outdated(_fine, files), "protocol"),
                "http on the https port": (Unencrypted(), "wrong version number|record layer|http request"),
            }
            for name, (server, says) in cases.items():
                with server:
                    outcome = _ask(f"https://{_NAME}:{server.port}/v1")
                    safe = not server.requests and b"POST" not in getattr(server, "received", b"")
                    found.add(f"{name}: “{outcome.error}”", _refused(outcome, says) and safe)
    switched_off = _certificate_checks_switched_off()
    figure = found.figure("refused before anything was sent; the error says which it is")
    value = f"{figure.value}; “verify=False” stands in {switched_off} places"
    return Figure(figure.happened, value, figure.ok and not switched_off)


def _refused(outcome: Outcome, says: str) -> bool:
    return isinstance(outcome.error, LiaraNetworkError) and bool(re.search(says, str(outcome.error), re.IGNORECASE))


def _certificate_checks_switched_off() -> int:
    sources = (path.read_text(encoding="utf-8") for path in (TOP / "liara_magic").rglob("*.py"))
    return sum(
        len(re.findall(r"verify\s*=\s*False|CERT_NONE|check_hostname\s*=\s*False", source)) for source in sources
    )


ROWS = (
    Row("B17", "ALL_PROXY socks5, socks, socks4, dead; this machine; NO_PROXY", _proxies),
    Row("B18", "certificate self-signed, of another host, expired; http on the https port; TLS 1.0", _tls),
)
