"""Running foreign code for a limited time: on this thread, on one of its own, on the engine's loop, on the kernel's."""

from __future__ import annotations

import asyncio
import contextvars
import signal
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from ..gateway.engine import Engine
from ..gateway.interrupts import interrupt_cancels

_LOOK = 0.05  # seconds between two looks at whether the person has stopped it
_AGAIN = 1.0  # seconds after which code that swallowed the end of its time is told once more


class OutOfTime(BaseException):
    """The time is over. No Exception, so that the code it ends does not take it for one of its own errors."""


class Stopped(Exception):
    """The person stopped it from another thread."""


def run_here(work: Callable[[], Any], seconds: float) -> Any:
    """Run ``work`` on the main thread; raises :class:`OutOfTime` when the time is over.

    The end comes by SIGALRM, which Python looks at between two of its own instructions: code that waits inside a C
    library for longer ends when the library returns. Where there is no SIGALRM (Windows), nothing ends it but the
    interrupt.
    """
    if not hasattr(signal, "setitimer"):
        return work()
    with _alarm_after(seconds):
        return work()


@contextmanager
def _alarm_after(seconds: float) -> Iterator[None]:
    inside = True

    def ring(number: int, frame: FrameType | None) -> None:
        if inside:
            raise OutOfTime

    began = time.monotonic()
    handler = signal.signal(signal.SIGALRM, ring)
    before, every = signal.setitimer(signal.ITIMER_REAL, seconds, _AGAIN)
    try:
        yield
    finally:
        inside = False
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)
        if before:  # somebody else's alarm, such as a test runner's, goes on
            signal.setitimer(signal.ITIMER_REAL, max(0.001, before - (time.monotonic() - began)), every)


def run_aside(work: Callable[[], Any], seconds: float, is_cancelled: Callable[[], bool]) -> Any:
    """Run ``work`` on a thread of its own, for a caller that is not the main thread.

    A thread cannot be ended from outside: when the time is over, or the person stops it, it is left to itself and what
    it returns is dropped.
    """
    ended = threading.Event()
    outcome: list[Any] = []
    context = contextvars.copy_context()

    def serve() -> None:
        try:
            outcome.append((context.run(work), None))
        except BaseException as error:
            outcome.append((None, error))
        finally:
            ended.set()

    threading.Thread(target=serve, name="liara-tool", daemon=True).start()
    deadline = time.monotonic() + seconds
    while not ended.wait(_LOOK):
        if is_cancelled():
            raise Stopped
        if time.monotonic() > deadline:
            raise OutOfTime
    value, error = outcome[0]
    if error is not None:
        raise error
    return value


def run_on_engine(
    engine: Engine, work: Callable[[], Coroutine[Any, Any, Any]], seconds: float, is_cancelled: Callable[[], bool]
) -> Any:
    """Await ``work`` on the engine's loop; an interrupt or a stop cancels it, as the end of its time does."""
    stream = engine.run(lambda: _outcome(work), seconds)
    with interrupt_cancels(stream):
        while not stream.finished:
            stream.drain(patience=_LOOK)
            if is_cancelled():
                stream.cancel()
    if isinstance(stream.error, asyncio.TimeoutError):
        raise OutOfTime
    if stream.error:
        raise stream.error
    if stream.cancelled:
        raise Stopped
    return _value(stream.result)


def run_on_kernel_loop(
    loop: asyncio.AbstractEventLoop, work: Callable[[], Coroutine[Any, Any, Any]], seconds: float
) -> Any:
    """Await ``work`` on the loop that is running this very code, nested into it for as long as it takes."""
    from .nested_loop import nested

    with nested(loop):
        try:
            outcome = loop.run_until_complete(asyncio.wait_for(_outcome(work), seconds))
        except asyncio.TimeoutError:
            raise OutOfTime from None
    return _value(outcome)


async def _outcome(work: Callable[[], Coroutine[Any, Any, Any]]) -> tuple[Any, Exception | None]:
    """What comes of ``work``, or what it raises: a TimeoutError of its own is not the end of its time here."""
    try:
        return await work(), None
    except Exception as error:
        return None, error


def _value(outcome: tuple[Any, Exception | None]) -> Any:
    value, error = outcome
    if error is not None:
        raise error
    return value
