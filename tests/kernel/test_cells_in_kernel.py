"""The record of executed cells, in a real kernel: right what the front end shows."""

import ast

import pytest

pytestmark = pytest.mark.kernel

INSTALL = (
    "from liara_magic.notebook.cells import CellRecorder\n"
    "_recorder = CellRecorder(get_ipython())\n"
    "_recorder.install()\n"
)


@pytest.fixture
def recorded(shared_kernel):
    """The module's kernel with a recorder of the test's own."""
    cell = shared_kernel.run(INSTALL + "_first = get_ipython().execution_count")
    assert cell.status == "ok", cell.error
    shared_kernel.forget()
    yield shared_kernel
    assert shared_kernel.run("_recorder.remove()").status == "ok"


def run_after_an_error(kernel, source, timeout=30.0):
    """Run a cell although the kernel may still be dropping what waited behind one that failed."""
    while (cell := kernel.run(source, timeout=timeout)).status == "aborted":
        pass
    return cell


def record_of(kernel, *sources):
    """What was recorded of the cells with these sources, each as a dictionary."""
    cell = run_after_an_error(
        kernel,
        "print(repr([dict(vars(cell), error=cell.error and vars(cell.error)) for cell in _recorder.last(100)"
        f" if cell.source in {sources!r}]))",
    )
    # Before the end of 2025 a cell within a cell makes IPython's history complain, sooner or later.
    found = ast.literal_eval(cell.printed.splitlines()[-1])
    return found if len(sources) > 1 else found[-1]


def test_a_cell_is_recorded_as_it_is_shown(recorded):
    source = (
        "import sys\nfrom IPython.display import display, HTML\n"
        "print('one')\nprint('two', file=sys.stderr)\ndisplay(HTML('<b>x</b>'))\nprint('three')\n6 * 7"
    )
    shown = recorded.run(source)
    record = record_of(recorded, source)
    assert record["count"] == shown.reply["execution_count"]
    assert sorted(record["printed"].split()) == sorted(shown.printed.split())
    assert record["displays"] == ({"text/plain": "<IPython.core.display.HTML object>", "text/html": "<b>x</b>"},)
    assert record["result"] == {"text/plain": "42"}
    assert record["error"] is None


def test_the_front_ends_id_of_a_cell_is_kept(recorded):
    client = recorded._client
    message = client.session.msg(
        "execute_request",
        {"code": "'with an id'", "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": False},
        metadata={"cellId": "0e1f-cell"},
    )
    client.shell_channel.send(message)
    recorded.run("pass")
    assert record_of(recorded, "'with an id'")["cell_id"] == "0e1f-cell"


def test_a_cell_that_awaits_is_heard_to_its_end(recorded):
    source = "import asyncio\nprint(1)\nawait asyncio.sleep(0)\nprint(2)\ndisplay(3)\nawait asyncio.sleep(0)\n4"
    recorded.run(source)
    record = record_of(recorded, source)
    assert (record["printed"], record["result"]) == ("1\n2\n", {"text/plain": "4"})
    assert record["displays"] == ({"text/plain": "3"},)


def test_cells_of_run_all_come_in_order_with_their_own_outputs(recorded):
    sources = [f"print('out {number}')\nimport asyncio; await asyncio.sleep(0)\n{number}" for number in range(8)]
    shown = recorded.run_all(*sources)
    records = record_of(recorded, *sources)
    assert [one["source"] for one in records] == sources
    assert [one["count"] for one in records] == [cell.reply["execution_count"] for cell in shown]
    assert [one["printed"] for one in records] == [f"out {number}\n" for number in range(8)]


def test_what_is_not_run_after_an_error_is_not_recorded(recorded):
    sources = ["print('runs')", "undefined_name", *(f"print('never runs {number}')" for number in range(20))]
    shown = recorded.run_all(*sources)
    assert shown[1].ename == "NameError"
    ran = [cell.code for cell in shown if cell.status != "aborted"]  # a late one may come after the stop
    assert [one["source"] for one in record_of(recorded, *sources)] == ran


