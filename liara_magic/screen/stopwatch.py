"""How much work a piece of text has taken, so that none can hold a kernel up."""

from __future__ import annotations

import time

#: Steps between two looks at the clock, which cost about as much as a step.
_STEPS = 16
# Between two looks more than this is no work on the text: Python collects garbage, in a full kernel for a long time.
_LONGEST = 0.02


class Stopwatch:
    """Counts this thread's own work, in seconds, from now on, against ``allowance``."""

    def __init__(self, allowance: float) -> None:
        self._left = allowance
        self._last = time.thread_time()
        self._steps = 0

    def is_over(self) -> bool:
        """Count one more step; whether the allowance is used up."""
        self._steps += 1
        if self._steps % _STEPS == 0:
            now = time.thread_time()
            self._left -= min(now - self._last, _LONGEST)
            self._last = now
        return self._left < 0

    def is_over_now(self) -> bool:
        """The same after many steps that were counted elsewhere: work all the same."""
        now = time.thread_time()
        self._left -= now - self._last
        self._last = now
        return self._left < 0
