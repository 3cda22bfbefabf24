"""Rows B16 and B20: what hostile and failing servers do to the memory, the files and the threads of a process."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable
from importlib.util import find_spec

# Makes the tests' folders known.
from .rig import KEY, Line, Loopback, SeenRequest  # isort: skip
from test_many_calls import KINDS

from .fault_row import Figure, Row, Tally
from .memory_probe import measured

_LIMIT = 64 * 2**20
_BOMB = 200_000_000
_PIECE = b"x" * 1_000_000


def _repeated(event: bytes, start: bytes = b"") -> Callable[[Line], None]:
    def script(line: Line) -> None:
        line.head()
        line.delta("kept words")
        line.send(start)
        block = event * (1_000_000 // len(event))
        for _ in range(_BOMB // len(block)):
            line.send(block)

    return script


def _packed(
    encoding: str, data: bytes, kind: str = "application/json", status: str = "200 OK"
) -> Callable[[Line], None]:
    def script(line: Line) -> None:
        line.head(status, kind, content_encoding=encoding)
        line.send(data)

    return script


def _headers(line: Line) -> None:
    line.send(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nx-long: " + b"x" * 200_000 + b"\r\n\r\n")
    line.reply("fine")


def _zstd_bomb() -> bytes:
    """A zstd frame of runs: 128 KB of the same byte in four bytes each (RFC 8878, section 3.1.1.2)."""
    runs, size = _BOMB // 131_072, 131_072
    blocks = [((size << 3) | (1 << 1) | last).to_bytes(3, "little") + b"x" for last in [0] * (runs - 1) + [1]]
    return b"\x28\xb5\x2f\xfd\x00\x58" + b"".join(blocks)


def _bombs() -> dict[str, Callable[[Line], None]]:
    zeros = bytes(_BOMB)
    small = gzip.compress(zeros, 9)
    return {
        "gzip": _packed("gzip", small),
        "gzip, as a stream": _packed("gzip", small, "text/event-stream"),
        "gzip, with status 500": _packed("gzip", small, status="500 x"),
        "deflate": _packed("deflate", zlib.compress(zeros, 9)),
        "zstd": _packed("zstd", _zstd_bomb()),
        "200 MB line": _repeated(b"x", b"data: "),
        "endless data lines": _repeated(b"data: xxxxxxxx\n"),
        "endless comments": _repeated(b"x", b": "),
        "endless events": _repeated(b'data: {"choices":[{"index":0,"delta":{"content":"some words more "}}]}\n\n'),
        "200 KB header": _headers,
    }


def _memory() -> Figure:
    found, growths, words = Tally(), {}, {"200 MB line", "endless data lines", "endless comments", "endless events"}
    for name, script in _bombs().items():
        with Loopback(lambda line, request, script=script: script(line)) as gateway:
            result = measured("ask", gateway.base_url, LIARA_API_KEY=KEY)
        growths[name] = result["growth"]
        kept = name not in words or result["kept"].startswith("kept words")
        size = f"{result['growth'] / 2**20:.0f} MB"
        good = bool(result["error"]) and result["growth"] <= _LIMIT and kept
        found.add(f"{name} ({size}, {result['error']}: {result['said'][:60]})", good)
    worst = max(growths, key=lambda name: growths[name])
    text = "stopped at its cap with an error, the text before it kept; a fresh process each"
    if find_spec("zstandard") is None:
        text += "; zstd comes as it is, since nothing here unpacks it"
    return found.figure(text, f", worst growth {growths[worst] / 2**20:.0f} MB ({worst}) for a limit of 64 MB")


def _left(line: Line) -> None:
    line.head()
    line.delta("half")
    line.wait_for_close()


def _thousand() -> Figure:
    # "stalled" is the test's own: it is told when to stop. "left" is a reply that its reader walks away from.
    kinds = {**{name: script for name, script in KINDS.items() if name != "stalled"}, "left": _left}

    def script(line: Line, request: SeenRequest) -> None:
        kinds[request.json["messages"][-1]["content"]](line)

    with Loopback(script) as gateway:
        result = measured("mixed", gateway.base_url, "1000", ",".join(kinds), LIARA_API_KEY=KEY)
    rss = result["rss"] / 1e6
    value = f"{result['fds']:+d} fd, {result['threads']:+d} threads, {rss:+.2f} MB"
    happened = f"{result['good']} good or left by their reader, {1000 - result['good']} failing, after 100 to warm up"
    return Figure(happened, value, result["fds"] <= 0 and result["threads"] <= 0 and rss < 5)


ROWS = (
    Row("B16", "bombs: gzip, deflate, zstd; lines, events, headers without end", _memory, "openai 819 MB"),
    Row("B20", "1,000 calls: good, left by their reader, and 6 ways to fail", _thousand),
)
