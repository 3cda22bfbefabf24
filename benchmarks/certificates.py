"""Certificates that are good, self-signed, for another name, and expired, by the openssl command."""

from __future__ import annotations

import subprocess
from pathlib import Path


def make_certificates(folder: Path, name: str) -> None:
    """Write NAME.pem and NAME.key for authority, good, other, expired and self into ``folder``.

    Raises OSError or CalledProcessError where there is no openssl that can.
    """
    _authority(folder, "authority", "/CN=Authority of the test")
    _authority(folder, "self", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}")
    _signed(folder, "good", name, days=30)
    _signed(folder, "other", "elsewhere.test", days=30)
    _signed(folder, "expired", name, days=-1)


def _authority(folder: Path, file: str, subject: str, *more: str) -> None:
    _openssl(
        folder, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", subject,
        "-keyout", f"{file}.key", "-out", f"{file}.pem", *more,
    )  # fmt: skip


def _signed(folder: Path, file: str, name: str, days: int) -> None:
    _openssl(
        folder, "req", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={name}",
        "-keyout", f"{file}.key", "-out", f"{file}.csr",
    )  # fmt: skip
    (folder / f"{file}.ext").write_text(f"subjectAltName=DNS:{name}\n")
    _openssl(
        folder, "x509", "-req", "-in", f"{file}.csr", "-CA", "authority.pem", "-CAkey", "authority.key",
        "-CAcreateserial", "-days", str(days), "-extfile", f"{file}.ext", "-out", f"{file}.pem",
    )  # fmt: skip


def _openssl(folder: Path, *arguments: str) -> None:
    subprocess.run(["openssl", *arguments], check=True, capture_output=True, cwd=folder, timeout=60)
