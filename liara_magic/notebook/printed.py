"""Printed output as a reader sees it, and a buffer that keeps its head and its tail."""

from __future__ import annotations

import re
from threading import Lock

from ..protocol.foreign_text import clean, whole_characters

#: How many characters are kept at either end of what a cell printed.
KEPT_AT_EACH_END = 16_384
#: So many writes are put together at a time, and one of this length at once.
PIECES = 256
LONG = 4_096

# What a terminal obeys and does not show: colours and cursor moves (CSI), titles and links (OSC), and shorter ones.
_ESCAPE = re.compile(
    "\x1b\\[[0-?]*[ -/]*[@-~]"
    "|\x1b\\][^\x07\x1b\n]{0,2048}(?:\x07|\x1b\\\\)?"
    "|\x1b[ -/]*[0-Z\\\\^-~]"
    "|\x9b[0-?]*[ -/]*[@-~]"
)
_ERASE_LINE = "\x1b[2K"


def cut_middle(text: str, most: int) -> str:
    """``text`` in at most ``most`` characters: its beginning, a note of how much is left out, and its end."""
    if len(text) <= most:
        return text
    ends = most - len(_note(len(text)))
    if ends < 2:
        return text[: max(most - 1, 0)] + "…" * (most > 0)
    tail = ends // 2
    head = ends - tail
    return text[:head] + _note(len(text) - ends) + text[len(text) - tail :]


def _note(count: int) -> str:
    return f"\n… {count:,} characters left out …\n"


def readable(text: str) -> str:
    """``text`` without colours and cursor moves, and of a line that was written over only its last state."""
    if "\x1b" in text or "\x9b" in text or "\r" in text:
        text = _ESCAPE.sub("", _last_states(text).rstrip("\r"))
    return whole_characters(clean(text))


def _last_states(text: str) -> str:
    """Progress bars write over their line: keep of each line what was written last.

    A carriage return at the very end stays, since what comes next will write over that line.
    """
    if "\r" not in text and _ERASE_LINE not in text:
        return text
    lines = text.replace("\r\n", "\n").split("\n")
    last = len(lines) - 1
    return "\n".join(_last_state(line, open_end=number == last) for number, line in enumerate(lines))


def _last_state(line: str, open_end: bool) -> str:
    line = line.rpartition(_ERASE_LINE)[2]
    if "\r" not in line:
        return line
    states = line.rstrip("\r")
    state = states.rpartition("\r")[2]
    if not _ESCAPE.sub("", state).strip():
        state = ""  # written over with blanks: the line was wiped
    return state + "\r" if open_end and line != states else state


class Printed:
    """What was printed, in bounded memory. Any thread may write; nothing here waits for another thread."""

    __slots__ = ("_folding", "_head", "_lost", "_tail", "fresh")

    def __init__(self) -> None:
        #: What came since the last fold.
        self.fresh: list[str] = []
        self._head = ""
        self._lost = 0  # characters between head and tail
        self._tail = ""
        self._folding = Lock()

    def take(self, text: str) -> None:
        """Add ``text``."""
        self.fresh.append(text)
        if len(self.fresh) >= PIECES or len(text) >= LONG:
            self.fold()

    def fold(self) -> None:
        """Put what is fresh to the rest, and cut out the middle if that is too long."""
        # Never waits: a thread that finds another one folding leaves its text for the next fold, and so does a signal
        # handler that prints in the middle of one.
        if not self._folding.acquire(blocking=False):
            return
        try:
            # Others append while this runs, so only what was counted is taken off the front.
            count = len(self.fresh)
            new = "".join(self.fresh[:count])
            del self.fresh[:count]
            self._add(new)
        finally:
            self._folding.release()

    def text(self) -> str:
        """What is kept, as a reader sees it, with a note where something is left out."""
        self.fold()
        if not self._lost:
            return readable(self._tail)
        return readable(self._head) + _note(self._lost) + readable(self._tail)

    @property
    def size(self) -> int:
        """About how many characters are held."""
        return len(self._head) + len(self._tail) + sum(map(len, self.fresh[:PIECES]))

    def _add(self, new: str) -> None:
        if len(new) > 8 * KEPT_AT_EACH_END:
            ends = 3 * KEPT_AT_EACH_END
            self._add(new[:ends])
            if not self._lost:
                self._head, self._tail = self._tail[:KEPT_AT_EACH_END], ""
            self._lost += len(new) - 2 * ends
            new = new[-ends:]
        whole = self._tail + new
        if "\r" in new or _ERASE_LINE in new:
            whole = _last_states(whole)
        if not self._lost:
            if len(whole) <= 2 * KEPT_AT_EACH_END:
                self._tail = whole
                return
            self._head, whole = whole[:KEPT_AT_EACH_END], whole[KEPT_AT_EACH_END:]
        self._lost += max(len(whole) - KEPT_AT_EACH_END, 0)
        self._tail = whole[-KEPT_AT_EACH_END:]
