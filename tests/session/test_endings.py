"""What a person is told about how a reply ended."""

import pytest

from liara_magic.protocol.events import (
    Finish,
    ListDelta,
    ReasoningDelta,
    RefusalDelta,
    TextDelta,
    Unreadable,
    UsageReport,
)
from liara_magic.protocol.messages import Message
from liara_magic.protocol.reply import Reply
from liara_magic.protocol.request import ChatRequest
from liara_magic.protocol.usage import Usage
from liara_magic.session.endings import notices


def told(*events, **parameters):
    reply = Reply()
    for event in events:
        reply.add(TextDelta(event) if isinstance(event, str) else event)
    return notices(reply, ChatRequest("test/model", [Message("user", "hello")], parameters))


@pytest.mark.parametrize("reason", ["stop", "end_turn", "eos", "a provider's own word"])
def test_a_reply_that_ended_well_says_nothing(reason):
    assert told("words", Finish(reason)) == []


@pytest.mark.parametrize("asked", [{}, {"n": 3}], ids=["one", "three"])
def test_a_request_that_brought_no_reply_at_all_says_nothing_here(asked):
    assert told(**asked) == []


def test_a_reply_without_a_finish_reason_says_nothing_here():
    assert told("words") == []


@pytest.mark.parametrize("name", ["max_tokens", "max_completion_tokens"])
def test_a_reply_at_the_limit_names_it(name):
    (sentence,) = told("words", Finish("length"), **{name: 1240})
    assert sentence == "The reply ended at the token limit of 1,240; --max-tokens raises it."


def test_a_reply_at_a_limit_that_nobody_set_says_so():
    assert told("words", Finish("length")) == ["The reply ended at the token limit."]


@pytest.mark.parametrize(
    ("usage", "parameters", "spent", "enough"),
    [
        (Usage(reasoning_tokens=1000, completion_tokens=1010), {"max_tokens": 1024}, "1,000", "2500"),
        (Usage(completion_tokens=64), {"max_tokens": 64}, "64", "1000"),
        (Usage(), {"max_completion_tokens": 100}, "100", "1000"),
        (Usage(reasoning_tokens=8000), {}, "8,000", "16500"),
    ],
)
def test_reasoning_that_used_up_the_limit_names_what_is_enough(usage, parameters, spent, enough):
    (sentence,) = told(ReasoningDelta("hmm"), UsageReport(usage), Finish("length"), **parameters)
    assert f"Reasoning used up the limit ({spent} tokens) before the answer began" in sentence
    assert sentence.endswith(f"use --max-tokens {enough} or more.")


def test_hidden_reasoning_that_used_up_the_limit_is_known_by_its_tokens():
    (sentence,) = told(UsageReport(Usage(reasoning_tokens=250)), Finish("length"), max_tokens=256)
    assert "250 tokens" in sentence and "--max-tokens 1000" in sentence


@pytest.mark.parametrize("events", [[], [ReasoningDelta("hmm")], [UsageReport(Usage(completion_tokens=0))]])
def test_a_limit_before_the_first_word_without_figures_still_says_what_to_do(events):
    (sentence,) = told(*events, Finish("length"))
    assert "before the first word" in sentence and "--max-tokens" in sentence


def test_a_content_filter_is_named():
    for words in ([], ["half"]):
        (sentence,) = told(*words, Finish("content_filter"))
        assert "content filter" in sentence


@pytest.mark.parametrize("reason", ["tool_calls", "function_call"])
def test_asked_calls_are_named_and_said_not_to_be_made(reason):
    calls = [{"index": n, "id": f"c{n}", "function": {"name": name}} for n, name in enumerate(["rows", "plot"])]
    assert told(ListDelta("tool_calls", calls), Finish(reason)) == [
        "The model asks to call rows, plot. Nothing was called."
    ]
    assert told(Finish(reason)) == ["The model asks to call a function. Nothing was called."]


def test_an_empty_answer_is_named():
    assert told(Finish("stop")) == told(ReasoningDelta("hmm"), Finish("stop")) == ["The model answered with nothing."]


def test_a_refusal_or_an_image_is_an_answer():
    assert told(RefusalDelta("No."), Finish("stop")) == []
    assert told(ListDelta("images", [{"image_url": {"url": "data:"}}]), Finish("stop")) == []


def test_calls_with_another_finish_reason_are_an_answer_too():
    assert "The model answered with nothing." not in told(
        ListDelta("tool_calls", [{"function": {"name": "rows"}}]), Finish("stop")
    )


def test_fewer_replies_than_asked_for_are_counted():
    (sentence,) = told("one", Finish("stop"), n=3)
    assert sentence.startswith("3 replies were asked for and 1 came")
    assert told("one", TextDelta("two", 1), Finish("stop"), Finish("stop", 1), n=2) == []


@pytest.mark.parametrize(("count", "words"), [(1, "1 piece of the reply"), (3, "3 pieces of the reply")])
def test_pieces_that_were_left_out_are_counted(count, words):
    (sentence,) = told("words", *[Unreadable()] * count, Finish("stop"))
    assert sentence.startswith(words)


def test_several_things_are_told_one_after_the_other():
    said = told("words", Unreadable(), Finish("length"), n=2, max_tokens=5)
    assert [sentence.split()[0] for sentence in said] == ["The", "2", "1"]


@pytest.mark.parametrize("text", ["\u202eevil", "tag\U000e0041", "bell\x07", "x\x9bm"])
def test_characters_that_were_left_out_are_counted(text):
    (said,) = told(text, Finish("stop"))
    assert said.startswith("1 control or invisible character that could hide or reorder text was left out")
    assert told(text, RefusalDelta(text), Finish("stop"))[-1].startswith("2 control")


@pytest.mark.parametrize("text", ["می\u200cخواهم\u200f", "a\r\nb\rc\td", "👨\u200d👩"])
def test_characters_that_stay_are_not_counted(text):
    assert told(text, Finish("stop")) == []
