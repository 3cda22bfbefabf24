"""Turns and replies as JSON: what was written comes back, and whatever else is read does no harm."""

import json
import random
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from liara_magic.protocol.errors import LiaraUsageError
from liara_magic.protocol.events import Facts, Finish, ListDelta, ReasoningDelta, RefusalDelta, TextDelta
from liara_magic.protocol.messages import Message
from liara_magic.protocol.reply import Choice, Replayed, Reply
from liara_magic.protocol.rounds import Round, ToolRun
from liara_magic.protocol.tool_calls import ToolCall
from liara_magic.protocol.usage import Usage
from liara_magic.session.ask import Ask, Place
from liara_magic.session.ledger import LedgerRow
from liara_magic.session.reply_json import reply_from_json, reply_to_json
from liara_magic.session.turn import Turn
from liara_magic.session.turn_json import NEVER_ENDED, messages_from_json, turn_from_json, turn_to_json

TEXTS = ("", "plain", "سلام، نیم‌فاصله", "😀 \u2028 \x00 \x1b[31m", '{"a": 1}', "a\r\nb", "</script>", "x" * 3000)
IMAGE = {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}}
#: What a foreign or damaged file may hold in any place.
ANYTHING = (
    *(None, True, False, 0, -1, 3, 2.5, 10**400, 1e308, float("nan"), float("inf"), "", "text", "\ud83d", "1e999"),
    *([], {}, [None], [[[]]], ["text"], [{}], {"": None}, {"version": 1}, {"index": -1}, [{"index": "x", "text": 5}]),
)


def some_reply(rng):
    reply = Reply(
        model=rng.choice(TEXTS),
        id=rng.choice(TEXTS),
        usage=some_usage(rng),
        seconds=rng.choice((0.0, 2.25)),
        started=rng.choice((None, a_moment(rng))),
        first_word=rng.choice((None, 0.0, 0.5)),
        thought=rng.choice((None, 12.5)),
        skipped=rng.choice((0, 3)),
        notices=rng.choice(([], ["One thing.", "سلام"])),
    )
    for index in rng.sample(range(5), rng.randint(0, 3)):
        for kind in (TextDelta, ReasoningDelta, RefusalDelta):
            reply.add(kind(rng.choice(TEXTS), index))
            reply.add(kind(rng.choice(TEXTS), index))
        for name in ("images", "annotations", "logprobs", "reasoning_details"):
            reply.add(
                ListDelta(name, rng.choice(([], [IMAGE], [{"token": "a", "logprob": -0.5, "bytes": [1]}])), index)
            )
        call = {"id": f"call{index}", "index": index, "function": {"name": "f", "arguments": rng.choice(TEXTS)}}
        reply.add(ListDelta("tool_calls", rng.choice(([], [call])), index))
        if rng.random() < 0.7:
            reply.add(Finish(rng.choice(("stop", "length", "tool_calls", "a word of its own")), index))
    for number in range(rng.randint(0, 2)):
        reply.rounds.append(some_round(rng, number))
    if rng.random() < 0.3:
        reply.replayed = Replayed(a_moment(rng), some_usage(rng))
    reply.add(Facts({"id": "l0g", "provider": "some", "deep": [{"a": [1, None, True]}]}))
    return reply


def some_round(rng, number):
    calls = [ToolCall(f"call{number}{place}", "rows", rng.choice(TEXTS), place) for place in range(rng.randint(0, 2))]
    states = ("done", "failed", "refused", "stopped")
    runs = [
        ToolRun(call, rng.choice(states), rng.choice(TEXTS), [IMAGE], rng.choice(TEXTS), ["iVBORw0KGgo="], "", 0.5)
        for call in calls
    ]
    choice = Choice(finish_reason="tool_calls", tool_calls=calls, reasoning_details=[{"data": "x"}])
    return Round(choice, runs, some_usage(rng))


