"""How a reply streams into the panel: bytes and messages on the wire, first text, Stop, and memory.

``python -m benchmarks.panel`` takes about three minutes; ``--quick`` is a smoke test. It starts a paced gateway and a
real kernel, does what a front end does (comm messages), and prints Markdown tables; ``--write`` puts them into
docs/performance.md.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

if __package__ in (None, ""):  # started as a file: make the package around it known
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import tables
from benchmarks.kernel_probe import Cell, Kernel, Message
from benchmarks.paced_gateway import Gateway
from benchmarks.reply_text import deltas, markers_in

SETUP = "%load_ext liara_magic\nimport liara_magic\npanel = liara_magic.panel()\npanel"
RSS = "int(open('/proc/self/statm').read().split()[1]) * 4096 // 1024"
#: Seconds without a message after which nothing more comes; the copy comes a second after the end.
QUIET = 2.5
#: KB, deltas a second (0 is full speed), turns of 2 KB before it.
Plan = tuple[int, int, int]
PLANS: list[Plan] = [(10, 0, 0), (100, 0, 0), (10, 100, 0), (10, 1000, 0), (100, 1000, 0), (10, 1000, 4)]
#: What begins and ends within a second, and so has all of both in it.
BRIEF: Plan = (4, 1000, 4)
#: Turns of 2 KB, for the memory.
MANY = 200
PAGE, HEADING = "docs/performance.md", "The panel"
OPENING = """`python -m benchmarks.panel --write`

What a reply in the panel sends: the panel lives in a real kernel, typed into and clicked by the messages of a front
end, and every message of its IOPub socket from the Enter on is counted, with those that begin and end a turn."""
NOTE = """First text: from the moment the gateway sends it to the first message that shows it; at full speed the whole
reply is there by then. The copy is the conversation as plain HTML and text for where no widgets run, which is sent
once, a second after the end; the other figures are without it."""
_COLUMNS = (
    "reply",
    "pace",
    "turns before",
    "first text ms",
    "bytes",
    "bytes / reply byte",
    "messages",
    "busiest second",
    "bytes of the copy",
)


@dataclass
class Run:
    """One reply in the panel. Times in seconds, sizes in bytes."""

    kb: int
    rate: int
    before: int
    size: int
    first: float = 0.0
    complete: bool = False
    messages: list[Message] = field(default_factory=list)

    @property
    def live(self) -> list[Message]:
        return [one for one in self.messages if one.kind != "update_display_data"]

    @property
    def sent(self) -> int:
        return sum(one.size for one in self.live)

    @property
    def copy(self) -> int:
        return sum(one.size for one in self.messages) - self.sent

    @property
    def share(self) -> float:
        """Bytes for each byte of the reply."""
        return self.sent / self.size

    @property
    def busiest(self) -> int:
        return Cell(messages=self.live).busiest_second()


class Panel:
    """A panel in ``kernel``, used as a front end uses it."""

    def __init__(self, kernel: Kernel, gateway: Gateway) -> None:
        self._kernel, self._gateway = kernel, gateway
        kernel.prepare(SETUP)
        self._box = kernel.ask("panel._view.input._line.model_id")
        self._stop = kernel.ask("panel._view.input._stop.model_id")

    def press_enter(self, text: str) -> float:
        """Type and send; returns when that was."""
        now = time.monotonic()
        self._kernel.tell(self._box, {"method": "custom", "content": {"event": "submit"}})
        self._kernel.tell(self._box, {"method": "update", "state": {"value": text}})
        return now

    def ask(self, kb: int, rate: int, before: int = 0) -> Run:
        """One reply after others, until nothing more comes."""
        pieces = deltas(kb * 1000, "mixed")
        run = Run(kb, rate, before, sum(len(piece.encode()) for piece in pieces))
        start = self.press_enter("/reset")
        self._until_quiet(start)
        if before:
            growth(self._kernel, self._gateway, before)
            self._until_quiet(time.monotonic())
        self._gateway.plan(kb, rate, "mixed")
        start = self.press_enter("Compare the groups of my table.")
        self._until_quiet(start, ended=lambda: bool(self._gateway.log_so_far().get("ended")))
        run.messages = self._kernel.since(start)
        marks = [marker for marker, _ in markers_in(pieces)]
        shown = Cell(messages=run.live).shown_at([marks[0], marks[-1]])
        run.first, run.complete = shown[0] - self._gateway.log()["sent"][0], shown[1] < float("inf")
        return run

    def stop(self, stalled: bool) -> float:
        """Stop in the middle of a reply; returns the seconds until the gateway saw the close."""
        self._gateway.plan(100, 100, "mixed", stall_after=40 if stalled else 0)
        start = self.press_enter("Compare the groups of my table.")
        while (log := self._gateway.log_so_far())["ended"] or len(log["sent"]) < 40:
            time.sleep(0.02)
        if stalled:
            time.sleep(0.5)
        pressed = time.monotonic()
        self._kernel.tell(self._stop, {"method": "custom", "content": {"event": "click"}})
        self._until_quiet(start, ended=lambda: bool(self._gateway.log_so_far().get("ended")))
        return float(self._gateway.log()["closed"]) - pressed

    def _until_quiet(self, start: float, ended: Callable[[], bool] = lambda: True) -> None:
        deadline = time.monotonic() + 300
        while time.monotonic() < deadline:
            time.sleep(0.05)
            last = max([one.time for one in self._kernel.since(start)], default=start)
            if ended() and time.monotonic() - last > QUIET:
                return
        raise SystemExit("The panel does not come to rest.")


def growth(kernel: Kernel, gateway: Gateway, turns: int) -> tuple[int, int]:
    """KB of the kernel's memory for ``turns`` turns of 2 KB, and the widgets that are alive then."""
    gateway.plan(2, 0, "mixed")
    before = kernel.ask(RSS)
    kernel.prepare(
        f"for _n in range({turns}):\n"
        "    panel._view.deeds.send('again', panel._view.context.wanted(), [], None)\npanel._asking.join(300)"
    )
    return kernel.ask(RSS) - before, kernel.ask("len(panel._view.parts._made)")


