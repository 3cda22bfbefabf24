"""A screen for Jupyter front ends: one output while the reply flows, one display_data when it is done."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any

from ..protocol.foreign_text import clean
from ..protocol.reply import Reply
from ..protocol.usage import Totals, Usage
from .calls import rounds_html
from .cell_output import CellOutput
from .document import document, live_text
from .figures import in_digits
from .footer import footer, footer_html, notices_html, so_far_html, status_html
from .images import Picture, pictures
from .markdown import Markdown, unmarked
from .markup import markup_of
from .page import CLOSE, OPEN, live_reasoning, reply_html, thoughts
from .painter import INTERVAL, Painter
from .voice import Voice

#: Seconds between two lines that say what a reply has used so far: each is a message of its own.
SO_FAR = 3.0


class NotebookScreen:
    """Paints through ``publisher``, the shell's display publisher.

    ``owns_cell`` says that the cell is ours alone: then finished blocks become outputs of their own, and all of them
    are folded into one at the end. In other cells a single output is painted: clearing would take the person's own.
    ``carried`` says what goes along; it is shown until the first word comes. ``format`` is the one that the reply was
    asked for in.
    """

    def __init__(
        self, publisher: Any, owns_cell: bool, digits: str = "latin", carried: str = "", format: str = "markdown"
    ) -> None:
        self._carried = in_digits(carried, digits)
        self._publisher = publisher
        self._output = CellOutput(publisher)
        self._digits, self._voice = digits, Voice(digits)
        self._owns_cell = owns_cell
        self._new_painter = partial(Painter, self._output, commits=owns_cell, markup=partial(markup_of, format))
        self._painter = self._new_painter()
        # Under %%capture each update would be kept as one more output: there only the end is shown.
        self._live = type(publisher).__name__ != "CapturingDisplayPublisher"
        self._model = ""
        self._started = 0.0
        self._said = 0.0
        self._retrying = False
        self._thought = 0  # characters of reasoning that are shown
        self._counted = 0  # characters of the answer when it was last said what it has used
        self._rounds = 0  # how many are shown

    def start(self, model: str) -> None:
        """Show who is being asked."""
        self._model, self._started = model, time.monotonic()
        if self._live:
            self._status("connecting")

    def show(self, reply: Reply) -> float:
        """Paint what has come, if it is time; until the first word, how long it has been."""
        if not self._live:
            return 1.0
        text = live_text(reply)
        self._show_rounds(reply)
        if text:
            self._fold_reasoning(reply)
            self._say_so_far(reply.estimate, len(text))
            return self._painter.show(text)
        self._output.below = so_far_html(reply.estimate, self._digits)
        if reply.reasoning and not reply.hide_reasoning:
            return self._show_reasoning(reply)
        if time.monotonic() - self._said >= 1.0 or (reply.waiting and not self._retrying):
            self._status(self._what(reply))
        return 0.0

    def finish(self, reply: Reply, totals: Totals) -> None:
        """Show the whole reply with its footer, as the cell's one output; pictures follow as outputs of their own."""
        self._end(reply, totals, self._painter.whole)

    def fail(self, reply: Reply, totals: Totals, reason: str, charged: bool) -> None:
        """Show what had come, and that it ended early."""
        self._end(reply, totals, self._painter.hurried, reason, charged)

    def _say_so_far(self, estimate: Usage, characters: int) -> None:
        """What the reply has used, every few seconds, above it: below, the page would lose a line at each commit.

        In the one output of a cell of others it stands below the text, and changes with it.
        """
        if not self._owns_cell or self._rounds:
            self._output.below = so_far_html(estimate, self._digits)
            return
        self._output.below = ""
        line = so_far_html(estimate, self._digits, self._model)
        if line and not self._output.has_head:  # one token says nothing about the reply
            line = status_html(self._model, "answering", 0.0)
        if line and characters != self._counted and time.monotonic() - self._said >= SO_FAR * self._output.has_head:
            self._said, self._counted = time.monotonic(), characters
            self._output.head(line)

    def _show_rounds(self, reply: Reply) -> None:
        """The calls of tools, which stand above what the model says next."""
        if len(reply.rounds) > self._rounds:
            self._rounds, self._thought, self._said = len(reply.rounds), 0, time.monotonic()
            self._painter = self._new_painter()
            self._output.restart(anew=self._owns_cell)
        html = rounds_html(reply.rounds, live=True, voice=self._voice) if reply.rounds else ""
        if html != self._output.shown_above:
            self._output.put_above(html)

    def _show_reasoning(self, reply: Reply) -> float:
        """The last of what the model thinks, under the seconds that it has taken."""
        now = time.monotonic()
        if now - self._said < INTERVAL:
            return INTERVAL - (now - self._said)
        text = reply.reasoning
        if len(text) != self._thought or now - self._said >= 1.0:
            self._said, self._thought = now, len(text)
            seconds = now - self._started - (reply.first_word or 0)
            self._output.tail(live_reasoning(clean(text), seconds, self._voice))
        return INTERVAL

    def _fold_reasoning(self, reply: Reply) -> None:
        """Close the reasoning when the answer begins. In a cell of others the one output has no room for all of it."""
        if not self._thought:
            return
        self._thought = 0
        if self._owns_cell:
            self._output.commit_above(thoughts(reply, reply.choices[0], self._voice))

    def _what(self, reply: Reply) -> str:
        """What is happening while there is no word yet."""
        self._retrying = reply.waiting is not None and reply.waiting[1] > time.monotonic()
        if reply.waiting and self._retrying:
            return f"{reply.waiting[0]} Retrying in {reply.waiting[1] - time.monotonic():.0f} s"
        return "thinking" if reply.reasoning else "waiting"

    def _status(self, what: str) -> None:
        self._said = time.monotonic()
        if self._carried:
            what = f"{what} · with {self._carried}"
        self._output.tail(status_html(self._model, what, self._said - self._started))

    def _end(
        self, reply: Reply, totals: Totals, render: Callable[[str], str], reason: str = "", charged: bool = True
    ) -> None:
        line = footer(reply, totals, reason, charged, self._digits)
        below = notices_html(reply.notices) + footer_html(reply, totals, reason, charged, self._digits)
        source, html = document(reply), reply_html(reply, render, self._voice)
        shown = [picture for choice in reply.choices for picture in pictures(choice.images) if not picture.fault]
        if not shown:
            self._output.end({"text/html": html + below, "text/plain": source or line}, anew=self._owns_cell)
            return
        self._output.end({"text/html": html, "text/plain": source}, anew=self._owns_cell)
        for picture in shown:
            alt = {picture.mime_type: {"alt": f"image {picture.number} of the reply"}}
            self._publisher.publish(data=picture_bundle(picture), metadata=alt)
        self._publisher.publish(data={"text/html": below, "text/plain": line})


