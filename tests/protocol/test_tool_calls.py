"""Tool calls put together from the fragments of a stream, whatever a provider numbers."""

import pytest

from liara_magic.protocol.events import ListDelta
from liara_magic.protocol.reply import Reply
from liara_magic.protocol.tool_calls import ToolCall, merge


def merged(*fragments):
    calls = []
    for fragment in fragments:
        merge(calls, fragment)
    return [(call.id, call.name, call.arguments) for call in calls]


def part(arguments=None, name=None, **fields):
    function = {key: value for key, value in (("name", name), ("arguments", arguments)) if value is not None}
    return {**fields, "function": function}


def test_fragments_of_one_index_are_one_call():
    assert merged(part("", "rows", index=0, id="a"), part('{"n"', index=0), part(": 5}", index=0)) == [
        ("a", "rows", '{"n": 5}')
    ]


def test_fragments_of_two_calls_may_alternate():
    assert merged(
        part("{", "rows", index=0, id="a"), part("[", "plot", index=1, id="b"), part("}", index=0), part("]", index=1)
    ) == [("a", "rows", "{}"), ("b", "plot", "[]")]


def test_fragments_without_an_index_go_to_the_call_before():
    assert merged(part("{", "rows", id="a"), part('"n": 5'), part("}")) == [("a", "rows", '{"n": 5}')]


def test_fragments_without_an_index_that_repeat_their_id_are_one_call():
    assert merged(part("{", "rows", id="a"), part("}", id="a")) == [("a", "rows", "{}")]


def test_whole_calls_without_an_index_are_told_apart_by_their_ids():
    assert merged(part("{}", "rows", id="a"), part("[]", "plot", id="b")) == [("a", "rows", "{}"), ("b", "plot", "[]")]


def test_whole_calls_that_are_all_numbered_0_are_told_apart_by_their_ids():
    assert merged(part("{}", "rows", index=0, id="a"), part("[]", "plot", index=0, id="b")) == [
        ("a", "rows", "{}"),
        ("b", "plot", "[]"),
    ]


def test_fragments_after_a_second_call_of_the_same_index_go_to_that_one():
    assert merged(
        part("", "rows", index=0, id="a"),
        part("{}", index=0),
        part("", "plot", index=0, id="b"),
        part("[]", index=0),
    ) == [("a", "rows", "{}"), ("b", "plot", "[]")]


def test_fragments_that_repeat_id_and_index_after_a_second_call_find_their_own():
    assert merged(
        part("{", "rows", index=0, id="a"),
        part("[", "plot", index=0, id="b"),
        part("}", index=0, id="a"),
        part("]", index=0, id="b"),
    ) == [("a", "rows", "{}"), ("b", "plot", "[]")]


def test_fragments_without_an_index_that_repeat_their_id_find_their_own():
    assert merged(part("{", "rows", id="a"), part("[", "plot", id="b"), part("}", id="a"), part("]", id="b")) == [
        ("a", "rows", "{}"),
        ("b", "plot", "[]"),
    ]


def test_an_id_or_name_that_comes_late_or_twice_is_taken_once():
    assert merged(part("{", index=0), part("}", "rows", index=0, id="a"), part("", "rows", index=0, id="a")) == [
        ("a", "rows", "{}")
    ]


@pytest.mark.parametrize(
    "arguments", ["", "{", '{"a": }', "not json", '{"a": 1}{"b": 2}', "  \n{}\n", '"\\u200c"', "null"]
)
def test_arguments_stay_the_text_that_the_model_wrote(arguments):
    pieces = [part(letter, index=0) for letter in arguments]
    ((_, _, kept),) = merged(part("", "rows", index=0, id="a"), *pieces)
    assert kept == arguments


@pytest.mark.parametrize(
    "fragment",
    [
        {},
        {"function": None},
        {"function": "rows"},
        {"function": []},
        {"function": {"name": 5, "arguments": {"a": 1}}},
        {"id": 5, "index": "0"},
        {"index": True},
        {"index": 1.0},
        {"index": -1},
        {"index": None, "id": None, "function": {"name": None, "arguments": None}},
    ],
)
def test_a_fragment_of_a_wrong_shape_is_an_empty_call(fragment):
    assert merged(fragment) == [("", "", "")]
    assert merged(part("{}", "rows", id="a"), fragment)[0] == ("a", "rows", "{}")


def test_a_call_goes_back_as_the_gateway_wants_it():
    call = ToolCall("a", "rows", "{}", index=0)
    assert call.to_json() == {"id": "a", "type": "function", "function": {"name": "rows", "arguments": "{}"}}


def test_a_reply_keeps_the_calls_of_each_choice_apart():
    reply = Reply()
    for choice, name in ((0, "rows"), (1, "plot")):
        reply.add(ListDelta("tool_calls", [part("{", name, index=0, id="a")], choice))
    for choice in (0, 1):
        reply.add(ListDelta("tool_calls", [part("}", index=0)], choice))
    assert [call.name for call in reply.tool_calls] == ["rows"]
    assert [(call.name, call.arguments) for call in reply.choices[1].tool_calls] == [("plot", "{}")]
