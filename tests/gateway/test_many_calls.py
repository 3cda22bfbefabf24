"""Two hundred calls, good and bad: threads and file descriptors stay as many as they were."""

import gc
import os
import sys
import threading

import pytest
from calls import collect, prompt, to
from loopback import Loopback

from liara_magic import LiaraError

stalling = threading.Event()


def fine(line):
    line.reply("fine")


def refused(line):
    line.answer_json({"error": "no"}, "429 x")


def failed(line):
    line.answer_json({"error": "no"}, "500 x")


def hang_up(line):
    line.socket.close()


def cut(line):
    line.head()
    line.delta("half")


def page(line):
    line.head("200 OK", "text/html")
    line.send(b"<html></html>")


def endless_page(line):
    line.head("200 OK", "text/event-stream", content_length="100000")
    line.delta("half")


def stalled(line):
    line.head()
    stalling.set()
    line.wait_for_close()


KINDS = {script.__name__: script for script in (fine, refused, failed, hang_up, cut, page, endless_page, stalled)}


def call(engine, gateway, kind):
    stalling.clear()
    stream = engine.chat(to(gateway), prompt(kind))
    if kind == "stalled":
        assert stalling.wait(5)
        stream.cancel()
    return collect(stream)


def held(gateway):
    for thread in gateway._threads[1:]:
        thread.join(5)
    gc.collect()
    return len(os.listdir("/proc/self/fd")), threading.active_count()


@pytest.mark.skipif(sys.platform != "linux", reason="file descriptors are counted in /proc")
def test_two_hundred_calls_leave_nothing_behind(engine):
    with Loopback(lambda line, request: KINDS[request.json["messages"][0]["content"]](line)) as gateway:
        for kind in KINDS:
            call(engine, gateway, kind)
        before = held(gateway)
        outcomes = [(kind, call(engine, gateway, kind)) for kind in list(KINDS) * 25]
        assert held(gateway) == before
        assert gateway.posts == 8 + 200
    for kind, outcome in outcomes:
        assert outcome.cancelled is (kind == "stalled")
        if kind in ("fine", "stalled"):
            assert outcome.error is None
        else:
            assert isinstance(outcome.error, LiaraError)
