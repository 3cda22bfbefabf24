"""How a reply looks while it streams into a real JupyterLab: every animation frame, and every long task of the page.

``python -m benchmarks.frames`` takes about seven minutes; ``--quick`` is a smoke test of one. It needs what the browser
tests need (``pip install -e '.[browser]'`` and a Chromium), and prints Markdown tables.
"""

from __future__ import annotations

import argparse
import itertools
import statistics
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

if __package__ in (None, ""):  # started as a file: make the package around it known
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import tables
from benchmarks.measures import BARE, LIARA, PER_TOKEN, SETUP, percentile
from benchmarks.paced_gateway import Gateway
from benchmarks.reply_text import deltas, markers_in
from benchmarks.rig import NotebookPage, no_browser, notebook_page, running_chromium, running_lab

RATE = 200  # deltas a second
#: Seconds that a page may take beyond the reply's own time until it shows the last words.
PATIENCE = 120
#: Frames after the last words are shown: what the page still does then belongs to the fold.
FRAMES_AFTER = 60
#: JupyterLab reads all outputs for headings about a second after each new one.
_CONTENTS = "@jupyterlab/toc-extension"
WITHOUT_CONTENTS = "liara, no table of contents"
_WATCH = Path(__file__).with_name("frames.js")
_COLUMNS = (
    "way",
    "reply KB",
    "frames",
    "longest between two ms",
    "blank",
    "shrinking, while it flows",
    "shrinking, from its end on",
    "long tasks, while it flows",
    "their sum s",
    "the longest ms",
    "long tasks, from its end on",
    "the longest ms",
    "lag median ms",
    "lag p99 ms",
    "all shown after the end s",
)
_NOTES = """
Frames are those of requestAnimationFrame in Chromium without a window; in each the cell's output area is looked at.
Blank: it holds no text after it held some. Shrinking: it is lower than in the frame before. Long tasks: the browser's
own entries, over 50 ms on the page's main thread. The end is when the gateway had sent [DONE]; lag is counted from the
moment it sent a delta to the frame that shows it. The bare loop prints once, after the end: its long tasks before that
are what the page and the machine do without any reply. JupyterLab's saving by itself is off."""


@dataclass
class Run:
    """What the page did with one reply. Times in seconds of the gateway's clock."""

    way: str
    kb: int
    frames: int
    slowest: float
    end: float
    shown: float | None
    blank: int = 0
    shrinking: list[float] = field(default_factory=list)
    tasks: list[tuple[float, float]] = field(default_factory=list)
    lags: list[float] = field(default_factory=list)

    def tasks_before(self) -> list[float]:
        return [seconds for start, seconds in self.tasks if start < self.end]

    def tasks_after(self) -> list[float]:
        return [seconds for start, seconds in self.tasks if start >= self.end]

    def shrinking_before(self) -> int:
        return sum(moment < self.end for moment in self.shrinking)


def measure(page: NotebookPage, gateway: Gateway, way: str, kb: int) -> Run:
    """Run the notebook and wait until the page shows the last words and is done with them."""
    pieces = deltas(kb * 1000)
    last = markers_in(pieces)[-1][0]
    gateway.plan(kb, RATE)
    page.page.add_script_tag(path=_WATCH)
    page.page.evaluate("frameWatch.start()")
    page.start()
    milliseconds = (len(pieces) / RATE + PATIENCE) * 1000
    # Asked for twice a second only: the question is a task of the page too.
    shows = f"rig.done() && frameWatch.shows({last})"
    try:
        page.page.wait_for_function(shows, timeout=milliseconds, polling=500)
    except Exception as error:
        if type(error).__name__ != "TimeoutError":
            raise
    page.page.evaluate(f"rig.frames({FRAMES_AFTER})")
    return _run(way, kb, page.page.evaluate("frameWatch.seen()"), gateway.log(), markers_in(pieces))