def test_an_error_has_its_line_in_the_cell(recorded):
    recorded.run("def half(what):\n    return what / 2")
    source = "word = 'x'\nhalf(word)"
    shown = recorded.run(source)
    error = record_of(recorded, source)["error"]
    first = shown.reply["execution_count"] - 1
    assert error["name"] == "TypeError"
    assert error["traceback"].splitlines()[1:5] == [
        f"Cell In[{first + 1}], line 2",
        "    half(word)",
        f"Cell In[{first}], line 2, in half",
        "    return what / 2",
    ]
    assert (error["failing_line"], error["line_number"], error["names"]) == ("return what / 2", 2, {"what": "str"})
    assert "\x1b" not in error["traceback"]


@pytest.mark.parametrize("source", ["x = = 5", "%no_such_magic", "%%no_such_cell_magic\n1"])
def test_cells_that_cannot_run(recorded, source):
    shown = recorded.run(source)
    record = record_of(recorded, source)
    assert record["error"]["name"] in (shown.ename, "UsageError")
    assert (record["printed"], record["count"]) == ("", shown.reply["execution_count"])
    assert record["error"]["failing_line"] == source.splitlines()[0]


def test_clearing_takes_out_what_is_cleared(recorded):
    source = (
        "from IPython.display import clear_output\n"
        "print('gone'); display('gone too'); clear_output()\n"
        "for n in range(3): clear_output(wait=True); print('step', n); display(n)\n"
        "clear_output(wait=True)"
    )
    shown = recorded.run(source)
    record = record_of(recorded, source)
    assert shown.printed == record["printed"] == "step 2\n"
    assert record["displays"] == ({"text/plain": "2"},)


def test_updates_reach_the_cell_that_shows_the_display(recorded):
    sources = ["handle = display('first', display_id=True)", "handle.update('second')"]
    recorded.run_all(*sources)
    first, second = record_of(recorded, *sources)
    assert first["displays"] == ({"text/plain": "'second'"},)
    assert second["displays"] == ()


def test_captured_output_is_not_shown_and_not_recorded(recorded):
    source = "%%capture mine\nprint('hidden')\ndisplay('hidden')\n5"
    recorded.run(source)
    record = record_of(recorded, source)
    assert (record["printed"], record["displays"], record["result"]) == ("", (), {})
    assert recorded.value("mine.stdout") == "hidden\n"


def test_parts_and_cells_within_cells(recorded):
    source = (
        "print('outer')\n_ = get_ipython().run_cell('print(\"part\")')\n"
        "_ = get_ipython().run_cell('print(\"inner\")', store_history=True)\nprint('end')"
    )
    recorded.run(source)
    assert record_of(recorded, source)["printed"] == "outer\npart\nend\n"
    assert record_of(recorded, 'print("inner")')["printed"].splitlines()[0] == "inner"


def test_what_front_ends_run_for_themselves_stays_out(recorded):
    client = recorded._client
    client.execute("print('silent')", silent=True)
    client.execute("print('without history')", store_history=False)
    recorded.run("print('mine')")
    assert "print('mine')" in recorded.value("[cell.source for cell in _recorder.last(1)]")
    assert "silent" not in recorded.value("str([vars(cell) for cell in _recorder.last(2)])")
    assert "without history" not in recorded.value("str([vars(cell) for cell in _recorder.last(3)])")


def test_a_flood_is_shown_whole(recorded):
    source = "for n in range(20_000): print(f'{n:08}', 'x' * 90)"
    shown = recorded.run(source, timeout=60)
    record = record_of(recorded, source)
    assert len(shown.printed) == 20_000 * 100
    assert shown.printed.splitlines() == [f"{n:08} " + "x" * 90 for n in range(20_000)]
    assert record["printed"].startswith("00000000 xxx")
    assert record["printed"].endswith("00019999 " + "x" * 90 + "\n")
    assert "… 1,967,232 characters left out …" in record["printed"]


def test_threads_and_programs_may_print(recorded):
    source = (
        "import threading, subprocess, sys\n"
        "def speak(name):\n    for n in range(100): sys.stdout.write(f'{name}{n} ')\n"
        "threads = [threading.Thread(target=speak, args=(name,)) for name in 'abc']\n"
        "for thread in threads: thread.start()\n"
        "for thread in threads: thread.join()\n"
        "!echo from a program"
    )
    shown = recorded.run(source)
    record = record_of(recorded, source)
    assert sorted(record["printed"].split()) == sorted(shown.printed.split())
    assert "from a program" in record["printed"]
    assert len(record["printed"].split()) == 303


