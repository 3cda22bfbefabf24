"""The record of executed cells, in a real shell."""

import gc
import io
import os
import signal
import sys
import threading
import tracemalloc
import weakref
from types import SimpleNamespace

import pytest
from cell_shells import Notebook, replaced, running_shell
from IPython.display import HTML, display, update_display

from liara_magic.notebook.cells import is_left_out


@pytest.fixture
def notebook(capsys):
    """A shell with a recorder, and nothing printed so far."""
    with running_shell() as shell:
        notebook = Notebook(shell)
        notebook.recorder.install()
        notebook.shell.user_ns.update(display=display, update_display=update_display, HTML=HTML, sys=sys)
        yield notebook
        notebook.recorder.remove()


def test_cells_come_in_order_with_source_output_and_result(notebook):
    notebook.run("x = 2", "print('hello')\nx * 21", "import sys\nprint('oh', file=sys.stderr)")
    first, second, third = notebook.recorder.last(5)
    assert [cell.count for cell in (first, second, third)] == [1, 2, 3]
    assert (first.source, first.printed, first.result, first.displays, first.error) == ("x = 2", "", {}, (), None)
    assert (second.printed, second.result) == ("hello\n", {"text/plain": "42"})
    assert third.printed == "oh\n"
    assert notebook.recorder.last(2) == [second, third]
    assert notebook.recorder.last(0) == notebook.recorder.last(-1) == []


def test_real_output_is_as_without_a_recorder(notebook, capsys):
    notebook.run("print('a', end='')\nsys.stderr.write('b')\nprint('c')\n1 + 1\n")
    said = capsys.readouterr()
    assert said.out == "ac\nOut[1]: 2\n"
    assert said.err == "b"


def test_counts_are_right_after_every_kind_of_failure(notebook):
    def refuse(lines):
        if any("refused" in line for line in lines):
            raise SyntaxError("refused")
        return lines

    notebook.shell.input_transformers_post.append(refuse)
    for source in ("1/0", "x = = 1", "refused", "%nothing_of_that_name", "return 3", "pass"):
        notebook.cell(source)  # compares the counts


def test_a_result_is_not_asked_for_its_text_again(notebook):
    notebook.run(
        "calls = []\nclass Thing:\n    def __repr__(self):\n        calls.append(1)\n        return 'a thing'\n"
    )
    assert notebook.cell("Thing()").result == {"text/plain": "a thing"}
    assert notebook.cell("Thing();").result == {}
    assert notebook.value("calls") == [1]


def test_of_several_results_the_last_is_the_result(notebook):
    notebook.shell.ast_node_interactivity = "all"
    cell = notebook.cell("1\n2\n3")
    assert cell.result == {"text/plain": "3"}
    assert [bundle["text/plain"] for bundle in cell.displays] == ["1", "2"]


def test_what_a_terminal_prints_of_displays_results_and_errors_is_not_printed_output(notebook, capsys):
    cell = notebook.cell("print('mine')\ndisplay(HTML('<b>bold</b>'))\n'value'")
    assert cell.printed == "mine\n"
    assert [bundle["text/html"] for bundle in cell.displays] == ["<b>bold</b>"]
    assert notebook.cell("print('mine')\n1/0").printed == "mine\n"
    assert notebook.cell("x = (").printed == ""
    assert notebook.cell("%no_such_magic").printed == ""
    said = capsys.readouterr()
    assert "IPython.core.display.HTML object" in said.out
    assert "ZeroDivisionError" in said.out
    assert "UsageError" in said.err


def test_a_display_is_updated_where_it_stands(notebook):
    notebook.run("display('old', display_id='one')\ndisplay('other')")
    notebook.run("update_display('new', display_id='one')", "update_display('x', display_id='nowhere')")
    first, second, third = notebook.cells()
    assert [bundle["text/plain"] for bundle in first.displays] == ["'new'", "'other'"]
    assert second.displays == third.displays == ()


