"""The prompts that wait for their turn, each with a button that takes it out."""

from __future__ import annotations

from typing import Any

from ..protocol.foreign_text import clean
from ..screen.formulas import inert
from .asking import Asking, Job
from .parts import Parts
from .texts import Texts

_LONGEST = 120


class QueueView:
    """A line for each waiting job. Written on the stage's thread."""

    def __init__(self, parts: Parts, texts: Texts, asking: Asking) -> None:
        self._parts, self._texts, self._asking = parts, texts, asking
        self._lines: dict[Job, Any] = {}
        self.column = parts.column([], "queue")

    def refresh(self) -> None:
        """Show what waits now."""
        waiting = self._asking.queued()
        if waiting == list(self._lines):
            return
        before = self._lines
        self._lines = {job: before.get(job) or self._line(job) for job in waiting}
        self.column.children = list(self._lines.values())
        gone = [line for job, line in before.items() if job not in self._lines]
        self._parts.close([one for line in gone for one in (*line.children, line)])

    def _line(self, job: Job) -> Any:
        words = " ".join(clean(job.text).split())
        said = inert(words if len(words) <= _LONGEST else words[: _LONGEST - 1] + "…")
        html = f'<div dir="auto"><em>{inert(self._texts("queued"))}:</em> {said}</div>'
        drop = self._parts.button(self._texts("drop"), lambda: self._asking.drop(job), "icon", icon="times")
        return self._parts.row([self._parts.html(html), drop], "queued")
