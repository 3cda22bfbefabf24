"""``stream`` and ``aask``: the same ask, listened to differently; whoever stops listening stops the request."""

import asyncio
import importlib
import os
import signal
import threading
import time
from dataclasses import replace

import pytest
from loopback import Loopback

from liara_magic import Chat, Finish, LiaraCreditError, LiaraStreamError, TextDelta, UsageReport
from liara_magic.screen.silent import SilentScreen
from liara_magic.session.ask import Ask
from liara_magic.session.session import Session
from liara_magic.session.store import Log


def stalled(line, request):
    line.head()
    line.delta("some words")
    line.wait_for_close()


def flowing(line, request):
    line.head()
    while True:
        line.delta("word ")


def hello(line, request):
    line.reply("hel", "lo")


def test_a_stream_yields_the_events_of_the_reply(chat_at):
    with Loopback(hello) as gateway:
        chat = chat_at(gateway)
        events = list(chat.stream("hi", temperature=0))
        assert gateway.requests[0].json["temperature"] == 0
    assert "".join(event.text for event in events if isinstance(event, TextDelta)) == "hello"
    assert [event.reason for event in events if isinstance(event, Finish)] == ["stop"]
    assert isinstance(events[-1], UsageReport)
    assert chat.turns[0].state == "complete"


@pytest.mark.parametrize("script", [stalled, flowing])
@pytest.mark.parametrize("stop", ["close", "break"])
def test_a_stream_that_is_no_longer_read_closes_the_connection(chat_at, script, stop):
    with Loopback(script) as gateway:
        chat = chat_at(gateway)
        began = time.monotonic()
        if stop == "close":
            events = chat.stream("hi")
            next(events)
            events.close()
        else:
            for _ in chat.stream("hi"):
                break
        assert gateway.lines[0].closed_by_client.wait(5)
        assert gateway.lines[0].closed_at - began < 1
    turn = chat.turns[0]
    assert (turn.state, turn.row.state) == ("cut", "cut")
    assert turn.reply.text
    assert turn.row.cost_is_unknown


def test_a_stream_that_was_never_read_asks_nothing(chat_at):
    with Loopback(hello) as gateway:
        chat = chat_at(gateway)
        chat.stream("hi").close()
        assert gateway.requests == []


def test_an_error_comes_out_of_the_stream_after_its_text(kernel):
    seen = []
    with pytest.raises(LiaraStreamError):
        seen.extend(iter_text(Chat(model="sandbox/cut")))
    assert isinstance(next(iter_text(Chat(model="sandbox/cut"))), str)


def iter_text(chat):
    for event in chat.stream("hi"):
        if isinstance(event, TextDelta):
            yield event.text


def test_awaiting_a_reply(chat_at):
    with Loopback(hello) as gateway:
        chat = chat_at(gateway)
        assert asyncio.run(chat.aask("hi")).text == "hello"
    assert chat.turns[0].state == "complete"


def test_awaiting_a_failure(kernel):
    with pytest.raises(LiaraCreditError):
        asyncio.run(Chat(model="sandbox/error-402").aask("hi"))


def test_the_loop_goes_on_while_a_reply_is_awaited(chat_at):
    ticked = threading.Event()

    def script(line, request):
        assert ticked.wait(10)
        line.reply("hello")

    async def both(chat):
        task = asyncio.create_task(chat.aask("hi"))
        await asyncio.sleep(0)
        ticked.set()
        return await task

    with Loopback(script) as gateway:
        assert asyncio.run(both(chat_at(gateway))).text == "hello"


@pytest.mark.parametrize("script", [stalled, flowing])
def test_cancelling_an_awaited_reply_closes_the_connection(chat_at, script):
    async def cancelled(chat, gateway):
        task = asyncio.create_task(chat.aask("hi"))
        await asyncio.to_thread(gateway.answering.wait, 10)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    with Loopback(script) as gateway:
        chat = chat_at(gateway)
        asyncio.run(cancelled(chat, gateway))
        assert gateway.lines[0].closed_by_client.wait(5)
    assert (chat.turns[0].state, chat.turns[0].row.state) == ("cut", "cut")


def test_a_time_limit_around_an_awaited_reply(chat_at):
    importlib.import_module("liara_magic.gateway.client")  # a first import may take as long as the limit

    async def limited(chat):
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(chat.aask("hi"), 2)

    with Loopback(stalled) as gateway:
        chat = chat_at(gateway)
        asyncio.run(limited(chat))
        assert gateway.lines[0].closed_by_client.wait(5)
    assert chat.turns[0].reply.text == "some words"


