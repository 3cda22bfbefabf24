"""A person uses the panel in a real JupyterLab. The tests are one sitting: each goes on where the last one stopped."""

import re
import threading

import pytest
from panel_page import PanelPage

from liara_magic.magics.answer_commands import _FIX

CELLS = [
    "%load_ext liara_magic",
    "import pandas as pd\ndf = pd.DataFrame({'city': ['Tehran', 'Shiraz'], 'sales': [31, 42]})",
    "%liara /panel",
]
MARKDOWN = """A *mean* is $\\bar{x} = \\frac{1}{n} \\sum_i x_i$.

| city | sales |
| --- | ---: |
| Tehran | 31 |

```python
mean = sum(numbers) / len(numbers)
print(f"{mean:.2f} $5 \\\\n")
```
"""


class Held:
    """A reply that gives one piece after the other as the test lets it."""

    def __init__(self, *pieces):
        self.pieces, self.turn = pieces, threading.Semaphore(0)
        self.closed = threading.Event()

    def __call__(self, line):
        line.head()
        for piece in self.pieces:
            assert self.turn.acquire(timeout=60)
            line.delta(piece)
        if self.turn.acquire(timeout=0.01):
            line.finish()
        elif line.wait_for_close(60):
            self.closed.set()


@pytest.fixture(scope="module")
def notebook(lab, replies, open_notebook):
    replies["show me"] = lambda line: line.reply(MARKDOWN)
    replies["again?"] = lambda line: line.reply("first answer")
    replies["how are you, in brief?"] = lambda line: line.reply("well")
    replies["chosen"] = lambda line: line.reply("by another")
    replies["from a cell"] = lambda line: line.reply("seen in both")
    lab.write("panel.ipynb", CELLS)
    with open_notebook("panel.ipynb") as page:
        page.run()
        yield page


@pytest.fixture(scope="module")
def panel(notebook, tmp_path_factory):
    panel = PanelPage(notebook.page, tmp_path_factory.mktemp("pictures"))
    panel.wait()
    return panel


def test_a_reply_is_rendered_as_in_a_cell(panel):
    panel.ask("show me")
    turn = panel.turn("show me")
    turn.locator("mjx-container").wait_for()
    assert turn.locator("th").all_inner_texts() == ["city", "sales"]
    assert turn.locator("pre code").first.inner_text().startswith("mean = sum(numbers)")
    assert "28" in panel.panel.locator(".liara-meter").inner_text()
    panel.picture("panel-light")


def test_it_streams_and_follows_the_end(panel, replies):
    held = replies["stream"] = Held(*(f"piece {number}\n\n" for number in range(40)))
    panel.send("stream")
    for number in range(39):
        held.turn.release()
        panel.turn("stream").get_by_text(f"piece {number}", exact=True).wait_for()
    in_sight = (
        "element => { const box = element.closest('.liara-scroll').getBoundingClientRect();"
        "const own = element.getBoundingClientRect(); return own.bottom <= box.bottom + 1 && own.top >= box.top; }"
    )
    assert panel.turn("stream").get_by_text("piece 38", exact=True).evaluate(in_sight)
    held.turn.release(2)
    panel.turn("stream").locator(".liara-footer summary").wait_for()


def test_it_keeps_its_place_while_one_reads_above(panel, replies):
    held = replies["slowly"] = Held(*(f"line {number}\n\n" for number in range(30)))
    panel.send("slowly")
    held.turn.release()
    panel.turn("slowly").get_by_text("line 0", exact=True).wait_for()
    panel.panel.locator(".liara-scroll").evaluate("box => box.scrollTop -= 500")
    where = "element => element.getBoundingClientRect().top"
    before = panel.turn("stream").get_by_text("piece 20", exact=True).evaluate(where)
    for number in range(1, 30):
        held.turn.release()
    held.turn.release()
    panel.turn("slowly").locator(".liara-footer summary").wait_for(state="attached")
    after = panel.turn("stream").get_by_text("piece 20", exact=True).evaluate(where)
    assert abs(after - before) < 3


