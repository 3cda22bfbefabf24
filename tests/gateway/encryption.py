"""Gateways behind encryption that is good, wrong in some way, or missing."""

import socket
import ssl
import subprocess
import warnings
from pathlib import Path

from loopback import Line, Loopback, SeenRequest


def make_certificates(folder: Path, *names: str) -> None:
    """Write NAME.pem and NAME.key for authority, good, other, expired and self into ``folder``.

    ``names`` are those of the servers; "other" is for none of them. Raises OSError or CalledProcessError where there is
    no openssl that can.
    """
    _authority(folder, "authority", "Authority of the test", "-addext", "keyUsage=critical,keyCertSign")
    _authority(folder, "self", names[0], "-addext", _alternatives(names))
    _signed(folder, "good", names, days=30)
    _signed(folder, "other", ("elsewhere.test",), days=30)
    _signed(folder, "expired", names, days=-1)


class Encrypted(Loopback):
    """A gateway with the certificate ``name`` of ``folder``. ``options`` are those of its context."""

    def __init__(self, script, folder: Path, name: str, **options) -> None:
        super().__init__(script)
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(folder / f"{name}.pem", folder / f"{name}.key")
        with warnings.catch_warnings():  # the old protocol that some tests want is deprecated
            warnings.simplefilter("ignore", DeprecationWarning)
            for option, value in options.items():
                setattr(self._context, option, value)

    def _answer(self, connection: socket.socket) -> None:
        try:
            inside = self._context.wrap_socket(connection, server_side=True)
        except OSError:  # the client did not like what it saw
            connection.close()
        else:
            super()._answer(inside)


class Outdated(Encrypted):
    """A gateway that knows nothing newer than TLS 1.0. Its certificate is good."""

    def __init__(self, script, folder: Path) -> None:
        old = ssl.TLSVersion.TLSv1
        super().__init__(script, folder, "good", minimum_version=old, maximum_version=old)
        self._context.set_ciphers("ALL:@SECLEVEL=0")


class Unencrypted(Loopback):
    """A web server without encryption, asked as if it had one: whatever comes is a bad request.

    ``received`` is what came.
    """

    def __init__(self) -> None:
        super().__init__(_never_asked)
        self.received = b""

    def _answer(self, connection: socket.socket) -> None:
        with connection:
            self.received += connection.recv(65536)
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n")


def _never_asked(line: Line, request: SeenRequest) -> None:
    raise AssertionError("a request was read where none can be")


def _alternatives(names: tuple[str, ...]) -> str:
    return "subjectAltName=" + ",".join(f"DNS:{name}" for name in names)


def _authority(folder: Path, file: str, name: str, *more: str) -> None:
    _openssl(
        folder, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", f"/CN={name}",
        "-keyout", f"{file}.key", "-out", f"{file}.pem", *more,
    )  # fmt: skip


def _signed(folder: Path, file: str, names: tuple[str, ...], days: int) -> None:
    _openssl(
        folder, "req", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={names[0]}",
        "-keyout", f"{file}.key", "-out", f"{file}.csr",
    )  # fmt: skip
    (folder / f"{file}.ext").write_text(f"{_alternatives(names)}\nauthorityKeyIdentifier=keyid\n")
    _openssl(
        folder, "x509", "-req", "-in", f"{file}.csr", "-CA", "authority.pem", "-CAkey", "authority.key",
        "-CAcreateserial", "-days", str(days), "-extfile", f"{file}.ext", "-out", f"{file}.pem",
    )  # fmt: skip


def _openssl(folder: Path, *arguments: str) -> None:
    subprocess.run(["openssl", *arguments], check=True, capture_output=True, cwd=folder, timeout=60)
