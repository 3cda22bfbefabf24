"""Functions that the model asks for: the panel asks the person, and shows the calls."""

import json

import pytest
from by_hand import until

from liara_magic.session.tools import tool_of


@pytest.fixture
def calls(session, replies):
    """A model that asks for ``double(21)``; a list of what the function was called with."""
    seen = []

    def double(n: int) -> int:
        """Twice a number.

        n: the number
        """
        seen.append(n)
        return 2 * n

    def asks(line):
        function = {"name": "double", "arguments": json.dumps({"n": 21})}
        call = {"index": 0, "id": "c1", "type": "function", "function": function}
        line.head()
        line.event({"choices": [{"index": 0, "delta": {"tool_calls": [call]}, "finish_reason": "tool_calls"}]})
        line.event("[DONE]")

    session.toolbox.add(tool_of(double))
    replies["what is 2 * 21?"] = asks
    return seen


@pytest.mark.parametrize(("word", "ran"), [("Allow once", [21]), ("Do not run it", [])])
def test_the_person_is_asked_and_the_call_is_shown(front_end, calls, session, word, ran):
    front_end.enter("what is 2 * 21?")
    until(lambda: "double" in front_end.text("question") and "21" in front_end.text("question"))
    assert calls == []
    front_end.click(word)
    until(lambda: session.conversation.turns[0].state != "running" and front_end.is_idle())
    assert calls == ran
    assert "double(n=21)" in front_end.turns()[0]
    assert front_end.all("question") == []


def test_stop_is_a_refusal(front_end, calls, session):
    front_end.enter("what is 2 * 21?")
    until(lambda: front_end.all("question"))
    front_end.click("Stop")
    until(lambda: session.conversation.turns[0].state == "cut" and front_end.is_idle())
    assert calls == []


def test_a_panel_that_is_closed_refuses(front_end, calls, session):
    front_end.enter("what is 2 * 21?")
    until(lambda: front_end.all("question"))
    front_end.panel.close()
    until(lambda: session.conversation.turns[0].state != "running")
    assert calls == []


def test_a_stop_just_before_the_question_is_a_refusal_too(front_end, calls, session):
    asking = front_end.panel._asking
    approve = asking._approve

    def stop_first(run):
        asking.stop()
        return approve(run)

    asking._approve = stop_first
    front_end.enter("what is 2 * 21?")
    until(lambda: session.conversation.turns and session.conversation.turns[0].state == "cut" and front_end.is_idle())
    assert calls == []