def test_awaited_replies_that_are_cancelled_before_they_begin_leave_no_running_row(chat_at, kernel):
    """More of them than the loop has threads for: the rest wait their turn, and are cancelled there."""

    async def many(chats, gateway):
        tasks = [asyncio.create_task(chat.aask("hi")) for chat in chats]
        await asyncio.to_thread(gateway.answering.wait, 10)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def with_two_threads(chats, gateway):
        from concurrent.futures import ThreadPoolExecutor

        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(3))
        await many(chats, gateway)

    with Loopback(stalled) as gateway:
        chats = [chat_at(gateway) for _ in range(8)]
        asyncio.run(with_two_threads(chats, gateway))
    assert "running" not in {row.state for row in kernel.ledger.rows}
    assert "running" not in {turn.state for chat in chats for turn in chat.turns}


@pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="sends a signal to this thread")
@pytest.mark.parametrize("call", [lambda chat: chat.ask("hi"), lambda chat: list(chat.stream("hi"))])
def test_control_c_stops_and_keeps_what_came(chat_at, call):
    before = signal.getsignal(signal.SIGINT)

    def script(line, request):
        line.head()
        line.delta("some words")
        os.kill(os.getpid(), signal.SIGINT)
        line.wait_for_close()

    with Loopback(script) as gateway:
        chat = chat_at(gateway)
        with pytest.raises(KeyboardInterrupt):
            call(chat)
        assert gateway.lines[0].closed_by_client.wait(5)
    assert signal.getsignal(signal.SIGINT) is before
    assert (chat.turns[0].state, chat.turns[0].reason) == ("cut", "stopped")


@pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="sends a signal to this thread")
def test_control_c_is_for_the_code_that_runs_while_a_stream_is_held_open(chat_at):
    before = signal.getsignal(signal.SIGINT)
    with Loopback(stalled) as gateway:
        chat = chat_at(gateway)
        events = chat.stream("hi")
        next(events)
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
        assert gateway.lines[0].closed_by_client.wait(5)
        events.close()
    assert signal.getsignal(signal.SIGINT) is before
    assert (chat.turns[0].state, chat.turns[0].reason) == ("cut", "stopped")


def test_an_ask_that_is_cancelled_as_it_begins_sends_nothing(kernel):
    """Another thread stops it while its request is being written into the log."""
    exchanges = []
    log = Log(notebook=lambda: exchanges[0].cancel() or "")
    with Loopback(hello) as gateway:
        settings = kernel.settings.copy({"base_url": gateway.base_url, "model": "test/model"})
        session = Session(settings, replace(kernel.shared, log=log))
        exchanges.append(session.begin(Ask("hi")))
        with pytest.raises(LiaraStreamError):
            exchanges[0].run(SilentScreen())
        assert gateway.posts == 0
    turn = session.conversation.turns[0]
    assert (turn.state, turn.row.state) == ("cut", "refused")


def test_an_awaited_reply_that_waits_for_a_thread_is_cancelled_all_the_same(chat_at):
    """Its thread ends later than anybody waits for it: the cancellation is what comes out."""

    async def cancelled(chat):
        from concurrent.futures import ThreadPoolExecutor

        loop, taken = asyncio.get_running_loop(), threading.Event()
        loop.set_default_executor(ThreadPoolExecutor(1))
        other = loop.run_in_executor(None, taken.wait)
        task = asyncio.create_task(chat.aask("hi"))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        taken.set()
        await other

    with Loopback(hello) as gateway:
        chat = chat_at(gateway)
        asyncio.run(cancelled(chat))
        assert gateway.posts == 0
    assert (chat.turns[0].state, chat.turns[0].row.state) == ("cut", "refused")


@pytest.mark.parametrize("order", ["first", "last"])
def test_two_streams_read_in_turns_give_back_the_interrupt_key(kernel, order):
    before = signal.getsignal(signal.SIGINT)
    streams = [Chat(model="sandbox/slow").stream("hi") for _ in range(2)]
    for stream in streams:
        next(stream)
    for stream in streams if order == "first" else reversed(streams):
        stream.close()
    after = signal.getsignal(signal.SIGINT)
    signal.signal(signal.SIGINT, before)
    assert after is before