def show_document(
    publisher: Any, source: str, page: Callable[[Voice], str] | None = None, digits: str = "latin"
) -> None:
    """Show Markdown of our own, such as a command's answer, or in its place the ``page`` that stands for it."""
    html = page(Voice(digits)) if page else OPEN + Markdown().render(source) + CLOSE
    publisher.publish(data={"text/html": html, "text/plain": unmarked(source)})


def reply_bundle(reply: Reply) -> dict[str, str]:
    """How a reply shows itself as a cell's result."""
    shown = [picture for choice in reply.choices for picture in pictures(choice.images) if not picture.fault]
    html = reply_html(reply, markup_of(reply.format).render) + "".join(map(picture_html, shown))
    return {"text/html": html, "text/plain": document(reply)}


def picture_bundle(picture: Picture) -> dict[str, str]:
    """A picture as an output; for kinds that nbconvert and some viewers do not know, HTML holds it too."""
    bundle = {picture.mime_type: picture.data, "text/plain": f"image {picture.number}, {picture.size:,} bytes"}
    if picture.mime_type not in ("image/png", "image/jpeg"):
        bundle["text/html"] = picture_html(picture)
    return bundle


def picture_html(picture: Picture) -> str:
    """A picture that is shown, with its data in it."""
    return f'<img alt="image {picture.number}" src="data:{picture.mime_type};base64,{picture.data}">'
