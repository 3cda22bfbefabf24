"""What the request's body holds: what was set and nothing else."""

import json
from contextlib import suppress

import pytest

from liara_magic.protocol.errors import LiaraUsageError
from liara_magic.protocol.messages import Message
from liara_magic.protocol.parameters import SETTABLE
from liara_magic.protocol.request import ChatRequest

HELLO = (Message("user", "hello"),)
SAMPLE = {
    "text": "x", "texts": ["a", "b"], "integer": 1, "number": 0, "boolean": False, "object": {}, "objects": [{}],
    "choices": ["text"], "choice": "none", "any": 0,
}  # fmt: skip


def body(**parameters):
    return ChatRequest("a/b", HELLO, parameters).body()


def nulls_in(value):
    if isinstance(value, dict):
        return any(map(nulls_in, value.values()))
    return any(map(nulls_in, value)) if isinstance(value, (list, tuple)) else value is None


def test_a_plain_request_holds_only_what_it_must():
    assert body() == {
        "model": "a/b",
        "messages": [{"role": "user", "content": "hello"}],
        "stream": True,
        "stream_options": {"include_usage": True},
    }


def test_a_request_that_is_not_streamed_has_no_stream_options():
    assert body(stream=False) == {"model": "a/b", "messages": [{"role": "user", "content": "hello"}], "stream": False}


def test_options_of_the_stream_stand_beside_the_wish_for_usage():
    assert body(stream_options={"x": 1})["stream_options"] == {"include_usage": True, "x": 1}
    with pytest.raises(LiaraUsageError, match="--stream-options needs --stream"):
        body(stream=False, stream_options={"x": 1})


@pytest.mark.parametrize(
    "row", [row for row in SETTABLE if not row.name.startswith("stream")], ids=lambda row: row.name
)
def test_a_parameter_that_is_set_is_sent_as_it_is(row):
    value = SAMPLE[row.kind]
    sent = body(**{"logprobs": True, row.name: value} if row.needs else {row.name: value})
    assert sent[row.name] == value
    assert set(sent) - {"model", "messages", "stream", "stream_options", row.needs} == {row.name}


@pytest.mark.parametrize(
    "parameters",
    [{"temperature": 0}, {"seed": 0}, {"store": False}, {"user": ""}, {"stop": ""}, {"tools": []}, {"metadata": ""}],
)
def test_zero_false_and_empty_count_as_set(parameters):
    assert parameters.items() <= body(**parameters).items()


def test_names_that_the_page_does_not_list_are_sent_as_they_are():
    assert body(provider={"order": ["x"]})["provider"] == {"order": ["x"]}


@pytest.mark.parametrize(
    "parameters",
    [
        {"temperature": 3},
        {"n": True},
        {"max_tokens": 1, "max_completion_tokens": 1},
        {"reasoning": {}, "reasoning_effort": "low"},
        {"top_logprobs": 3},
        {"stop": list("abcde")},
        {"tool_choice": "maybe"},
    ],
)
def test_a_request_that_the_gateway_would_refuse_is_never_made(parameters):
    with pytest.raises(LiaraUsageError):
        body(**parameters)


@pytest.mark.parametrize("parameters", [{"messages": []}, {"model": "c/d"}])
def test_parameters_cannot_replace_the_model_or_the_messages(parameters):
    try:
        sent = body(**parameters)
    except LiaraUsageError:
        return
    assert (sent["model"], len(sent["messages"])) == ("a/b", 1)


@pytest.mark.parametrize("name", [row.name for row in SETTABLE if row.kind != "any"])
def test_none_is_refused_or_left_out_but_never_sent(name):
    with suppress(LiaraUsageError):
        assert not nulls_in(body(**{name: None}))


def test_a_body_is_json_and_made_anew_each_time():
    request = ChatRequest("a/b", (Message("system", "سلام"), *HELLO), {"stop": ["a"]})
    assert json.loads(json.dumps(request.body(), allow_nan=False)) == request.body()
    request.body()["stream_options"]["include_usage"] = False
    assert request.body()["stream_options"] == {"include_usage": True}


# Messages

CALL = {"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
IMAGE = {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (Message("user", "hi"), {"role": "user", "content": "hi"}),
        (Message("user", ""), {"role": "user", "content": ""}),
        (
            Message("user", [{"type": "text", "text": "see"}, IMAGE], name="Sara"),
            {"role": "user", "content": [{"type": "text", "text": "see"}, IMAGE], "name": "Sara"},
        ),
        (Message("assistant", tool_calls=[CALL]), {"role": "assistant", "tool_calls": [CALL]}),
        (Message("assistant", "", tool_calls=[CALL]), {"role": "assistant", "content": "", "tool_calls": [CALL]}),
        (
            Message("tool", "4", tool_call_id="c1", name="f"),
            {"role": "tool", "content": "4", "tool_call_id": "c1", "name": "f"},
        ),
        (Message("assistant", refusal="no"), {"role": "assistant", "refusal": "no"}),
    ],
)
def test_a_message_holds_what_is_set_and_no_nulls(message, expected):
    assert message.to_json() == expected
    assert not nulls_in(ChatRequest("a/b", [message]).body())


def test_messages_keep_their_order_and_their_text():
    texts = ["", "  spaces  ", "{name} $x \\n", "سلام\u200cها", "a\u2028b", "line\nline"]
    sent = ChatRequest("a/b", [Message("user", text) for text in texts]).body()["messages"]
    assert [message["content"] for message in sent] == texts


def test_a_message_and_a_request_do_not_change():
    with pytest.raises(AttributeError):
        HELLO[0].content = "other"
    with pytest.raises(AttributeError):
        ChatRequest("a/b", HELLO).model = "c/d"
