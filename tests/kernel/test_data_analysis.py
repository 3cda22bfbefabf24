"""The analysis notebook runs from top to bottom on the sandbox, and what it shows is what its text says."""

from importlib.util import find_spec
from pathlib import Path

import nbformat
import pytest
from kernels import kernel_environment
from nbclient import NotebookClient

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "data_analysis.ipynb"
MISSING = [name for name in ("pandas", "matplotlib") if find_spec(name) is None]

pytestmark = pytest.mark.skipif(bool(MISSING), reason=f"no {' and no '.join(MISSING)} (pip install -e '.[data]')")


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """The notebook after a run in a folder of its own, and what each cell proposed for the next one."""
    folder = tmp_path_factory.mktemp("analysis")
    environment = kernel_environment(folder)
    del environment["LIARA_API_KEY"], environment["LIARA_MODEL"]
    notebook, proposed = nbformat.read(NOTEBOOK, as_version=4), {}

    def note(cell, cell_index, execute_reply):
        for payload in execute_reply["content"].get("payload", ()):
            if payload["source"] == "set_next_input":
                proposed[cell_index] = payload["text"]

    resources = {"metadata": {"path": folder}}
    client = NotebookClient(notebook, timeout=90, kernel_name="python3", resources=resources, on_cell_executed=note)
    client.execute(env=environment)
    return notebook.cells, proposed


def at(cells, start):
    """The place of the cell that begins so."""
    return next(place for place, cell in enumerate(cells) if cell.source.startswith(start))


def text_of(cell):
    """Everything that stands under a cell, as text."""
    shown = [output.get("text", "") or output.get("data", {}).get("text/plain", "") for output in cell.outputs]
    return "\n".join(shown)


def test_only_the_cell_that_is_meant_to_fails(run):
    failed = [cell for cell in run[0] if any(output.output_type == "error" for output in cell.get("outputs", ()))]
    assert [cell.metadata.get("tags") for cell in failed] == [["raises-exception"]]
    assert failed[0].outputs[-1].ename == "NameError"


def test_the_table_goes_along_as_the_text_says(run):
    cells, _ = run
    shown = text_of(cells[at(cells, "%%liara --dry-run")])
    assert "`sales`: pandas DataFrame, 72 rows × 6 columns" in shown and "7 missing" in shown and "استان" in shown
    assert "`revenue`" in text_of(cells[at(cells, "%%liara\nدر")])


def test_each_proposal_is_the_cell_that_follows(run):
    cells, proposed = run
    places = [at(cells, "%%liara -f code"), at(cells, "%liara /fix")]
    assert sorted(proposed) == places
    for place in places:
        assert cells[place + 1].source == proposed[place].strip()


def test_the_correction_is_of_the_misspelt_name_alone(run):
    cells, _ = run
    broken = next(cell.source for cell in cells if "raises-exception" in cell.metadata.get("tags", ()))
    assert cells[at(cells, "%liara /fix") + 1].source == broken.replace("sale.", "sales.")


def test_the_figure_goes_along_as_a_picture(run):
    cells, _ = run
    shown = text_of(cells[at(cells, "%liara /context")])
    assert "image, " in shown and "pixels" in shown and "plt.subplots" in shown


def test_structured_rows_arrive_as_a_table_of_real_values(run):
    cells, _ = run
    shown = text_of(cells[at(cells, "best")])
    assert shown.split()[:3] == ["province", "revenue", "orders"] and "Tehran" in shown


def test_the_committed_notebook_holds_outputs_and_nothing_of_its_makers_machine():
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(cell.execution_count for cell in code)
    asks = [cell for cell in code if cell.source.startswith(("%%liara", "%liara"))]
    assert len(asks) >= 8 and all(cell.outputs for cell in asks)
    written = NOTEBOOK.read_text("utf-8")
    assert not any(place in written for place in ("/home/", "/root/", "/work/", "/tmp/", "site-packages"))