def _run(way: str, kb: int, seen: dict[str, Any], log: dict[str, Any], markers: list[tuple[int, int]]) -> Run:
    """Bring what the page saw onto the gateway's clock."""
    offset = seen["origin"] / 1000 - (time.time() - time.monotonic())
    changes = [(moment / 1000 + offset, *rest) for moment, *rest in seen["changes"]]
    shown_at = _shown_at(changes, [marker for marker, _ in markers])
    # The last change is the fold of a cell of ours, and the last words elsewhere.
    end_shown = changes[-1][0] if shown_at[-1] is not None else None
    run = Run(way, kb, seen["frames"], seen["slowest"] / 1000, log["done"], end_shown)
    tasks = [(start / 1000 + offset, length / 1000) for start, length in seen["tasks"]]
    run.tasks = [task for task in tasks if task[0] >= log["sent"][0]]
    run.shrinking = [now[0] for before, now in itertools.pairwise(changes) if now[1] < before[1]]
    first = next(number for number, change in enumerate(changes) if not change[3])
    run.blank = sum(change[3] for change in changes[first:])
    run.lags = [
        at - log["sent"][position] for at, (_, position) in zip(shown_at, markers, strict=True) if at is not None
    ]
    return run


def _shown_at(changes: list[tuple], markers: list[int]) -> list[float | None]:
    """When the first frame came that shows each of ``markers``, which rise; None where none did."""
    found: list[float | None] = []
    position = reached = -1
    for marker in markers:
        while reached < marker and position + 1 < len(changes):
            position += 1
            reached = max(reached, changes[position][2])
        found.append(changes[position][0] if reached >= marker else None)
    return found


def runs(sizes: dict[str, int]) -> list[Run]:
    """One for each way, each in a page and a kernel of its own."""
    found = []
    with Gateway() as gateway, running_chromium() as browser:
        for way, kb in sizes.items():
            print(f"  {way}, {kb} KB", file=sys.stderr, flush=True)
            without = [_CONTENTS] if way == WITHOUT_CONTENTS else []
            with (
                tempfile.TemporaryDirectory(prefix="bench-lab-") as home,
                running_lab(Path(home), without, LIARA_BASE_URL=gateway.base_url, LIARA_MODEL="bench/model") as lab,
            ):
                lab.write("frames.ipynb", _cells(way, gateway.base_url + "/chat/completions"))
                with notebook_page(browser, lab, "frames.ipynb") as page:
                    found.append(measure(page, gateway, way, kb))
        print(f"\n{tables.machine('jupyterlab', 'ipykernel', 'ipython')}, Chromium {browser.version}\n")
    return found


def _cells(way: str, url: str) -> list[str]:
    own = {"bare": [SETUP, BARE % url], "per-token": [SETUP, PER_TOKEN % url]}
    return own.get(way, ["%load_ext liara_magic", LIARA])


def _row(run: Run) -> str:
    before, after = run.tasks_before(), run.tasks_after()
    late = f"{run.shown - run.end:.2f}" if run.shown is not None else f"not within {PATIENCE}"
    cells = (
        *(run.way, run.kb, run.frames, f"{run.slowest * 1000:.0f}", run.blank),
        *(run.shrinking_before(), len(run.shrinking) - run.shrinking_before()),
        *(len(before), f"{sum(before):.2f}", f"{max(before, default=0) * 1000:.0f}"),
        *(len(after), f"{max(after, default=0) * 1000:.0f}"),
        *(_lags(run.lags) if run.lags and run.way != "bare" else ("–", "–")),
        late,
    )
    return tables.line(map(str, cells))


def _lags(lags: list[float]) -> tuple[str, str]:
    return f"{statistics.median(lags) * 1000:.0f}", f"{percentile(lags, 99) * 1000:.0f}"


def _targets(found: list[Run]) -> Iterable[tables.Target]:
    for run in found:
        if not run.way.startswith("liara"):
            continue
        yield f"{run.way}: blank frames", "0", str(run.blank), run.blank == 0
        shrinking = run.shrinking_before()
        yield f"{run.way}: shrinking frames while it flows", "0", str(shrinking), shrinking == 0
        tasks = run.tasks_before()
        shown = f"{len(tasks)}, the longest {max(tasks) * 1000:.0f} ms" if tasks else "0"
        yield f"{run.way}: tasks over 50 ms before the final fold", "0", shown, not tasks


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a smoke test with short replies")
    quick = parser.parse_args().quick
    if reason := no_browser():
        raise SystemExit(f"There is no page to look at: {reason}.")
    long, short = (6, 3) if quick else (100, 20)
    # The loop that shows the whole reply for each token is given a fifth: it is hopeless long before 100 KB.
    found = runs({"liara": long, WITHOUT_CONTENTS: long, "per-token": short, "bare": short})
    print(tables.head(_COLUMNS, "l" + "r" * (len(_COLUMNS) - 1)))
    for run in found:
        print(_row(run))
    print(_NOTES)
    print(f"\n{tables.targets(_targets(found))}")


if __name__ == "__main__":
    main()
