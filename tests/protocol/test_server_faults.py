"""Errors that the server puts into a response that began well."""

import pytest

from liara_magic.protocol.chunks import ChunkReader
from liara_magic.protocol.events import Facts, ServerFault, TextDelta


def delta(finish_reason=None, **fields):
    return {"choices": [{"index": 0, "delta": fields, "finish_reason": finish_reason}]}


def events_of(chunk):
    return [event for event in ChunkReader().read_chunk(chunk) if not isinstance(event, Facts)]


@pytest.mark.parametrize(
    ("error", "message", "code"),
    [
        ("overloaded", "overloaded", ""),
        ({"message": "overloaded"}, "overloaded", ""),
        ({"message": "overloaded", "code": 502}, "overloaded", "502"),
        ({"message": "overloaded", "code": "server_error", "metadata": {}}, "overloaded", "server_error"),
        ({"message": "پیام", "code": None}, "پیام", ""),
        ({"message": "overloaded", "code": 0}, "overloaded", "0"),
    ],
)
def test_an_error_object_ends_the_reply_with_the_server_s_words(error, message, code):
    expected = [ServerFault(message, code)]
    assert events_of({"error": error}) == expected
    assert events_of({"error": error, "choices": []}) == expected
    assert events_of({"choices": [{"index": 0, "delta": {}, "finish_reason": "error", "error": error}]}) == expected


@pytest.mark.parametrize("error", [{"code": 500}, ["a"], 5, True, {"message": {"a": 1}}, {"message": ["a"]}])
def test_an_odd_error_object_ends_the_reply_with_some_words(error):
    (fault,) = events_of({"error": error})
    assert isinstance(fault, ServerFault)
    assert fault.message and isinstance(fault.code, str)


def test_an_error_beside_a_choice_that_ended_in_error_gives_the_server_s_words_first():
    error = {"code": "server_error", "message": "Provider disconnected"}
    chunk = {"error": error, **delta(content="x", finish_reason="error")}
    faults = [event for event in events_of(chunk) if isinstance(event, ServerFault)]
    assert faults[0] == ServerFault("Provider disconnected", "server_error")


def test_a_choice_that_ended_in_error_without_words_is_a_fault_all_the_same():
    text, fault = events_of(delta(content="so far", finish_reason="error"))
    assert text == TextDelta("so far")
    assert isinstance(fault, ServerFault) and fault.message


@pytest.mark.parametrize("error", [None, "", {}, False, 0, []])
def test_an_empty_error_is_none(error):
    assert events_of({"error": error, **delta(content="a")}) == [TextDelta("a")]