def test_stop_closes_the_connection_and_keeps_what_came(panel, replies):
    held = replies["stop me"] = Held("half of it")
    panel.send("stop me")
    held.turn.release()
    panel.turn("stop me").get_by_text("half of it").wait_for()
    panel.click("Stop")
    assert held.closed.wait(10)
    panel.turn("stop me").locator(".liara-reason").wait_for()
    assert "half of it" in panel.turn("stop me").text_content()


def test_a_cell_and_the_panel_share_one_conversation(notebook, panel):
    notebook.page.evaluate(
        "() => jupyterapp.shell.currentWidget.content.model.sharedModel.insertCell(3,"
        " {cell_type: 'code', source: '%%liara\\nfrom a cell'})"
    )
    notebook.page.evaluate("void jupyterapp.commands.execute('notebook:run-all-below')")
    notebook.page.evaluate(
        "() => { const n = jupyterapp.shell.currentWidget; n.content.activeCellIndex = 3;"
        " void jupyterapp.commands.execute('notebook:run-cell'); }"
    )
    panel.turn("from a cell").get_by_text("seen in both").wait_for()


def test_retry_puts_a_new_answer_in_the_place_of_the_old(panel, replies):
    panel.ask("again?")
    replies["again?"] = lambda line: line.reply("second answer")
    panel.click("Ask again", panel.turn("again?"))
    panel.turn("again?").get_by_text("second answer").wait_for()
    assert panel.turns.filter(has_text="first answer").count() == 0


def test_edit_asks_in_the_place_of_the_turn(panel):
    panel.click("Edit the prompt", panel.turn("again?"))
    panel.panel.get_by_text("Asks again in place of: again?").wait_for()
    panel.send("how are you, in brief?")
    panel.turn("how are you").get_by_text("well", exact=True).wait_for()
    assert panel.turn("again?").count() == 0


def test_another_model_can_be_chosen_and_asked(panel, lab):
    field = panel.panel.get_by_label("Model")
    field.fill("other/model")
    field.press("Enter")
    panel.click("other/model", panel.turn("how are you"))
    panel.turn("how are you").locator(".liara-footer summary").wait_for()
    panel.page.wait_for_function(
        "() => [...document.querySelectorAll('.liara-actions button')].every(b => !b.innerText.includes('other'))"
    )


def test_code_goes_into_a_new_cell(notebook, panel):
    panel.click("What can be done", panel.turn("show me"))
    panel.click("Code of this reply", panel.turn("show me"))
    panel.turn("show me").get_by_role("button", name="Into a new cell").click()
    notebook.page.wait_for_function(
        "() => jupyterapp.shell.currentWidget.content.widgets.some("
        " cell => cell.model.sharedModel.source.startsWith('mean = sum(numbers)'))"
    )
    source = notebook.page.evaluate(
        "() => jupyterapp.shell.currentWidget.content.widgets.map(cell => cell.model.sharedModel.source)"
        ".find(source => source.startsWith('mean'))"
    )
    assert source == 'mean = sum(numbers) / len(numbers)\nprint(f"{mean:.2f} $5 \\\\n")'


def test_a_correction_goes_into_a_new_cell(notebook, panel, replies):
    replies[_FIX] = lambda line: line.reply("```python\nprint(sum([1, 2]))\n```")
    notebook.page.evaluate(
        "() => { const n = jupyterapp.shell.currentWidget;"
        " n.content.model.sharedModel.insertCell(3, {cell_type: 'code', source: 'print(smu([1, 2]))'});"
        " n.content.activeCellIndex = 3; void jupyterapp.commands.execute('notebook:run-cell'); }"
    )
    notebook.page.get_by_text("NameError").first.wait_for()
    panel.send("/fix")
    turn = panel.turn("Correct the cell that failed")
    turn.get_by_text("print(sum([1, 2]))").wait_for()
    panel.click("Code of this reply", turn)
    turn.get_by_role("button", name="Into a new cell").click()
    notebook.page.wait_for_function(
        "() => jupyterapp.shell.currentWidget.content.widgets.some("
        " cell => cell.model.sharedModel.source === 'print(sum([1, 2]))' && !cell.model.executionCount)"
    )


