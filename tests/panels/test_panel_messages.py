"""What a front end is sent: as few messages as a reply needs, so that a page keeps up with them."""

import itertools
import threading
import time
from types import SimpleNamespace

import pytest
from by_hand import until

#: What one send of a short reply may take. The box is emptied, Stop awakes; the prompt, the turn's box, that box in its
#: place; the reply, its place; the reply's end, its buttons, the turn that loses them; the meter. A slow machine says
#: that it connects and that it is ready.
ONE_SEND = 13


@pytest.fixture
def sent(monkeypatch):
    """The messages that widgets send: when, their kind and their content."""
    comm = pytest.importorskip("comm")
    messages = []

    class Counted(comm.base_comm.BaseComm):
        def publish_msg(self, kind, data=None, metadata=None, buffers=None, **keys):
            messages.append((time.monotonic(), kind, data))

    monkeypatch.setattr(comm, "create_comm", Counted)
    return messages


@pytest.fixture
def front_end(sent, open_panel):
    opened = open_panel()
    if not sent:
        pytest.skip("this release of ipywidgets sends nothing where no kernel is")
    return opened


def is_quiet(front_end):
    """Whether what waits for a quiet second has been sent."""
    callers = front_end.all("caller")
    return front_end.labelled("Stop").disabled and len(callers) == len(front_end.turns()) - 1


def shown(messages):
    return [(kind, list(data.get("state", ())) if kind == "comm_msg" else "") for _, kind, data in messages]


def test_one_send_of_a_short_reply_takes_few_messages(front_end, sent):
    front_end.ask("one")
    until(lambda: is_quiet(front_end))
    sent.clear()
    front_end.ask("two")
    assert len(sent) <= ONE_SEND, shown(sent)
    until(lambda: is_quiet(front_end))
    assert len(sent) <= ONE_SEND + 3, shown(sent)  # Stop sleeps, and the turn before has a button that calls the others


def test_turns_that_leave_the_page_are_closed_when_it_is_quiet(front_end, sent):
    pages = front_end.panel._view.transcript._pages
    pages._most = pages._size
    for number in range(2 * pages._size - 1):
        front_end.ask(f"prompt {number}")
    until(lambda: is_quiet(front_end))
    sent.clear()
    front_end.ask("fills the second page")
    # The first page is emptied, and the button that shows it again is given its text and its place.
    assert len(sent) <= ONE_SEND + 3, shown(sent)
    assert len(front_end.turns()) == pages._size
    until(lambda: sum(kind == "comm_close" for _, kind, _ in sent) == 4 * pages._size)
    times = [moment for moment, _, _ in sent]
    assert max(sum(start <= moment < start + 1 for moment in times) for start in times) <= ONE_SEND + 3


def test_what_is_typed_is_not_sent_back(front_end, sent):
    sent.clear()
    front_end.type("half a prompt")
    front_end.click("Larger box")
    until(lambda: front_end.all("area"))
    sent.clear()
    front_end.type("half a prompt\nof two lines")
    assert sent == []


def test_a_prompt_that_begins_at_once_makes_no_line_of_the_queue(front_end, replies):
    let_go = threading.Event()

    def slow(line):
        let_go.wait(20)
        line.reply("at last")

    replies["slow"] = slow
    seen = []
    front_end.one("queue").observe(lambda change: seen.append(len(change["new"])), "children")
    front_end.enter("slow")
    until(front_end.turns)
    front_end.enter("waits")
    until(lambda: "waits" in front_end.text("queue"))
    let_go.set()
    until(lambda: len(front_end.turns()) == 2 and front_end.is_idle())
    assert seen == [1, 0]


def test_at_most_two_widgets_are_opened_in_a_second(front_end, monkeypatch):
    from liara_magic.panels import blocks
    from liara_magic.panels.parts import Parts
    from liara_magic.screen.painter import Painter

    now = [100.0]
    monkeypatch.setattr(blocks, "time", SimpleNamespace(monotonic=lambda: now[0]))
    opened = []
    canvas = blocks.Blocks(Parts(), lambda gone: opened.append((now[0], len(canvas.widgets))))
    painter = Painter(canvas, clock=lambda: now[0], folds=False, has_room=canvas.has_room)
    text = ""
    for number in range(40):
        text += f"paragraph {number} " + "word " * 400 + "\n\n"
        painter.show(text)
        now[0] += 0.5
    times = [moment for moment, _ in opened]
    assert len(times) > 10
    assert all(third - first >= 1.0 for first, third in zip(times, itertools.islice(times, 2, None)))
    assert all(f"paragraph {number} " in "".join(one.value for one in canvas.widgets) for number in range(40))


def test_the_word_of_welcome_goes_with_the_first_turn_that_takes_its_place(front_end, sent):
    assert "Ask something below" in front_end.text("empty")
    sent.clear()
    front_end.ask("one")
    assert front_end.all("empty") == []
    assert len(sent) <= ONE_SEND, shown(sent)
    front_end.click("Delete this turn")
    until(lambda: "Ask something below" in front_end.text("empty"))
    front_end.enter("/status")
    until(lambda: "test/model" in front_end.text("note"))
    assert front_end.all("empty") == []
