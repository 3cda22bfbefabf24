"""How far a reply has come, and when it has been silent for too long."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from ..protocol.errors import LiaraStreamError
from ..protocol.events import Event, Finish, ListDelta, ReasoningDelta, RefusalDelta, ServerFault, TextDelta, Unreadable
from ..protocol.weight import Weight
from .connection import Connection, fit

Emit = Callable[[list[Event]], None]

MAY_BE_CHARGED = "The request may have been charged, so it was not sent again. Run the cell to ask anew."
#: Bytes that a reply's text may take, or a quarter of a limit that was raised: it is also joined, rendered and sent to
#: the page, each a copy of it, while images are passed on as they are.
MOST_TEXT = 16 * 2**20
# Seconds to wait, after the last choice has ended, for the usage and the end mark of a server that keeps the line open.
_AFTER_FINISH = 3.0


class Progress:
    """How far a reply has come, and the clocks of its last byte and its last content."""

    def __init__(self, connection: Connection, emit: Emit, choices: int = 1) -> None:
        self.connection = connection
        self._choices = choices  # how many were asked for; providers may write them one after the other
        self._emit = emit
        self._open: set[int] = set()
        self._ended: set[int] = set()
        self._characters = 0
        self._weight = Weight()
        self.began = False
        self.last_byte = self.last_content = time.monotonic()

    @property
    def finished(self) -> bool:
        """Whether a choice has ended and none is still open."""
        return bool(self._ended) and not self._open

    def heard(self) -> None:
        """Bytes came, whatever they hold."""
        self.last_byte = time.monotonic()

    def take(self, events: list[Event]) -> None:
        """Pass events on; raise if the server put an error among them, or if there is too much of the reply."""
        for position, event in enumerate(events):
            self._weight.add(event)
            if isinstance(event, (TextDelta, ReasoningDelta, RefusalDelta, ListDelta)):
                self._open.add(event.choice)
                self._characters += len(event.text) if isinstance(event, TextDelta) else 0
            elif isinstance(event, Finish):
                self._open.discard(event.choice)
                self._ended.add(event.choice)
            elif isinstance(event, ServerFault):
                self._emit(events[:position])
                raise self._fault(event)
            elif isinstance(event, Unreadable):
                continue
            self.began = True
            self.last_content = self.last_byte
        if events:
            self._emit(events)
            self._check_weight()

    def _check_weight(self) -> None:
        limit = self.connection.limits.reply_bytes
        most_text = max(limit // 4, min(limit, MOST_TEXT))
        if self._weight.text > most_text:
            raise self.ended_early(f"The reply's text grew past {most_text // 2**20} MB")
        if self._weight.other > limit:
            raise self.ended_early(f"The reply grew past {limit // 2**20} MB of memory")

    def ended_early(self, what: str, code: str = "") -> LiaraStreamError:
        """The error for a reply that did not end as it should."""
        count = self._characters
        kept = f" after {count} characters, which are kept" if count else " before the first word"
        return LiaraStreamError(f"{what}{kept}.", hint=MAY_BE_CHARGED, code=code)

    def too_late(self, streamed: bool) -> tuple[float, str]:
        """Seconds that are left, and what to say when none is."""
        limits, now = self.connection.limits, time.monotonic()
        if self.finished and len(self._ended) >= self._choices:
            return self.last_byte + _AFTER_FINISH - now, ""
        content = self.last_content + limits.content - now
        idle = self.last_byte + limits.idle - now
        if streamed and idle < content:
            return idle, f"There was no data for {limits.idle:g} s"
        return content, f"Nothing of the reply came for {limits.content:g} s"

    def _fault(self, fault: ServerFault) -> LiaraStreamError:
        words, code = (fit(text, self.connection)[:300] for text in (fault.message, fault.code))
        said = f"{words} (code {code})" if code else words
        return self.ended_early(f"The server ended the reply with an error: {said}", code)


@asynccontextmanager
async def within_limits(progress: Progress, streamed: bool) -> AsyncIterator[None]:
    """End the block when nothing, or nothing but keep-alive comments, has come for too long.

    One timer looks at the clocks and re-arms itself, so that a chunk costs nothing. A reply that is not streamed comes
    as a whole after minutes of silence, so only the longer limit counts for it. A reply that has finished is no failure
    however the line ends.
    """
    task, loop = asyncio.current_task(), asyncio.get_running_loop()
    assert task is not None
    late: list[str] = []
    timers: list[asyncio.Handle] = []

    def look() -> None:
        left, reason = progress.too_late(streamed)
        if left <= 0:
            late.append(reason)
            task.cancel()
        else:
            timers[:] = [loop.call_later(min(left, _AFTER_FINISH) + 0.005, look)]

    timers.append(loop.call_soon(look))
    try:
        yield
    except asyncio.CancelledError:
        if not late:
            raise
        if hasattr(task, "uncancel"):  # 3.11: the cancellation was ours and ends here
            task.uncancel()
        if not progress.finished:
            raise progress.ended_early(late[0]) from None
    finally:
        for timer in timers:
            timer.cancel()
