"""What is asked in the panel, in a cell, and in both: one conversation, shown as it grows."""

import threading

from by_hand import until

from liara_magic import Chat
from liara_magic.api import chat
from liara_magic.screen.silent import SilentScreen
from liara_magic.session.ask import Ask


def slowly(*pieces):
    """A reply that gives its next piece when ``turn`` is released."""
    turn = threading.Semaphore(0)

    def script(line):
        line.head()
        for piece in pieces:
            assert turn.acquire(timeout=20)
            line.delta(piece)
        assert turn.acquire(timeout=20)
        line.finish()

    return turn, script


def test_enter_sends_and_the_reply_stands_under_the_prompt(front_end, gateway):
    front_end.ask("hello **there**")
    assert front_end.turns()[0].startswith("You") and "re: hello there" in front_end.turns()[0]
    assert front_end.box.value == ""
    assert gateway.requests[0].json["messages"] == [{"role": "user", "content": "hello **there**"}]
    assert "28 tokens" in front_end.text("meter")


def test_enter_sends_a_text_that_the_front_end_had_told_before(front_end, gateway):
    front_end.type("told when the box lost its focus")
    front_end.box._handle_custom_msg({"event": "submit"}, [])
    until(front_end.turns)
    assert front_end.box.value == ""


def test_the_larger_box_keeps_what_was_typed_and_its_button_sends(front_end, gateway):
    front_end.type("one line")
    front_end.click("Larger box")
    assert front_end.box.value == "one line"
    front_end.type("two\nlines")
    front_end.click("Send")
    until(lambda: front_end.turns() and front_end.is_idle())
    assert gateway.requests[0].json["messages"][-1]["content"] == "two\nlines"


def test_what_is_asked_in_a_cell_appears_and_what_is_asked_here_is_in_the_next_cell(front_end, session, gateway):
    front_end.ask("in the panel")
    chat().ask("in a cell")
    until(lambda: len(front_end.turns()) == 2 and "re: in a cell" in front_end.turns()[1])
    said = [message["content"] for message in gateway.requests[1].json["messages"]]
    assert said == ["in the panel", "re: in the panel", "in a cell"]


def test_a_cell_is_shown_while_it_streams(front_end, replies):
    turn, replies["grow"] = slowly("first ", "second")
    asking = threading.Thread(target=lambda: chat().ask("grow"))
    asking.start()
    turn.release()
    until(lambda: front_end.turns() and "first" in front_end.turns()[0])
    assert "second" not in front_end.turns()[0]
    turn.release(2)
    asking.join()
    until(lambda: "first second" in front_end.turns()[0])


def test_a_reply_is_shown_in_the_format_it_was_asked_for_in(front_end, open_panel, replies):
    turn, replies["make a page"] = slowly("<h2>A page</h2>", "<p onclick=alert(1)>with <b>words</b>")
    asking = threading.Thread(target=lambda: chat().ask("make a page", format="html"))
    asking.start()
    turn.release()
    until(lambda: any("html" in block.value and "&lt;h2" in block.value for block in front_end.all("block")))
    turn.release(2)
    asking.join()
    for panel in (front_end, open_panel()):
        until(lambda panel=panel: any("<h2>A page</h2>" in block.value for block in panel.all("block")))
        assert "<p>with <strong>words</strong></p>" in panel.one("block").value


def test_two_panels_stay_in_step(open_panel, replies):
    one, other = open_panel(), open_panel()
    turn, replies["grow"] = slowly("first ", "second")
    one.enter("grow")
    turn.release()
    for panel in (one, other):
        until(lambda panel=panel: panel.turns() and "first" in panel.turns()[0])
    turn.release(2)
    for panel in (one, other):
        until(lambda panel=panel: panel.is_idle() and "first second" in panel.turns()[0])


def test_several_sends_wait_visibly_and_one_can_be_taken_out(front_end, replies, gateway):
    turn, replies["first"] = slowly("now")
    front_end.enter("first")
    turn.release()
    until(lambda: front_end.turns() and "now" in front_end.turns()[0])
    front_end.enter("second")
    front_end.enter("third")
    until(lambda: "second" in front_end.text("queue") and "third" in front_end.text("queue"))
    front_end.click("Take out of the queue")
    until(lambda: "second" not in front_end.text("queue"))
    turn.release()
    until(lambda: len(front_end.turns()) == 2 and front_end.is_idle())
    assert [one.json["messages"][-1]["content"] for one in gateway.requests] == ["first", "third"]


def test_stop_closes_the_connection_and_keeps_what_came(front_end, replies, session):
    closed = threading.Event()

    def script(line):
        line.head()
        line.delta("half of it")
        line.wait_for_close()
        closed.set()

    replies["stop me"] = script
    front_end.enter("stop me")
    until(lambda: front_end.turns() and "half of it" in front_end.turns()[0])
    front_end.click("Stop")
    assert closed.wait(10)
    until(front_end.is_idle)
    turn = session.conversation.turns[0]
    assert (turn.state, turn.reply.text) == ("cut", "half of it")
    assert "The reply was stopped." in front_end.turns()[0]
    until(lambda: front_end.labelled("Stop").disabled)


def test_stop_while_the_context_is_gathered_sends_nothing_and_gives_the_text_back(front_end, gateway, session):
    gathering, go_on = threading.Event(), threading.Event()
    gather = front_end.panel._notebook.gather

    def slow(*given):
        gathering.set()
        assert go_on.wait(20)
        return gather(*given)

    front_end.panel._notebook.gather = slow
    front_end.enter("a question")
    assert gathering.wait(20)
    until(lambda: not front_end.labelled("Stop").disabled)
    front_end.click("Stop")
    go_on.set()
    until(lambda: front_end.box.value == "a question")
    until(lambda: "The reply was stopped. Nothing was sent." in front_end.text("state"))
    assert (gateway.posts, session.conversation.turns) == (0, [])
    front_end.ask("another")
    assert gateway.posts == 1


def test_stop_lets_the_next_one_go_on(front_end, replies, session):
    replies["stuck"] = lambda line: line.wait_for_close()
    front_end.enter("stuck")
    until(lambda: session.conversation.turns)
    front_end.enter("next")
    until(lambda: "next" in front_end.text("queue"))
    front_end.click("Stop")
    until(lambda: session.conversation.turns[-1].reply.text == "re: next")


def test_nothing_is_kept_of_what_is_asked_elsewhere(front_end, session):
    for elsewhere in ({"fresh": True}, {"chat": "other"}):
        session.ask(Ask("a question", **elsewhere), SilentScreen())
    front_end.ask("here")
    assert front_end.panel._view.transcript._glances == {}


def test_other_conversations_are_not_shown(front_end, session):
    Chat(base_url=session.settings.base_url).ask("somewhere else")
    front_end.ask("here")
    assert len(front_end.turns()) == 1
