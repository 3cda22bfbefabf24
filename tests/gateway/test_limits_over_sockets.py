"""How long and how much a reply may take, over real sockets."""

import threading
import time

import pytest
from calls import ask, prompt, to
from loopback import Loopback

from liara_magic import LiaraServerError, LiaraStreamError

LIMIT = 0.3


def nothing(line):
    """Not even a status line."""


def only_a_head(line):
    line.head()


def some_words(line):
    line.head()
    line.delta("some words")


@pytest.mark.parametrize("begin", [nothing, only_a_head, some_words])
def test_silence_is_given_up_and_the_connection_closed(engine, begin):
    def script(line, request):
        begin(line)
        line.wait_for_close()

    with Loopback(script) as gateway:
        began = time.monotonic()
        outcome = ask(engine, to(gateway, idle=LIMIT))
        assert LIMIT <= time.monotonic() - began < LIMIT + 0.2 + 0.3
        assert gateway.lines[0].closed_by_client.wait(2)
        assert gateway.posts == 1
    assert isinstance(outcome.error, LiaraStreamError)
    assert "There was no data for 0.3 s" in outcome.error.message
    assert "may have been charged" in outcome.error.hint
    assert outcome.text == ("some words" if begin is some_words else "")


def comments(line):
    line.send(b": keep-alive\n\n")


def single_bytes(line):
    line.send(b":")


def empty_deltas(line):
    line.event({"choices": [{"index": 0, "delta": {"content": ""}}]})


def unreadable_events(line):
    line.event("{")


@pytest.mark.parametrize("sign_of_life", [comments, single_bytes, empty_deltas, unreadable_events])
def test_signs_of_life_without_content_are_given_up(engine, sign_of_life):
    ended = threading.Event()

    def script(line, request):
        some_words(line)
        while not ended.wait(0.02):
            sign_of_life(line)

    with Loopback(script) as gateway:
        began = time.monotonic()
        outcome = ask(engine, to(gateway, idle=LIMIT, content=2 * LIMIT))
        took = time.monotonic() - began
        ended.set()
    assert 2 * LIMIT <= took < 2 * LIMIT + 0.5
    assert isinstance(outcome.error, LiaraStreamError)
    assert "Nothing of the reply came for 0.6 s after 10 characters" in outcome.error.message
    assert outcome.text == "some words"


def test_slow_words_are_never_given_up(engine):
    """The total has no limit: each piece of the reply starts the clocks anew."""
    pace = threading.Event()

    def script(line, request):
        line.head()
        for number in range(8):
            pace.wait(0.2)
            line.delta(str(number))
        line.finish()

    with Loopback(script) as gateway:
        outcome = ask(engine, to(gateway, idle=1.2, content=1.2))
    assert (outcome.error, outcome.text) == (None, "01234567")


def test_comments_keep_a_thinking_model_alive(engine):
    pace = threading.Event()

    def script(line, request):
        line.head()
        for _ in range(8):
            pace.wait(0.2)
            comments(line)
        line.delta("thought")
        line.finish()

    with Loopback(script) as gateway:
        outcome = ask(engine, to(gateway, idle=1.2))
    assert (outcome.error, outcome.text) == (None, "thought")


def test_a_reply_as_a_whole_may_take_longer_than_the_idle_limit(engine):
    pace = threading.Event()

    def script(line, request):
        pace.wait(2 * LIMIT)
        line.answer_json({"choices": [{"message": {"content": "at last"}, "finish_reason": "stop"}]})

    with Loopback(script) as gateway:
        outcome = ask(engine, to(gateway, idle=LIMIT), prompt(stream=False))
    assert (outcome.error, outcome.text) == (None, "at last")


def test_a_reply_as_a_whole_has_the_content_limit(engine):
    def script(line, request):
        line.wait_for_close()

    with Loopback(script) as gateway:
        outcome = ask(engine, to(gateway, content=LIMIT), prompt(stream=False))
    assert isinstance(outcome.error, LiaraStreamError)
    assert "Nothing of the reply came for 0.3 s" in outcome.error.message


def test_the_clocks_stop_with_the_reply(engine):
    """Three seconds after its last choice ended, a server that says no more is left; the reply is whole."""

    def script(line, request):
        some_words(line)
        line.event({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
        line.wait_for_close()

    with Loopback(script) as gateway:
        began = time.monotonic()
        outcome = ask(engine, to(gateway, idle=LIMIT, content=LIMIT))
        assert time.monotonic() - began < 4
        assert gateway.lines[0].closed_by_client.wait(2)
    assert (outcome.error, outcome.text) == (None, "some words")


def test_an_event_beyond_its_limit_ends_the_reply(engine):
    def script(line, request):
        line.head()
        line.delta("kept")
        line.send(b"data: ")
        while True:
            line.send(b"x" * 1_000_000)

    with Loopback(script) as gateway:
        outcome = ask(engine, to(gateway))
    assert isinstance(outcome.error, LiaraStreamError)
    assert outcome.text == "kept"
    assert "An event of the stream grew past 8 MB after 4 characters" in outcome.error.message


@pytest.mark.parametrize("streamed", [True, False])
def test_a_reply_beyond_its_limit_is_an_error(engine, streamed):
    def script(line, request):
        line.head(content_type="text/event-stream" if streamed else "application/json")
        while True:
            line.delta("x" * 100_000)

    with Loopback(script) as gateway:
        outcome = ask(engine, to(gateway, reply_bytes=2**20), prompt(stream=streamed))
    assert isinstance(outcome.error, LiaraStreamError if streamed else LiaraServerError)
    assert "past 1 MB" in outcome.error.message
