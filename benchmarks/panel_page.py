"""Whether a JupyterLab page with a panel of 200 turns scrolls without long tasks.

``python -m benchmarks.panel_page`` takes about a minute. It needs what the browser tests need, and prints Markdown.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

if __package__ in (None, ""):  # started as a file: make the package around it known
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.paced_gateway import Gateway
from benchmarks.rig import NotebookPage, no_browser, notebook_page, running_chromium, running_lab

TURNS, STEPS = 200, 120
CELLS = [
    "%load_ext liara_magic",
    f"import liara_magic\nfor _ in range({TURNS}):\n    liara_magic.chat().ask('again')",
    "%liara /panel",
]
WATCH = (
    "() => { window.tasks = []; new PerformanceObserver(list => list.getEntries().forEach("
    "one => tasks.push(one.duration))).observe({entryTypes: ['longtask']}); }"
)


def scroll(page: NotebookPage) -> list[float]:
    """Scroll through the whole transcript with the wheel; the long tasks meanwhile, in ms."""
    box = page.page.locator(".liara-scroll")
    box.hover()
    page.page.evaluate(WATCH)
    for _ in range(STEPS):
        page.page.mouse.wheel(0, -400)
        page.page.evaluate("() => new Promise(requestAnimationFrame)")
    page.page.wait_for_timeout(500)
    return list(page.page.evaluate("tasks"))


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
                page.page.locator(".liara-turn").first.wait_for(state="attached")
                first = page.page.locator(".liara-turn").count()
                found = {first: scroll(page)}
                while (shown := page.page.locator(".liara-turn").count()) < TURNS:
                    page.page.locator(".liara-earlier").evaluate("button => button.click()")
                    page.page.wait_for_function(f"() => document.querySelectorAll('.liara-turn').length > {shown}")
                page.page.wait_for_timeout(2000)
                page.page.locator(".liara-scroll").evaluate("box => box.scrollTop = 0")
                found[page.page.locator(".liara-turn").count()] = scroll(page)
    print("| turns on the page | tasks over 50 ms while it scrolls | the longest ms |\n| ---: | ---: | ---: |")
    for count, tasks in found.items():
        print(f"| {count} | {len(tasks)} | {max(tasks, default=0):.0f} |")


if __name__ == "__main__":
    main()
