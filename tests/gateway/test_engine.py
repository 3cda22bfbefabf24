"""The engine: how a stream is drained and cancelled."""

import queue
import threading
import time

import pytest
from calls import Outcome, ask, collect, prompt, to, to_sandbox
from loopback import Loopback

from liara_magic.protocol.events import TextDelta


def flowing(line, request):
    line.head()
    while True:
        line.delta("word ")


def stalled(line, request):
    line.head()
    line.delta("word ")
    line.wait_for_close()


def silent(line, request):
    line.wait_for_close()


def timed(call):
    began = time.monotonic()
    result = call()
    return result, time.monotonic() - began


class Spoken:
    """A reply that the test says piece by piece, and the stream that hears it."""

    def __init__(self, engine, gateway, words):
        self._words = words
        self.say("begun")
        self.stream = engine.chat(to(gateway), prompt())
        while self.heard(patience=5) != "begun":
            pass

    def say(self, *words):
        for word in words:
            self._words.put(word)

    def end(self):
        self._words.put(None)

    def heard(self, **waiting):
        return "".join(event.text for event in self.stream.drain(**waiting) if isinstance(event, TextDelta))


@pytest.fixture
def spoken(engine):
    words = queue.Queue()

    def script(line, request):
        line.head()
        while (word := words.get(timeout=20)) is not None:
            line.delta(word)
        line.finish()

    with Loopback(script) as gateway:
        reply = Spoken(engine, gateway, words)
        yield reply
        reply.end()
        collect(reply.stream)


def test_drain_waits_for_the_next_event(spoken):
    threading.Timer(0.05, spoken.say, ["late"]).start()
    heard, took = timed(lambda: spoken.heard(patience=5))
    assert heard == "late"
    assert 0.04 < took < 1


def test_patience_has_an_end(spoken):
    events, took = timed(lambda: spoken.stream.drain(patience=0.05))
    assert events == []
    assert 0.04 < took < 1


def test_hold_sleeps_through_the_deltas_in_between(spoken):
    spoken.say("first ")
    threading.Timer(0.05, spoken.say, ["second"]).start()
    heard, took = timed(lambda: spoken.heard(hold=0.3, patience=5))
    assert heard == "first second"
    assert 0.29 < took < 1


def test_the_end_wakes_a_caller_that_holds(spoken):
    spoken.say("last words")
    threading.Timer(0.05, spoken.end).start()
    heard, took = timed(lambda: spoken.heard(hold=10, patience=10))
    assert heard == "last words"
    assert took < 1
    assert spoken.stream.finished


def test_what_came_before_the_end_is_not_lost(engine):
    stream = engine.chat(to_sandbox(), prompt("one two three", "sandbox/echo"))
    stream._ended.wait(5)
    assert not stream.finished, "it has ended, but nobody has read it"
    assert "".join(event.text for event in stream.drain(hold=10) if isinstance(event, TextDelta)) == "one two three"
    assert stream.finished
    assert timed(lambda: stream.drain(hold=10, patience=10))[1] < 1


def test_no_event_is_lost_between_two_threads(engine):
    words = [f"{number} " for number in range(3000)]
    with Loopback(lambda line, request: line.reply(*words)) as gateway:
        assert ask(engine, to(gateway)).text == "".join(words)


@pytest.mark.parametrize("script", [flowing, stalled, silent])
@pytest.mark.parametrize("from_thread", [True, False], ids=["another thread", "this thread"])
def test_cancel_closes_the_connection(engine, script, from_thread):
    with Loopback(script) as gateway:
        stream, outcome = engine.chat(to(gateway), prompt()), Outcome()
        assert gateway.answering.wait(5)
        if script is not silent:
            while not outcome.text:
                events = stream.drain()
                [outcome.reply.add(event) for event in events]
        began = time.monotonic()
        if from_thread:
            thread = threading.Thread(target=stream.cancel)
            thread.start()
            thread.join()
        else:
            stream.cancel()
        assert gateway.lines[0].closed_by_client.wait(5)
        assert gateway.lines[0].closed_at - began < 0.25
        collect(stream, outcome)
        assert gateway.posts == 1
    assert (outcome.cancelled, outcome.error) == (True, None)
    assert outcome.text.startswith("word ") or script is silent


@pytest.mark.parametrize("script", [stalled, silent])
def test_an_impatient_second_cancel_does_not_keep_the_first_from_closing(engine, script):
    with Loopback(script) as gateway:
        for attempt in range(10):
            gateway.answering.clear()
            stream = engine.chat(to(gateway), prompt())
            assert gateway.answering.wait(5)
            if script is stalled:
                stream.drain(patience=5)
            hammered = time.monotonic() + 0.01
            while time.monotonic() < hammered:  # one of them meets the closing that the first has begun
                stream.cancel()
            assert collect(stream, patience=5).cancelled
            assert gateway.lines[attempt].closed_by_client.wait(1), attempt


def test_cancelling_after_the_end_does_nothing(engine):
    with Loopback(lambda line, request: line.reply("whole")) as gateway:
        stream = engine.chat(to(gateway), prompt())
        assert collect(stream).text == "whole"
        stream.cancel()
        stream.cancel()
        assert ask(engine, to(gateway)).text == "whole"


def test_a_stream_that_is_cancelled_at_once_ends(engine):
    with Loopback(stalled) as gateway:
        for _ in range(50):
            stream = engine.chat(to(gateway), prompt())
            stream.cancel()
            assert collect(stream, patience=5).cancelled
