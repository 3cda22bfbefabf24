"""One thread that paints: whatever changes a panel's widgets is done here, one thing after the other."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

#: Seconds that the thread waits for more before it ends: between two clicks it is not made anew.
_LINGER = 0.5


class Stage:
    """Runs what is posted, and ``frame`` after it and whenever the time has come that ``frame`` itself named.

    ``frame`` returns the seconds after which it wants to run again, or ``None`` when nothing goes on by itself: then
    the thread ends until something is posted. What fails is told to ``failed``, and the rest goes on.
    """

    def __init__(self, frame: Callable[[], float | None], failed: Callable[[Exception], None]) -> None:
        self._frame = frame
        self._failed = failed
        self._actions: deque[Callable[[], None]] = deque()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._woken = False
        self._closed = False

    def post(self, action: Callable[[], None]) -> None:
        """Have ``action`` done soon. Returns at once, from any thread."""
        with self._changed:
            if not self._closed:
                self._actions.append(action)
                self._wake()

    def wake(self) -> None:
        """Have the frame run soon."""
        with self._changed:
            if not self._closed:
                self._wake()

    def close(self) -> None:
        """Do what was posted, and nothing more; returns when the thread has ended, unless it is the one that asks."""
        with self._changed:
            self._closed = True
            self._changed.notify()
            thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join(timeout=5)

    def _wake(self) -> None:
        self._woken = True
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="liara-panel", daemon=True)
            self._thread.start()
        else:
            self._changed.notify()

    def _run(self) -> None:
        pause: float | None = None
        while self._wait(pause):
            while self._actions:
                self._safely(self._actions.popleft())
            pause = None if self._closed else self._safely(self._frame)

    def _wait(self, pause: float | None) -> bool:
        """Until there is something to do; false when the thread is to end."""
        deadline = time.monotonic() + (_LINGER if pause is None else pause)
        with self._changed:
            while not self._woken and not self._closed and (left := deadline - time.monotonic()) > 0:
                self._changed.wait(left)
            idle = pause is None and not self._woken
            if (idle or self._closed) and not self._actions:
                self._thread = None
                return False
            self._woken = False
            return True

    def _safely(self, action: Callable[[], float | None] | Callable[[], None]) -> float | None:
        try:
            return action()
        except Exception as error:
            self._failed(error)
            return None
