"""Reading a stream: our decoder and reader beside httpx's lines and json.loads; memory; a thousand asks.

``python -m benchmarks.protocol`` takes about two minutes; ``--quick`` 15 seconds. It prints Markdown tables.
"""

from __future__ import annotations

import argparse
import gc
import json
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

if __package__ in (None, ""):  # started as a file: make the package around it known
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import tables
from benchmarks.memory_probe import WARM_UP, measured
from benchmarks.reply_text import deltas
from benchmarks.rig import Line, Loopback, SeenRequest
from liara_magic.protocol.chunks import ChunkReader
from liara_magic.protocol.events import TextDelta
from liara_magic.protocol.sse import EventStreamDecoder

KB, MB = 1000, 1_000_000
#: Bytes of each piece that the network hands over.
PIECES = (1, 1024, 64 * 1024)


def stream(size: int) -> bytes:
    """About ``size`` bytes of chunks as the gateway sends them, about 280 each; every eighth brings Persian."""
    texts = deltas(100 * KB)
    random.Random(20).shuffle(texts)  # a short stream, too, has some of everything
    events = [_event(_chunk({"role": "assistant", "content": text})) for text in texts]
    whole, length = [], 0
    while length < size:
        for event in events:
            whole.append(event)
            length += len(event)
            if length >= size:
                break
    return b"".join([*whole, _event(_chunk({"content": ""}, "stop")), b"data: [DONE]\n\n"])


def _chunk(delta: dict[str, str], finish_reason: str | None = None) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta, "finish_reason": finish_reason, "native_finish_reason": finish_reason}
    return {
        "id": "6922b3240bbead6ac2126c0a",
        "provider": "OpenAI",
        "model": "openai/gpt-4o-mini",
        "object": "chat.completion.chunk",
        "created": 1763881763,
        "choices": [{**choice, "logprobs": None}],
    }


def _event(chunk: dict[str, Any]) -> bytes:
    return f"data: {json.dumps(chunk, ensure_ascii=False, separators=(',', ':'))}\n\n".encode()


def ours(pieces: list[bytes]) -> str:
    """As gateway/client.py does it: each piece through the decoder, what it completed through the reader."""
    decoder, reader, found = EventStreamDecoder(), ChunkReader(), []
    for piece in pieces:
        for event in reader.read([data for data in decoder.feed(piece) if data != "[DONE]"]):
            if type(event) is TextDelta:
                found.append(event.text)
    return "".join(found)


class _InMemory(httpx.SyncByteStream):
    def __init__(self, pieces: list[bytes]) -> None:
        self._pieces = pieces

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._pieces)


def httpx_lines(pieces: list[bytes]) -> str:
    """The loop that clients write around httpx: its lines, json.loads, the content."""
    headers = {"content-type": "text/event-stream; charset=utf-8"}
    found = []
    for line in httpx.Response(200, headers=headers, stream=_InMemory(pieces)).iter_lines():
        if line.startswith("data: ") and line != "data: [DONE]":
            choices = json.loads(line[6:])["choices"]
            if choices and choices[0]["delta"].get("content"):
                found.append(choices[0]["delta"]["content"])
    return "".join(found)


WAYS: tuple[Callable[[list[bytes]], str], ...] = (ours, httpx_lines)


@dataclass
class Race:
    """Both ways over the same bytes; ``seconds`` by way, one for each repetition."""

    size: int
    piece: int
    seconds: dict[str, list[float]]

    def median(self, way: Callable[..., str]) -> float:
        return statistics.median(self.seconds[way.__name__])

    def speed(self, way: Callable[..., str]) -> float:
        """MB a second."""
        return self.size / MB / self.median(way)

    @property
    def ratio(self) -> float:
        """Our speed in terms of httpx's; the two of a repetition stand side by side."""
        pairs = zip(self.seconds["httpx_lines"], self.seconds["ours"], strict=True)
        return statistics.median(theirs / mine for theirs, mine in pairs)


def race(size: int, piece: int, repetitions: int) -> Race:
    """The ways take turns, the first one changes: a busy second of the machine hits them alike."""
    sent = stream(size)
    pieces = [sent[start : start + piece] for start in range(0, len(sent), piece)]
    found: dict[str, list[float]] = {way.__name__: [] for way in WAYS}
    texts = set()
    for repetition in range(repetitions):
        for way in WAYS if repetition % 2 else reversed(WAYS):
            gc.collect()
            start = time.perf_counter()
            texts.add(way(pieces))
            found[way.__name__].append(time.perf_counter() - start)
    if len(texts) != 1:
        raise SystemExit("The two ways read different texts out of the same bytes.")
    return Race(len(sent), piece, found)


