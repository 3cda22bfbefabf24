"""The engine's thread: closed, started again, forked, and left behind by a program that ends."""

import subprocess
import sys
import threading

import pytest
from calls import ask, collect, prompt, to, to_sandbox
from loopback import Loopback

from liara_magic.gateway.engine import Engine


def stalled(line, request):
    line.head()
    line.delta("word ")
    line.wait_for_close()


def threads():
    return [thread for thread in threading.enumerate() if thread.name == "liara"]


def test_closing_the_engine_ends_the_streams_that_run(engine):
    with Loopback(stalled) as gateway:
        streams = [engine.chat(to(gateway), prompt()) for _ in range(3)]
        for stream in streams:
            stream.drain(patience=5)
        engine.close()
        assert all(collect(stream, patience=5).cancelled for stream in streams)
        for line in gateway.lines:
            assert line.closed_by_client.wait(2)
    assert threads() == []


def test_closing_the_engine_ends_a_stream_that_has_just_begun(engine):
    with Loopback(stalled) as gateway:
        for _ in range(30):
            stream = engine.chat(to(gateway), prompt())
            engine.close()
            assert collect(stream, patience=3).cancelled
    assert threads() == []


def test_a_closed_engine_starts_again(engine):
    with Loopback(lambda line, request: line.reply("hello")) as gateway:
        for _ in range(5):
            assert ask(engine, to(gateway)).text == "hello"
            engine.close()
            engine.close()
            assert threads() == []
        assert ask(engine, to(gateway)).text == "hello"


def test_an_engine_that_was_never_used_has_no_thread():
    engine = Engine()
    assert threads() == []
    engine.close()


def test_eight_threads_use_one_engine(engine):
    answers = {}

    def work(number):
        outcome = ask(engine, to_sandbox(), prompt(f"<{number}> " * 100, "sandbox/echo"))
        answers[number] = outcome.text

    workers = [threading.Thread(target=work, args=[number]) for number in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(20)
    assert answers == {number: f"<{number}> " * 100 for number in range(8)}
    assert len(threads()) == 1


FORK = """
import os, sys, warnings
sys.path.insert(0, {tests!r})
sys.path.insert(0, {here!r})
warnings.simplefilter("ignore", DeprecationWarning)  # forking with threads is what is tested
from calls import ask, prompt, to, to_sandbox
from liara_magic.gateway.engine import Engine
from loopback import Loopback

engine = Engine()
with Loopback(lambda line, request: line.reply(*["word "] * 20)) as gateway:
    assert ask(engine, to(gateway)).text == "word " * 20
    running = engine.chat(to_sandbox(), prompt("hi", "sandbox/slow"))
    running.drain()
    child = os.fork()
    if not child:
        code = 1
        try:
            text = ask(engine, to(gateway)).text
            engine.close()
            code = 0 if text == "word " * 20 else 2
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0, status
    assert ask(engine, to(gateway)).text == "word " * 20
    assert not running.finished
    running.cancel()
    while not running.finished:
        running.drain()
    engine.close()
print("both")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="os.fork with threads")
def test_a_forked_child_and_its_parent_both_go_on():
    here = __file__.rpartition("/")[0]
    code = FORK.format(here=here, tests=here.rpartition("/")[0])
    said = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True, timeout=60)
    assert (said.returncode, said.stdout) == (0, "both\n"), said.stderr
    assert said.stderr == ""


def test_a_program_that_ends_in_the_middle_of_a_stream_ends_quietly():
    code = (
        "import liara_magic\n"
        "events = liara_magic.Chat(model='sandbox/stall').stream('hi')\n"
        "print(type(next(events)).__name__, flush=True)\n"
    )
    said = subprocess.run(
        [sys.executable, "-W", "default", "-c", code], check=False, capture_output=True, text=True, timeout=60
    )
    assert (said.returncode, said.stderr) == (0, "")