def measure(quick: bool) -> str:
    """Everything, as Markdown."""
    with Gateway() as gateway, Kernel(LIARA_BASE_URL=gateway.base_url, LIARA_MODEL="bench/model") as kernel:
        panel = Panel(kernel, gateway)
        panel.ask(1, 0)  # imports
        runs = []
        for plan in PLANS[:1] if quick else PLANS:
            _say(f"{plan[0]} KB, {plan[1] or 'full speed'}, {plan[2]} turns before")
            runs.append(panel.ask(*plan))
        brief = panel.ask(*BRIEF)
        _say("Stop")
        stops = {stalled: [panel.stop(stalled) for _ in range(1 if quick else 7)] for stalled in (False, True)}
        turns = MANY // 10 if quick else MANY
        _say(f"{turns} turns")
        memory, widgets = growth(kernel, gateway, turns)
    load = f"; load average when printed {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    rows = "\n".join(_row(run) for run in runs)
    said = (
        f"Memory of the kernel after {turns} turns of 2 KB: {memory / 1024:+.1f} MB, with {widgets} widgets alive.\n\n"
        f"A reply of {brief.kb} KB at {brief.rate} tokens/s takes hardly a second, with its beginning, its text and\n"
        f"its end in it: that second has {brief.busiest} messages, after {brief.before} turns."
    )
    parts = (
        tables.machine("ipykernel", "ipython", "ipywidgets") + load,
        f"{tables.head(_COLUMNS, 'lrrrrrrrr')}\n{rows}",
        f"{NOTE}\n{said}",
        tables.targets(_targets(runs, stops)),
    )
    return "\n\n".join(parts)


def _row(run: Run) -> str:
    pace = f"{run.rate} tokens/s" if run.rate else "full speed"
    figures = f"{run.first * 1000:.1f}", f"{run.sent:,}", f"{run.share:.1f}", str(len(run.live)), str(run.busiest)
    return tables.line((f"{run.kb} KB", pace, str(run.before), *figures, f"{run.copy:,}"))


def _targets(runs: list[Run], stops: dict[bool, list[float]]) -> Iterator[tables.Target]:
    lost = sum(not run.complete for run in runs)
    yield "replies whose last words are not shown", "0", str(lost), lost == 0
    most = max(run.busiest for run in runs)
    yield "messages in the busiest second of any row", "≤ 17/s", f"{most}/s", most <= 17
    if paced := [run for run in runs if run.rate]:
        first = max(run.first for run in paced)
        yield "first text sent → on IOPub, worst paced row", "≤ 10 ms", f"{first * 1000:.1f} ms", first <= 0.010
    for rate, limit, where in ((0, 5, "at full speed"), (1000, 9, "at 1000 tokens/s")):
        if rows := [run.share for run in runs if run.rate == rate]:
            yield f"bytes {where}, worst row", f"≤ {limit} N", f"{max(rows):.1f} N", max(rows) <= limit
    for stalled, found in stops.items():
        what = f"Stop → server sees the close, {'stalled' if stalled else 'flowing'}"
        middle, worst = statistics.median(found) * 1000, max(found) * 1000
        yield what, "≤ 20 ms", f"{middle:.1f} ms, worst {worst:.1f} ms", middle <= 20


def _say(what: str) -> None:
    print(f"  {what}", file=sys.stderr, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a smoke test of half a minute")
    parser.add_argument("--write", action="store_true", help=f"put the tables into {PAGE}")
    asked = parser.parse_args()
    if asked.write and asked.quick:
        raise SystemExit("The page holds the full sizes: --write goes without --quick.")
    shown = measure(asked.quick)
    print(f"\n{shown}")
    if asked.write:
        tables.write_section(PAGE, HEADING, f"{OPENING}\n\n{shown}")


if __name__ == "__main__":
    main()
