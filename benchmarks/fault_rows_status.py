"""Rows B7, B12, B15 and B19: answers that are no reply, redirects, statuses, and what is paid for once."""

from __future__ import annotations

import json
import socket
import struct
from typing import Any

from liara_magic.protocol.errors import LiaraError, LiaraServerError

# Makes the tests' folders known.
from .rig import KEY, Engine, Line, Loopback, SeenRequest, ask, running_engine, to  # isort: skip
from test_failures_over_sockets import BODIES, PAGE, STATUSES

from .fault_row import Figure, Row, Tally


def _answer(line: Line, body: Any, status: str = "200 OK", content_type: str = "application/json") -> None:
    line.head(status, content_type)
    line.send(body if isinstance(body, bytes) else json.dumps(body).encode())


def _failure(engine: Engine, script: Any, **limits: float) -> tuple[BaseException | None, int]:
    """The error of one ask, and how many POSTs it made."""
    with Loopback(script) as gateway:
        return ask(engine, to(gateway, **limits)).error, gateway.posts


def _no_reply() -> Figure:
    answers = {
        "JSON error": ({"error": {"message": "overloaded", "code": 529}}, "200 OK", "application/json"),
        "HTML page": (PAGE, "200 OK", "text/html"),
        "empty": (b"", "200 OK", "application/json"),
        "204": (b"", "204 No Content", "application/json"),
        "wrong type": (b'data: {"choices":[]}\n\n', "200 OK", "text/plain"),
    }
    found = Tally()
    with running_engine() as engine:
        for name, (body, status, kind) in answers.items():

            def script(line: Line, request: SeenRequest, answer: tuple = (body, status, kind)) -> None:
                _answer(line, *answer)

            error, posts = _failure(engine, script)
            said = str(error)
            expected = "overloaded (code 529)" if name == "JSON error" else f"not a reply from the API ({kind}, "
            found.add(name, isinstance(error, LiaraError) and expected in said and "<" not in said and posts == 1)
    return found.figure("“not a reply from the API (text/html, 57 bytes)”, or the server's words; no page is shown")


def _reset(line: Line) -> None:
    line.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    line.socket.close()


def _paid_once() -> Figure:
    def slow(line: Line, request: SeenRequest) -> None:
        line.wait_for_close(5)

    def cut(line: Line, request: SeenRequest) -> None:
        line.head()
        line.delta("half")

    cases = {
        "slow first byte": slow,
        "500": lambda line, request: _answer(line, {"error": "no"}, "500 x"),
        "502": lambda line, request: _answer(line, PAGE, "502 x", "text/html"),
        "reset after the body": lambda line, request: _reset(line),
        "cut": cut,
    }
    found, counted = Tally(), []
    with running_engine() as engine:
        for name, script in cases.items():
            error, posts = _failure(engine, script, idle=0.3)
            counted.append(posts)
            asks = "may have been charged, so it was not sent again. Run the cell to ask anew" in str(error)
            found.add(name, isinstance(error, LiaraError) and asks and posts == 1)
    posts = "1" if set(counted) == {1} else "/".join(map(str, counted))
    return found.figure(
        "sent once; the error says that it may be charged, and to run the cell anew", f", {posts} POST each"
    )


def _redirects() -> Figure:
    found, named, namable = Tally(), 0, 0
    target = socket.create_server(("127.0.0.1", 0))
    target.setblocking(False)
    port = target.getsockname()[1]
    places = (
        f"http://127.0.0.1:{port}/v1/chat/completions",
        f"//127.0.0.1:{port}/v1/chat/completions",
        f"http://user:word@127.0.0.1:{port}/",
        f"http://localhost:{port}/v1/chat/completions",
        f"https://127.0.0.1:{port}/v1/chat/completions",
        f"http://127.0.0.1:{port}/?to=%2Fv1#there",
        "/v2/chat/completions",
    )
    with target, running_engine() as engine:
        for status in (301, 302, 303, 307, 308):
            for place in places:

                def script(line: Line, request: SeenRequest, status: int = status, place: str = place) -> None:
                    line.head(f"{status} Moved", location=place)

                error, posts = _failure(engine, script)
                good = isinstance(error, LiaraServerError) and error.status == status and posts == 1
                found.add(f"{status} to {place}", good and KEY not in str(error))
                if str(port) in place:
                    namable += 1
                    named += f"{'localhost' if 'localhost' in place else '127.0.0.1'}:{port}" in str(error)
        reached = _connections(target)
    value = (
        f"{found} redirects not followed, {reached} connections (0 bytes) at the target"
        if not reached
        else (f"{found} redirects not followed, {reached} connections at the target")
    )
    said = f"the error names the new address in {named} of {namable}"
    figure = found.figure(f"not followed, 1 POST each; “answered with a redirect …, which is never followed”; {said}")
    return Figure(figure.happened, value, figure.ok and not reached and named == namable)


def _connections(listener: socket.socket) -> int:
    count = 0
    while True:
        try:
            listener.accept()[0].close()
        except BlockingIOError:
            return count
        count += 1


def _statuses() -> Figure:
    bodies = {**BODIES, "HTML": lambda words: PAGE, "1 MB": lambda words: b"x" * 1_000_000}
    found = Tally()
    with running_engine() as engine:
        for status, words, kind in STATUSES:
            for name, body in bodies.items():
                sent = body(f"{words} {KEY}" if words else "")

                def script(line: Line, request: SeenRequest, status: int = status, sent: Any = sent) -> None:
                    _answer(line, sent, f"{status} x")

                error, posts = _failure(engine, script)
                good = isinstance(error, LiaraError) and error.status == status and bool(error.hint) and posts == 1
                if name in BODIES:  # without the server's words, a status alone may mean something more general
                    good = good and type(error) is kind
                good = good and len(error.body.encode()) <= 2048 and "<h1>" not in str(error)
                good = good and (status != 402 or "credit" in str(error))
                found.add(f"{status} with {name}", good and KEY not in f"{error} {vars(error)}")
    return found.figure(
        "one sentence and the next step, 402 names the credit, the body is kept to 2 KB without the key; "
        f"{len(STATUSES)} statuses and wordings x {len(bodies)} forms of body"
    )


ROWS = (
    Row("B7", "200 with a JSON error, an HTML page, nothing, 204, a wrong type", _no_reply, "openai 0 of 5"),
    Row("B12", "slow first byte, 500, 502, reset after the body, cut", _paid_once, "openai 3 POSTs"),
    Row("B15", "redirects: 301, 302, 303, 307, 308 x 7 targets", _redirects),
    Row("B19", "statuses 400 to 529, each with every known body, HTML, 1 MB", _statuses),
)
