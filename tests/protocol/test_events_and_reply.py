"""Chunks to events, and events to a reply."""

import json
import sys
import threading

import pytest

from liara_magic.protocol.chunks import ChunkReader
from liara_magic.protocol.events import Facts, Finish, ReasoningDelta, RefusalDelta, TextDelta, Unreadable, UsageReport
from liara_magic.protocol.reply import Reply

# Liara's own example of a whole completion.
COMPLETION = {
    "id": "6922b3240bbead6ac2126c0a",
    "model": "openai/gpt-4o-mini",
    "object": "chat.completion",
    "created": 1763881763,
    "choices": [
        {
            "logprobs": None,
            "finish_reason": "stop",
            "native_finish_reason": "stop",
            "index": 0,
            "message": {
                "role": "assistant",
                "content": "Hello! How can I assist you today?",
                "refusal": None,
                "reasoning": None,
            },
        }
    ],
    "usage": {
        "total_cost_toman": 0.9888243750000001,
        "prompt_tokens": 19,
        "completion_tokens": 9,
        "total_tokens": 28,
        "cost": 0.00000825,
        "prompt_tokens_details": {"cached_tokens": 3},
        "completion_tokens_details": {"reasoning_tokens": 4},
    },
}


def delta(index=0, finish_reason=None, **fields):
    return {"choices": [{"index": index, "delta": fields, "finish_reason": finish_reason}]}


def events_of(*chunks):
    """The events of the chunks, without the facts, which every response has."""
    reader = ChunkReader()
    texts = [chunk if isinstance(chunk, str) else json.dumps(chunk) for chunk in chunks]
    return [event for text in texts for event in reader.read([text]) if not isinstance(event, Facts)]


def reply_of(*chunks):
    reader, reply = ChunkReader(), Reply()
    for chunk in chunks:
        for event in reader.read([chunk if isinstance(chunk, str) else json.dumps(chunk)]):
            reply.add(event)
    return reply


def test_a_whole_completion():
    reply = reply_of(COMPLETION)
    assert (reply.text, reply.finish_reason, reply.finished) == ("Hello! How can I assist you today?", "stop", True)
    assert (reply.id, reply.model) == ("6922b3240bbead6ac2126c0a", "openai/gpt-4o-mini")
    assert (reply.reasoning, reply.refusal, reply.skipped) == ("", "", 0)
    usage = reply.usage
    assert (usage.prompt_tokens, usage.completion_tokens, usage.total_tokens) == (19, 9, 28)
    assert (usage.cached_tokens, usage.reasoning_tokens) == (3, 4)
    assert (usage.total_cost_toman, usage.cost) == (0.9888243750000001, 0.00000825)


def test_a_streamed_reply():
    reply = reply_of(
        {"id": "l0g", "model": "a/b", **delta(role="assistant", content="")},
        delta(content="Sal"),
        delta(content="ام"),
        delta(finish_reason="stop"),
        {"id": "l0g", "choices": [], "usage": {"prompt_tokens": 1, "completion_tokens": 2}},
    )
    assert (reply.text, reply.finish_reason, reply.finished) == ("Salام", "stop", True)
    assert (reply.id, reply.model, reply.usage.total_tokens) == ("l0g", "a/b", 3)


def test_the_events_of_a_streamed_reply():
    chunks = delta(role="assistant", content=""), delta(content="a"), delta(content="b", finish_reason="stop")
    assert events_of(*chunks) == [
        TextDelta("a"),
        TextDelta("b"),
        Finish("stop"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("word", "word"),
        ("", ""),
        (None, ""),
        ([], ""),
        ([{"type": "text", "text": "a"}, {"type": "text", "text": "b"}], "ab"),
        (["a", {"type": "image_url", "image_url": {"url": "x"}}, {"text": "b"}, {"text": None}, 5, None], "ab"),
        (" \n", " \n"),
    ],
)
@pytest.mark.parametrize("holder", ["delta", "message"])
def test_content_is_text_nothing_or_parts(content, text, holder):
    reply = reply_of({"choices": [{"index": 0, holder: {"content": content}, "finish_reason": "stop"}]})
    assert (reply.text, reply.finished) == (text, True)


@pytest.mark.parametrize(
    ("fields", "reasoning"),
    [
        ({"reasoning": "hm"}, "hm"),
        ({"reasoning_content": "hm"}, "hm"),
        ({"reasoning": "hm", "reasoning_content": "hm"}, "hm"),
        ({"reasoning": None, "reasoning_content": "hm"}, "hm"),
        ({"reasoning": "", "reasoning_content": "hm"}, "hm"),
        ({"reasoning": "hm", "reasoning_content": None}, "hm"),
    ],
)
def test_reasoning_goes_by_two_names_and_counts_once(fields, reasoning):
    reply = reply_of(delta(content=None, **fields), delta(content="so", finish_reason="stop"))
    assert (reply.reasoning, reply.text) == (reasoning, "so")


def test_a_refusal_is_no_answer():
    assert events_of(delta(refusal="I "), delta(refusal="won't")) == [RefusalDelta("I "), RefusalDelta("won't")]
    reply = reply_of(delta(refusal="I "), delta(refusal="won't", finish_reason="stop"))
    assert (reply.refusal, reply.text) == ("I won't", "")


