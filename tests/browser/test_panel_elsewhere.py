"""The panel in Notebook 7; and the saved notebook, where no widget runs."""

import importlib.util

import pytest
from notebook_page import NotebookPage
from panel_page import PanelPage
from watched import watched_page


@pytest.fixture(scope="module")
def in_notebook_7(browser, lab, replies, tmp_path_factory):
    if importlib.util.find_spec("notebook") is None:
        pytest.skip("Notebook 7 is not installed")
    replies["with code"] = lambda line: line.reply("So:\n\n```python\nprint(1)\n```\n")
    lab.write("seven.ipynb", ["%load_ext liara_magic", "%liara /panel"])
    with watched_page(browser, f"{lab.origin}/") as watched:
        watched.open(f"{lab.origin}/notebooks/seven.ipynb")
        notebook = NotebookPage(lab, watched)
        watched.wait("rig.ready()", 60)
        notebook.run()
        panel = PanelPage(watched.page, tmp_path_factory.mktemp("pictures"))
        panel.wait()
        yield notebook, panel
        watched.page.evaluate("rig.end()")


def test_it_works_in_notebook_7(in_notebook_7):
    notebook, panel = in_notebook_7
    panel.ask("with code")
    panel.picture("panel-notebook-7")
    panel.click("Code of this reply")
    panel.panel.get_by_role("button", name="Into a new cell").click()
    notebook.page.wait_for_function(
        "() => jupyterapp.shell.currentWidget.content.widgets.some("
        " cell => cell.model.sharedModel.source === 'print(1)')"
    )


def test_the_saved_notebook_shows_the_conversation_without_widgets(in_notebook_7, lab, open_page, tmp_path):
    from nbconvert import HTMLExporter

    notebook, panel = in_notebook_7
    copy = panel.page.locator(".liara-static")
    copy.get_by_text("print(1)").wait_for(state="attached")
    assert not copy.is_visible()
    notebook.save()
    saved = lab.read("seven.ipynb")
    outputs = [output.data for output in saved.cells[1].outputs]
    assert "with code" in outputs[-1]["text/plain"] and "print" in outputs[-1]["text/html"]
    file = tmp_path / "page.html"
    file.write_text(HTMLExporter().from_notebook_node(saved)[0], "utf-8")
    with open_page(file.as_uri()) as page:
        page.open(file.as_uri())
        shown = page.page.locator(".liara-static")
        shown.get_by_text("with code").wait_for()
        assert "print(1)" in shown.inner_text()
        page.page.screenshot(path=tmp_path / "exported.png")


def test_close_takes_the_widgets_away_and_leaves_the_conversation(in_notebook_7):
    _, panel = in_notebook_7
    panel.click("Close the panel")
    panel.panel.wait_for(state="detached")
    copy = panel.page.locator(".liara-static")
    copy.get_by_text("with code").wait_for()
    assert copy.is_visible()
