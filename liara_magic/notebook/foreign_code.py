"""Code that is not ours, a ``__repr__`` for instance, run so that it cannot hold a kernel up.

Each call runs on a daemon thread of its own, which is given up when the time is over. A signal would reach the main
thread only, a trace function slows all code down and fights debuggers, and an exception thrown into the caller's own
thread could arrive after the call and strike something else. The price: an object that belongs to one thread (a SQLite
connection) may refuse in its repr, which is then what the description says. A thread that was given up is told to stop
at its next step of Python, so that an endless loop does not burn a core for the rest of the kernel's life; one that
hangs in C stays asleep and holds only its own memory.
"""

from __future__ import annotations

import contextvars
import ctypes
import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar, cast

from .kinds import type_name
from .wording import one_line

T = TypeVar("T")
#: Seconds that all foreign code of one description may take together.
SECONDS = 2.0


class Failed(Exception):
    """Foreign code raised, or took too long; the message says which, as the end of a sentence."""


class _GivenUp(SystemExit):
    """Ends a thread whose result nobody waits for; a SystemExit, so that no traceback of it is printed."""


class _Call(Generic[T]):
    """One call on its thread. ``error`` is the end of a sentence, empty when there is a ``result``."""

    def __init__(self, function: Callable[[], T]) -> None:
        self._function = function
        self._ends = threading.Lock()
        self._over = False
        self.result: T | None = None
        self.error = ""

    def run(self) -> None:
        try:
            self.result = self._function()
        except BaseException as error:  # also a SystemExit or KeyboardInterrupt that a repr raises
            self.error = f"raised {_told(error)}"
        with self._ends:  # from here on the thread's number may soon be another's
            self._over = True

    def give_up(self, thread: threading.Thread) -> None:
        with self._ends:
            if not self._over and thread.ident is not None:
                stop = ctypes.pythonapi.PyThreadState_SetAsyncExc
                stop(ctypes.c_ulong(thread.ident), ctypes.py_object(_GivenUp))


class Patience:
    """Runs foreign code; all calls share ``seconds``, so that a list of slow objects costs no more than one."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = self._left = seconds

    def call(self, function: Callable[[], T]) -> T:
        """What ``function`` returns. Raises :class:`Failed` when it raises anything, or when the time is over."""
        if self._left <= 0:
            raise Failed("was not asked for: others before it took too long")
        call = _Call(function)
        # The caller's context, so that numpy's print options and a decimal context count as they do there.
        inside = contextvars.copy_context()
        thread = threading.Thread(target=inside.run, args=(call.run,), name="liara-describe", daemon=True)
        start = time.monotonic()
        try:
            thread.start()
        except RuntimeError:  # no threads here, or no more of them
            call.run()
        else:
            self._wait(thread, call)
        self._left -= time.monotonic() - start
        if thread.is_alive():
            self._left = 0
            raise Failed(f"took longer than {self._seconds:g} s and was given up")
        if call.error:
            raise Failed(call.error)
        return cast("T", call.result)

    def _wait(self, thread: threading.Thread, call: _Call[T]) -> None:
        try:
            thread.join(self._left)
        finally:  # also when the person interrupts the waiting
            if thread.is_alive():
                call.give_up(thread)


def _told(error: BaseException) -> str:
    """An error in a few words; its own text is foreign code again, so only plain text among its arguments counts."""
    arguments = BaseException.__dict__["args"].__get__(error)
    said = arguments[0] if arguments and type(arguments[0]) is str else ""
    return one_line(f"{type_name(type(error))}: {said}" if said else type_name(type(error)), 160)