def test_a_task_of_an_earlier_cell_prints_where_the_front_end_shows_it(recorded):
    sources = [
        "import asyncio\ngo, done = asyncio.Event(), asyncio.Event()\n"
        "async def late():\n    await go.wait()\n    print('late')\n    done.set()\n"
        "task = asyncio.ensure_future(late())\nawait asyncio.sleep(0)\nprint('early')",
        "print('next')\ngo.set()\nawait done.wait()",
    ]
    shown = recorded.run_all(*sources)
    recorded.run("import sys; sys.stdout.flush()")
    assert [one["printed"] for one in record_of(recorded, *sources)] == [cell.printed for cell in shown]


def test_an_interrupted_cell_keeps_what_it_printed(recorded):
    # One statement: between two the interrupt would come in IPython's own code, where no line of the cell fails.
    source = "if True:\n    print('begun', flush=True)\n    while True: pass"
    cell = recorded.send(source)
    recorded.wait(cell, until=lambda cell: "begun" in cell.printed)
    recorded.interrupt()
    recorded.wait(cell)
    record = record_of(recorded, source)
    assert (record["printed"], record["error"]["name"]) == ("begun\n", "KeyboardInterrupt")
    assert record["error"]["failing_line"] in [line.strip() for line in source.splitlines()]
    assert record["count"] == cell.reply["execution_count"]
    assert recorded.run("print('on')").printed == "on\n"
    assert record_of(recorded, "print('on')")["printed"] == "on\n"


def test_an_interrupted_cell_that_awaits(recorded):
    source = "import asyncio\nprint('begun', flush=True)\nwhile True: await asyncio.sleep(0.01)"
    cell = recorded.send(source)
    recorded.wait(cell, until=lambda cell: "begun" in cell.printed)
    recorded.interrupt()
    recorded.wait(cell)
    record = record_of(recorded, source)
    assert (record["printed"], record["error"]["name"]) == ("begun\n", cell.ename)
    assert record["count"] == cell.reply["execution_count"]
    assert recorded.run("print('on again')").printed == "on again\n"
    assert record_of(recorded, "print('on again')")["printed"] == "on again\n"


def test_figures_of_matplotlib_belong_to_their_cells(recorded):
    pytest.importorskip("matplotlib")
    recorded.run("%matplotlib inline\nimport matplotlib.pyplot as plt", timeout=120)
    sources = ["plt.plot([1, 2])", "'between'", "plt.plot([2, 1]);\nplt.title('second')\n1/0", "plt.show()"]
    for source in sources:
        run_after_an_error(recorded, source, timeout=60)
    first, between, second, last = record_of(recorded, *sources)
    for one in (first, second):
        (figure,) = one["displays"]
        assert figure["image/png"].startswith("iVBOR")
        assert "Figure" in figure["text/plain"]
    assert "Line2D" in first["result"]["text/plain"]
    assert second["error"]["name"] == "ZeroDivisionError"
    assert between["displays"] == last["displays"] == ()


def test_cells_from_before_and_the_rest_of_the_cell_that_installs(own_kernel):
    own_kernel.run("x = 20\nprint('before')\nx + 1")
    own_kernel.run("x / 0")
    installing = INSTALL + "print('the rest')"
    run_after_an_error(own_kernel, installing)
    first, failed, last = record_of(own_kernel, "x = 20\nprint('before')\nx + 1", "x / 0", installing)
    assert first["result"] == {"text/plain": "21"}
    assert failed["error"]["name"] == "ZeroDivisionError"
    assert failed["error"]["names"] == {"x": "int"}
    assert last["printed"] == "the rest\n"
    assert own_kernel.value("_recorder.error().source") == "x / 0"


def test_removing_leaves_the_kernel_as_it_was(own_kernel):
    state = (
        "import sys\n"
        "def state():\n"
        "    shell = get_ipython()\n"
        "    owners = sys.stdout, sys.stderr, shell, shell.display_pub, shell.displayhook\n"
        "    return [sorted(k for k, v in vars(owner).items() if callable(v)) for owner in owners], [\n"
        "        len(found) for found in shell.events.callbacks.values()]"
    )
    own_kernel.run(state)
    before = own_kernel.value("state()")
    assert own_kernel.run(INSTALL).status == "ok"
    assert own_kernel.run("print('recorded')").printed == "recorded\n"
    assert own_kernel.run("_recorder.remove()").status == "ok"
    assert own_kernel.value("state()") == before
