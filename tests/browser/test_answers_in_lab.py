"""Answers that land, in a real JupyterLab: the next cell, the tree, the change, none of it run or alive."""

import nbformat
import pytest

SETUP = """%load_ext liara_magic
%liara /model sandbox/tutor
from dataclasses import dataclass

@dataclass
class Sale:
    شهر: str
    revenue: float
    tags: list[str]
"""
FAILING = "total = 3\ntotal * 2\nprint(totl)"


ALL_RAN = """() => {
    const cells = jupyterapp.shell.currentWidget.content.widgets.map((cell) => cell.model);
    return cells.some((cell) => cell.sharedModel.source === "%liara /fix" && cell.executionCount) && rig.idle();
}"""


def allowed_to_fail(source):
    return nbformat.v4.new_code_cell(source, metadata={"tags": ["raises-exception"]})


@pytest.fixture(scope="module")
def page(lab, open_notebook):
    cells = [
        SETUP,
        "%%liara -f code\nthe mean of some numbers",
        "%%liara --schema list[Sale] -o sales\nthree sales",
        allowed_to_fail(FAILING),
        "%liara /fix",
    ]
    lab.write("answers.ipynb", cells)
    with open_notebook("answers.ipynb") as page:
        page.start()
        page.watched.wait(ALL_RAN, 60)  # but for the cells that the replies added
        yield page


@pytest.fixture(scope="module")
def sources(page, lab):
    """The cells of the notebook, after it ran and was saved: source and execution count."""
    page.save()
    return [(cell.source, cell.get("execution_count")) for cell in lab.read("answers.ipynb").cells]


def test_code_becomes_the_next_cell_and_waits_there(sources):
    place = next(at for at, (source, _) in enumerate(sources) if source.startswith("%%liara -f code"))
    source, _ = sources[place + 1]
    assert source.startswith("numbers = [3, 1, 4, 1, 5]")


def test_the_corrected_cell_becomes_the_next_cell(sources):
    place = next(at for at, (source, _) in enumerate(sources) if source == "%liara /fix")
    assert sources[place + 1][0] == FAILING.replace("totl", "total")


def test_the_last_proposal_was_not_run(sources):
    assert sources[-1][1] is None


def test_the_tree_folds_and_shows_its_values(page):
    tree = page.page.locator(".jp-OutputArea-output details", has_text="items").first
    assert tree.is_visible()
    nested = tree.locator("details").first
    was_open = nested.evaluate("element => element.open")
    nested.locator("summary").first.click()
    assert nested.evaluate("element => element.open") is not was_open
    nested.locator("summary").first.click()


def test_the_change_shows_both_lines(page):
    change = page.page.locator(".jp-OutputArea-output pre", has_text="+print(total)")
    assert "-print(totl)" in change.first.inner_text()


def test_nothing_came_alive(page):
    assert page.mischief() == []
