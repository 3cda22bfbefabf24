"""What a gateway may say of the usage, and what becomes of it: counted once, or unknown, and never 0 by mistake."""

import json
import signal

import pytest
from loopback import USAGE, Loopback

from liara_magic import LiaraStreamError
from liara_magic.protocol.usage import Totals
from liara_magic.screen.figures import without_isolates
from liara_magic.screen.footer import footer

KNOWN = {"prompt_tokens": 100, "completion_tokens": 50, "total_tokens": 150, "total_cost_toman": 30.0, "cost": 0.0003}
TOKENS = {name: KNOWN[name] for name in ("prompt_tokens", "completion_tokens", "total_tokens")}


def ending_with(*events):
    """A reply of one word and its end, followed by these events."""

    def script(line, request):
        line.head()
        line.delta("fine")
        line.event({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
        for event in events:
            line.event(event)
        line.event("[DONE]")

    return script


def last(usage):
    return {"choices": [], "usage": usage}


ONCE = [
    ("twice", [last(KNOWN), last(KNOWN)], 30.0),
    ("twice, the last counts", [last({**KNOWN, "total_cost_toman": 1.0}), last(KNOWN)], 30.0),
    ("in a chunk with a choice", [{"choices": [{"index": 0, "delta": {}}], "usage": KNOWN}], 30.0),
    ("as text", [last({name: str(value) for name, value in KNOWN.items()})], 30.0),
    ("cost alone", [last({"total_cost_toman": 30.0})], 30.0),
]
UNKNOWN = [
    ("absent", []),
    ("null", [last(None)]),
    ("no object", [last("30")]),
    ("endless", ['{"choices": [], "usage": {"total_cost_toman": 1e999, "cost": 1e999, "prompt_tokens": 1e999}}']),
    ("negative", [last({"total_cost_toman": -30.0, "cost": -1, "prompt_tokens": -100, "completion_tokens": -50})]),
    ("NaN", ['{"choices": [], "usage": {"total_cost_toman": NaN, "cost": NaN}}']),
    ("0 for real tokens", [last({**TOKENS, "total_cost_toman": 0, "cost": 0})]),
    ("dollars alone", [last({**TOKENS, "cost": 0.0003})]),
]


@pytest.mark.parametrize(("events", "toman"), [case[1:] for case in ONCE], ids=[case[0] for case in ONCE])
def test_a_cost_is_counted_once(chat_at, kernel, events, toman):
    with Loopback(ending_with(*events)) as gateway:
        chat = chat_at(gateway)
        reply = chat.ask("hi")
    assert reply.text == "fine"
    assert reply.usage.total_cost_toman == toman
    assert chat.totals.toman == kernel.ledger.totals().toman == toman
    assert chat.totals.unknown == 0


@pytest.mark.parametrize("events", [case[1] for case in UNKNOWN], ids=[case[0] for case in UNKNOWN])
def test_a_cost_that_makes_no_sense_is_unknown_and_never_0(chat_at, kernel, events):
    with Loopback(ending_with(*events)) as gateway:
        chat = chat_at(gateway)
        reply = chat.ask("hi")
    assert reply.text == "fine"
    assert reply.usage.total_cost_toman is None
    assert (kernel.ledger.totals().unknown, chat.totals.unknown) == (1, 1)
    shown = without_isolates(footer(reply, chat.totals))
    assert "cost unknown" in shown and "+ 1 unknown" in shown and " 0 تومان ·" not in shown


@pytest.mark.parametrize("events", [case[1] for case in UNKNOWN], ids=[case[0] for case in UNKNOWN])
def test_in_a_budget_what_is_unknown_counts_as_what_it_reserved(chat_at, kernel, events):
    with Loopback(ending_with(last(KNOWN))) as gateway:
        chat = chat_at(gateway)
        chat.ask("one")
        gateway.script = ending_with(*events)
        chat = chat_at(gateway, budget=1000)
        reply = chat.ask("two")
        (limit,) = chat._session.purse.limits("test/model")
    used = 30.0 if reply.usage.total_cost_toman is None else reply.usage.total_cost_toman
    assert limit.used == pytest.approx(used)


def test_dollars_become_toman_by_an_earlier_reply_and_say_so(chat_at):
    with Loopback(ending_with(last(KNOWN))) as gateway:
        chat = chat_at(gateway)
        chat.ask("hi")
        gateway.script = ending_with(last({**TOKENS, "cost": 0.0006}))
        reply = chat.ask("hi")
    assert reply.usage.total_cost_toman == pytest.approx(60) and reply.usage.is_estimate
    assert "≈ 60.0 تومان" in without_isolates(footer(reply, Totals()))


# A reply that is stopped


def endless(line, request):
    """Streams words until the client hangs up."""
    if request.json["messages"][-1]["content"] == "next":
        return line.reply("good")
    line.head()
    while True:
        line.delta("word ")


@pytest.mark.parametrize("stop_after", [1, 3, 40])
def test_a_stopped_reply_is_cut_its_cost_unknown_and_the_next_turn_valid(chat_at, kernel, stop_after):
    with Loopback(endless) as gateway:
        chat = chat_at(gateway)
        stopped = False
        with pytest.raises(KeyboardInterrupt):
            for _ in chat.stream("tell me all"):
                if not stopped and chat.turns[-1].reply.text.count("word") >= stop_after:
                    stopped = True
                    signal.raise_signal(signal.SIGINT)
        turn = chat.turns[-1]
        assert (turn.state, turn.reason, turn.row.state) == ("cut", "stopped", "cut")
        assert turn.row.cost_is_unknown and chat.totals.unknown == 1
        assert turn.reply.estimate.completion_tokens > 0
        assert "cost unknown" in footer(turn.reply, chat.totals, turn.reason)
        chat.ask("next")
        sent = json.loads(gateway.requests[-1].body)["messages"]
    assert [message["role"] for message in sent] == ["user", "assistant", "user"]
    assert not any("tool_calls" in message for message in sent)
    assert "cut off" in sent[1]["content"]


def test_a_reply_that_asked_for_a_tool_and_was_cut_leaves_no_call_behind(chat_at):
    call = {"index": 0, "id": "c1", "type": "function", "function": {"name": "rows", "arguments": '{"na'}}

    def script(line, request):
        if request.json["messages"][-1]["content"] == "next":
            return line.reply("good")
        line.head()
        line.delta("let me see ")
        line.event({"choices": [{"index": 0, "delta": {"tool_calls": [call]}}]})

    with Loopback(script) as gateway:
        chat = chat_at(gateway)
        with pytest.raises(LiaraStreamError):
            chat.ask("how many rows?")
        chat.ask("next")
        sent = gateway.requests[-1].json["messages"]
    assert [message["role"] for message in sent] == ["user", "assistant", "user"]
    assert not any("tool_calls" in message for message in sent)
    assert USAGE["total_cost_toman"] == chat.totals.toman
