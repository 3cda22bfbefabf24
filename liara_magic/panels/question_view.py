"""Whether a function may be run that the model asks for: the call in full, and the person's word on it."""

from __future__ import annotations

from ..protocol.foreign_text import escaped
from ..screen.formulas import inert
from .asking import Asking, Question
from .parts import Parts
from .texts import Texts


class QuestionView:
    """Stands there while a question waits for its answer. Written on the stage's thread."""

    def __init__(self, parts: Parts, texts: Texts, asking: Asking) -> None:
        self._texts, self._asking = texts, asking
        self._shown: Question | None = None
        self._call = parts.html("", "call")
        answers = [
            parts.button(texts("allow"), lambda: asking.answer("allow"), "primary"),
            parts.button(texts("always"), lambda: asking.answer("always"), "quiet"),
            parts.button(texts("deny"), lambda: asking.answer("deny"), "quiet"),
        ]
        self._question = parts.column([self._call, parts.row(answers, "fields")], "question")
        self.column = parts.column([], "fold")

    def refresh(self) -> None:
        """Show the question that waits now, if one does."""
        question = self._asking.question
        if question is self._shown:
            return
        self._shown = question
        if question is not None:
            call = question.run.call
            # What could hide or reorder a part of it is spelled out: it is read before it is allowed.
            said = inert(f"{escaped(call.name)}({escaped(call.arguments.strip() or '{}')})")
            self._call.value = (
                f'<div>{inert(self._texts("may_run"))}</div><pre class="liara-copy" dir="ltr">{said}</pre>'
            )
        self.column.children = [self._question] if question is not None else []
