"""How much work a piece of text has taken, so that none can hold a kernel up."""

from __future__ import annotations

import gc
import time

#: Seconds of this thread's work that a text may take from Markdown to what is shown, or each of its characters if there
#: are many: about ten times what prose takes, three times what the smallest cells of tables take.
ALLOWANCE, ALLOWANCE_PER_CHARACTER = 0.11, 5.5e-6
#: Seconds that no text may take, however long it is: about what five million letters of prose take. An interrupt is
#: heard between two paints, so that one of them may take less.
LONGEST, LONGEST_PAINT = 1.0, 0.25
#: Steps between two looks at the clock, which cost about as much as a step.
_STEPS = 16
# Where Python collected garbage between two looks, in a full kernel for a long time, more than this was no work.
_LONGEST = 0.01


class TooIntricate(Exception):
    """A text takes longer than its length allows, or nests too deep."""


class Stopwatch:
    """Counts this thread's own work, in seconds, from now on, against ``limit``."""

    def __init__(self, limit: float) -> None:
        self.limit = limit
        self.spent = 0.0
        self._steps = 0
        self._collections = _collections()
        self._last = time.thread_time()

    @classmethod
    def of(cls, text: str, longest: float = LONGEST) -> Stopwatch:
        """One with what ``text`` may take, but no more than ``longest``."""
        return cls(min(max(ALLOWANCE, len(text) * ALLOWANCE_PER_CHARACTER), longest))

    def is_over(self) -> bool:
        """Count one more step; whether the limit is passed."""
        self._steps += 1
        if self._steps % _STEPS == 0:
            self._look()
        return self.spent > self.limit

    def is_over_now(self) -> bool:
        """The same after work that was not counted in steps."""
        self._look()
        return self.spent > self.limit

    def check(self) -> None:
        """Count one more step. Raises :class:`TooIntricate` when the limit is passed."""
        if self.is_over():
            raise TooIntricate

    def go_on(self) -> None:
        """Count from now on: what was done since the last look was other work."""
        self._last = time.thread_time()

    def _look(self) -> None:
        now = time.thread_time()
        took, self._last = now - self._last, now
        if took > _LONGEST and self._collections != (collections := _collections()):
            self._collections, took = collections, _LONGEST
        self.spent += took


def _collections() -> int:
    """How often Python has looked through all objects for garbage."""
    return int(gc.get_stats()[-1]["collections"])
