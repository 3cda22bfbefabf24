"""What a long conversation costs: the next request, from the prompt to the socket, and memory.

``python -m benchmarks.conversation`` takes about half a minute; ``--quick`` is a smoke test. Everything is measured in
fresh processes. Prints Markdown tables.

The time until a gateway has the request is compared with that of a bare client, which turns the same messages into the
same bytes and posts them by the same library: what is left is what the package adds beyond the bytes themselves.
"""

from __future__ import annotations

import argparse
import gc
import json
import statistics
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import httpx

if __package__ in (None, ""):  # started as a file: make the package around it known
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import tables
from benchmarks.rig import Line, Loopback, SeenRequest
from liara_magic import Chat
from liara_magic.protocol.events import Finish, TextDelta
from liara_magic.session.ask import Ask
from liara_magic.session.ledger import LedgerRow
from liara_magic.session.turn import Turn

TARGET = 20.0  # milliseconds beyond the bytes
#: Characters of a reply: about what a short answer with a piece of code has. Each is a text of its own.
REPLY = 1200
_WORDS = "revenue fell in May because the price rose and stock was low; "
_ASKS = 15


class Arrivals:
    """A gateway that notes when a request was there, before it answers with a word."""

    def __init__(self) -> None:
        self.times: list[float] = []
        self.work: list[float] = []  # the process's own seconds
        self.bodies: list[bytes] = []

    def __call__(self, line: Line, request: SeenRequest) -> None:
        self.times.append(time.perf_counter())
        self.work.append(time.process_time())
        self.bodies.append(request.body)
        line.reply("well")


def conversation(count: int) -> list[Turn]:
    """Turns that have ended, each with words of its own."""
    return [_turn(number) for number in range(count)]


def _turn(number: int) -> Turn:
    said = f"{number} " + _WORDS * (REPLY // len(_WORDS))
    turn = Turn(Ask(f"Question {number}: why is revenue down, and what of it is seasonal?"), LedgerRow("test/model"))
    turn.reply.add(TextDelta(said))
    turn.reply.add(Finish("stop"))
    turn.row.settle(turn.reply.usage, 1.0, "complete")
    turn.complete()
    return turn


def next_request(count: int) -> dict[str, Any]:
    """Milliseconds until the gateway has the next request after ``count`` turns, and until it has a bare one."""
    arrivals = Arrivals()
    with Loopback(arrivals) as gateway:
        chat = Chat(base_url=gateway.base_url, model="test/model")
        chat._session.conversation.take(conversation(count))
        with httpx.Client(trust_env=False) as client:
            ours, bare = [], []
            for _ in range(_ASKS):  # they take turns: a busy moment of the machine hits them alike
                ours.append(_milliseconds(lambda: chat.ask("next"), arrivals))
                sent = json.loads(arrivals.bodies[-1])
                bare.append(_milliseconds(partial(_bare_post, client, gateway.base_url, sent), arrivals))
    found = {"bytes": len(arrivals.bodies[-1]), "messages": len(sent["messages"])}
    for name, times in (("ours", ours), ("bare", bare)):
        steady = times[3:]  # the first ones import and connect
        found[name], found[f"{name} work"] = (statistics.median(one) for one in zip(*steady, strict=True))
    return found


def _milliseconds(act: Callable[[], Any], arrivals: Arrivals) -> tuple[float, float]:
    """Until the gateway has what ``act`` sends: on the clock, and of the process's own work."""
    started, worked = time.perf_counter(), time.process_time()
    act()
    return (arrivals.times[-1] - started) * 1000, (arrivals.work[-1] - worked) * 1000


def _bare_post(client: httpx.Client, base_url: str, body: dict[str, Any]) -> None:
    """The same bytes by the same library, and nothing around them."""
    data = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    client.post(f"{base_url}/chat/completions", content=data, headers={"content-type": "application/json"})


def memory(count: int) -> dict[str, Any]:
    """Bytes that ``count`` turns take, their own text, and what building a request from them leaves behind."""
    gc.collect()
    tracemalloc.start()
    chat = Chat(model="sandbox/echo")
    before = tracemalloc.get_traced_memory()[0]
    turns = conversation(count)
    chat._session.conversation.take(turns)
    held = tracemalloc.get_traced_memory()[0] - before
    for _ in range(3):
        chat._session.request(Ask("next"))
    gc.collect()
    after = tracemalloc.get_traced_memory()[0] - before
    text = sum(len(turn.prompt.encode()) + len(turn.reply.text.encode()) for turn in turns)
    return {"held": held, "after": after, "text": text}


def _in_a_process(what: str, count: int) -> dict[str, Any]:
    top = Path(__file__).resolve().parent.parent
    command = [sys.executable, "-m", "benchmarks.conversation", "--probe", what, str(count)]
    said = subprocess.run(command, check=True, capture_output=True, text=True, cwd=top, timeout=300)
    found: dict[str, Any] = json.loads(said.stdout)
    return found


def show(counts: list[int]) -> None:
    """Measure and print."""
    print(f"{tables.machine('httpx')}\n")
    times = {count: _in_a_process("request", count) for count in counts}
    print(
        tables.head(
            ("turns", "messages", "KB", "the next request, ms", "the bytes alone, ms", "added, ms", "of work, ms"),
            "rrrrrr",
        )
    )
    for count, found in times.items():
        figures = (found["ours"], found["bare"], found["ours"] - found["bare"], found["ours work"] - found["bare work"])
        size = f"{found['bytes'] / 1000:,.0f}"
        print(tables.line((f"{count:,}", f"{found['messages']:,}", size, *(f"{one:.1f}" for one in figures))))
    sizes = {count: _in_a_process("memory", count) for count in counts}
    print(
        "\n"
        + tables.head(("turns", "their text, KB", "held, KB", "held after requests, KB", "per turn beside it"), "rrrrr")
    )
    for count, found in sizes.items():
        beside = (found["after"] - found["text"]) / count
        kilobytes = (f"{found[name] / 1000:,.0f}" for name in ("text", "held", "after"))
        print(tables.line((f"{count:,}", *kilobytes, f"{beside:,.0f} bytes")))
    most = max(counts)
    added = times[most]["ours"] - times[most]["bare"]
    per_turn = [(sizes[count]["after"] - sizes[count]["text"]) / count for count in (min(counts), most)]
    steady = abs(per_turn[1] - per_turn[0]) < per_turn[0] * 0.25
    what = f"the next request after {most:,} turns"
    rows = [
        (what, f"≤ {TARGET:.0f} ms beyond the bytes", f"{added:.1f} ms", added <= TARGET),
        ("memory beside the text", "the same for each turn", f"{per_turn[0]:,.0f} → {per_turn[1]:,.0f} bytes", steady),
    ]
    print("\n" + tables.targets(rows))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a smoke test")
    parser.add_argument("--probe", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.probe:
        what, count = arguments.probe
        print(json.dumps({"request": next_request, "memory": memory}[what](int(count))))
        return
    show([10, 100] if arguments.quick else [10, 100, 1000])


if __name__ == "__main__":
    main()
