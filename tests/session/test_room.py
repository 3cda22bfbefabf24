"""The room for context: the setting, or what a model that is known has left beside the conversation and its reply."""

import pytest

from liara_magic.gateway.models import Model
from liara_magic.protocol.messages import Message
from liara_magic.protocol.request import ChatRequest
from liara_magic.session.room import room_for_context


def request(text="", **parameters):
    return ChatRequest("m", [Message("user", text)], parameters)


@pytest.mark.parametrize(
    ("model", "asked", "room"),
    [
        (None, request(), 16_000),
        (Model("m"), request(), 16_000),
        (Model("m", context_length=128_000), request(), 16_000),
        (Model("m", context_length=10_000), request(), 9_000 - 2_500),
        (Model("m", context_length=10_000, max_completion_tokens=1_000), request(), 8_000),
        (Model("m", context_length=10_000), request(max_tokens=4_000), 5_000),
        (Model("m", context_length=10_000), request(max_completion_tokens=500), 8_500),
        (Model("m", context_length=10_000), request("x" * 8_000, max_tokens=1_000), 6_000),
        (Model("m", context_length=10_000), request("x" * 80_000), 0),
    ],
)
def test_the_room(model, asked, room):
    assert room_for_context(16_000, asked, model) == room


def test_the_calls_of_earlier_turns_count():
    calls = [{"id": "a", "type": "function", "function": {"name": "f", "arguments": '{"x": "' + "x" * 8_000 + '"}'}}]
    past = Message("assistant", "x" * 4_000, tool_calls=calls)
    asked = ChatRequest("m", [past], {"max_tokens": 1_000})
    assert room_for_context(16_000, asked, Model("m", context_length=10_000)) == pytest.approx(5_000, abs=40)


def test_pictures_of_earlier_turns_do_not_count_by_their_bytes():
    picture = {"type": "image_url", "image_url": {"url": "data:image/png;base64," + "A" * 90_000}}
    past = Message("user", [{"type": "text", "text": "x" * 4_000}, picture])
    asked = ChatRequest("m", [past], {"max_tokens": 1_000})
    assert room_for_context(16_000, asked, Model("m", context_length=10_000)) == 7_000