def test_several_choices_keep_apart_and_in_order():
    reply = reply_of(
        delta(1, content="b"),
        delta(0, content="a"),
        delta(2, reasoning="hm"),
        delta(1, content="B", finish_reason="stop"),
    )
    assert [(choice.index, choice.text, choice.reasoning) for choice in reply.choices] == [
        (0, "a", ""), (1, "bB", ""), (2, "", "hm"),
    ]  # fmt: skip
    assert reply.text == "a"
    assert not reply.finished


def test_a_reply_is_finished_when_each_choice_has_ended():
    reader, reply = ChunkReader(), Reply()
    seen = []
    for chunk in (delta(0, content="a"), delta(1, content="b"), delta(0, "stop"), delta(1, "length")):
        for event in reader.read_chunk(chunk):
            reply.add(event)
        seen.append(reply.finished)
    assert seen == [False, False, False, True]
    assert not Reply().finished


@pytest.mark.parametrize("index", [None, "0", True, 1.0, [], {}])
def test_a_choice_without_a_usable_index_goes_by_its_place(index):
    chunk = {"choices": [{"delta": {"content": "a"}}, {"index": index, "delta": {"content": "b"}}]}
    assert events_of(chunk) == [TextDelta("a", 0), TextDelta("b", 1)]


def test_a_provider_s_own_finish_reason_is_kept():
    assert events_of(delta(finish_reason="MAX_TOKENS")) == [Finish("MAX_TOKENS")]


@pytest.mark.parametrize("reason", [None, "", 0, False, [], {}, 5])
def test_what_is_no_finish_reason_ends_nothing(reason):
    assert events_of(delta(finish_reason=reason)) == []


def test_reasoning_comes_before_the_answer_of_the_same_whole_completion():
    message = {"role": "assistant", "content": "so", "reasoning": "hm"}
    reply = reply_of({"choices": [{"message": message, "finish_reason": "stop"}]})
    assert (reply.reasoning, reply.text) == ("hm", "so")
    assert ReasoningDelta("hm") in events_of({"choices": [{"message": message}]})


# Usage and facts


@pytest.mark.parametrize("place", [0, 1, 2])
def test_usage_counts_on_whichever_chunk_it_comes(place):
    chunks = [delta(content="a"), delta(finish_reason="stop"), {"choices": []}]
    chunks[place]["usage"] = {"prompt_tokens": 5}
    assert reply_of(*chunks).usage.prompt_tokens == 5


def test_the_last_usage_counts():
    reports = [{"choices": [], "usage": {"completion_tokens": count}} for count in (1, 2, 3)]
    assert reply_of(*reports, delta(content="a")).usage.completion_tokens == 3
    assert len([event for event in events_of(*reports) if isinstance(event, UsageReport)]) == 3


@pytest.mark.parametrize("usage", [None, {}])
def test_an_empty_usage_takes_nothing_back(usage):
    reply = reply_of({"usage": {"prompt_tokens": 5}}, {**delta(content="a"), "usage": usage})
    assert reply.usage.prompt_tokens == 5


@pytest.mark.parametrize("place", range(4), ids=["first", "middle", "finishing", "usage"])
def test_unknown_fields_of_any_chunk_are_kept(place):
    chunks = [
        delta(content="a"),
        delta(content="b"),
        delta(finish_reason="stop"),
        {"choices": [], "usage": {"cost": 1}},
    ]
    chunks[place]["provider_says"] = {"x": [1]}
    assert reply_of(*chunks).raw["provider_says"] == {"x": [1]}


def test_fields_of_a_whole_completion_are_kept():
    raw = reply_of({**COMPLETION, "provider": "Azure", "system_fingerprint": None}).raw
    assert raw == {
        "id": "6922b3240bbead6ac2126c0a", "model": "openai/gpt-4o-mini", "object": "chat.completion",
        "created": 1763881763, "provider": "Azure", "system_fingerprint": None,
    }  # fmt: skip


def test_an_event_that_cannot_be_read_is_counted_and_the_reply_goes_on():
    reply = reply_of(delta(content="a"), "{broken", "5", delta(content="b", finish_reason="stop"))
    assert (reply.text, reply.finished, reply.skipped) == ("ab", True, 2)
    assert events_of("null") == [Unreadable()]


def test_a_growing_text_is_read_on_other_threads_and_loses_nothing():
    reply, ended, wrong = Reply(), threading.Event(), []
    whole = "".join(f"{number} " for number in range(20_000))

    def read():
        while not ended.is_set():
            seen = reply.text
            if not whole.startswith(seen):
                wrong.append(seen[-40:])

    readers = [threading.Thread(target=read) for _ in range(2)]
    pause = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for reader in readers:
            reader.start()
        for number in range(20_000):
            reply.add(TextDelta(f"{number} "))
    finally:
        ended.set()
        for reader in readers:
            reader.join()
        sys.setswitchinterval(pause)
    assert reply.text == whole
    assert wrong == []


def test_a_delta_that_comes_between_any_two_steps_of_a_read_is_kept():
    """What another thread might do, at every bytecode of the read."""
    reply, added = Reply(), []

    def one_more(frame, event, _):
        frame.f_trace_opcodes = True
        added.append(f"{len(added)} ")
        reply.add(TextDelta(added[-1]))
        return one_more

    reply.add(TextDelta("a "))
    reply.add(TextDelta("b "))
    before = sys.gettrace()
    sys.settrace(one_more)
    try:
        seen = reply.text
    finally:
        sys.settrace(before)
    assert len(added) > 5
    assert reply.text == "a b " + "".join(added)
    assert reply.text.startswith(seen)
