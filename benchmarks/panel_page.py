"""Whether a JupyterLab page with a panel of 200 turns scrolls without long tasks.

``python -m benchmarks.panel_page`` takes about three minutes. It needs what the browser tests need and prints Markdown.
The first rows are what a person does: turns the wheel, shows the earlier turns, drags the scroll bar. Three more tell
the panel's own share from the page's: the page while nothing scrolls; the same turns without ``content-visibility``,
all painted; and the same HTML outside of the notebook and its widgets. Each begins with the page's garbage collected.
Some seconds after it was loaded, and has drawn much, Chromium tidies a page's memory in one task. The second turning of
the wheel waits until that is over, the first does not.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

if __package__ in (None, ""):  # started as a file: make the package around it known
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.paced_gateway import Gateway
from benchmarks.rig import NotebookPage, no_browser, notebook_page, running_chromium, running_lab
from liara_magic.panels.pages import SHOWN

#: Seconds after which Chromium has tidied the memory of a page where nothing happens.
REST = 15
#: Turns of 2 KB; how often the wheel turns, and by how many pixels: together more than all turns are high.
TURNS, STEPS, STEP = 200, 480, 400
CELLS = [
    "%load_ext liara_magic",
    f"import liara_magic\nfor _ in range({TURNS}):\n    liara_magic.chat().ask('again')",
    "%liara /panel",
]
WATCH = (
    "() => { window.tasks = []; window.observer = new PerformanceObserver(list => list.getEntries().forEach("
    "one => tasks.push(one.duration))); observer.observe({entryTypes: ['longtask']}); }"
)
TAKE = "() => { observer.takeRecords().forEach(one => tasks.push(one.duration)); observer.disconnect(); return tasks; }"
#: The scroll bar, dragged to and fro: another place for each frame, by a sequence that is the same each time.
DRAG = """async steps => {
    const box = document.querySelector('.liara-scroll');
    for (let step = 1; step <= steps; step++) {
        box.scrollTop = -box.scrollHeight * (step * 0.618 % 1);
        await new Promise(requestAnimationFrame);
    }
}"""
#: All turns painted, as they would be without the style sheet's rule.
PAINT_ALL = "() => document.querySelectorAll('.liara-turn').forEach(one => one.style.contentVisibility = 'visible')"
#: The transcript's HTML in a box of its own above the page, with the panel's classes.
TAKE_OUT = """() => {
    const box = document.querySelector('.liara-scroll'), outer = document.createElement('div');
    outer.className = 'liara-panel';
    outer.style.cssText = 'position: fixed; inset: 80px 60px auto 340px; z-index: 9999';
    outer.append(box.cloneNode(true));
    box.remove();
    document.body.append(outer);
    outer.querySelectorAll('.liara-turn').forEach(one => one.style.contentVisibility = '');
}"""


@dataclass(frozen=True)
class Row:
    """What was done, the pixels that went by, the long tasks meanwhile in ms, and the page's work in ms for each step.

    A task is long by the clock, whatever else the machine did meanwhile; the work is its thread's own time.
    """

    what: str
    pixels: float
    tasks: list[float]
    work: float


class Scrolling:
    """The transcript of a page, scrolled with the wheel from its end to its beginning."""

    def __init__(self, page: NotebookPage) -> None:
        self._page = page.page
        self._tools = self._page.context.new_cdp_session(self._page)
        self._tools.send("Performance.setTimeDomain", {"timeDomain": "threadTicks"})
        self._tools.send("Performance.enable")

    @property
    def turns(self) -> int:
        return int(self._page.locator(".liara-turn").count())

    def show_all(self) -> Row:
        """Click for earlier turns until all are there."""

        def click() -> None:
            while (shown := self.turns) < TURNS:
                self._page.locator(".liara-earlier").evaluate("button => button.click()")
                self.wait_for(min(TURNS, shown + SHOWN))

        return self._measure(f"{TURNS - self.turns} earlier turns are shown", click, 1)

    def wait_for(self, turns: int) -> None:
        self._page.wait_for_function(f"() => document.querySelectorAll('.liara-turn').length >= {turns}")

    def turn_wheel(self, what: str, before: str = "() => {}", step: int = STEP, rest: float = 0) -> Row:
        """``STEPS`` times, a frame apart."""
        self._page.evaluate(before)
        self._page.wait_for_timeout(1000 * rest)

        def turn() -> None:
            for _ in range(STEPS):
                self._page.mouse.wheel(0, -step)
                self._page.evaluate("() => new Promise(requestAnimationFrame)")

        return self._measure(what, turn, STEPS)

    def drag(self, what: str) -> Row:
        """To another place for each of a hundred frames."""
        return self._measure(what, lambda: self._page.evaluate(DRAG, 100), 100)

    def nodes(self) -> int:
        """Of the page, also those that it holds on to."""
        self._tools.send("HeapProfiler.collectGarbage")
        return int(self._metric("Nodes"))

    def _measure(self, what: str, act: Callable[[], None], steps: int) -> Row:
        page, box = self._page, self._page.locator(".liara-scroll")
        box.evaluate("box => box.scrollTop = 0")
        box.hover()
        page.wait_for_timeout(1500)
        self._tools.send("HeapProfiler.collectGarbage")
        page.evaluate(WATCH)
        worked = self._metric("TaskDuration")
        act()
        page.wait_for_timeout(500)
        worked = self._metric("TaskDuration") - worked
        tasks = list(page.evaluate(TAKE))
        return Row(what, abs(float(box.evaluate("box => box.scrollTop"))), tasks, worked * 1000 / steps)

    def _metric(self, name: str) -> float:
        metrics = self._tools.send("Performance.getMetrics")["metrics"]
        return float(next(one["value"] for one in metrics if one["name"] == name))


def main() -> None:
    if reason := no_browser():
        raise SystemExit(reason)
    with tempfile.TemporaryDirectory() as home, Gateway() as gateway:
        gateway.plan(2, 0)
        with (
            running_lab(Path(home), LIARA_BASE_URL=gateway.base_url, LIARA_MODEL="bench/model") as lab,
            running_chromium() as browser,
        ):
            lab.write("panel.ipynb", CELLS)
            with notebook_page(browser, lab, "panel.ipynb") as page:
                page.run(180)
                scrolling = Scrolling(page)
                scrolling.wait_for(SHOWN)
                rows = [
                    scrolling.turn_wheel(f"{scrolling.turns} turns, as a panel opens"),
                    scrolling.show_all(),
                    scrolling.drag(f"{TURNS} turns, dragged, most of them for the first time"),
                    scrolling.turn_wheel(f"{TURNS} turns, at once"),
                    scrolling.turn_wheel(f"{TURNS} turns, after {REST} s", rest=REST),
                    scrolling.turn_wheel(f"{TURNS} turns, nothing scrolls", step=0),
                    scrolling.turn_wheel(f"{TURNS} turns, all painted", before=PAINT_ALL),
                ]
                nodes = scrolling.nodes()
                rows.append(scrolling.turn_wheel(f"{TURNS} turns outside of the notebook", before=TAKE_OUT))
    print("| the page | scrolled, px | tasks over 50 ms | the longest, ms | work for each step, ms |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for row in rows:
        print(
            f"| {row.what} | {row.pixels:,.0f} | {len(row.tasks)} | {max(row.tasks, default=0):.0f} | {row.work:.1f} |"
        )
    print(f"\nNodes of the page with {TURNS} turns: {nodes:,}")


if __name__ == "__main__":
    main()
