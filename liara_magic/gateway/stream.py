"""What happens in one exchange, put by the engine's thread and drained by another."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import Any

from ..protocol.events import Event


class Stream:
    """Events of one exchange, put by the engine's thread and drained by one other.

    It ends once: normally, with :attr:`error`, or cancelled.
    """

    def __init__(self) -> None:
        self._events: deque[Event] = deque()
        self._arrived = threading.Event()
        self._ended = threading.Event()
        self._cancel: Callable[[], None] = lambda: None
        self.error: BaseException | None = None
        self.cancelled = False
        self.interrupted = False  # by SIGINT
        self.attended = True  # whoever drains it is at it, and does nothing else meanwhile
        self.result: Any = None  # of :meth:`Engine.run`

    @property
    def finished(self) -> bool:
        """Whether it has ended and everything was drained."""
        return self._ended.is_set() and not self._events

    def drain(self, hold: float = 0.0, patience: float = 1.0) -> list[Event]:
        """Wait ``hold`` seconds or for the end, then at most ``patience`` for something; return all that has come.

        ``hold`` is how a caller that paints eight times a second sleeps through the deltas in between.
        """
        if hold > 0:
            self._ended.wait(hold)
        self._arrived.wait(patience)
        self._arrived.clear()
        if self._ended.is_set():
            self._arrived.set()  # the end stays an arrival for every later call
        return [self._events.popleft() for _ in range(len(self._events))]

    def cancel(self) -> None:
        """Close the connection. Safe from any thread and from a signal handler: it takes no lock of this object.

        Only the first call does something: a second would interrupt the closing itself.
        """
        if not self.cancelled:
            self.cancelled = True
            self._cancel()

    def put(self, events: list[Event]) -> None:
        """For the engine: these have come."""
        self._events.extend(events)
        if events and not self._arrived.is_set():
            self._arrived.set()

    def end(self, error: BaseException | None, cancelled: bool = False) -> None:
        """For the engine: nothing more will come."""
        self.error = error
        self.cancelled = self.cancelled or cancelled
        self._ended.set()
        self._arrived.set()
