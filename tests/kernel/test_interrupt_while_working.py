"""The interrupt button while a request waits to be sent again, and while a reply is being rendered."""

import time

import pytest
from loopback import Loopback

pytestmark = pytest.mark.kernel

LAST_TURN = "[(t.state, t.reason, t.row.state) for t in this_kernel().session.conversation.turns][-1]"
WORDS = "Some *words* of `part` {n}, and [a link](https://x.example/{n}). " * 20
LONG = "\n\n".join(f"## Part {n}\n\n{WORDS.format(n=n)}" for n in range(250))

# Says so when a renderer begins, and takes long for it, as Python code does: an interrupt may come at any of its lines.
SLOW = """
import time
from liara_magic.screen.painter import Painter
if not hasattr(Painter, "quick"):
    Painter.quick = {name: getattr(Painter, name) for name in ("_paint", "whole")}
def slowly(name, seconds):
    def render(painter, text):
        if len(text) < 100_000:
            return Painter.quick[name](painter, text)
        print(f"in {name}", flush=True)
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            sum(range(1000))
        return Painter.quick[name](painter, text)
    return render
"""
RESTORE = "for name, quick in Painter.quick.items():\n    setattr(Painter, name, quick)"


@pytest.fixture
def slow(notebook):
    """Make one of the painter's renderers slow: ``slow(name, seconds)``."""

    def make(name, seconds):
        cell = notebook.run(f"{SLOW}\nPainter.{name} = slowly({name!r}, {seconds})")
        assert cell.status == "ok", cell.error

    yield make
    assert notebook.run(RESTORE).status == "ok"


def interrupted(notebook, cell):
    """Interrupt, wait for the end, and give the seconds it took."""
    began = time.monotonic()
    notebook.interrupt()
    notebook.wait(cell)
    assert (cell.status, cell.ename) == ("error", "KeyboardInterrupt")
    assert len(cell.error.splitlines()) <= 2
    return time.monotonic() - began


def next_cell_works(notebook):
    assert notebook.run("%%liara -m sandbox/echo\nnext").shown[0]["text/plain"] == "next"


def says(text):
    return lambda cell: any(text in bundle.get("text/html", "") for bundle in cell.shown)


def refusing(status):
    """Asks to come back much later, and leaves it to the client to hang up."""
    body = b'{"error": {"message": "come back later"}}'

    def script(line, request):
        line.head(status, "application/json", content_length=str(len(body)), retry_after="40")
        line.send(body)
        line.wait_for_close(30)

    return script


@pytest.mark.parametrize(("status", "said"), [("429 x", "Too many requests"), ("503 x", "failed (status 503)")])
def test_while_it_waits_to_be_sent_again(notebook, ask_gateway, status, said):
    with Loopback(refusing(status)) as gateway:
        ask_gateway(gateway)
        cell = notebook.wait(notebook.send("%%liara\nhi"), says("Retrying in"))
        assert said in cell.shown[0]["text/html"] and "come back later" in cell.shown[0]["text/html"]
        assert interrupted(notebook, cell) < 1.5
        assert gateway.lines[0].closed_by_client.wait(5)
        assert gateway.posts == 1
        assert cell.kinds() == ["display_data", "error"]
        assert "Retrying" not in cell.shown[0]["text/html"]
        assert notebook.value(LAST_TURN)[:2] == ("cut", "stopped")
        next_cell_works(notebook)
        assert gateway.posts == 1


def test_a_request_that_was_refused_and_then_stopped_costs_nothing(notebook, ask_gateway):
    with Loopback(refusing("429 x")) as gateway:
        ask_gateway(gateway)
        cell = notebook.wait(notebook.send("%%liara\nhi"), says("Retrying in"))
        interrupted(notebook, cell)
    assert "nothing charged" in cell.shown[0]["text/html"]
    assert notebook.value(LAST_TURN)[2] == "refused"


def arriving(line, request):
    """The whole text at once, and then an open line."""
    line.head()
    line.delta(LONG)
    line.wait_for_close(60)


def test_while_a_large_text_is_painted(notebook, ask_gateway, slow):
    slow("_paint", 1.0)
    with Loopback(arriving) as gateway:
        ask_gateway(gateway)
        cell = notebook.wait(notebook.send("%%liara\nhi"), lambda cell: "in _paint" in cell.printed)
        began = time.monotonic()
        assert interrupted(notebook, cell) < 1.0 + 3
        assert gateway.lines[0].closed_by_client.wait(5)
        assert gateway.lines[0].closed_at - began < 1.0, "the connection was closed only when all was painted"
        assert gateway.posts == 1
    printed = "".join(message["content"]["text"] for message in cell.sent("stream"))
    assert printed.count("in _paint") == 1  # it was not painted once more
    kept(notebook, cell, "cut", "stopped")


def test_while_a_large_text_is_painted_in_earnest(notebook, ask_gateway):
    """Without a renderer that is slow on purpose; where in its work the interrupt comes is left to chance."""
    with Loopback(arriving) as gateway:
        ask_gateway(gateway)
        cell = notebook.send("%%liara\nhi")
        assert gateway.answering.wait(10)
        assert interrupted(notebook, cell) < 4
        assert gateway.lines[0].closed_by_client.wait(5)
    assert notebook.value(LAST_TURN)[:2] == ("cut", "stopped")
    next_cell_works(notebook)


def test_while_the_whole_reply_is_rendered_at_its_end(notebook, ask_gateway, slow):
    slow("whole", 30.0)

    def script(line, request):
        line.reply(LONG)
        line.wait_for_close(60)

    with Loopback(script) as gateway:
        ask_gateway(gateway)
        cell = notebook.wait(notebook.send("%%liara\nhi"), lambda cell: "in whole" in cell.printed)
        assert interrupted(notebook, cell) < 5
        assert gateway.lines[0].closed_by_client.wait(5)
        assert gateway.posts == 1
    kept(notebook, cell, "complete", "")


def kept(notebook, cell, *ending):
    """The text stands in the cell and in the conversation, which ended so."""
    assert notebook.value(LAST_TURN)[:2] == ending
    assert notebook.value("this_kernel().session.conversation.turns[-1].reply.text") == LONG
    assert "Part 0" in "".join(bundle["text/html"] for bundle in cell.shown)
    assert "Part 249" in "".join(bundle["text/html"] for bundle in cell.shown)
    next_cell_works(notebook)
