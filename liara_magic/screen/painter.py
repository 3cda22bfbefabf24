"""When to paint what: committed blocks and a live tail.

Only the last top-level block of a growing Markdown text can still change. Blocks before it are rendered once and
committed to an output that is never touched again; the tail alone is painted anew. So the bytes sent stay near the
length of the reply, where sending the whole reply for each token grows with its square.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Protocol

from .elements import as_it_is
from .markdown import MOST_PROBABLE, Markdown
from .markup import Markup, Paintable

#: Seconds between two paints, at the least: hardly eight a second look continuous, and front ends keep up.
INTERVAL = 0.13
#: Bytes a second that paints may send for long: one giant block is painted less often as it grows.
BYTES_PER_SECOND = 54 * 1024
#: JupyterLab's table of contents reads every output of the notebook for headings when nothing has changed for 0.2 s. So
#: a few large paints in a row may run up a debt of bytes, which smaller ones pay off, before a pause gets longer.
LONGEST, MOST_DEBT = 0.16, 20 * 1024
#: Finished Markdown, in characters, that makes a commit worth an output of its own; and the share of the whole text,
#: so that a long reply does not need ever more outputs.
COMMIT_SIZE, COMMIT_SHARE = 1740, 1 / 36
#: Code has its colours from its commit on, and such a commit may be smaller, while there are many outputs left. In a
#: longer reply colours come at the end, where all outputs are folded into one: they make code twice as large.
CODE_SIZE, MANY_OUTPUTS_LEFT = 300, 8
#: JupyterLab shows at most 50 outputs of a cell. From the second figure on they are used more sparingly, so that 100 KB
#: need no early fold.
MOST_OUTPUTS, FEW_OUTPUTS_LEFT = 45, 40
#: Seconds of a paint after which an interrupted reply is not rendered once more.
SLOW = 0.1


class Canvas(Protocol):
    """Where a painter paints. Each method returns the bytes it sent."""

    def tail(self, html: str) -> int:
        """Show ``html`` in the live output, opening one if there is none."""

    def commit(self, html: str) -> int:
        """Show ``html`` in the live output for good; the next tail opens a new one."""

    def fold(self, html: str) -> int:
        """Replace all outputs so far by a single committed one."""


class Painter:
    """Paints a growing text, Markdown or another ``markup``, onto a canvas.

    The text given to it must already be clean: what it has painted must stay the beginning of what comes later.
    ``commits`` says whether the canvas may use several outputs; without them the whole text is painted each time, as
    seldom as the byte rate demands. ``folds`` says whether all of it is shown anew at the end, and ``has_room`` whether
    a commit may be now; one that may not comes with a later paint.
    """

    def __init__(
        self,
        canvas: Canvas,
        commits: bool = True,
        clock: Callable[[], float] | None = None,
        markup: Callable[[], Markup] = Markdown,
        folds: bool = True,
        *,
        has_room: Callable[[], bool] = lambda: True,
    ) -> None:
        self._canvas = canvas
        self._commits = commits
        self._folds = folds
        self._has_room = has_room
        self._clock = clock or time.monotonic
        self._new_markup = markup
        self._markup = markup()
        self._finished: list[str] = []  # the HTML of blocks that cannot change any more
        self._done = 0  # characters of the text that they cover
        self._painted = ""
        self._tail = ""  # the HTML of what was painted and can still change
        self._told = 0  # characters of the text that it and the finished blocks say to the letter
        self._took = 0.0  # seconds of the last paint
        self._outputs = 1
        self._debt = 0.0  # bytes that were sent beyond the rate
        self._next = self._last = 0.0

    def show(self, text: str) -> float:
        """Paint ``text`` if it has grown and it is time. Returns the seconds until the next paint may be."""
        now = self._clock()
        if len(text) == len(self._painted):
            return 0.0
        if now >= self._next:
            self._painted = text
            sent = self._paint(text)
            self._took = self._clock() - now
            now = self._clock()
            self._next = now + self._pause(sent, now)
        return self._next - now

    def _pause(self, sent: int, now: float) -> float:
        """Seconds until the next paint, after one of ``sent`` bytes."""
        self._debt = max(0.0, self._debt - (now - self._last) * BYTES_PER_SECOND) + sent
        self._last = now
        return max(INTERVAL, min(self._debt / BYTES_PER_SECOND, LONGEST), (self._debt - MOST_DEBT) / BYTES_PER_SECOND)

    def whole(self, text: str) -> str:
        """The HTML of the complete ``text``, rendered anew only as far as it has to be."""
        if not text.startswith(self._painted):  # it was put together anew, as when several choices are numbered
            return self._new_markup().render(text)
        rest = self._markup.render(text[self._done :])
        if self._finished and self._markup.has_references:
            return self._markup.render(text)
        return "".join(self._finished) + rest

    def hurried(self, text: str) -> str:
        """The HTML of ``text`` for a person who waits for it: where painting is slow, the last words stay plain.

        A short tail is always rendered anew, since the end of a tail is painted as what it will probably become. Behind
        a long one stands what of its end that left out.
        """
        is_short = len(text) - self._done <= MOST_PROBABLE
        if self._took < SLOW or is_short or not text.startswith(self._painted):
            return self.whole(text)
        return "".join(self._finished) + self._tail + as_it_is(text[self._told :])

    def _paint(self, text: str) -> int:
        blocks = self._markup.blocks(text[self._done :])
        sent = 0
        size = blocks[-2].end if len(blocks) > 1 else 0
        if size >= self._threshold(text, blocks[:-1]) and not self._in_formula(text, size) and self._has_room():
            finished, blocks = blocks[:-1], blocks[-1:]
            self._finished.append("".join(block.html() for block in finished))
            self._markup.remember(text[self._done : self._done + size])
            self._done += size
            if self._commits:
                sent += self._commit(finished)
        tail_html = "".join(block.html(growing=True) for block in blocks)
        if not tail_html and not self._done:  # a reply that begins with a dash is not empty
            tail_html = "".join(block.html() for block in blocks)
        self._tail = tail_html
        self._told = len(text) - blocks[-1].left_out if blocks else self._done
        return sent + self._canvas.tail(tail_html if self._commits else "".join(self._finished) + tail_html)

    def _threshold(self, text: str, finished: Sequence[Paintable]) -> float:
        """Characters that make a commit worth an output; more when outputs are nearly used up."""
        if self._outputs <= MANY_OUTPUTS_LEFT and any(block.has_code for block in finished):
            return CODE_SIZE
        share = COMMIT_SHARE if self._outputs <= FEW_OUTPUTS_LEFT else 2 * COMMIT_SHARE
        return max(COMMIT_SIZE, len(text) * share)

    def _in_formula(self, text: str, size: int) -> bool:
        """Whether a formula is open at the end: one with a blank line inside looks like paragraphs until it closes."""
        return bool(text.count("$$", self._done, self._done + size) % 2)

    def _commit(self, finished: Sequence[Paintable]) -> int:
        """Commit the blocks whose HTML was added to what is finished."""
        if self._outputs >= MOST_OUTPUTS:
            self._outputs = 2
            return self._canvas.fold("".join(self._finished))
        self._outputs += 1
        is_plain = self._folds and self._outputs > MANY_OUTPUTS_LEFT and any(block.has_code for block in finished)
        html = "".join(block.html(growing=True) for block in finished) if is_plain else self._finished[-1]
        return self._canvas.commit(html)
