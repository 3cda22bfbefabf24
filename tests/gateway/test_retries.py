"""What is sent again and what is not, over real sockets."""

import socket
import threading
import time

import pytest
from calls import ask, collect, prompt, to
from loopback import Loopback

from liara_magic import LiaraError, LiaraNetworkError, LiaraRateLimitError, LiaraServerError
from liara_magic.gateway import retries
from liara_magic.gateway.address import Address
from liara_magic.gateway.connection import Connection
from liara_magic.protocol.events import Notice, Waiting
from liara_magic.protocol.request import ChatRequest


def refusing(times, status, **headers):
    """Refuses so many times, then answers."""
    left = [times]

    def script(line, request):
        if left[0] > 0:
            left[0] -= 1
            line.answer_json({"error": {"message": "later"}}, status, **headers)
        else:
            line.reply("at last")

    return script


def waits(outcome):
    return [event.seconds for event in outcome.events if isinstance(event, Waiting)]


@pytest.mark.parametrize(("times", "status"), [(1, "429 x"), (2, "429 x"), (1, "503 x"), (2, "503 x")])
def test_a_refusal_that_says_when_to_come_back_is_tried_again(engine, times, status):
    with Loopback(refusing(times, status, retry_after="0")) as gateway:
        outcome = ask(engine, to(gateway))
        assert (outcome.error, outcome.text) == (None, "at last")
        assert gateway.posts == times + 1
        assert len(waits(outcome)) == times
        assert all(0.1 <= wait <= 0.125 for wait in waits(outcome))


def test_it_is_tried_three_times_in_all(engine):
    with Loopback(refusing(9, "429 x", retry_after="0")) as gateway:
        outcome = ask(engine, to(gateway))
        assert isinstance(outcome.error, LiaraRateLimitError)
        assert gateway.posts == 3


@pytest.mark.parametrize("header", ["121", "inf", "-10", "Zun", "", "1e9", "1" * 30])
@pytest.mark.parametrize("status", ["429 x", "503 x"])
def test_a_wait_that_is_long_or_makes_no_sense_is_left_to_the_person(engine, status, header):
    with Loopback(refusing(1, status, retry_after=header)) as gateway:
        outcome = ask(engine, to(gateway))
        assert isinstance(outcome.error, (LiaraRateLimitError, LiaraServerError))
        assert gateway.posts == 1
    if header == "121":
        assert "asks to wait 121 s" in outcome.error.hint


@pytest.mark.parametrize("status", ["400 x", "401 x", "402 x", "403 x", "404 x", "408 x", "500 x", "502 x", "504 x"])
def test_nothing_else_is_tried_again_whatever_the_server_says(engine, status):
    with Loopback(refusing(1, status, retry_after="0")) as gateway:
        assert ask(engine, to(gateway)).error
        assert gateway.posts == 1


def test_a_429_that_speaks_of_credit_is_no_rate_limit(engine):
    def script(line, request):
        line.answer_json({"error": {"message": "credit used up"}}, "429 x", retry_after="0")

    with Loopback(script) as gateway:
        ask(engine, to(gateway))
        assert gateway.posts == 1


def test_a_server_that_comes_up_a_moment_later_is_reached(engine):
    with socket.create_server(("127.0.0.1", 0)) as placeholder:
        port = placeholder.getsockname()[1]
    connection = Connection(Address(f"http://127.0.0.1:{port}/v1"))
    stream = engine.chat(connection, prompt())
    first = stream.drain(patience=10)
    assert isinstance(first[0], Waiting)
    with Loopback(lambda line, request: line.reply("up now"), port=port) as gateway:
        assert collect(stream).text == "up now"
        assert gateway.posts == 1


def test_the_waits_grow_and_are_a_little_longer_than_asked():
    unreachable = LiaraNetworkError("x")
    unreachable.transient = True
    asked = LiaraRateLimitError("x", status=429, retry_after=4.0)
    for _ in range(200):
        assert 0.5 <= retries.pause(unreachable, 0) <= 0.625
        assert 1.0 <= retries.pause(unreachable, 1) <= 1.25
        assert 4.0 <= retries.pause(asked, 0) <= 5.0
    assert retries.pause(unreachable, 2) is None
    assert retries.pause(LiaraError("x"), 0) is None


def test_a_wait_can_be_cut_short(engine):
    with Loopback(refusing(1, "429 x", retry_after="50")) as gateway:
        stream = engine.chat(to(gateway), prompt())
        assert isinstance(stream.drain(patience=10)[0], Waiting)
        began = time.monotonic()
        stream.cancel()
        assert collect(stream).cancelled
        assert time.monotonic() - began < 5
        assert gateway.posts == 1


MANDATORY = {"error": {"message": "Reasoning is mandatory for this endpoint and cannot be disabled.", "code": 400}}


def test_mandatory_reasoning_is_let_be_and_remembered_for_the_model(engine):
    def script(line, request):
        if "reasoning_effort" in request.json or "reasoning" in request.json:
            line.answer_json(MANDATORY, "400 x")
        else:
            line.reply("reasoned")

    with Loopback(script) as gateway:
        for switch_off, posts in (({"reasoning_effort": "none"}, 2), ({"reasoning": {"enabled": False}}, 3)):
            outcome = ask(engine, to(gateway), prompt(**switch_off))
            assert outcome.text == "reasoned"
            assert [event for event in outcome.events if isinstance(event, Notice)]
            assert gateway.posts == posts


def test_mandatory_reasoning_is_tried_without_the_field_only_once(engine):
    with Loopback(lambda line, request: line.answer_json(MANDATORY, "400 x")) as gateway:
        outcome = ask(engine, to(gateway), prompt(reasoning_effort="none"))
        assert "Reasoning is mandatory" in outcome.error.message
        assert gateway.posts == 2


@pytest.mark.parametrize(
    ("parameters", "forbidden"),
    [
        ({}, False),
        ({"reasoning_effort": "low"}, False),
        ({"reasoning_effort": "none"}, True),
        ({"reasoning": {"effort": "none"}}, True),
        ({"reasoning": {"enabled": False}}, True),
        ({"reasoning": {"max_tokens": 10}}, False),
    ],
)
def test_what_forbids_reasoning(parameters, forbidden):
    assert retries.forbids_reasoning(ChatRequest("m", [], parameters)) is forbidden


def test_choices_that_are_written_one_after_the_other_are_waited_for(engine):
    def script(line, request):
        line.head()
        for index in range(2):
            line.event({"choices": [{"index": index, "delta": {"content": f"choice {index}"}}]})
            line.event({"choices": [{"index": index, "delta": {}, "finish_reason": "stop"}]})
            threading.Event().wait(3.4 * (1 - index))  # longer than a finished reply waits for its usage

    with Loopback(script) as gateway:
        outcome = ask(engine, to(gateway), prompt(n=2))
    assert [choice.text for choice in outcome.reply.choices] == ["choice 0", "choice 1"]
