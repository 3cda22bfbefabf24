"""Restart and run all with replay on, and a run that may not send anything."""

import nbformat
import pytest
from kernels import kernel_environment, running_kernel
from loopback import Loopback
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

pytestmark = pytest.mark.kernel

ASKS = 20


def numbered(line, request):
    numbered.count += 1
    line.reply(f"answer {numbered.count}")


numbered.count = 0


def cells(gateway):
    """A notebook whose asks carry the conversation, a table and a cell's output."""
    setup = (
        f"%load_ext liara_magic\n%liara /set base_url {gateway.base_url}\n%liara /model test/model\n%liara /replay on"
    )
    asks = [f"%%liara\nquestion {number} about {{numbers}}" for number in range(ASKS - 2)]
    return [
        setup,
        "numbers = list(range(400))\nprint(sum(numbers))",
        *asks,
        "%%liara --cells 2\nwhy?",
        "%liara and {numbers}",
    ]


def run_all(front_end, sources):
    shown = []
    for source in sources:
        cell = front_end.run(source)
        assert cell.status == "ok", cell.error
        shown.append("".join(bundle.get("text/html", "") for bundle in cell.shown))
    return shown


def test_restart_and_run_all_sends_nothing(tmp_path):
    with Loopback(numbered) as gateway, running_kernel(tmp_path) as front_end:
        sources = cells(gateway)
        run_all(front_end, sources)
        assert gateway.posts == ASKS
        front_end.restart(now=True)
        shown = run_all(front_end, sources)
        assert gateway.posts == ASKS
        assert sum("replayed from 20" in html for html in shown) == ASKS
        assert "answer 1" in shown[2]
        front_end.run("from liara_magic.kernel import this_kernel")
        assert front_end.value("[row.state for row in this_kernel().ledger.rows]") == ["replayed"] * ASKS
        assert front_end.value("this_kernel().ledger.totals().toman") == 0


def test_a_run_that_must_be_replayed_names_the_cell_that_cannot_be(tmp_path, monkeypatch):
    def execute(last, **environment):
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(one) for one in [*sources, last]])
        env = kernel_environment(tmp_path, LIARA_MODEL="test/model", LIARA_BASE_URL=gateway.base_url, **environment)
        client = NotebookClient(notebook, kernel_name="python3", timeout=60)
        client.execute(env=env)
        return notebook

    with Loopback(numbered) as gateway:
        sources = ["%load_ext liara_magic", "%%liara\nfirst", "%%liara\nsecond"]
        execute("'the end'", LIARA_REPLAY="on")
        assert gateway.posts == 2
        notebook = execute("'the end'", LIARA_REPLAY="require")
        assert notebook.cells[-1].outputs
        with pytest.raises(CellExecutionError, match=r"no stored reply to cell \[4\], “third”, and replay is required"):
            execute("%%liara\nthird", LIARA_REPLAY="require")
        assert gateway.posts == 2
