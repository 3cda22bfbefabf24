"""Cells that run again in a real kernel, with the ids that front ends send along."""

import threading

import pytest
from loopback import Loopback

pytestmark = pytest.mark.kernel

TURNS = "[(turn.prompt, turn.ask.place.count) for turn in this_kernel().session.conversation.turns]"


@pytest.fixture
def turns(notebook):
    """The prompts of the conversation with the execution counts of their cells, from the first one of the test."""
    start = notebook.value("get_ipython().execution_count")

    def read():
        return [(prompt, count - start) for prompt, count in notebook.value(TURNS)]

    return read


def prompts(turns):
    return [prompt for prompt, _ in turns()]


def test_a_cell_that_runs_again_replaces_its_turn(notebook, turns):
    for cell in "abc":
        notebook.run(f"%%liara\nask {cell}", cell_id=f"id-{cell}")
    again = notebook.run("%%liara\nask b anew", cell_id="id-b")
    assert prompts(turns) == ["ask a", "ask b anew", "ask c"]
    counts = [count for _, count in turns()]
    assert counts[1] > counts[2] > counts[0]
    assert "was answered from its earlier version" in again.shown[0]["text/html"]
    assert notebook.value("len(this_kernel().session.last_request.messages)") == 3


def test_without_an_id_the_same_text_is_new(notebook, turns):
    for _ in range(2):
        notebook.run("%%liara\nsame")
    assert prompts(turns) == ["same", "same"]


def test_lines_of_a_cell_are_told_apart(notebook, turns):
    notebook.run("%liara one\nfor word in ('two', 'three'):\n    %liara {word}", cell_id="many")
    notebook.run("%%liara\nlast", cell_id="other")
    notebook.run("%liara 1\nfor word in ('2', '3', '4'):\n    %liara {word}", cell_id="many")
    assert prompts(turns) == ["1", "2", "3", "4", "last"]
    notebook.run("%liara only", cell_id="many")
    assert prompts(turns) == ["only", "last"]


def test_a_run_that_fails_leaves_what_it_did_not_come_to(notebook, turns):
    notebook.run("%liara one\n%liara two", cell_id="fails")
    notebook.run("%liara 1\n1 / 0\n%liara 2", cell_id="fails")
    assert prompts(turns) == ["1", "two"]


def test_asks_through_python_have_their_cell_too(notebook, turns):
    for word in ("one", "two"):
        code = f"reply = liara.chat().ask({word!r})\nlater = await liara.chat().aask('then')"
        cell = notebook.run(code, cell_id="py")
        assert cell.status == "ok", cell.error
    assert prompts(turns) == ["two", "then"]


def test_a_task_that_outlives_its_cell_touches_no_other_cells_turn(notebook, turns):
    notebook.run("%liara mine", cell_id="a")
    notebook.run(
        "import asyncio\nleave = asyncio.Event()\n"
        "async def later():\n    await leave.wait()\n    return liara.chat().ask('from a task')\n"
        "task = asyncio.ensure_future(later())",
        cell_id="starts",
    )
    cell = notebook.run("leave.set()\nreply = await task", cell_id="a")
    assert cell.status == "ok", cell.error
    assert prompts(turns) == ["mine", "from a task"]


def test_a_thread_touches_no_cells_turn(notebook, turns):
    notebook.run("%liara mine", cell_id="a")
    notebook.run(
        "import threading\nworker = threading.Thread(target=lambda: liara.chat().ask('from a thread'))\n"
        "worker.start()\nworker.join()",
        cell_id="a",
    )
    assert prompts(turns) == ["mine", "from a thread"]


def test_cells_run_within_a_cell_are_its_parts(notebook, turns):
    code = "get_ipython().run_cell('%liara inner', store_history=False)\n%liara outer"
    for _ in range(2):
        cell = notebook.run(code, cell_id="nested")
        assert cell.status == "ok", cell.error
    assert prompts(turns) == ["inner", "outer"]


def test_a_rerun_that_is_interrupted_before_a_word_leaves_the_answer(notebook, ask_gateway):
    arrived = threading.Event()

    def silent(line, request):
        line.head()
        arrived.set()
        line.wait_for_close()

    notebook.run("%%liara\nask", cell_id="a")
    with Loopback(silent) as gateway:
        ask_gateway(gateway)
        cell = notebook.send("%%liara\nask", cell_id="a")
        notebook.wait(cell, lambda _: arrived.is_set())
        notebook.interrupt()
        notebook.wait(cell)
    assert cell.ename == "KeyboardInterrupt"
    assert "The earlier answer to this stays in the conversation." in cell.shown[0]["text/html"]
    assert notebook.value("this_kernel().session.conversation.turns[0].reply.text") == "ask"


def test_unloading_and_loading_again_knows_the_cells_still(notebook, turns):
    notebook.run("%%liara\none", cell_id="a")
    notebook.run("%unload_ext liara_magic\n%load_ext liara_magic")
    notebook.run("%%liara\ntwo", cell_id="a")
    assert prompts(turns) == ["two"]