def test_bundles_hold_text_only(notebook):
    notebook.run("picture = b'\\x89PNG' * 3\nchart = {'a': [1, None]}\nhuge = {'a': ['x' * 1000] * 1000}")
    cell = notebook.cell(
        "display({'image/png': picture, 'application/json': chart, 'text/plain': 'p', 'chart': object()}, raw=True)\n"
        "display({'application/json': huge, 'text/plain': 'q' * 1_000_000}, raw=True)"
    )
    first, second = cell.displays
    assert first == {"image/png": "iVBOR4lQTkeJUE5H", "application/json": '{"a": [1, null]}', "text/plain": "p"}
    assert list(second) == ["text/plain"]
    assert "characters left out" in second["text/plain"]


@pytest.mark.parametrize(
    "source",
    [
        "%%capture\nprint('hidden')\ndisplay('hidden')\n'hidden'",
        "from contextlib import redirect_stdout\nimport io\nwith redirect_stdout(io.StringIO()):\n    print('hidden')",
        "import io\nmine, sys.stdout = sys.stdout, io.StringIO()\nprint('hidden')\nsys.stdout = mine",
    ],
)
def test_what_is_not_shown_is_not_recorded(notebook, source):
    cell = notebook.cell(source)
    assert (cell.printed, cell.displays, cell.result) == ("", (), {})
    assert notebook.cell("print('seen')").printed == "seen\n"


def test_a_part_that_a_cell_runs_belongs_to_it(notebook):
    cell = notebook.cell("print(1)\n_ = get_ipython().run_cell('print(2)')\nprint(3)")
    assert cell.printed == "1\n2\n3\n"
    assert len(notebook.cells()) == 1


def test_a_cell_within_a_cell_has_its_own_record(notebook):
    notebook.run("print(1)\n_ = get_ipython().run_cell('print(2)', store_history=True)\nprint(3)", "4")
    outer, inner, last = notebook.cells()
    assert (outer.printed, inner.printed) == ("1\n3\n", "2\n")
    assert (inner.source, last.result["text/plain"]) == ("print(2)", "4")


def test_cells_that_run_other_cells(notebook, tmp_path):
    script = tmp_path / "script.py"
    script.write_text("print('from the script')\n", "utf-8")
    notebook.run("print('again')", "%rerun 1")
    assert notebook.cell(f"%run {script}").printed == "from the script\n"
    first, second, _ = notebook.cells()
    assert first.printed == "again\n"
    assert second.printed.endswith("again\n")
    notebook.run(f"%load {script}")
    assert notebook.sources()[-1] == f"%load {script}"


def test_a_script_that_fails_is_an_error_of_its_cell(notebook, tmp_path):
    script = tmp_path / "script.py"
    script.write_text("def half():\n    return 1 / 0\nhalf()\n", "utf-8")
    cell = notebook.cell(f"%run {script}")
    assert cell.error.name == "ZeroDivisionError"
    assert (cell.error.failing_line, cell.error.line_number) == ("return 1 / 0", 2)
    assert 'File "script.py", line 2, in half' in cell.error.traceback


def test_a_cell_that_awaits(notebook):
    assert notebook.cell("import asyncio\nprint(1)\nawait asyncio.sleep(0)\nprint(2)\n3").printed == "1\n2\n"
    assert notebook.cell("await asyncio.sleep(0)\n1/0").error.name == "ZeroDivisionError"


def test_a_running_cell_is_not_in_the_list(notebook):
    notebook.shell.user_ns["seen"] = notebook.sources
    notebook.run("1", "found = seen()")
    assert notebook.value("found") == ["1"]


@pytest.mark.parametrize("how", [{"silent": True}, {"store_history": False}])
def test_what_front_ends_run_for_themselves_stays_out(notebook, how, capsys):
    notebook.run("print('theirs')\n1/0", **how)
    notebook.run("", "   ")
    assert notebook.cells() == []
    assert notebook.cell("print('mine')").printed == "mine\n"


