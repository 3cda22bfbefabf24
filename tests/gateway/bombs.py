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


def _choice(fields: str) -> bytes:
    return f'data: {{"choices":[{{"index":0,{fields}}}]}}\n\n'.encode()


def _delta(fields: str) -> bytes:
    return _choice(f'"delta":{{{fields}}}')


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
    "one huge list": endless(b"{},", b'data: {"choices":['),
    "endless events": endless(b'data: {"choices":[{"index":0,"delta":{"content":"some words more "}}]}\n\n'),
}
#: Those that are small on the wire and large in memory. They begin with :data:`KEPT` too.
SWOLLEN = {
    "letters of four bytes": endless(_delta('"content":"%s\U0001f600"' % ("a" * 8000))),
    "empty probabilities": endless(_choice('"logprobs":{"content":[%s{}]}' % ("{}," * 2000))),
    "empty images": endless(_delta('"images":[%s{}]' % ("{}," * 2000))),
    "many sources": endless(_delta('"annotations":[%s{"a":[]}]' % ('{"a":[]},' * 2000))),
    "fragments of calls": endless(_delta('"tool_calls":[%s{"index":1}]' % ('{"index":2,"id":"a"},' * 500))),
    "lines of lists": endless(_delta('"content":"%s"' % ("- a\\n" * 1000))),
    "much reasoning": endless(_delta('"reasoning":"%s"' % ("سلام " * 2000))),
}


def many_choices(line: Line, request: SeenRequest) -> None:
    """A choice of one letter after the other, and then their end."""
    line.head()
    line.delta(KEPT)
    for first in range(0, 1_000_000, 10_000):
        indices = range(first, first + 10_000)
        line.send(b"".join(b'data: {"choices":[{"index":%d,"delta":{"content":"a"}}]}\n\n' % one for one in indices))


def many_facts(line: Line, request: SeenRequest) -> None:
    """Each event has a field that no other has."""
    line.head()
    line.delta(KEPT)
    for first in range(0, 2_000_000, 10_000):
        line.send(b"".join(b'data: {"a%d":[],"choices":[]}\n\n' % one for one in range(first, first + 10_000)))


SWOLLEN |= {"choices": many_choices, "facts": many_facts}