def some_usage(rng):
    whole = rng.choice((None, 0, 19, 10**9))
    return Usage(
        whole, whole, whole, None, whole, rng.choice((None, 0.98)), rng.choice((None, 1e-7)), rng.random() < 0.5
    )


def a_moment(rng):
    return datetime(2026, 1, 31, 23, 59, 59, rng.randrange(10**6), timezone(timedelta(hours=3, minutes=30)))


def some_turn(rng):
    row = LedgerRow("test/model", a_moment(rng))
    row.settle(some_usage(rng), 1.5, rng.choice(("complete", "cut", "refused")))
    contexts = (None, Message("user", "text"), Message("user", [{"type": "text", "text": rng.choice(TEXTS)}, IMAGE]))
    ask = Ask(
        rng.choice(TEXTS),
        context=rng.choice(contexts),
        model=rng.choice(("", "openai/gpt-5")),
        system=rng.choice((None, "", "Be terse.")),
        parameters=rng.choice(({}, {"temperature": 0, "stop": ["a"]})),
        typed=rng.choice(("", "why is {df} so?")),
        place=rng.choice((None, Place("a1b2", 1, 7), Place(count=3))),
    )
    turn = Turn(ask, row, some_reply(rng), basis=rng.choice((None, "", "5f3a")), pinned=rng.random() < 0.5)
    if rng.random() < 0.5:
        turn.complete()
    else:
        turn.cut(rng.choice(TEXTS))
    return turn


def seen(turn):
    """What of a turn can be seen from outside."""
    reply = turn.reply
    words = [(one.index, one.text, one.reasoning, one.refusal, one.finish_reason) for one in reply.choices]
    lists = [
        (one.images, one.annotations, one.logprobs, one.reasoning_details, one.tool_calls) for one in reply.choices
    ]
    rounds = [(one.runs, one.usage, one.messages(), one.choice.tool_calls) for one in reply.rounds]
    facts = (reply.model, reply.id, reply.usage, reply.seconds, reply.started, reply.first_word, reply.thought)
    more = (reply.raw, reply.skipped, reply.notices, words, lists, rounds, reply.replayed)
    ask = replace(turn.ask, is_filled=True)
    own = (turn.id, ask, turn.basis, turn.pinned, turn.again)
    return (own, turn.prompt, turn.context, turn.state, turn.reason, turn.row, turn.messages(), facts, more)


@pytest.mark.parametrize("seed", range(200))
def test_what_was_written_comes_back(seed):
    turn = some_turn(random.Random(seed))
    written = json.dumps(turn_to_json(turn), ensure_ascii=False, allow_nan=False).encode("utf-8")
    back = turn_from_json(json.loads(written))
    assert seen(back) == seen(turn)
    assert turn_to_json(back) == turn_to_json(turn)


def places(value, path=()):
    """The path of everything inside a JSON value."""
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, one in list(items):
        yield from places(one, (*path, name))


@pytest.mark.parametrize("wrong", ANYTHING, ids=lambda value: repr(value)[:20])
def test_anything_in_any_place_is_read_or_refused(wrong):
    whole = turn_to_json(full_turn())
    for path in places(whole):
        damaged = json.loads(json.dumps(whole))
        if not path:
            damaged = wrong
        else:
            inner = damaged
            for name in path[:-1]:
                inner = inner[name]
            inner[path[-1]] = wrong
        try:
            turn = turn_from_json(damaged)
        except LiaraUsageError as error:
            assert path in ((), ("version",)), path
            assert error.message.startswith("This ")
        else:
            again = json.dumps(turn_to_json(turn), ensure_ascii=False, allow_nan=False).encode("utf-8")
            assert seen(turn_from_json(json.loads(again))) == seen(turn)
            repr(turn), turn.messages()


