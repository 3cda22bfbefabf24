"""Rows B1, B2, B8 and B9: bytes that no honest server sends."""

from __future__ import annotations

import math
import random
import re
from collections.abc import Iterator

from liara_magic.protocol.errors import LiaraStreamError
from liara_magic.protocol.sse import EventStreamDecoder

from .fault_payloads import EXAMPLES, JSON_TEXTS, PLACES, STREAMS, WRONG, by_the_standard
from .fault_row import Figure, Row, Tally
from .rig import Line, Loopback, Outcome, SeenRequest, collect, prompt, running_engine, to
from .shown import in_a_cell

_AT_ONCE = 8


def _pieces(stream: bytes, size: int) -> Iterator[bytes]:
    return (stream[start : start + size] for start in range(0, len(stream), size))


def _decoded(pieces: Iterator[bytes]) -> list[str]:
    decoder = EventStreamDecoder()
    return [data for piece in pieces for data in decoder.feed(piece)]


def _conformance() -> Figure:
    found = Tally()
    for name, (sent, expected) in STREAMS.items():
        found.add(name, all(_decoded(_pieces(sent, size)) == expected for size in (1, 2, 3, 5, 7, 16, 10_000)))
    return found.figure("the same data strings in pieces of 1, 2, 3, 5, 7, 16 bytes and whole; cases of our own")


def _replay() -> Figure:
    found, chance = Tally(), random.Random(20)
    for number, (sent, expected) in enumerate(EXAMPLES):
        found.add(f"example {number}", all(_decoded(_pieces(sent, size)) == expected for size in (1, 3, 10_000)))
    words = [b"data", b":", b" ", b"\n", b"\r", b"\r\n", b"\n\n", b"data: ", "س".encode(), b"\xe2\x80", b"\xa8", b"id"]
    for number in range(96):
        sent = b"".join(chance.choices([*words, b"x", b"event: ", b"\xef\xbb\xbf", b"\xff"], k=300))
        found.add(f"random {number}", _decoded(_pieces(sent, chance.randint(1, 40))) == by_the_standard(sent))
    return found.figure(
        "4 examples of the specification and 96 random streams against a plain reading of it; the two collections "
        "themselves are not on this machine"
    )


def _in_the_middle(bad: list[bytes]) -> Iterator[Outcome]:
    """A reply for each of ``bad``, which stands between its two halves."""

    def script(line: Line, request: SeenRequest) -> None:
        line.head()
        line.delta("a")
        line.send(bad[int(request.json["messages"][0]["content"])])
        line.delta("b")
        line.finish()

    with Loopback(script) as gateway, running_engine() as engine:
        connection = to(gateway)
        for first in range(0, len(bad), _AT_ONCE):
            numbers = range(first, min(first + _AT_ONCE, len(bad)))
            streams = [engine.chat(connection, prompt(str(number))) for number in numbers]
            yield from (collect(stream) for stream in streams)


def _event(text: str) -> bytes:
    return b"".join(b"data: %s\n" % part.encode("utf-8", "surrogatepass") for part in text.split("\n")) + b"\n"


def _bad_json() -> Figure:
    texts = [*JSON_TEXTS, *(place.replace("%s", wrong) for place in PLACES for wrong in WRONG)]
    found = Tally()
    for text, outcome in zip(texts, _in_the_middle([_event(text) for text in texts]), strict=True):
        usage = outcome.reply.usage
        sane = all(
            value is None or (math.isfinite(value) and value >= 0) for value in (usage.total_cost_toman, usage.cost)
        )
        went_on = outcome.error is None and outcome.text.startswith("a") and outcome.text.endswith("b")
        fault = isinstance(outcome.error, LiaraStreamError) and '"error"' in text
        found.add(repr(text[:30]), sane and (went_on or fault))
    noticed = _notice(["{", "[1]", "nul"])
    figure = found.figure(
        "the reply goes on after the event, or ends with the server's own error, and the cell says how many were left "
        f"out; cases of our own: {len(JSON_TEXTS)} texts by RFC 8259, {len(PLACES)} places x {len(WRONG)} wrong values",
        "" if noticed else "; no notice with the count",
    )
    return Figure(figure.happened, figure.value, figure.ok and noticed)


def _notice(bad: list[str]) -> bool:
    """Whether the cell says how many events could not be read."""

    def script(line: Line, request: SeenRequest) -> None:
        line.head()
        line.delta("words")
        for text in bad:
            line.send(_event(text))
        line.finish()

    with Loopback(script) as gateway:
        shown, error = in_a_cell(gateway)
    return not error and re.search(rf"\b{len(bad)} [^<]*(could not be read|unreadable)", shown) is not None


def _bad_bytes() -> Figure:
    chunk = b'data: {"choices":[{"index":0,"delta":{"content":"%s"}}]}\n\n'
    cases = {
        "bad UTF-8": (chunk % b"<\xff\xc0>", "a<\ufffd\ufffd>b"),
        "truncated UTF-8": (chunk % b"<\xe2\x82>", "a<\ufffd>b"),
        "a BOM": (chunk % b"<\xef\xbb\xbf>", "a<\ufeff>b"),
        "NUL": (chunk % b"<\\u0000>" + b"data: \x00\n\n" + b"\x00\n\n", "a<\x00>b"),
    }
    found = Tally()
    outcomes = _in_the_middle([sent for sent, _ in cases.values()])
    for (name, (_, expected)), outcome in zip(cases.items(), outcomes, strict=True):
        found.add(name, outcome.error is None and outcome.text == expected)
    return found.figure("U+FFFD in its place, nothing lost before and after")


ROWS = (
    Row("B1", "event stream conformance, 7 chunkings", _conformance, "28, 28 and 30 of 34 other cases"),
    Row("B2", "replay of whole streams", _replay),
    Row("B8", "bad JSON, NaN, deep nesting, wrong types, as events", _bad_json),
    Row("B9", "bad UTF-8, truncated UTF-8, BOM, NUL", _bad_bytes, "openai 1 of 4"),
)
