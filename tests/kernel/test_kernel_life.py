"""What a kernel goes through in a day: forks, restarts, reloads. One magic, one thread, and no stale connection."""

import os
import shutil
import socket
import sys
from contextlib import suppress
from pathlib import Path

import IPython
import pytest
from kernels import running_kernel
from loopback import Loopback, read_request

import liara_magic

pytestmark = pytest.mark.kernel

LOAD = "%load_ext liara_magic\nimport liara_magic as liara\nfrom liara_magic.kernel import this_kernel"
THREADS = "sum(thread.name == 'liara' for thread in __import__('threading').enumerate())"
CHANGED = "__import__('sys').modules['liara_magic.kernel'].CHANGED"
#: Everything of a shell and its process that loading may touch.
REGISTERED = """
def registered():
    import signal, sys
    shell = get_ipython()
    hooks = shell.strdispatchers.get("complete_command")
    return [
        *(sorted(shell.magics_manager.magics[kind]) for kind in ("line", "cell")),
        sorted(shell.magics_manager.registry),
        [type(one).__name__ for one in shell.configurables],
        [one.__qualname__ for one in shell.input_transformers_cleanup if hasattr(one, "__qualname__")],
        {name: len(found) for name, found in shell.events.callbacks.items()},
        len(shell.input_transformers_post),
        len(shell.Completer.custom_matchers),
        [] if hooks is None else sorted(one.pattern for one in hooks.regexs),
        [repr(sys.excepthook), repr(shell.custom_exceptions), repr(signal.getsignal(signal.SIGINT))],
    ]
"""
BODY = (
    b'data: {"choices":[{"index":0,"delta":{"content":"an answer"}}]}\n\n'
    b'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'
)