def test_cells_that_are_kept_out(notebook):
    notebook.run(
        "# liara: ignore\nprint('secret')\nget_ipython().run_cell('print(5)', store_history=True)",
        "%%time\n#Liara:ignore because\n'secret'",
        "%liara /help",
        "print('seen')",
    )
    assert notebook.sources() == ["print('seen')"]
    assert "secret" not in str(vars(notebook.recorder))


@pytest.mark.parametrize(
    ("source", "left_out"),
    [
        ("# liara: ignore", True),
        ("\n\n  #liara:  IGNORE me\nx", True),
        ("x\n# liara: ignore", False),
        ("# liara: ignored", False),
        ("%%bash\n# liara: ignore\nls", True),
        ("%%liara\nhi", True),
        ("\n%%liara -m a/b\nhi", True),
        ("%%liaras\nhi", False),
        ("%liara hi\n\n# then\n  %liara /usage", True),
        ("%%time\n%liara hi", True),
        ("%load_ext liara_magic\n%liara hi", True),
        ("%load_ext liara_magic\nimport pandas", False),
        ("reply = %liara hi", False),
        ("%liara hi\nprint(1)", False),
        ("# only a comment", False),
        ("", False),
    ],
)
def test_which_cells_are_left_out(source, left_out):
    assert is_left_out(source) is left_out


def test_a_flood_of_output_is_shown_whole_and_recorded_in_part(notebook, capsys):
    notebook.run("text = 'x' * 98")
    cell = notebook.cell("for number in range(50_000): print(f'{number:6}', text, sep='')")
    assert len(capsys.readouterr().out) == 50_000 * 105
    assert 32_768 < len(cell.printed) < 33_000
    assert cell.printed.startswith("     0xxx")
    assert cell.printed.endswith(" 49999" + "x" * 98 + "\n")
    assert "… 5,217,232 characters left out …" in cell.printed


def test_a_flood_of_output_costs_bounded_memory(notebook, monkeypatch):
    with open(os.devnull, "w", encoding="utf-8") as nowhere:
        monkeypatch.setattr(sys, "stdout", nowhere)
        tracemalloc.start()
        notebook.run("for number in range(30_000): print(f'{number:200}')")
        getattr(notebook.shell.history_manager, "outputs", {}).clear()  # IPython 9 keeps it all
        held, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        monkeypatch.undo()
    assert held < 1_000_000


def test_one_huge_text_is_cut_too(notebook):
    cell = notebook.cell("print('a' * 3_000_000 + 'b' * 3_000_000)")
    assert len(cell.printed) < 33_000
    assert (cell.printed[0], cell.printed[-2:]) == ("a", "b\n")
    assert "… 5,967,233 characters left out …" in cell.printed


def test_of_a_progress_bar_the_last_state_stays(notebook):
    cell = notebook.cell(
        "print('before')\n"
        "for n in range(20_000): sys.stderr.write(f'\\r{n:5}/20000 |' + '#' * (n // 500))\n"
        "print('\\nafter')"
    )
    assert cell.printed == "before\n19999/20000 |" + "#" * 39 + "\nafter\n"


def test_threads_may_print(notebook, capsys):
    notebook.cell(
        "import threading\n"
        "def speak(name):\n"
        "    for number in range(200):\n"
        "        sys.stdout.write(f'{name}-{number}\\n')\n"
        "threads = [threading.Thread(target=speak, args=(name,)) for name in 'abcd']\n"
        "for thread in threads: thread.start()\n"
        "for thread in threads: thread.join()\n"
    )
    wanted = sorted(f"{name}-{number}" for name in "abcd" for number in range(200))
    assert sorted(notebook.recorder.last(1)[0].printed.split()) == wanted
    assert sorted(capsys.readouterr().out.split()) == wanted


