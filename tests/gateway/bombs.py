"""Answers that mean harm: small ones that unpack to much, and those that never end."""

import functools
import gzip
import zlib
from collections.abc import Callable

from loopback import Line, SeenRequest

Script = Callable[[Line, SeenRequest], None]

#: What comes before the harm in a stream.
KEPT = "kept words"
_SIZE = 200_000_000


def endless(event: bytes, start: bytes = b"") -> Script:
    """A stream that goes on for 200 MB, which nobody should read to the end."""

    def script(line: Line, request: SeenRequest) -> None:
        line.head()
        line.delta(KEPT)
        line.send(start)
        block = event * (1_000_000 // len(event))
        for _ in range(_SIZE // len(block)):
            line.send(block)

    return script


def packed(encoding: str, content_type: str = "application/json", status: str = "200 OK") -> Script:
    """A few hundred KB that unpack to 200 MB."""

    def script(line: Line, request: SeenRequest) -> None:
        line.head(status, content_type, content_encoding=encoding)
        line.send(_packed(encoding))

    return script


@functools.cache
def _packed(encoding: str) -> bytes:
    """Made when it is first sent: that takes a second."""
    return {"gzip": gzip.compress, "deflate": zlib.compress, "zstd": _zstd}[encoding](bytes(_SIZE))


def _zstd(data: bytes) -> bytes:
    """A frame of runs: 128 KB of the first byte in four bytes each (RFC 8878, section 3.1.1.2)."""
    runs, size = len(data) // 131_072, 131_072
    blocks = [((size << 3) | (1 << 1) | last).to_bytes(3, "little") + data[:1] for last in [0] * (runs - 1) + [1]]
    return b"\x28\xb5\x2f\xfd\x00\x58" + b"".join(blocks)


def long_header(line: Line, request: SeenRequest) -> None:
    """200 KB before the body, which is a good one."""
    line.send(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nx-long: " + b"x" * 200_000 + b"\r\n\r\n")
    line.reply("fine")


#: Those that unpack to much, and those that do not end. The second kind begins with :data:`KEPT`.
PACKED = {
    "gzip": packed("gzip"),
    "gzip, as a stream": packed("gzip", "text/event-stream"),
    "gzip, with status 500": packed("gzip", status="500 x"),
    "deflate": packed("deflate"),
    "zstd": packed("zstd"),
}
ENDLESS = {
    "200 MB line": endless(b"x", b"data: "),
    "endless data lines": endless(b"data: xxxxxxxx\n"),
    "endless short data lines": endless(b"data:xy\n"),
    "endless comments": endless(b"x", b": "),
    "endless events": endless(b'data: {"choices":[{"index":0,"delta":{"content":"some words more "}}]}\n\n'),
}
