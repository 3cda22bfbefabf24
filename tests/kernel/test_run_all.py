"""Run All: queued cells all run, in order, and an error stops them; also in kernels with a patched event loop."""

from pathlib import Path

import nbformat
import pytest
from kernels import kernel_environment
from nbclient import NotebookClient

pytestmark = pytest.mark.kernel

QUICKSTART = Path(__file__).parents[2] / "notebooks" / "quickstart.ipynb"
PATCHED = "import nest_asyncio2 as nest_asyncio\nnest_asyncio.apply()"


def five_cells_at_once(notebook):
    prompts = [f"number {number}" for number in range(5)]
    cells = notebook.run_all(*(f"%%liara\n{prompt}" for prompt in prompts))
    assert [cell.status for cell in cells] == ["ok"] * 5, [cell.error for cell in cells]
    assert [[bundle["text/plain"] for bundle in cell.shown] for cell in cells] == [[prompt] for prompt in prompts]
    assert [cell.reply["execution_count"] for cell in cells] == sorted(c.reply["execution_count"] for c in cells)
    turns = notebook.value("[turn.prompt for turn in this_kernel().session.conversation.turns]")
    assert turns[-5:] == prompts


def test_run_all_loses_no_cell(notebook):
    five_cells_at_once(notebook)


def test_run_all_loses_no_cell_where_the_loop_was_patched(own_kernel):
    assert own_kernel.run(f"{PATCHED}\nfrom liara_magic.kernel import this_kernel").status == "ok"
    five_cells_at_once(own_kernel)
    cell = own_kernel.run("import liara_magic\nprint(await liara_magic.Chat().aask('awaited'))")
    assert cell.printed == "awaited\n"
    cell = own_kernel.wait(
        own_kernel.send("%%liara -m sandbox/stall\nhi"), lambda cell: any("This" in str(one) for one in cell.shown)
    )
    own_kernel.interrupt()
    assert own_kernel.wait(cell).ename == "KeyboardInterrupt"
    five_cells_at_once(own_kernel)


def test_magic_cells_and_the_persons_own_run_in_order(notebook):
    cells = notebook.run_all("order = []", "order.append(1)", "%%liara\nhello", "order.append(2)", "print(order)")
    assert cells[-1].printed == "[1, 2]\n"
    assert cells[2].kinds() == ["display_data"]


def test_a_failing_cell_stops_the_ones_after_it(notebook):
    notebook.run("ran = False")
    first, failing, later = (
        notebook.send(code) for code in ("%liara hello", "%liara -m sandbox/error-402 hi", "ran = True")
    )
    assert notebook.wait(first).status == "ok"
    assert notebook.wait(failing).ename == "LiaraCreditError"
    assert notebook.wait(later, lambda cell: cell.reply is not None).status == "aborted"
    assert notebook.value("ran") is False


def test_the_quickstart_notebook_runs_from_top_to_bottom(tmp_path, monkeypatch):
    environment = kernel_environment(tmp_path)
    del environment["LIARA_API_KEY"], environment["LIARA_MODEL"]
    notebook = nbformat.read(QUICKSTART, as_version=4)
    client = NotebookClient(notebook, timeout=60, kernel_name="python3", resources={"metadata": {"path": tmp_path}})
    client.execute(env=environment)
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        kinds = [output.output_type for output in cell.outputs]
        assert "error" not in kinds
        asks = cell.source.count("%liara /") + cell.source.startswith("%%liara")
        if cell.source.startswith("%%liara"):
            assert kinds == ["display_data"]
        elif asks:
            assert kinds == ["display_data"] * asks
        for output in cell.outputs:
            if output.output_type == "display_data":
                assert set(output.data) == {"text/html", "text/plain"}
                assert not output.metadata