def full_turn():
    """A turn with something in every field."""
    rng = random.Random(0)
    turn = some_turn(rng)
    while not (
        turn.reply.rounds
        and turn.reply.rounds[0].runs
        and turn.reply.replayed
        and turn.context
        and turn.reply.choices
        and turn.reply.tool_calls
        and turn.reply.images
        and turn.reason
    ):
        turn = some_turn(rng)
    return turn


def test_one_damaged_field_costs_no_other():
    record = turn_to_json(full_turn())
    whole = turn_from_json(record)
    record["reply"]["usage"] = "lost"
    record["reply"]["choices"].append("no choice")
    record["context"] = 5
    turn = turn_from_json(record)
    assert turn.reply.usage == Usage()
    assert (turn.context, turn.prompt) == (None, whole.prompt)
    assert [choice.text for choice in turn.reply.choices] == [choice.text for choice in whole.reply.choices]


@pytest.mark.parametrize("value", [None, [], "text", {}, {"prompt": "hi"}, {"version": "1"}, {"version": True}])
def test_what_is_no_turn_is_refused(value):
    with pytest.raises(LiaraUsageError, match="no turn that liara_magic wrote"):
        turn_from_json(value)


def test_a_newer_format_is_refused_by_name():
    with pytest.raises(LiaraUsageError, match=r"newer liara_magic.*format 2.*reads 1"):
        turn_from_json({**turn_to_json(full_turn()), "version": 2})


def test_half_characters_become_whole_on_the_way_out_and_in():
    turn = Turn(Ask("half \ud83d", context=Message("user", "\ude00")), LedgerRow("m"))
    turn.reply.add(TextDelta("\ud83d"))
    turn.reply.add(TextDelta("\ude00 and \ud83d"))
    turn.reply.add(ListDelta("annotations", [{"title\ud83d": ["\udc00"]}]))
    turn.cut("why \udfff")
    written = json.dumps(turn_to_json(turn), ensure_ascii=False).encode("utf-8")
    back = turn_from_json(json.loads(written))
    assert (back.prompt, back.reply.text, back.reason) == ("half �", "😀 and �", "why �")
    assert back.reply.choices[0].annotations == [{"title�": ["�"]}]
    assert turn_from_json({"version": 1, "prompt": "\ud83d\ude00 \ud83d"}).prompt == "😀 �"


def test_a_turn_that_was_running_is_cut():
    turn = Turn(Ask("hi"), LedgerRow("m"))
    turn.reply.add(TextDelta("so f"))
    back = turn_from_json(turn_to_json(turn))
    assert (back.state, back.reason, back.reply.text) == ("cut", NEVER_ENDED, "so f")
    assert (back.row.state, back.row.cost_is_unknown) == ("cut", True)


def test_a_call_that_had_not_ended_is_stopped():
    reply = Reply(rounds=[Round(Choice(), [ToolRun(ToolCall("c1", "rows"), "running")])])
    (run,) = reply_from_json(reply_to_json(reply)).rounds[0].runs
    assert (run.call.name, run.state) == ("rows", "stopped")


def test_values_that_are_no_json_do_not_stop_the_writing():
    reply = Reply(raw={"odd": object(), "nan": float("nan"), "huge": 10**5000, 5: (1, 2)})
    deep = []
    for _ in range(5000):
        deep = [deep]
    reply.raw["deep"] = deep
    record = reply_to_json(reply)
    json.dumps(record, allow_nan=False)
    assert reply_from_json(record).raw["5"] == [1, 2]
    assert [record["raw"][name] for name in ("odd", "nan", "huge")] == [None] * 3


def test_messages_of_tool_rounds():
    call = {"id": "c1", "type": "function", "function": {"name": "rows", "arguments": "{}"}}
    rounds = [Message("assistant", "", tool_calls=[call]), Message("tool", "5 rows", tool_call_id="c1", name="rows")]
    foreign = [message.to_json() for message in rounds]
    assert messages_from_json([*foreign, None, 5, {"role": "root"}, {"role": []}]) == rounds
    assert messages_from_json("nothing") == []