def races(quick: bool) -> Iterator[Race]:
    for piece in PIECES:
        for size in (100 * KB, MB) if quick else (100 * KB, MB, 10 * MB):
            _say(f"{size // KB} KB in pieces of {piece} bytes")
            slow = size * (100 if piece == 1 else 1) >= 100 * MB
            yield race(size, piece, 3 if slow else 5 if size > MB or quick else 15)


def thousand_asks(count: int) -> dict[str, Any]:
    """``count`` asks of another process to a server in this one, after a hundred to warm up."""

    def script(line: Line, request: SeenRequest) -> None:
        line.reply("Some words, ", "سلام دنیا, ", "and a few more. " * 20)

    with Loopback(script) as gateway:
        return measured("asks", gateway.base_url, str(count))


def _say(what: str) -> None:
    print(f"  {what}", file=sys.stderr, flush=True)


def _table(found: list[Race]) -> Iterator[str]:
    yield tables.head(("stream", "pieces", "ours MB/s", "httpx MB/s", "ours / httpx"), "llrrr")
    for one in found:
        piece = "1 byte" if one.piece == 1 else f"{one.piece // 1024} KB"
        size = f"{one.size / MB:.0f} MB" if one.size >= MB else f"{one.size / KB:.0f} KB"
        yield tables.line(
            (size, piece, f"{one.speed(ours):.1f}", f"{one.speed(httpx_lines):.1f}", f"{one.ratio:.2f} x")
        )


def _growth(found: list[Race], way: Callable[..., str]) -> tuple[float, float]:
    """The two longest streams in the pieces where they differ most: how much longer, and how much more time."""
    factors = []
    for piece in PIECES:
        shorter, longer = sorted((one for one in found if one.piece == piece), key=lambda one: one.size)[-2:]
        factors.append((longer.median(way) / shorter.median(way), longer.size / shorter.size))
    return max(factors)


def _targets(found: list[Race], image: dict[str, Any], asks: dict[str, Any], count: int) -> Iterable[tables.Target]:
    worst = min((one for one in found if one.piece >= 1024), key=lambda one: one.ratio)
    where = f"{worst.ratio:.2f} x, worst: {worst.size / MB:.1f} MB in {worst.piece // 1024} KB"
    yield "speed at 1 KB and above, in terms of httpx's", "≥ 1.00 x", where, worst.ratio >= 1.0
    worst = min((one for one in found if one.piece == 1), key=lambda one: one.ratio)
    yield "speed at 1 byte, in terms of httpx's", "≥ 1.00 x", f"{worst.ratio:.2f} x", worst.ratio >= 1.0
    (mine, longer), (theirs, _) = _growth(found, ours), _growth(found, httpx_lines)
    shown = f"{mine:.1f} x (httpx {theirs:.1f} x)"
    yield f"time for {longer:.0f} times the bytes", f"≤ {1.2 * longer:.0f} x", shown, mine <= 1.2 * longer
    growth = image["growth"] / MB
    what = f"one image event of {image['bytes'] / MB:.0f} MB, peak memory, {image['seconds']:.2f} s"
    yield what, "< 300 MB", f"{growth:.0f} MB", growth < 300 and image["events"] == 1
    rate = f"{count} asks after the first {WARM_UP} ({count / asks['seconds']:.0f}/s)"
    yield f"{rate}, memory", "< 5 MB", f"{asks['rss'] / MB:+.2f} MB", asks["rss"] < 5 * MB
    yield f"{rate}, file descriptors", "+0", f"{asks['fds']:+d}", asks["fds"] <= 0
    yield f"{rate}, threads", "+0", f"{asks['threads']:+d}", asks["threads"] <= 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a smoke test of 15 s")
    quick = parser.parse_args().quick
    count = 200 if quick else 1000
    _say("one image event")
    image = measured("image")
    _say(f"{count} asks")
    asks = thousand_asks(count)
    found = list(races(quick))
    print(f"\n{tables.machine('httpx')}\n")
    print("\n".join(_table(found)))
    print("\nMedians; both ways in the same run, taking turns, over the same bytes, with the same text at the end.\n")
    print(tables.targets(_targets(found, image, asks, count)))


if __name__ == "__main__":
    main()
