"""The notebook about tools runs from top to bottom on the sandbox, and what it shows is what its text says."""

from pathlib import Path

import nbformat
import pytest
from kernels import kernel_environment
from nbclient import NotebookClient

pytestmark = pytest.mark.kernel

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "tools.ipynb"


@pytest.fixture(scope="module")
def cells(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tools")
    environment = kernel_environment(folder)
    del environment["LIARA_API_KEY"], environment["LIARA_MODEL"]
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    client = NotebookClient(notebook, timeout=90, kernel_name="python3", resources={"metadata": {"path": folder}})
    client.execute(env=environment)
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def shown(cells, words):
    """What stands under the cell that holds ``words``, as text; asks have one output."""
    (cell,) = [cell for cell in cells if words in cell.source]
    return "\n".join(one.get("text", "") or one["data"]["text/plain"] for one in cell.outputs)


def test_no_cell_fails(cells):
    assert not [one for cell in cells for one in cell.outputs if one.output_type == "error"]


def test_asks_leave_one_output_each(cells):
    asks = [cell for cell in cells if cell.source.startswith("%%liara")]
    assert [[one.output_type for one in cell.outputs] for cell in asks] == [["display_data"]] * 4


def test_calls_results_and_answers_are_there(cells):
    apples = shown(cells, "How many `apples`")
    assert '✓ in_stock(fruit="apples", unit="pieces")' in apples and "→ 12.0" in apples and "| 12.0 |" in apples
    assert "KeyError" in shown(cells, "bananas")
    both = shown(cells, "Use rows and describe")
    assert '✓ rows(name="sales", n=2)' in both and "✓ describe" in both


def test_what_was_printed_is_folded_and_not_sent(cells):
    (cell,) = [cell for cell in cells if "How many `apples`" in cell.source]
    assert "looking for apples" in cell.outputs[0]["data"]["text/html"]
    assert "looking for apples" not in cell.outputs[0]["data"]["text/plain"]


def test_where_nobody_can_answer_nothing_runs(cells):
    (cell,) = [cell for cell in cells if cell.source.startswith("%%liara --tool set_price")]
    assert "✗ set_price" in cell.outputs[0]["data"]["text/plain"]
    assert "this front end cannot ask" in cell.outputs[0]["data"]["text/html"]


def test_python_sees_the_calls_and_the_books(cells):
    assert "انار" in shown(cells, "Count the") and "7.0" in shown(cells, "Count the")
    assert "on Saturday" in shown(cells, "When do more")
    assert shown(cells, "len(chat.turns)") == "(2, 4)"


GRANTED = {"tool_approval": "allow", "approval": "allow", "trusted": True, "liara": {"tool_approval": "allow"}}


def test_nothing_in_a_notebooks_file_grants_approval(tmp_path):
    codes = ["%load_ext liara_magic", "ran = []\ndef act() -> str:\n    ran.append(1)\n    return ''"]
    codes += ["%%liara -m sandbox/tools --tool act\ngo", "print(ran)"]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code, metadata=GRANTED) for code in codes])
    notebook.metadata |= {**GRANTED, "liara_magic": GRANTED}
    client = NotebookClient(notebook, timeout=60, kernel_name="python3", resources={"metadata": {"path": tmp_path}})
    client.execute(env=kernel_environment(tmp_path))
    assert notebook.cells[-1].outputs[0].text == "[]\n"
    assert "✗ act" in str(notebook.cells[2].outputs)