def test_a_table_goes_along(panel, lab, replies):
    replies["what is in it?"] = lambda line: line.reply("a table")
    panel.click("Add context")
    panel.panel.get_by_label("Variables").select_option("df · DataFrame 2 × 2")
    panel.click("Preview")
    panel.panel.get_by_text("Tehran").first.wait_for(state="attached")
    panel.picture("panel-context")
    panel.click("Preview")
    panel.ask("what is in it?")
    assert "with context" in panel.turn("what is in it?").text_content()
    panel.click("Add context")


def test_delete_takes_a_turn_out(panel):
    panel.click("Delete this turn", panel.turn("what is in it?"))
    panel.turn("what is in it?").wait_for(state="detached")


def test_in_persian_it_is_mirrored(panel):
    panel.click("فارسی")
    panel.panel.get_by_role("button", name="بفرست").wait_for()
    assert panel.panel.evaluate("element => getComputedStyle(element).direction") == "rtl"
    send = panel.panel.get_by_role("button", name="بفرست").bounding_box()
    assert send["x"] < panel.box.bounding_box()["x"]
    assert re.search("[۰-۹]", panel.panel.locator(".liara-meter").inner_text())
    panel.picture("panel-persian")


def test_in_the_dark(panel):
    panel.page.evaluate("jupyterapp.commands.execute('apputils:change-theme', {theme: 'JupyterLab Dark'})")
    panel.page.wait_for_function("() => document.body.dataset.jpThemeLight === 'false'")
    panel.picture("panel-persian-dark")
    panel.click("English")
    panel.panel.get_by_role("button", name="Send").wait_for()
    for prompt in ("slowly", "stop me"):  # all is drawn anew
        panel.turn(prompt).locator(".liara-footer summary").last.wait_for()
    panel.picture("panel-dark")


def test_in_a_narrow_window(panel):
    panel.page.evaluate("jupyterapp.commands.execute('application:toggle-left-area')")
    panel.page.set_viewport_size({"width": 480, "height": 900})
    assert panel.panel.evaluate("element => element.scrollWidth <= element.clientWidth + 1")
    panel.picture("panel-narrow")
    panel.page.set_viewport_size({"width": 1100, "height": 1000})


def test_a_reloaded_page_has_the_panel_again(notebook, panel):
    notebook.save()
    panel.page.reload()
    panel.wait()
    panel.turn("show me").locator("th").first.wait_for()
    panel.ask("how are you, in brief?")
    panel.picture("panel-reloaded")


def test_a_chosen_file_stays_in_another_language(panel, replies, tmp_path):
    replies["what is in the file?"] = lambda line: line.reply("a city")
    file = tmp_path / "cities.csv"
    file.write_text("city\nTehran\n", "utf-8")
    panel.click("Add context")
    with panel.page.expect_file_chooser() as chooser:
        panel.click("Files")
    chooser.value.set_files(file)
    panel.panel.get_by_role("button", name="Files (1)").wait_for()
    panel.box.fill("what is in the file?")
    panel.click("فارسی")
    panel.panel.get_by_role("button", name="پرونده‌ها (1)").wait_for()
    assert panel.box.input_value() == "what is in the file?"
    panel.panel.get_by_label("متغیرها").wait_for()
    panel.picture("panel-file-persian")
    panel.click("بفرست")
    panel.turn("what is in the file?").get_by_text("a city").wait_for()
    panel.click("English")
    panel.panel.get_by_role("button", name="Files (1)").wait_for()
    panel.turn("what is in the file?").get_by_text("with context").wait_for()


def test_nothing_was_asked_of_anybody_else(notebook, panel):
    assert notebook.foreign == []
