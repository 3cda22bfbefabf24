"""A screen for Jupyter front ends: one output while the reply flows, one display_data when it is done."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from typing import Any

from ..protocol.foreign_text import clean
from ..protocol.reply import Reply
from ..protocol.usage import Totals
from .document import document, live_text
from .footer import footer, footer_html, notices_html, status_html
from .markdown import Markdown
from .painter import Painter

# `text-align: start` is inherited; every block below resolves it by its own direction.
# Bytes that a display message takes beside its payload.
_ENVELOPE = 634
_OPEN, _CLOSE = '<div style="text-align:start">', "</div>"


class NotebookScreen:
    """Paints through ``publisher``, the shell's display publisher.

    ``owns_cell`` says that the cell is ours alone: then finished blocks become outputs of their own, and all of them
    are folded into one at the end. In other cells a single output is painted: clearing would take the person's own.
    """

    def __init__(self, publisher: Any, owns_cell: bool) -> None:
        self._output = _Output(publisher)
        self._owns_cell = owns_cell
        self._painter = Painter(self._output, commits=owns_cell)
        # Under %%capture each update would be kept as one more output: there only the end is shown.
        self._live = type(publisher).__name__ != "CapturingDisplayPublisher"
        self._model = ""
        self._started = 0.0
        self._said = 0.0
        self._retrying = False

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
        if text:
            return self._painter.show(text)
        if time.monotonic() - self._said >= 1.0 or (reply.waiting and not self._retrying):
            self._status(self._what(reply))
        return 0.0

    def finish(self, reply: Reply, totals: Totals) -> None:
        """Show the whole reply with its footer, as the cell's one output."""
        self._end(reply, self._painter.whole, footer_html(reply, totals), footer(reply, totals))

    def fail(self, reply: Reply, totals: Totals, reason: str, charged: bool) -> None:
        """Show what had come, and that it ended early."""
        line = footer_html(reply, totals, reason, charged), footer(reply, totals, reason, charged)
        self._end(reply, self._painter.hurried, *line)

    def _what(self, reply: Reply) -> str:
        """What is happening while there is no word yet."""
        self._retrying = reply.waiting is not None and reply.waiting[1] > time.monotonic()
        if reply.waiting and self._retrying:
            return f"{reply.waiting[0]} Retrying in {reply.waiting[1] - time.monotonic():.0f} s"
        return f"thinking, {len(reply.reasoning):,} characters so far" if reply.reasoning else "waiting"

    def _status(self, what: str) -> None:
        self._said = time.monotonic()
        self._output.tail(status_html(self._model, what, self._said - self._started))

    def _end(self, reply: Reply, render: Callable[[str], str], line_html: str, line: str) -> None:
        source = document(reply)
        answer = _reasoning(reply) + _OPEN + render(source) + _CLOSE
        html = answer + notices_html(reply.notices) + line_html
        self._output.end({"text/html": html, "text/plain": source or line}, anew=self._owns_cell)


def show_document(publisher: Any, source: str) -> None:
    """Show Markdown of our own, such as a command's answer."""
    publisher.publish(data={"text/html": _OPEN + Markdown().render(source) + _CLOSE, "text/plain": source})


def reply_bundle(reply: Reply) -> dict[str, str]:
    """How a reply shows itself as a cell's result."""
    source = document(reply)
    answer = _reasoning(reply) + _OPEN + Markdown().render(source) + _CLOSE
    return {"text/html": answer, "text/plain": source}


def _reasoning(reply: Reply) -> str:
    """What the model thought before its answer, folded."""
    if not reply.reasoning:
        return ""
    count = reply.usage.reasoning_tokens
    summary = "reasoning" + (f" · {count:,} tokens" if count else "")
    thoughts = Markdown().render(clean(reply.reasoning))
    return f'<details><summary dir="ltr">{summary}</summary>{_OPEN}{thoughts}{_CLOSE}</details>'


class _Output:
    """The canvas: outputs of one cell. No update carries metadata: VS Code would replace every output of the cell."""

    def __init__(self, publisher: Any) -> None:
        self._publisher = publisher
        self._live_id = ""  # of the output that may still change; a fresh one for every output
        self._last = ""

    def tail(self, html: str) -> int:
        if html == self._last and self._live_id:
            return 0
        self._last = html
        return self._send({"text/html": f"{_OPEN}{html}{_CLOSE}"})

    def commit(self, html: str) -> int:
        sent = self._send({"text/html": f"{_OPEN}{html}{_CLOSE}"})
        self._live_id = ""
        return sent

    def fold(self, html: str) -> int:
        self._clear()
        return self.commit(html)

    def end(self, bundle: dict[str, str], anew: bool) -> None:
        """The last word: in place of all outputs, or as the last update of the only one."""
        if anew:
            self._clear()
        self._send(bundle)

    def _clear(self) -> None:
        self._publisher.clear_output(wait=True)
        self._live_id = ""

    def _send(self, bundle: dict[str, str]) -> int:
        update = bool(self._live_id)
        self._live_id = self._live_id or uuid.uuid4().hex[:12]
        self._publisher.publish(data=bundle, transient={"display_id": self._live_id}, update=update)
        return len(bundle["text/html"].encode()) + _ENVELOPE