def test_a_thread_that_outlives_its_cell_prints_on(notebook, capsys):
    go, done = threading.Event(), threading.Event()
    notebook.shell.user_ns.update(go=go, done=done)
    notebook.run(
        "import threading\ndef late():\n    go.wait(30)\n    print('late')\n    done.set()\n"
        "thread = threading.Thread(target=late)\nthread.start()"
    )
    go.set()
    assert done.wait(30)
    notebook.value("thread").join()
    assert capsys.readouterr().out == "late\n"
    assert "late" not in notebook.cells()[0].printed


@pytest.mark.skipif(sys.platform == "win32", reason="no timers")
def test_a_signal_handler_may_print_at_any_moment(notebook, capsys):
    notebook.shell.user_ns["signal"] = signal
    cell = notebook.cell(
        "times = []\n"
        "def speak(*_):\n    times.append(1)\n    print('!', end='')\n"
        "before = signal.signal(signal.SIGALRM, speak)\n"
        "signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)\n"
        "for _ in range(10_000): print('.', end='')\n"
        "while len(times) < 20: pass\n"
        "signal.setitimer(signal.ITIMER_REAL, 0)\n"
        "_ = signal.signal(signal.SIGALRM, before)"
    )
    shown = capsys.readouterr().out
    assert shown.count("!") >= 20
    if len(shown) < 30_000:
        assert sorted(cell.printed) == sorted(shown)


def test_streams_are_their_own_between_cells(notebook):
    before = (sys.stdout, sys.stderr, sys.displayhook, sys.excepthook)
    notebook.run("inside = sys.stdout.write", "pass")
    assert (sys.stdout, sys.stderr, sys.displayhook, sys.excepthook) == before
    shell = notebook.shell
    assert not replaced(sys.stdout, sys.stderr, shell, shell.display_pub, shell.displayhook)


def test_a_cell_may_replace_the_streams(notebook, capsys):
    cell = notebook.cell(
        "class Loud:\n"
        "    def __init__(self, stream): self.stream = stream\n"
        "    def write(self, text): return self.stream.write(text.upper())\n"
        "    def flush(self): pass\n"
        "mine = sys.stdout\n"
        "sys.stdout = Loud(mine)\n"
        "print('shouted')"
    )
    try:
        assert cell.printed == "SHOUTED\n"
        assert not replaced(notebook.value("mine"))
        assert notebook.cell("print('again')").printed == "again\n"  # what the cell gave to its own stream
    finally:
        sys.stdout = notebook.value("mine")
    assert capsys.readouterr().out == "SHOUTED\nAGAIN\n"


def test_a_cell_may_wrap_the_methods_that_are_listened_to(notebook, capsys):
    notebook.run(
        "stream = sys.stdout\nwrite = stream.write\nstream.write = lambda text: write(text.upper())\nprint('one')",
        "print('two')",
        "print('three')",
    )
    try:
        assert [cell.printed for cell in notebook.cells()[1:]] == ["two\n", "three\n"]
    finally:
        vars(sys.stdout).pop("write", None)
    assert capsys.readouterr().out.startswith("ONE\n")


def test_a_stream_that_cannot_be_heard_works(notebook):
    class Plain:
        __slots__ = ("said",)

        def __init__(self):
            self.said = []

        def write(self, text):
            self.said.append(text)

        def flush(self):
            pass

    mine, sys.stdout = sys.stdout, Plain()
    try:
        # IPython 9 itself sets write() on the stream, and fails where that is not possible.
        if not hasattr(notebook.shell, "_tee"):
            assert notebook.cell("print('x')").printed == ""
            assert sys.stdout.said == ["x", "\n"]
    finally:
        sys.stdout = mine


def test_a_bundle_that_makes_trouble_is_shown_all_the_same(notebook, capsys):
    notebook.run(
        "class Odd(dict):\n    def items(self): raise OSError('no')\n"
        "display({'text/plain': 'here', 'application/json': Odd(a=1)}, raw=True)\nprint('on')"
    )
    assert capsys.readouterr().out == "here\non\n"
    assert notebook.cells()[0].printed == "on\n"


