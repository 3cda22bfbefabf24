"""How a reply streams into the panel: bytes and messages on the wire, first text, Stop, and memory.

``python -m benchmarks.panel`` takes about three minutes; ``--quick`` is a smoke test. It starts a paced gateway and a
real kernel, does what a front end does (comm messages), and prints Markdown. What the copy for saved notebooks costs
stands in a column of its own: it is sent once, after the end.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

if __package__ in (None, ""):  # started as a file: make the package around it known
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.kernel_probe import Cell, Kernel, Message
from benchmarks.paced_gateway import Gateway
from benchmarks.reply_text import deltas, markers_in

SETUP = "%load_ext liara_magic\nimport liara_magic\npanel = liara_magic.panel()\npanel"
RSS = "int(open('/proc/self/statm').read().split()[1]) * 4096 // 1024"
#: Seconds without a message after which nothing more comes; the copy comes a second after the end.
QUIET = 2.5


@dataclass
class Run:
    """One reply in the panel. Times in seconds, sizes in bytes."""

    kb: int
    rate: int
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

    def ask(self, kb: int, rate: int) -> Run:
        """One reply, until nothing more comes."""
        self._gateway.plan(kb, rate, "mixed")
        pieces = deltas(kb * 1000, "mixed")
        run = Run(kb, rate, sum(len(piece.encode()) for piece in pieces))
        start = self.press_enter("/reset")
        self._until_quiet(start)
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


def growth(panel: Panel, kernel: Kernel, gateway: Gateway, turns: int) -> tuple[int, int]:
    """KB of the kernel's memory for ``turns`` turns of 2 KB, and the widgets that are alive then."""
    gateway.plan(2, 0, "mixed")
    before = kernel.ask(RSS)
    kernel.prepare(
        f"for _n in range({turns}):\n"
        "    panel._view.deeds.send('again', panel._view.context.wanted(), [], None)\npanel._asking.join(300)"
    )
    return kernel.ask(RSS) - before, kernel.ask("len(panel._view.parts._made)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a smoke test of half a minute")
    quick = parser.parse_args().quick
    plans = [(10, 0)] if quick else [(10, 0), (100, 0), (10, 100), (10, 1000), (100, 1000)]
    with Gateway() as gateway, Kernel(LIARA_BASE_URL=gateway.base_url, LIARA_MODEL="bench/model") as kernel:
        panel = Panel(kernel, gateway)
        panel.ask(1, 0)  # imports
        runs = [panel.ask(*plan) for plan in plans]
        stops = {stalled: [panel.stop(stalled) for _ in range(1 if quick else 7)] for stalled in (False, True)}
        memory, widgets = growth(panel, kernel, gateway, 20 if quick else 200)
    show(runs, stops, memory, widgets)


def show(runs: Iterable[Run], stops: dict[bool, list[float]], memory: int, widgets: int) -> None:
    print("| reply | pace | first text | bytes sent | per byte | messages | busiest second | copy for the file |")
    print("| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for run in runs:
        pace = f"{run.rate} tokens/s" if run.rate else "full speed"
        busiest = Cell(messages=run.live).busiest_second()
        whole = "" if run.complete else " (incomplete)"
        figures = f"{run.first * 1000:.0f} ms | {run.sent:,}{whole} | {run.sent / run.size:.1f}"
        print(f"| {run.kb} KB | {pace} | {figures} | {len(run.live)} | {busiest} | {run.copy:,} |")
    print()
    for stalled, found in stops.items():
        what = "stalled" if stalled else "flowing"
        middle, worst = statistics.median(found) * 1000, max(found) * 1000
        print(f"Stop → the server sees the close, {what}: median {middle:.1f} ms, worst {worst:.1f} ms")
    print(f"Memory of the kernel after the turns: {memory / 1024:+.1f} MB; {widgets} widgets alive")


if __name__ == "__main__":
    main()
