"""Rows A3 to A5: hostile replies in a real JupyterLab and in nbconvert's page, opened in Chromium with scripts on.

The rig is that of tests/browser. Where there is no JupyterLab, Playwright or Chromium the rows say so.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any

import hostile_notebook
import nbformat
from hostile import EVERYTHING, REPLIES
from inertness import faults
from watched import watched_page

from .fault_row import Figure, Row, Tally
from .rig import Line, Loopback, SeenRequest, no_browser, notebook_page, running_chromium, running_lab

_END = "the end $x$"
#: What would make a page ask for a picture, and the words that are shown instead.
IMAGES = {
    "![inline](https://evil.example/1.png)": "[image: inline] evil.example",
    "![by reference][r]\n\n[r]: https://evil.example/2.png": "[image: by reference] evil.example",
    "![protocol-relative](//evil.example/3.png)": "![protocol-relative](//evil.example/3.png)",
    "<img srcset='//evil.example/4.png 2x'>": "<img srcset='//evil.example/4.png 2x'>",
    "<p style='background:url(//evil.example/5.png)'>": "<p style='background:url(//evil.example/5.png)'>",
    "<video poster=//evil.example/6.png></video>": "<video poster=//evil.example/6.png></video>",
    "![svg](data:image/svg+xml;base64,PHN2Zz4=)": "![svg](data:image/svg+xml;base64,PHN2Zz4=)",
    "<link rel=prefetch href=//evil.example/8>": "<link rel=prefetch href=//evil.example/8>",
}


@contextlib.contextmanager
def _running() -> Iterator[tuple[Any, Any, Path]]:
    """A JupyterLab that asks a gateway of ours, a browser, and a folder."""
    with contextlib.ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        gateway = stack.enter_context(Loopback(_answer))
        lab = stack.enter_context(running_lab(home / "lab", LIARA_BASE_URL=gateway.base_url))
        yield lab, stack.enter_context(running_chromium()), home


def _answer(line: Line, request: SeenRequest) -> None:
    """The prompt names the reply."""
    name = request.json["messages"][-1]["content"]
    REPLIES[name](line) if name in REPLIES else line.reply("\n\n".join([*IMAGES, _END]))


@cache
def _pages() -> dict[str, Any]:
    """Every page by its name; they are looked at once, for all rows."""
    with _running() as (lab, browser, home):
        opened = partial(notebook_page, browser, lab)
        own, saved = hostile_notebook.run(lab, opened)
        untrusted, trusted = hostile_notebook.received(lab, opened, saved)
        elsewhere = partial(watched_page, browser)
        exported = hostile_notebook.exported(elsewhere, saved, home / "exported.html")
        empty = hostile_notebook.exported(elsewhere, nbformat.v4.new_notebook(), home / "empty.html")
        shown = {"run": own, "received": untrusted, "trusted by hand": trusted, "exported": exported}
        return {**shown, "empty": empty, "images": _images(lab, opened)}


def _images(lab: Any, opened: Callable[..., Any]) -> tuple[list[str], list[str], str]:
    """Requests, other mischief and the text that is shown."""
    lab.write("images.ipynb", ["%load_ext liara_magic", "%%liara\nimages"])
    with opened("images.ipynb") as page:
        page.run()
        page.watched.wait("rig.typeset() === 1")
        page.page.evaluate("rig.poke()")
        return page.foreign, page.mischief(), page.outputs()[0]["text"]


def _in_a_browser(row: Callable[[], Figure]) -> Callable[[], Figure]:
    def run() -> Figure:
        reason = no_browser()
        return Figure(f"not measured: {reason}", "–", None) if reason else row()

    return run


def _rendered() -> Figure:
    pages, found, words = _pages(), Tally(), Tally()
    asked_anyway = set(pages["empty"].mischief)
    for name in ("run", "received", "trusted by hand"):
        shown = pages[name]
        for mischief in set(shown.mischief) - asked_anyway:
            found.add(f"{name}: {mischief}", False)
        for reply, output in zip(REPLIES, shown.html(), strict=True):
            found.add(f"{name}: {reply}", not faults(output["html"]))
        for reply, seen, meant in shown.texts():
            words.add(f"{name}: {reply}", seen == meant)
    happened = (
        f"{len(EVERYTHING)} payloads in {len(REPLIES)} replies, run in JupyterLab, received untrusted, and trusted by "
        "hand; scripts, dialogs, requests, windows, commands and elements are watched; the text is compared with the "
        "HTML's; there is no widget yet"
    )
    live = len(found.missed)
    figure = Tally(found.count + words.count, found.missed + words.missed).figure(happened)
    return Figure(figure.happened, f"{live} live of {found.count}, text equal in {words}", figure.ok)


def _exported() -> Figure:
    pages, found = _pages(), Tally()
    exported, empty = pages["exported"], pages["empty"]
    for mischief in exported.mischief:
        found.add(mischief, mischief in empty.mischief)
    more = len(exported.mischief) - len(empty.mischief)
    for reply, output in zip(REPLIES, exported.html(), strict=True):
        found.add(reply, not faults(output["html"]))
    happened = (
        "nbconvert's page with its defaults, opened with scripts on; what its template asks for without us is no part"
    )
    figure = found.figure(happened)
    active = len(found.missed)
    return Figure(
        figure.happened, f"{active} active of {len(REPLIES)} replies, {more} requests", figure.ok and not more
    )


def _leaks() -> Figure:
    requests, mischief, text = _pages()["images"]
    found = Tally()
    for number, (source, shown) in enumerate(IMAGES.items(), 1):
        asked = [address for address in requests if f"evil.example/{number}" in address]
        found.add(source, shown in text and not asked)
    for each in [*requests, *mischief]:
        found.add(each, False)
    figure = found.figure("no request; Markdown images as “[image: words] host”, everything else as it was written")
    return Figure(figure.happened, f"{len(requests)} requests for {len(IMAGES)} images", figure.ok)


ROWS = (
    Row("A3", "real renderers, trusted and untrusted", _in_a_browser(_rendered), "raw Markdown: 10 live of 10"),
    Row("A4", "an exported notebook", _in_a_browser(_exported)),
    Row("A5", "images that would be fetched", _in_a_browser(_leaks)),
)
