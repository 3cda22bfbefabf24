"""Row B13: what is sent again, after which wait, and what is not."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from email.utils import formatdate
from typing import Any

from liara_magic.protocol import events as protocol_events
from liara_magic.protocol.errors import LiaraError, LiaraNetworkError

from .fault_row import Figure, Row, Tally
from .rig import Engine, Line, Loopback, Outcome, SeenRequest, ask, running_engine, to

_JITTER = 0.25
#: Seconds that a wait may take longer than it says, on a busy machine.
_GRACE = 0.4


@dataclass
class _Case:
    """Statuses that come before the good reply, with their Retry-After; the POSTs and waits that must follow."""

    statuses: tuple[int, ...]
    retry_after: str | Callable[[], str]
    posts: int
    waits: tuple[float, ...] = ()
    words: str = "busy"
    says: str = ""


def _date(seconds: float) -> str:
    return formatdate(time.time() + seconds, usegmt=True)


_CASES = {
    "429, after 1": _Case((429,), "1", 2, (1,)),
    "429, after 0.2": _Case((429,), "0.2", 2, (0.2,)),
    "429 twice": _Case((429, 429), "0.2", 3, (0.2, 0.2)),
    "429 three times": _Case((429, 429, 429), "0.2", 3, (0.2, 0.2)),
    "503, after 0.2": _Case((503,), "0.2", 2, (0.2,)),
    "503 then 429": _Case((503, 429), "0.2", 3, (0.2, 0.2)),
    "503 three times": _Case((503, 503, 503), "0.2", 3, (0.2, 0.2)),
    "503 and a date": _Case((503,), lambda: _date(2), 2, (1.5,)),  # dates have whole seconds: 1 to 2 are left
    "429 and a date that has passed": _Case((429,), "Wed, 21 Oct 2015 07:28:00 GMT", 2, (0,)),
    "429, after 121": _Case((429,), "121", 1, says="121"),
    "503, after 61": _Case((503,), "61", 1, says="61"),
    "429 and a date in an hour": _Case((429,), lambda: _date(3600), 1),
    "429, inf": _Case((429,), "inf", 1),
    "429, nan": _Case((429,), "nan", 1),
    "429, -10": _Case((429,), "-10", 1),
    "429, Zun": _Case((429,), "Zun", 1),
    "429, 400 digits": _Case((429,), "9" * 400, 1),
    "429 without it": _Case((429,), "", 1),
    "503 without it": _Case((503,), "", 1),
    "429 about credit": _Case((429,), "1", 1, words="quota exceeded: add credit"),
    "500, after 1": _Case((500,), "1", 1),
    "502, after 1": _Case((502,), "1", 1),
    "504, after 1": _Case((504,), "1", 1),
    "402, after 1": _Case((402,), "1", 1),
    "401, after 1": _Case((401,), "1", 1),
    "408, after 1": _Case((408,), "1", 1),
}


def _said_waits(outcome: Outcome) -> list[float]:
    kind: Any = getattr(protocol_events, "Waiting", ())
    return [event.seconds for event in outcome.events if isinstance(event, kind)]


def _refused_then_good(engine: Engine, case: _Case) -> tuple[bool, list[float]]:
    """Whether it went as it must, and how far each wait was from what was asked for, as a share."""
    left = list(case.statuses)

    def script(line: Line, request: SeenRequest) -> None:
        if not left:
            line.reply("fine")
            return
        after = case.retry_after() if callable(case.retry_after) else case.retry_after
        line.answer_json(
            {"error": {"message": case.words}}, f"{left.pop(0)} x", **({"retry_after": after} if after else {})
        )

    with Loopback(script) as gateway:
        start = time.monotonic()
        outcome = ask(engine, to(gateway))
        seconds = time.monotonic() - start
        posts = gateway.posts
    waits = _said_waits(outcome)
    good = posts == case.posts and len(waits) == len(case.waits) and seconds <= sum(waits) + _GRACE
    good = good and seconds >= sum(waits) and case.says in str(outcome.error)
    exact = not callable(case.retry_after)  # a date has whole seconds
    away = [said / asked - 1 for said, asked in zip(waits, case.waits, strict=False) if asked and exact]
    good = good and all(-_JITTER <= share <= _JITTER for share in away)
    ended_well = outcome.error is None and outcome.text == "fine"
    return good and (
        ended_well if not left and posts > len(case.statuses) else isinstance(outcome.error, LiaraError)
    ), away


def _listening_after(seconds: float) -> tuple[Loopback, threading.Thread]:
    """A gateway whose port refuses connections at first: it is bound, and listens later."""
    gateway = Loopback(lambda line, request: line.reply("fine"))
    gateway._listener.close()
    gateway._listener = socket.socket()
    gateway._listener.bind(("127.0.0.1", 0))

    def listen() -> None:
        time.sleep(seconds)
        gateway._listener.listen()
        gateway.__enter__()

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    return gateway, thread


def _refused_connection(engine: Engine, found: Tally) -> None:
    gateway, thread = _listening_after(0.3)
    outcome = ask(engine, to(gateway))
    thread.join()
    found.add("refused, then up", outcome.text == "fine" and gateway.posts == 1 and len(_said_waits(outcome)) == 1)
    gateway.__exit__()
    with Loopback(lambda line, request: None) as gateway:
        nobody = to(gateway)  # by the time of the ask it has gone
    outcome = ask(engine, nobody)
    waits = _said_waits(outcome)
    found.add("refused for good", isinstance(outcome.error, LiaraNetworkError) and len(waits) == 2)


def _retries() -> Figure:
    found, shares = Tally(), []
    with running_engine() as engine:
        with suppress(AssertionError):  # a stream that goes quiet is a miss, counted below
            _refused_connection(engine, found)
        for name, case in _CASES.items():
            good, away = _refused_then_good(engine, case)
            shares += away
            found.add(name, good)
    spread = f", waits {min(shares) * 100:+.0f} % to {max(shares) * 100:+.0f} % of what was asked" if shares else ""
    return found.figure(
        "sent again at most twice, only after a refused connection, 429 or 503 with a wait up to 60 s; a longer one is "
        "told; nonsense, credit and every other status are not sent again",
        spread,
    )


ROWS = (Row("B13", "connection refused, 429, 503 with every kind of Retry-After", _retries),)