def test_figures_that_are_shown_after_the_code_belong_to_its_cell(notebook):
    """As matplotlib's inline backend shows them: https://github.com/ipython/matplotlib-inline"""
    pending = notebook.shell.user_ns["pending"] = []
    notebook.shell.events.register("post_execute", lambda: [display(pending.pop()) for _ in list(pending)])
    notebook.run("pending.append('figure 1')", "2", "pending.append('figure 3')\n1/0")
    shown = [[one["text/plain"] for one in cell.displays] for cell in notebook.cells()]
    assert shown == [["'figure 1'"], [], ["'figure 3'"]]


class FrontEndStream(io.StringIO):
    """A stream that knows for which of a front end's requests it writes, and is otherwise unlike ipykernel's."""

    parent_header = None


@pytest.fixture
def request_of(notebook, monkeypatch):
    """Say for which request of a front end the shell and its streams work now."""
    monkeypatch.setattr(sys, "stdout", FrontEndStream())

    def work_for(message):
        sys.stdout.parent_header = notebook.shell.display_pub.parent_header = {"msg_id": message}

    return work_for


def test_what_is_left_of_an_earlier_cell_shows_its_output_there(notebook, request_of):
    request_of("first")
    notebook.run("print('one')")
    request_of("second")
    notebook.shell.user_ns["work_for"] = request_of
    notebook.run("print('two')\nwork_for('first')\nprint('late')\nwork_for('gone')\nprint('x')\nwork_for('second')")
    assert [cell.printed for cell in notebook.cells()] == ["one\nlate\n", "two\n"]


def test_cells_that_run_at_the_same_time(notebook, request_of):
    trigger = notebook.shell.events.trigger

    def begin(message, source):
        request_of(message)
        info = SimpleNamespace(raw_cell=source, store_history=True, cell_id=message)
        trigger("pre_run_cell", info)
        return SimpleNamespace(info=info, error_before_exec=None, error_in_exec=None)

    def end(message, result, count):
        request_of(message)
        result.execution_count = count
        trigger("post_run_cell", result)

    first, second = begin("first", "1"), begin("second", "2")
    for message in ("first", "second", "first"):
        request_of(message)
        print(message)
    end("first", first, 1)
    request_of("second")
    print("last")
    end("second", second, 2)
    records = [(cell.count, cell.source, cell.printed, cell.cell_id) for cell in notebook.cells()]
    assert records == [(1, "1", "first\nfirst\n", "first"), (2, "2", "second\nlast\n", "second")]
    assert not replaced(sys.stdout, notebook.shell)


# Collecting garbage also meets what tests of other files left behind.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_nothing_lives_longer_for_being_recorded(notebook):
    notebook.run(
        "class Big:\n    def __repr__(self): return 'big'\n    _repr_html_ = lambda self: '<b>big</b>'\n",
        "big = Big()\ndisplay(big)\nprint(big)",
        "def fail(held):\n    raise ValueError(held)\nfail(big)",
        "class Text(str): pass\ntext = Text('text')\nsys.stdout.write(text)\ndisplay({'text/plain': text}, raw=True)",
    )
    getattr(notebook.shell.history_manager, "outputs", {}).clear()  # IPython 9 keeps them, but we do not
    gone = [weakref.ref(notebook.shell.user_ns.pop(name)) for name in ("big", "text")]
    notebook.run("1/0")  # in place of the last error, which IPython keeps
    notebook.shell.last_execution_result = None
    gc.collect()
    assert [one() for one in gone] == [None, None]
    assert notebook.cells()[2].error.name == "ValueError"


def test_only_so_many_cells_are_kept(notebook):
    notebook.run(*(f"{number}" for number in range(210)))
    cells = notebook.cells()
    assert len(cells) == 200
    assert (cells[0].source, cells[-1].source) == ("10", "209")


