"""Rows B3 to B6, B10 and B11: replies that are cut, end oddly, carry an error, or stall."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

from liara_magic.protocol.errors import LiaraStreamError

from .fault_payloads import cut_stream
from .fault_row import Figure, Row, Tally
from .rig import KEY, Line, Loopback, SeenRequest, ask, collect, prompt, running_engine, to
from .shown import in_a_cell

Script = Callable[[Line, SeenRequest], None]
_CHUNKED = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
_STOP = {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
_USAGE = {"choices": [], "usage": {"prompt_tokens": 19, "completion_tokens": 9, "total_cost_toman": 0.98}}
_AT_ONCE = 8
#: Seconds that a limit may be passed by.
_GRACE = 0.2


def _cut_anywhere() -> Figure:
    stream, ends, finished = cut_stream(2048)

    def script(line: Line, request: SeenRequest) -> None:
        cut = int(request.json["messages"][0]["content"])
        line.send(_CHUNKED + b"%x\r\n%s\r\n" % (cut, stream[:cut]) if cut else _CHUNKED)

    found = Tally()
    with Loopback(script) as gateway, running_engine() as engine:
        for first in range(0, len(stream), _AT_ONCE):
            cuts = range(first, min(first + _AT_ONCE, len(stream)))
            for cut, one in zip(cuts, [engine.chat(to(gateway), prompt(str(cut))) for cut in cuts], strict=True):
                outcome = collect(one)
                kept = "".join(word for end, word in ends if end <= cut)
                good = outcome.text == kept
                if cut < finished:
                    said = f"after {len(kept)} characters, which are kept" if kept else "before the "
                    words = str(outcome.error)
                    good &= isinstance(outcome.error, LiaraStreamError) and said in words
                    good &= "may have been charged" in words
                else:
                    good &= outcome.error is None
                found.add(f"cut at {cut}", good)
        posts = gateway.posts
    figure = found.figure(
        "text kept to the last whole event; “The connection was lost after N characters, which are kept. The request "
        "may have been charged …”; after the finish reason the reply counts as whole",
        f" offsets, {posts} POSTs",
    )
    return Figure(figure.happened, figure.value, figure.ok and posts == len(stream))


def _body(*events: dict[str, Any] | str) -> bytes:
    texts = (event if isinstance(event, str) else json.dumps(event) for event in events)
    return b"".join(f"data: {text}\n\n".encode() for text in texts)


def _early_end() -> Figure:
    half = {"choices": [{"index": 0, "delta": {"content": "half a reply"}}]}
    head = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n"
    body = _body(half)
    cases = {
        "the line is closed": head + b"\r\n" + body,
        "content-length reached": head + b"content-length: %d\r\n\r\n" % len(body) + body,
        "last chunk": _CHUNKED + b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body),
        "[DONE] alone": head + b"\r\n" + _body(half, "[DONE]"),
        "usage and [DONE]": head + b"\r\n" + _body(half, _USAGE, "[DONE]"),
    }
    found = Tally()
    with running_engine() as engine:
        for name, sent in cases.items():
            with Loopback(lambda line, request, sent=sent: line.send(sent)) as gateway:
                outcome = ask(engine, to(gateway))
                good = isinstance(outcome.error, LiaraStreamError) and outcome.text == "half a reply"
                good = good and "The reply ended early after 12 characters, which are kept" in str(outcome.error)
                found.add(name, good and gateway.posts == 1)
    return found.figure("“The reply ended early after 12 characters, which are kept”, LiaraStreamError, 1 POST each")


def _odd_ends() -> Figure:
    def no_done(line: Line, request: SeenRequest) -> None:
        line.head()
        line.delta("a whole reply")
        line.event(_STOP)

    def left_open(line: Line, request: SeenRequest) -> None:
        line.reply("a whole reply")
        line.wait_for_close(5)

    def more_after_done(line: Line, request: SeenRequest) -> None:
        line.reply("a whole reply")
        line.delta(" and more")
        line.event({"error": {"message": "too late"}})

    found, worst = Tally(), 0.0
    with running_engine() as engine:
        for name, script in {"no [DONE]": no_done, "left open": left_open, "data after": more_after_done}.items():
            with Loopback(script) as gateway:
                start = time.monotonic()
                outcome = ask(engine, to(gateway))
                seconds = time.monotonic() - start
            worst = max(worst, seconds)
            found.add(name, outcome.error is None and outcome.text == "a whole reply" and seconds <= 0.2)
    return found.figure("success; what follows [DONE] is ignored", f", worst {worst:.2f} s for a limit of 0.2 s")


def _error_in_stream() -> Figure:
    words = f"overloaded <img src=x onerror=alert(1)> {KEY}"
    inner = {"message": words, "code": 502}
    choice = {"index": 0, "delta": {}, "finish_reason": "error"}
    cases = {"event": {"error": inner}, "choice": {"choices": [{**choice, "error": inner}]}}
    cases["both"] = {"error": inner, "choices": [choice]}
    found = Tally()
    for name, fault in cases.items():

        def script(line: Line, request: SeenRequest, fault: dict = fault) -> None:
            line.head()
            line.delta("some words")
            line.event(fault)

        with Loopback(script) as gateway:
            shown, said = in_a_cell(gateway)
        good = "some words" in shown and "<img" not in shown and KEY not in shown + said
        found.add(name, good and "overloaded" in said and "(code 502)" in said)
    return found.figure("text kept; the server's words and code in the error, without the key, no markup in the cell")


def _stall() -> Figure:
    def before_headers(line: Line) -> None:
        """Not even a status line."""

    def after_headers(line: Line) -> None:
        line.head()

    def mid_stream(line: Line) -> None:
        line.head()
        line.delta("some words")

    return _limits({"idle": 1.0}, 1.0, "no data for 1 s", before_headers, after_headers, mid_stream)


def _limits(limits: dict[str, float], limit: float, said: str, *begins: Callable[[Line], None]) -> Figure:
    found, worst = Tally(), 0.0
    with running_engine() as engine:
        for begin in begins:

            def script(line: Line, request: SeenRequest, begin: Callable = begin) -> None:
                begin(line)
                line.wait_for_close(5)

            with Loopback(script) as gateway:
                start = time.monotonic()
                outcome = ask(engine, to(gateway, **limits))
                seconds = time.monotonic() - start
                good = isinstance(outcome.error, LiaraStreamError) and said in str(outcome.error)
                closed = gateway.lines[0].closed_by_client.wait(1) and gateway.posts == 1
            worst = max(worst, seconds)
            found.add(f"{begin.__name__} ({seconds:.2f} s)", good and closed and limit <= seconds <= limit + _GRACE)
    text = f"given up with “{said}”, the partial text kept, the line closed, 1 POST each"
    return found.figure(text, f", worst {worst:.2f} s for a limit of {limit:g} s")


def _loris() -> Figure:
    def every(data: bytes) -> Callable[[Line], None]:
        def begin(line: Line) -> None:
            line.head()
            line.delta("some words")
            end = time.monotonic() + 5
            while time.monotonic() < end:
                line.send(data)
                time.sleep(0.05)

        return begin

    def informational(line: Line) -> None:
        line.send(b"HTTP/1.1 103 Early Hints\r\n\r\n" * 10_000)

    pings, letters, empty = every(b": ping\n\n"), every(b":"), every(_body({"choices": [{"delta": {"content": ""}}]}))
    names = ("comments", "single bytes", "empty deltas", "10,000 x 103")
    begins = (pings, letters, empty, informational)
    for name, begin in zip(names, begins, strict=True):
        begin.__name__ = name
    return _limits({"idle": 30.0, "content": 1.0}, 1.0, "Nothing of the reply came for 1 s", *begins)


ROWS = (
    Row("B3", "body cut after every byte of a 2 KB stream", _cut_anywhere),
    Row("B4", "clean end without finish reason, 5 shapes", _early_end, "openai: 5 silent successes"),
    Row("B5", "finish without [DONE]; open socket and data after [DONE]", _odd_ends),
    Row("B6", "error in mid-stream, 3 shapes", _error_in_stream),
    Row("B10", "no byte before the headers, after them, in mid-stream", _stall),
    Row(
        "B11", "bytes without content: comments, single bytes, empty deltas, 10,000 x 103", _loris, "openai never ends"
    ),
)
