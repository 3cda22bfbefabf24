"""The interrupt button: it closes the connection, keeps what came, and stops Run All."""

import time

import pytest
from loopback import Loopback

pytestmark = pytest.mark.kernel

#: Seconds. The benchmarks hold the interrupt to milliseconds; here it must only not wait for the reply.
SOON = 2.5
LAST_TURN = "[(t.state, t.reason, t.reply.text) for t in this_kernel().session.conversation.turns][-1]"


def flowing(line, request):
    line.head()
    try:
        for number in range(100_000):
            line.delta(f"word{number} ")
            line.socket.settimeout(0.01)
            try:
                if not line.socket.recv(1):
                    break
            except TimeoutError:
                continue
    except OSError:
        pass
    line.closed_at = time.monotonic()
    line.closed_by_client.set()


def stalled(line, request):
    line.head()
    line.delta("word0 and then nothing")
    line.wait_for_close(5)


def silent(line, request):
    line.wait_for_close(5)


def showing(text):
    """Whether the person sees ``text`` in the cell."""
    return lambda cell: any(text in bundle.get("text/html", "") for bundle in cell.shown)


def interrupted(notebook, cell):
    """Interrupt, wait for the end, and give the seconds it took."""
    began = time.monotonic()
    notebook.interrupt()
    notebook.wait(cell)
    assert (cell.status, cell.ename) == ("error", "KeyboardInterrupt")
    return time.monotonic() - began


def only_next_cell_works(notebook):
    assert notebook.run("%%liara -m sandbox/echo\nnext").shown[0]["text/plain"] == "next"


@pytest.mark.parametrize("script", [flowing, stalled])
def test_an_interrupt_closes_the_connection_and_keeps_what_came(notebook, ask_gateway, script):
    with Loopback(script) as gateway:
        ask_gateway(gateway)
        cell = notebook.wait(notebook.send("%%liara\nhi"), showing("word0"))
        began = time.monotonic()
        took = interrupted(notebook, cell)
        assert gateway.lines[0].closed_by_client.wait(5)
        assert gateway.lines[0].closed_at - began < SOON
        assert gateway.posts == 1
    assert took < SOON
    assert cell.kinds() == ["display_data", "error"]
    assert cell.shown[0]["text/plain"].startswith("word0")
    assert len(cell.error.splitlines()) <= 2
    state, reason, text = notebook.value(LAST_TURN)
    assert (state, reason, text.strip()) == ("cut", "stopped", cell.shown[0]["text/plain"].strip())
    only_next_cell_works(notebook)


def test_an_interrupt_while_waiting_for_the_first_byte(notebook, ask_gateway):
    with Loopback(silent) as gateway:
        ask_gateway(gateway)
        cell = notebook.send("%%liara\nhi")
        assert gateway.answering.wait(10)
        notebook.wait(cell, showing("connecting"))
        assert interrupted(notebook, cell) < SOON
        assert gateway.lines[0].closed_by_client.wait(1)
    assert cell.kinds() == ["display_data", "error"]
    only_next_cell_works(notebook)


@pytest.mark.parametrize(
    ("model", "seen"), [("sandbox/slow", "You asked"), ("sandbox/stall", "This is"), ("sandbox/long", "Part 1")]
)
def test_an_interrupt_of_the_sandbox(notebook, model, seen):
    cell = notebook.wait(notebook.send(f"%%liara -m {model}\nhi"), showing(seen[:4]))
    assert interrupted(notebook, cell) < SOON
    assert notebook.value(LAST_TURN)[:2] == ("cut", "stopped")
    only_next_cell_works(notebook)


def test_the_next_request_says_that_the_reply_was_cut(notebook):
    cell = notebook.wait(notebook.send("%%liara -m sandbox/stall\nhi"), showing("This"))
    interrupted(notebook, cell)
    with Loopback(lambda line, request: line.reply("fine")) as gateway:
        assert notebook.run(f"%liara /set base_url {gateway.base_url}\n%liara -m test/model go on").status == "ok"
        messages = gateway.requests[0].json["messages"]
    assert [message["role"] for message in messages] == ["user", "assistant", "user"]
    assert messages[1]["content"].startswith("This")
    assert "cut" in messages[1]["content"]


def test_an_interrupt_stops_run_all(notebook):
    cells = [notebook.send(code) for code in ("%%liara -m sandbox/stall\nhi", "print('ran')", "%liara hello")]
    notebook.wait(cells[0], showing("This"))
    interrupted(notebook, cells[0])
    for cell in cells[1:]:
        notebook.wait(cell, lambda cell: cell.reply is not None)
        assert cell.status == "aborted"
        assert cell.outputs == []
    only_next_cell_works(notebook)


@pytest.mark.parametrize("call", ["ask('hi')", "stream('hi')"])
def test_an_interrupt_of_the_python_calls(notebook, ask_gateway, call):
    with Loopback(stalled) as gateway:
        ask_gateway(gateway)
        cell = notebook.send(f"mine = liara.Chat()\nlist(mine.{call})")
        assert gateway.answering.wait(10)
        assert interrupted(notebook, cell) < SOON
        assert gateway.lines[0].closed_by_client.wait(1)
    assert notebook.value("mine.turns[-1].state") == "cut"
    only_next_cell_works(notebook)


def test_an_interrupt_of_an_await(notebook, ask_gateway):
    with Loopback(stalled) as gateway:
        ask_gateway(gateway)
        cell = notebook.send("mine = liara.Chat()\nawait mine.aask('hi')")
        assert gateway.answering.wait(10)
        notebook.interrupt()
        notebook.wait(cell)
        assert cell.status == "error"
        assert gateway.lines[0].closed_by_client.wait(1)
    only_next_cell_works(notebook)


def test_an_interrupt_in_code_that_runs_later_is_pythons_own(notebook):
    assert notebook.run("%%liara\nhello").status == "ok"
    cell = notebook.send("import time\nprint('there', flush=True)\nwhile True:\n    time.sleep(0.01)")
    notebook.wait(cell, lambda cell: cell.printed)
    assert interrupted(notebook, cell) < SOON
    assert "stopped" not in cell.error


def test_a_stalled_reply_is_given_up_by_itself(notebook):
    cell = notebook.run("%liara /set idle_timeout 0.3\n%liara -m sandbox/stall hi")
    assert cell.ename == "LiaraStreamError"
    assert "no data for 0.3 s" in cell.error