class Staying(Loopback):
    """A gateway whose connections serve one request after the other. ``asked``: which of them each prompt came on."""

    def __init__(self):
        super().__init__(self._serve)
        self.asked = []

    def _serve(self, line, request):
        while request is not None:
            self.asked.append((request.json["messages"][-1]["content"], self.lines.index(line)))
            line.send(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: %d\r\n\r\n" % len(BODY))
            line.send(BODY)
            request = read_request(line.socket)
        line.closed_by_client.set()

    def __exit__(self, *error):
        for line in self.lines:  # closing alone does not wake a thread that waits for the next request
            with suppress(OSError):
                line.socket.shutdown(socket.SHUT_RDWR)
        super().__exit__(*error)


def point(kernel, gateway):
    assert kernel.run(f"%liara /set base_url {gateway.base_url}\n%liara /model test/model").status == "ok"


def only_text(cell):
    """The one reply that the cell shows."""
    assert cell.status == "ok", cell.error
    assert cell.kinds() == ["display_data"]
    return cell.shown[0]["text/plain"]


FORK = f"""
import os
coming, going = os.pipe()
child = os.fork()
if not child:
    try:
        text = liara.Chat().ask("child").text
        os.write(going, repr([text, {THREADS}]).encode())
    finally:
        os._exit(0)
os.close(going)
with open(coming) as said:
    from_child = said.read()
os.waitpid(child, 0)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="os.fork with threads")
def test_a_forked_child_has_a_connection_of_its_own_and_its_parent_keeps_its_own(notebook):
    with Staying() as gateway:
        point(notebook, gateway)
        assert only_text(notebook.run("%%liara\nbefore")) == "an answer"
        assert notebook.run(FORK).status == "ok"
        assert notebook.value("eval(from_child)") == ["an answer", 1]
        assert only_text(notebook.run("%%liara\nafter")) == "an answer"
        assert gateway.asked == [("before", 0), ("child", 1), ("after", 0)]
    assert notebook.value(THREADS) == 1


def stalled(line, request):
    line.head()
    line.delta("word0 and then nothing")
    line.wait_for_close(30)


@pytest.mark.parametrize("now", [False, True], ids=["asked to end", "killed"])
def test_a_restart_in_the_middle_of_a_reply_ends_it_and_begins_anew(own_kernel, now):
    with Loopback(stalled) as gateway:
        point(own_kernel, gateway)
        cell = own_kernel.send("%%liara\nhi")
        own_kernel.wait(cell, lambda cell: any("word0" in bundle["text/html"] for bundle in cell.shown))
        own_kernel.restart(now)
        assert gateway.lines[0].closed_by_client.wait(10)
        assert gateway.posts == 1
    assert "UsageError" in str(own_kernel.run("%%liara\nnot loaded yet").messages)
    assert own_kernel.run(LOAD).outputs == []
    assert only_text(own_kernel.run("%%liara\nnew")) == "new"
    assert own_kernel.value("[turn.prompt for turn in this_kernel().session.conversation.turns]") == ["new"]
    assert own_kernel.value(THREADS) == 1


def test_reloading_twenty_times_leaves_one_magic_one_thread_and_a_fresh_connection(own_kernel):
    own_kernel.run(f"{LOAD}\n{REGISTERED}")
    with Staying() as gateway:
        point(own_kernel, gateway)
        own_kernel.run("%%liara\nbefore")
        before = own_kernel.value("registered()")
        for _ in range(20):
            assert own_kernel.run("%reload_ext liara_magic").outputs == []
        assert own_kernel.value("registered()") == before
        assert gateway.lines[0].closed_by_client.wait(10)
        assert only_text(own_kernel.run("%%liara\nafter")) == "an answer"
        assert gateway.asked == [("before", 0), ("after", 1)]
        assert own_kernel.value(THREADS) == 1
        assert own_kernel.run("%unload_ext liara_magic").outputs == []
        assert gateway.lines[1].closed_by_client.wait(10)
    assert own_kernel.value(THREADS) == 0
    assert own_kernel.run("%%liara\nhi").status == "error"


@pytest.fixture
def worked_on(tmp_path):
    """A kernel with %autoreload and a copy of the package that may be changed: both, and a function that does it."""
    copy = tmp_path / "liara_magic"
    shutil.copytree(Path(liara_magic.__file__).parent, copy, ignore=shutil.ignore_patterns("__pycache__"))

    def change(line):
        for path in copy.rglob("*.py"):
            path.write_text(f"{path.read_text('utf-8')}\n{line}\n", "utf-8")
            later = path.stat().st_mtime + 5
            os.utime(path, (later, later))

    with running_kernel(tmp_path) as kernel:
        first = f"import sys\nsys.path.insert(0, {str(tmp_path)!r})"
        loaded = kernel.run(f"{first}\n%load_ext autoreload\n%autoreload 2\n{LOAD}\n{REGISTERED}")
        assert loaded.status == "ok", loaded.error
        assert kernel.value("liara.__file__") == str(copy / "__init__.py")
        yield kernel, change


@pytest.mark.skipif(IPython.version_info < (9,), reason="every change is run anew there")
def test_a_change_that_autoreload_can_patch_loses_nothing(worked_on):
    kernel, change = worked_on
    with Staying() as gateway:
        point(kernel, gateway)
        assert only_text(kernel.run("%%liara\nbefore")) == "an answer"
        before = kernel.value("registered()")
        for number in range(3):
            change(f"CHANGED = {number}")
            assert only_text(kernel.run("%%liara\nafter")) == "an answer"
            assert kernel.value(CHANGED) == number
            assert kernel.value("registered()") == before
        assert gateway.asked == [("before", 0)] + [("after", 0)] * 3
    assert kernel.value(THREADS) == 1
    assert len(kernel.value("[turn.prompt for turn in this_kernel().session.conversation.turns]")) == 4


def test_a_change_that_autoreload_runs_anew_leaves_nothing_behind(worked_on):
    kernel, change = worked_on
    with Staying() as gateway:
        before = kernel.value("registered()")
        for number in range(2):
            point(kernel, gateway)
            assert only_text(kernel.run("%%liara\nbefore")) == "an answer"
            change(f"for CHANGED in [{number}]: pass")  # a loop at the end of a file cannot be patched in
            assert only_text(kernel.run("%%liara -m sandbox/echo\nafter")) == "after"
            assert kernel.value(CHANGED) == number
            assert kernel.value("registered()") == before
            assert kernel.value(THREADS) == 1
            assert gateway.lines[number].closed_by_client.wait(10)
        assert gateway.asked == [("before", number) for number in range(2)]
