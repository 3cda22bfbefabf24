"""Rows D5, D6 and D7: a budget that many pass at once, usage that makes no sense, a reply that is stopped."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from liara_magic import api
from liara_magic import kernel as room
from liara_magic.protocol.errors import LiaraBudgetError, LiaraError

from .fault_row import Figure, Row, Tally
from .rig import Line, Loopback, SeenRequest

_MANY, _LIMIT, _PRICE = 8, 100.0, 30.0
_TOKENS = {"prompt_tokens": 100, "completion_tokens": 50, "total_tokens": 150}
_USAGE = {**_TOKENS, "total_cost_toman": _PRICE, "cost": _PRICE / 100_000}
Answer = Callable[[Line, str], None]


@contextmanager
def _kernel() -> Iterator[room.Kernel]:
    """The shared state of a kernel, made anew, without a log."""
    room._kernel = None
    kernel = room.this_kernel()
    kernel.settings.log = False
    try:
        yield kernel
    finally:
        kernel.engine.close()
        room._kernel = None


def _gateway(answer: Answer) -> Loopback:
    def script(line: Line, request: SeenRequest) -> None:
        if request.method == "POST":
            answer(line, request.json["messages"][-1]["content"])
        else:
            line.answer_json({"error": "no list of models"}, "404 Not Found")

    return Loopback(script)


def _priced(line: Line, prompt: str) -> None:
    line.head()
    line.delta("fine")
    line.finish(usage=_USAGE)


def _some_cut(line: Line, prompt: str) -> None:
    if prompt.endswith(("1", "4", "6")):
        line.head()
        line.delta("half a wo")
    else:
        _priced(line, prompt)


def _outcome(chat: api.Chat, prompt: str) -> object:
    try:
        return chat.ask(prompt)
    except LiaraError as error:
        return error


def _race(answer: Answer, found: Tally, name: str) -> float:
    """Eight ask at once after one has told the price; returns the most that was spent or reserved."""
    with _kernel() as kernel, _gateway(answer) as gateway:
        chat = api.Chat(base_url=gateway.base_url, model="test/model")
        chat.ask("the price")
        kernel.settings.budget = _LIMIT
        start = threading.Barrier(_MANY)

        def one(number: int) -> object:
            start.wait(30)
            return _outcome(chat, f"ask {number}")

        with ThreadPoolExecutor(_MANY) as pool:
            outcomes = list(pool.map(one, range(_MANY), timeout=60))
        refused = [one for one in outcomes if isinstance(one, LiaraBudgetError)]
        (limit,) = kernel.budget.limits(kernel.settings, (), "test/model")
        found.add(f"{name}: within the limit", limit.used <= _LIMIT and _PRICE * gateway.posts <= _LIMIT)
        found.add(f"{name}: the rest is refused", len(refused) == _MANY + 1 - gateway.posts)
        told = all("are left" in error.message and error.remaining < _PRICE for error in refused)
        found.add(f"{name}: the sum left is said", told and bool(refused))
        cut = [row for row in kernel.ledger.rows if row.state == "cut"]
        found.add(f"{name}: what is cut keeps its reserve", all(row.reserved == _PRICE for row in cut))
        return limit.used


def _budget() -> Figure:
    found, worst = Tally(), 0.0
    for _ in range(10):
        worst = max(worst, _race(_priced, found, "all whole"), _race(_some_cut, found, "some cut"))
    return found.figure(
        f"20 races of {_MANY} threads, a limit of {_LIMIT:.0f}, {_PRICE:.0f} toman each: no more is admitted than "
        "fits; the others are refused with the sum that is left; a reply that was cut counts as what it reserved",
        f", at most {worst:.0f} of {_LIMIT:.0f} spent",
    )


_KNOWN: tuple[tuple[str, list[Any], float | None], ...] = (
    ("absent", [], None),
    ("twice", [_USAGE, _USAGE], _PRICE),
    ("in a chunk with a choice", [("choice", _USAGE)], _PRICE),
    ("as text", [{name: str(value) for name, value in _USAGE.items()}], _PRICE),
    ("1e999", ['{"total_cost_toman": 1e999, "cost": 1e999, "prompt_tokens": 1e999}'], None),
    ("negative", [{"total_cost_toman": -30.0, "cost": -1.0, "prompt_tokens": -5}], None),
    ("cost alone", [{"total_cost_toman": _PRICE}], _PRICE),
    ("cost 0 for real tokens", [{**_TOKENS, "total_cost_toman": 0, "cost": 0}], None),
)


def _usage() -> Figure:
    found = Tally()
    for name, usages, toman in _KNOWN:

        def answer(line: Line, prompt: str, usages: list[Any] = usages) -> None:
            line.head()
            line.delta("fine", finish_reason="stop")
            for usage in usages:
                if isinstance(usage, str):
                    line.event('{"choices": [], "usage": ' + usage + "}")
                elif isinstance(usage, tuple):
                    line.event({"choices": [{"index": 0, "delta": {}}], "usage": usage[1]})
                else:
                    line.event({"choices": [], "usage": usage})
            line.event("[DONE]")

        with _kernel() as kernel, _gateway(answer) as gateway:
            chat = api.Chat(base_url=gateway.base_url, model="test/model")
            reply = chat.ask("hi")
            totals = kernel.ledger.totals()
        good = reply.usage.total_cost_toman == toman and totals.toman == (toman or 0.0)
        found.add(name, good and totals.unknown == (toman is None))
    return found.figure("counted once, or “cost unknown” in the footer and “+ 1 unknown” in the sums; never silently 0")


def _endless(line: Line, prompt: str) -> None:
    if prompt == "next":
        _priced(line, prompt)
        return
    line.head()
    while True:
        line.delta("word ")


def _stopped() -> Figure:
    found = Tally()
    for tokens in (1, 10, 100):
        with _kernel(), _gateway(_endless) as gateway:
            chat, stopped = api.Chat(base_url=gateway.base_url, model="test/model"), False
            try:
                for _ in chat.stream("all"):
                    if not stopped and chat.turns[-1].reply.text.count("word") >= tokens:
                        stopped = True
                        signal.raise_signal(signal.SIGINT)
            except KeyboardInterrupt:
                pass
            turn = chat.turns[-1]
            found.add(f"token {tokens}: unknown", turn.row.cost_is_unknown and chat.totals.unknown == 1)
            found.add(f"token {tokens}: partial", turn.state == "cut" and turn.reply.text.startswith("word"))
            chat.ask("next")
            sent = gateway.requests[-1].json["messages"]
            roles = [message["role"] for message in sent]
            valid = roles == ["user", "assistant", "user"] and not any("tool_calls" in message for message in sent)
            found.add(f"token {tokens}: the next turn is valid", valid)
    return found.figure(
        "cost “unknown”, with what came in toman where the price is known; the turn is cut and kept, the next request "
        "alternates roles and holds no open call"
    )


ROWS = (
    Row("D5", "budget race: 8 threads, limit 100, price 30; some cut", _budget, "naive: 240 spent"),
    Row("D6", "usage absent, twice, in a choice, text, 1e999, negative, cost alone, cost 0", _usage),
    Row("D7", "a reply stopped at token 1, 10, 100", _stopped),
)
