"""``reply.value`` in Python code: by ``ask``, ``aask`` and ``stream``, the same as the magics make it."""

import asyncio
from dataclasses import dataclass

import pytest
from loopback import Loopback

from liara_magic import LiaraFormatError

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="


@dataclass
class City:
    """A city."""

    name: str
    people: int


def by_ask(chat, **options):
    return chat.ask("well?", **options)


def by_aask(chat, **options):
    return asyncio.run(chat.aask("well?", **options))


def by_stream(chat, **options):
    for _ in chat.stream("well?", **options):
        pass
    return chat.turns[-1].reply


WAYS = pytest.mark.parametrize("way", [by_ask, by_aask, by_stream])


@pytest.fixture
def replying(chat_at):
    """A chat whose gateway gives these replies, one after the other; ``chat.gateway`` is the gateway."""
    gateways = []

    def start(*texts):
        left = list(texts)
        gateway = Loopback(lambda line, request: line.reply(left.pop(0))).__enter__()
        gateways.append(gateway)
        chat = chat_at(gateway)
        chat.gateway = gateway
        return chat

    yield start
    for gateway in gateways:
        gateway.__exit__(None, None, None)


@WAYS
@pytest.mark.parametrize(
    ("options", "text", "value"),
    [
        ({"format": "code"}, "So:\n\n```python\nx = 1\n```\n", "x = 1"),
        ({"format": "html"}, "<p onclick='x()'>hi</p><script>alert(1)</script>", "<p>hi</p>"),
        ({"format": "math"}, "$$x^2$$", "x^2"),
        ({"format": "json"}, '{"a": [1]}', {"a": [1]}),
        ({"schema": City}, '{"name": "Yazd", "people": 5}', City("Yazd", 5)),
        ({"format": "text"}, "hello", None),
        ({}, "```python\nx = 1\n```", None),
    ],
)
def test_the_value_is_what_was_asked_for(replying, way, options, text, value):
    chat = replying(text)
    reply = way(chat, **options)
    assert reply.value == value
    assert (reply.text, chat.gateway.posts) == (text, 1)


@WAYS
def test_the_value_of_images_is_their_bytes(chat_at, way):
    def draw(line, request):
        picture = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PIXEL}"}}
        line.head()
        line.event({"choices": [{"index": 0, "delta": {"images": [picture]}}]})
        line.finish()

    with Loopback(draw) as gateway:
        (image,) = way(chat_at(gateway), format="image").value
    assert image.mime_type == "image/png" and image.data.startswith(b"\x89PNG")


@WAYS
@pytest.mark.parametrize("format", ["code", "image"])
def test_a_reply_without_what_was_asked_for_is_an_error_that_has_its_text(replying, way, format):
    chat = replying("I would rather not.")
    with pytest.raises(LiaraFormatError) as failed:
        way(chat, format=format)
    assert failed.value.text == chat.turns[-1].reply.text == "I would rather not."
    assert chat.gateway.posts == 1


def test_a_stream_is_not_asked_for_again_by_itself(replying):
    chat = replying("Yazd", '{"name": "Yazd", "people": 5}')
    with pytest.raises(LiaraFormatError) as failed:
        by_stream(chat, schema=City)
    assert (failed.value.text, chat.gateway.posts) == ("Yazd", 1)
    assert by_ask(chat, schema=City).value == City("Yazd", 5)


def test_a_stream_that_is_left_early_has_no_value(replying):
    chat = replying('{"name": "Yazd", "people": 5}')
    events = chat.stream("well?", schema=City)
    next(events)
    events.close()
    assert chat.turns[-1].reply.value is None
