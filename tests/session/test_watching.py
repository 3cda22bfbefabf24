"""Whoever watches a session is told of every turn as it begins, grows and ends, however it was asked."""

import threading

import pytest
from loopback import Loopback

from liara_magic import LiaraStreamError


def told(chat):
    """What a watcher sees of each turn: its state and its text then, and the thread on which it is told."""
    seen = []
    chat._session.watchers.append(
        lambda turn: seen.append((turn.state, turn.reply.text, threading.current_thread().name))
    )
    return seen


def test_a_watcher_sees_the_turn_begin_grow_and_end(chat_at):
    turn = threading.Semaphore(0)

    def script(line, request):
        line.head()
        for word in ("one ", "two"):
            assert turn.acquire(timeout=10)
            line.delta(word)
        line.finish()

    with Loopback(script) as gateway:
        chat = chat_at(gateway)
        seen = told(chat)
        turn.release()
        for _ in chat.stream("count"):
            turn.release()
    texts = [text for state, text, _ in seen if state == "running"]
    assert texts[0] == "" and "one " in texts
    assert seen[-1][:2] == ("complete", "one two")
    assert {name for _, _, name in seen} == {threading.current_thread().name}


def test_a_watcher_sees_a_turn_that_is_cut(chat_at):
    def script(line, request):
        line.head()
        line.delta("half")

    with Loopback(script) as gateway:
        chat = chat_at(gateway)
        seen = told(chat)
        with pytest.raises(LiaraStreamError):
            chat.ask("anything")
    assert seen[0][0] == "running"
    assert seen[-1][:2] == ("cut", "half")


def test_who_no_longer_watches_is_told_nothing(chat_at):
    with Loopback(lambda line, request: line.reply("yes")) as gateway:
        chat = chat_at(gateway)
        seen = told(chat)
        chat._session.watchers.clear()
        chat.ask("anything")
    assert seen == []
