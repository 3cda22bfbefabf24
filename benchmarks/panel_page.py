"""Whether a JupyterLab page with a panel of 200 turns scrolls without long tasks.

``python -m benchmarks.panel_page`` takes about three minutes. It needs what the browser tests need and prints Markdown.
Three rows tell the panel's own share from the page's: the page while nothing scrolls; the same turns without
``content-visibility``, all painted; and the same HTML outside of the notebook and its widgets. Each begins with the
page at rest and its garbage collected: what loading leaves behind is not scrolling's.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

if __package__ in (None, ""):  # started as a file: make the package around it known
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.paced_gateway import Gateway
from benchmarks.rig import NotebookPage, no_browser, notebook_page, running_chromium, running_lab
from liara_magic.panels.pages import SHOWN

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

    def show_all(self) -> None:
        while (shown := self.turns) < TURNS:
            self._page.locator(".liara-earlier").evaluate("button => button.click()")
            self.wait_for(min(TURNS, shown + SHOWN))

    def wait_for(self, turns: int) -> None:
        self._page.wait_for_function(f"() => document.querySelectorAll('.liara-turn').length >= {turns}")

    def measure(self, what: str, before: str = "() => {}", scrolls: bool = True) -> Row:
        """Turn the wheel ``STEPS`` times, a frame apart."""
        page, box = self._page, self._page.locator(".liara-scroll")
        page.evaluate(before)
        box.evaluate("box => box.scrollTop = 0")
        box.hover()
        page.wait_for_timeout(1500)
        self._tools.send("HeapProfiler.collectGarbage")
        page.evaluate(WATCH)
        worked = self._work()
        for _ in range(STEPS):
            page.mouse.wheel(0, -STEP if scrolls else 0)
            page.evaluate("() => new Promise(requestAnimationFrame)")
        page.wait_for_timeout(500)
        worked = self._work() - worked
        tasks = list(page.evaluate(TAKE))
        return Row(what, abs(float(box.evaluate("box => box.scrollTop"))), tasks, worked * 1000 / STEPS)

    def _work(self) -> float:
        metrics = self._tools.send("Performance.getMetrics")["metrics"]
        return float(next(one["value"] for one in metrics if one["name"] == "TaskDuration"))


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
                rows = [scrolling.measure(f"{scrolling.turns} turns, as a panel opens")]
                scrolling.show_all()
                rows += [
                    scrolling.measure(f"{TURNS} turns"),
                    scrolling.measure(f"{TURNS} turns, nothing scrolls", scrolls=False),
                    scrolling.measure(f"{TURNS} turns, all painted", before=PAINT_ALL),
                    scrolling.measure(f"{TURNS} turns outside of the notebook", before=TAKE_OUT),
                ]
    print("| the page | scrolled, px | tasks over 50 ms | the longest, ms | work for each step, ms |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for row in rows:
        print(
            f"| {row.what} | {row.pixels:,.0f} | {len(row.tasks)} | {max(row.tasks, default=0):.0f} | {row.work:.1f} |"
        )


if __name__ == "__main__":
    main()
