"""Interim responses (1xx) before the reply: they are no content, however many come."""

import threading
import time

import pytest
from calls import ask, prompt, to
from loopback import Loopback

from liara_magic import LiaraStreamError

MANY = 10_000
LIMIT = 2.0
INTERIM = {
    "100": b"HTTP/1.1 100 Continue\r\n\r\n",
    "102": b"HTTP/1.1 102 Processing\r\n\r\n",
    "103": b"HTTP/1.1 103 Early Hints\r\nlink: </style.css>; rel=preload\r\n\r\n",
}


@pytest.mark.parametrize("interim", INTERIM.values(), ids=INTERIM)
def test_ten_thousand_and_then_the_reply(engine, interim):
    def script(line, request):
        for _ in range(100):
            line.send(interim * (MANY // 100))
        line.reply("at last")

    with Loopback(script) as gateway:
        outcome = ask(engine, to(gateway))
        assert (outcome.error, outcome.text) == (None, "at last")
        assert gateway.posts == 1


@pytest.mark.parametrize("streamed", [True, False])
@pytest.mark.parametrize("pause", [0.0, 0.02], ids=["as fast as they can", "a few at a time"])
def test_without_end_they_are_given_up_and_the_connection_closed(engine, streamed, pause):
    ended, sent = threading.Event(), []

    def script(line, request):
        while not ended.wait(pause):
            line.send(INTERIM["102"] * 200)
            sent.append(200)

    with Loopback(script) as gateway:
        began = time.monotonic()
        outcome = ask(engine, to(gateway, content=LIMIT), prompt(stream=streamed))
        took = time.monotonic() - began
        closed = gateway.lines[0].closed_by_client.wait(5)
        ended.set()
        assert gateway.posts == 1
    assert closed
    assert LIMIT <= took < LIMIT + 1
    assert sum(sent) > MANY // 2
    assert isinstance(outcome.error, LiaraStreamError)
    assert f"Nothing of the reply came for {LIMIT:g} s before the first word" in outcome.error.message
    assert "may have been charged" in outcome.error.hint


def test_ten_thousand_and_then_silence(engine):
    def script(line, request):
        line.send(INTERIM["103"] * MANY)
        line.wait_for_close()

    with Loopback(script) as gateway:
        began = time.monotonic()
        outcome = ask(engine, to(gateway, content=LIMIT))
        assert LIMIT <= time.monotonic() - began < LIMIT + 1
        assert gateway.lines[0].closed_by_client.wait(5)
        assert gateway.posts == 1
    assert isinstance(outcome.error, LiaraStreamError)
