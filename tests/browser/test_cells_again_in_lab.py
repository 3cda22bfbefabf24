"""JupyterLab says which cell runs: one that runs again replaces its turn; /edit puts a prompt into the next cell."""

import pytest

CELLS = ["%load_ext liara_magic", "%%liara\nfirst", "%%liara\nsecond", "%liara /history"]


@pytest.fixture
def page(lab, replies, open_notebook):
    for prompt in ("first", "second"):
        replies[prompt] = lambda line, prompt=prompt: line.reply(f"re: {prompt}")
    lab.write("again.ipynb", CELLS)
    with open_notebook("again.ipynb") as page:
        page.run()
        yield page


def test_cells_that_run_again_replace_their_turns(page):
    sources = page.page.locator(".jp-CodeCell .cm-content")
    sources.nth(1).click()
    page.page.keyboard.press("Control+Enter")
    page.page.get_by_text("[5]:").wait_for()
    page.page.get_by_text("The turn after this one, of cell [3], was answered from its earlier version.").wait_for()
    sources.nth(3).click()
    page.page.keyboard.press("Control+Enter")
    page.page.get_by_text("[6]:").wait_for()
    rows = page.page.locator(".jp-OutputArea-output tbody tr")
    rows.filter(has_text="from earlier versions").wait_for()
    assert rows.count() == 2
    assert "[5]" in rows.nth(0).inner_text()
    assert "[3]" in rows.nth(1).inner_text()
    sources.nth(3).click()
    page.page.keyboard.press("Control+a")
    page.page.keyboard.type("%liara /edit 1")
    page.page.keyboard.press("Control+Enter")
    sources.nth(4).wait_for()
    assert sources.nth(4).inner_text() == "%%liara /edit 1\nfirst"
