"""What was used, and what is happening: two lines that are always there."""

from __future__ import annotations

import time
from typing import Any

from ..protocol.errors import LiaraError
from ..protocol.foreign_text import clean
from ..protocol.usage import Totals
from ..screen.figures import END_ISOLATE, ISOLATE, in_digits, toman
from ..screen.formulas import inert
from ..session.session import Session
from ..session.turn import Turn
from .parts import Parts
from .texts import Texts


class Meter:
    """The lines. Both are written on the stage's thread alone, and only when what they say has changed."""

    def __init__(self, parts: Parts, texts: Texts, session: Session, digits: str) -> None:
        self._texts, self._session, self._digits = texts, session, digits
        self.used = parts.html("", "meter")
        self.state = parts.html("", "state")
        self._trouble = ""
        self.show_used()
        self.show_state(None, False)

    def show_used(self) -> None:
        """Tokens and toman of the conversation and of the kernel; how much of the model's context was used."""
        own, everything = self._session.conversation.totals(), self._session.ledger.totals()
        parts = [
            f"{self._texts('conversation')}: {self._sum(own)}",
            f"{self._texts('kernel')}: {self._sum(everything)}",
            self._context(),
        ]
        _write(self.used, "".join(f"<span>{_isolated(part)}</span>" for part in parts if part))

    def show_state(self, turn: Turn | None, busy: bool, waiting: tuple[str, float] | None = None) -> None:
        """What is happening with the running ``turn``; ``busy`` says that a command is at work."""
        if turn is not None:
            self._trouble = ""
        if turn is None and self._trouble and not busy:
            html = self._trouble
        else:
            html = f'<span class="liara-dot{"" if turn is None and not busy else " liara-on"}"></span>'
            html += inert(in_digits(self._what(turn, busy, waiting), self._digits))
        _write(self.state, html)

    def show_error(self, error: Exception, kept: bool) -> None:
        """What went wrong and the next step, until something else happens."""
        message = error.message if isinstance(error, LiaraError) else f"{type(error).__name__}: {error}"
        hint = error.hint if isinstance(error, LiaraError) else ""
        said = [f"<strong>{inert(clean(message))}</strong>", inert(clean(hint)), self._texts("kept") if kept else ""]
        self._trouble = '<span class="liara-trouble" dir="auto">' + " ".join(filter(None, said)) + "</span>"
        self.show_state(None, False)

    def clear_error(self) -> None:
        """Whatever went wrong is no longer what matters."""
        self._trouble = ""

    def _what(self, turn: Turn | None, busy: bool, waiting: tuple[str, float] | None) -> str:
        if turn is None:
            return self._texts("command_runs" if busy else "idle")
        if waiting is not None and waiting[1] > time.monotonic():
            return self._texts("retrying", clean(waiting[0]), f"{waiting[1] - time.monotonic():.0f}")
        reply = turn.reply
        doing = "connecting" if reply.first_word is None else "thinking" if reply.thought is None else "streaming"
        if reply.first_word is not None and not reply.reasoning:
            doing = "streaming"
        seconds = time.time() - reply.started.timestamp() if reply.started else 0.0
        after = f" · {self._texts('seconds', f'{seconds:.0f}')}" if seconds >= 1 else ""
        return f"{self._texts(doing)} · {clean(reply.model)}{after}"

    def _sum(self, totals: Totals) -> str:
        tokens = self._texts("tokens", f"{totals.prompt_tokens + totals.completion_tokens:,}")
        unknown = " " + self._texts("unknown_cost", totals.unknown) if totals.unknown else ""
        return in_digits(f"{tokens} · {toman(totals.toman)}{unknown}", self._digits)

    def _context(self) -> str:
        """How long the last request was, beside what the model can read, where the catalogue tells."""
        ended = [turn for turn in self._session.conversation.turns if turn.row.usage.prompt_tokens]
        model = self._session.known_models().find(self._session.model_id(self._session.settings.model))
        if not ended or model is None or not model.context_length:
            return ""
        usage = ended[-1].row.usage
        used = (usage.prompt_tokens or 0) + (usage.completion_tokens or 0)
        return in_digits(self._texts("context_used", f"{used:,}", f"{model.context_length:,}"), self._digits)


def _write(widget: Any, html: str) -> None:
    if widget.value != html:
        widget.value = html


def _isolated(text: str) -> str:
    return inert(text).replace(ISOLATE, '<bdi dir="ltr">').replace(END_ISOLATE, "</bdi>")