def test_only_so_many_megabytes_are_kept(notebook):
    notebook.run("picture = 'A' * 1_000_000")
    for _ in range(12):
        notebook.run("display({'image/png': picture, 'text/plain': 'p'}, raw=True)")
    assert 6 <= len(notebook.cells()) <= 8
    notebook.run("for _ in range(30): display({'image/png': picture, 'text/plain': str(_)}, raw=True)")
    cell = notebook.recorder.last(1)[0]
    assert (cell.displays[0]["text/plain"], cell.displays[-1]["text/plain"]) == ("0", "29")
    assert (len(cell.displays), cell.displays_left_out) == (4, 26)
    notebook.run("for _ in range(1000): display(_)")
    cell = notebook.recorder.last(1)[0]
    assert (len(cell.displays), cell.displays_left_out) == (64, 936)


def test_installing_twice_is_once_and_removing_undoes_it(notebook):
    callbacks = notebook.shell.events.callbacks
    before = {name: len(found) for name, found in callbacks.items()}
    notebook.recorder.install()
    assert {name: len(found) for name, found in callbacks.items()} == before
    notebook.run("1")
    notebook.recorder.remove()
    notebook.recorder.remove()
    notebook.run("2")
    assert sum(map(len, callbacks.values())) == sum(before.values()) - 2
    notebook.recorder.install()
    notebook.run("3")
    assert notebook.sources() == ["1", "2", "3"]  # the second by IPython's own history


def test_installed_or_removed_by_a_cell(notebook, capsys):
    notebook.shell.user_ns["recorder"] = notebook.recorder
    notebook.run("print(1)\nrecorder.remove()\nprint(2)\nrecorder.install()\nprint(3)")
    assert [cell.printed for cell in notebook.cells()] == ["3\n"]
    notebook.run("recorder.remove()\nprint(4)", "recorder.install()", "print(5)")
    assert notebook.sources()[1:] == ["recorder.remove()\nprint(4)", "recorder.install()", "print(5)"]
    assert capsys.readouterr().out == "1\n2\n3\n4\n5\n"


def test_a_reset_changes_nothing_for_the_recorder(notebook):
    notebook.run("1", "%reset -f", "print('after')")
    assert notebook.sources() == ["1", "%reset -f", "print('after')"]
    notebook.shell.reset(new_session=True)
    notebook.run("'anew'")
    assert [(cell.source, cell.count) for cell in notebook.recorder.last(2)] == [("print('after')", 3), ("'anew'", 1)]


def test_cells_from_before_it_was_installed(notebook):
    notebook.recorder.remove()
    late = Notebook(notebook.shell)
    late.run("x = 0\nx", "%liara /help", "# liara: ignore\n'secret'", "print('seen')", "1 / x", "2")
    late.recorder.install()
    cells = late.cells()
    assert [(cell.count, cell.source) for cell in cells] == [
        (1, "x = 0\nx"),
        (4, "print('seen')"),
        (5, "1 / x"),
        (6, "2"),
    ]
    assert (cells[0].result, cells[3].result) == ({"text/plain": "0"}, {"text/plain": "2"})
    assert late.recorder.error() == cells[2]
    assert (cells[2].error.name, cells[2].error.names) == ("ZeroDivisionError", {"x": "int"})
    assert cells[1].printed == ("seen\n" if hasattr(notebook.shell.history_manager, "outputs") else "")
    late.recorder.remove()


def test_an_error_from_before_it_was_installed_keeps_no_other(notebook):
    notebook.run("1/0", "int('x')")
    notebook.recorder.remove()
    notebook.recorder.install()
    assert [cell.error.name for cell in notebook.cells()] == ["ZeroDivisionError", "ValueError"]


def test_an_interrupt_at_the_wrong_moment_leaves_the_record_right(notebook, monkeypatch):
    """Before the code runs, an interrupt leaves a result that is not the cell's."""

    def interrupted(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(notebook.shell.logger, "log", interrupted)
        notebook.run("print('never')")
    notebook.run("print('then')")
    assert [(cell.source, cell.printed) for cell in notebook.cells()] == [
        ("print('never')", ""),
        ("print('then')", "then\n"),
    ]
    assert notebook.cells()[0].error.name == "KeyboardInterrupt"
