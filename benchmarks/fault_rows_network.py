"""Rows B17 and B18: proxies and encryption."""

from __future__ import annotations

import re
import socket
import ssl
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

from liara_magic.gateway.address import Address
from liara_magic.gateway.api_key import ApiKey
from liara_magic.gateway.connection import Connection
from liara_magic.protocol.errors import LiaraNetworkError

from .certificates import make_certificates
from .fault_row import Figure, Row, Tally
from .rig import KEY, TOP, Loopback, Outcome, ask, environment, running_engine

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


class _PlainServer:
    """Answers whatever comes as a web server without encryption does; a context manager.

    ``received`` is what arrived: for :class:`_TlsServer`, inside the encryption.
    """

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.received = b""

    def __enter__(self) -> _PlainServer:
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._listener.accept()
            except OSError:
                return
            line.settimeout(2)
            try:
                self._answer(line)
            except OSError:  # the client did not like what it saw
                pass
            finally:
                line.close()

    def _answer(self, line: socket.socket) -> None:
        self.received += line.recv(65536)
        line.sendall(b"HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n")


class _TlsServer(_PlainServer):
    def __init__(self, context: ssl.SSLContext) -> None:
        super().__init__()
        self._context = context

    def _answer(self, line: socket.socket) -> None:
        with self._context.wrap_socket(line, server_side=True) as inside:
            while not self.received.endswith(b"}"):  # the JSON body's end: what is left unread would reset the line
                self.received += inside.recv(65536) or b"}"
            body = b'{"choices":[{"message":{"content":"fine"},"finish_reason":"stop"}]}'
            head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n"
            inside.sendall(head + b"content-length: %d\r\n\r\n" % len(body) + body)


def _context(files: Path, name: str, **options: Any) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files / f"{name}.pem", files / f"{name}.key")
    for option, value in options.items():
        setattr(context, option, value)
    return context


def _old_tls(files: Path) -> ssl.SSLContext:
    context = _context(files, "good")
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1
    return context


@contextmanager
def _name_means_this_machine() -> Iterator[None]:
    """The system's own resolver is told, not the package: certificates are for names."""
    real = socket.getaddrinfo

    def resolve(host: Any, *arguments: Any, **options: Any) -> Any:
        host = "127.0.0.1" if host in (_NAME, _NAME.encode()) else host
        return real(host, *arguments, **options)

    with mock.patch("socket.getaddrinfo", resolve):
        yield


def _tls() -> Figure:
    found = Tally()
    with tempfile.TemporaryDirectory() as folder, _name_means_this_machine():
        files = Path(folder)
        try:
            make_certificates(files, _NAME)
        except (OSError, subprocess.CalledProcessError) as error:
            return Figure(f"not measured: no certificates could be made with openssl ({error})", "–", None)
        with environment(SSL_CERT_FILE=str(files / "authority.pem")):
            with _TlsServer(_context(files, "good")) as server:
                outcome = _ask(f"https://{_NAME}:{server.port}/v1")
                if outcome.text != "fine":
                    return Figure(f"not measured: a good certificate was refused too: {outcome.error}", "–", None)
            cases = {
                "self-signed": (_context(files, "self"), "self-signed|self signed"),
                "wrong host": (_context(files, "other"), f"hostname mismatch|not valid for '{_NAME}'"),
                "expired": (_context(files, "expired"), "expired"),
                "TLS 1.0": (_old_tls(files), "protocol"),
            }
            for name, (context, says) in cases.items():
                with _TlsServer(context) as server:
                    outcome = _ask(f"https://{_NAME}:{server.port}/v1")
                    found.add(f"{name}: “{outcome.error}”", _refused(outcome, says) and not server.received)
            with _PlainServer() as plain:
                outcome = _ask(f"https://{_NAME}:{plain.port}/v1")
                says = "wrong version number|record layer|http request|unknown protocol"
                safe = _refused(outcome, says) and b"POST" not in plain.received
                found.add(f"http on the https port: “{outcome.error}”", safe)
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
