"""What was used, and what is happening: two lines that are always there."""

from __future__ import annotations

import time
from typing import Any

from ..protocol.foreign_text import clean
from ..protocol.usage import Totals
from ..screen.figures import in_digits, number, toman
from ..screen.formulas import inert
from ..screen.painter import INTERVAL
from ..screen.voice import isolated
from ..session.limits import Limit
from ..session.session import Session
from ..session.turn import Turn
from .parts import Parts
from .texts import Texts
from .trouble import trouble_html

#: Seconds from one line on what is happening to the next.
_PACE = 1.0


class Meter:
    """The lines. Both are written on the stage's thread alone, and only when what they say has changed."""

    def __init__(self, parts: Parts, texts: Texts, session: Session) -> None:
        self._texts, self._session = texts, session
        self.used = parts.html("", "meter")
        self.state = parts.html("", "state")
        self._said = ""  # stands there until something else happens
        self._what_runs: tuple[Turn | None, bool] = (None, False)
        self._since = self._written = 0.0  # when that began, and when the line last said it, 0 if it has not
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
        direction = self._texts.direction
        said = "".join(f"<span>{isolated(part, direction)}</span>" for part in parts if part)
        _write(self.used, said + "".join(self._bar(limit, direction) for limit in self._limits()))

    def show_state(self, turn: Turn | None, busy: bool, waiting: tuple[str, float] | None = None) -> float | None:
        """What is happening with the running ``turn``; ``busy`` says that a command is at work.

        The end of all is shown at once, and so is what was said meanwhile. The rest waits, so that what lasts for the
        blink of an eye sends nothing, and longer where words come that speak for themselves: returns the seconds.
        """
        if turn is not None:
            self._said = ""
        if turn is None and not busy:
            self._what_runs = (None, False)
            idle = f'<span class="liara-idle">{self._ours("idle")}</span>'
            _write(self.state, self._said or self._line("liara-dot", idle))
            return None
        now = time.monotonic()
        if self._what_runs != (turn, busy):
            self._what_runs, self._since, self._written = (turn, busy), now, 0.0
        has_words = turn is not None and turn.reply.first_word is not None
        due = self._written + _PACE if self._written else self._since + (_PACE if has_words else INTERVAL)
        if now < due and waiting is None:
            return due - now
        if _write(self.state, self._line("liara-dot liara-on", self._what(turn, waiting))):
            self._written = now
        return None

    def say(self, text: str) -> None:
        """A sentence of our own, until something else happens."""
        self._said = f'<span dir="auto">{inert(in_digits(text, self._texts.digits))}</span>'
        self.show_state(None, False)

    def show_error(self, error: Exception, kept: bool) -> None:
        """What went wrong and the next step, until something else happens."""
        self._said = trouble_html(error, kept, self._texts)
        self.show_state(None, False)

    def _line(self, kind: str, html: str) -> str:
        return f'<span class="{kind}"></span>{html}'

    def _what(self, turn: Turn | None, waiting: tuple[str, float] | None) -> str:
        """The same as HTML."""
        between = self._texts.voice.between
        if turn is None:
            return self._ours("command_runs")
        if waiting is not None and waiting[1] > time.monotonic():
            left = max(1, round(waiting[1] - time.monotonic()))
            return f"{self._ours('retrying', left)}{between}{self._texts.voice.sentence(waiting[0])}"
        reply = turn.reply
        model = f'<bdi dir="ltr">{inert(clean(reply.model))}</bdi>'
        if reply.first_word is not None and (reply.thought is not None or not reply.reasoning):
            return f"{self._ours('streaming')}{between}{model}"
        doing = "connecting" if reply.first_word is None else "thinking"
        seconds = time.time() - reply.started.timestamp() if reply.started else 0.0
        after = between + self._ours("seconds", f"{seconds:.0f}") if seconds >= 1 else ""
        return f"{self._ours(doing)}{between}{model}{after}"

    def _ours(self, name: str, *figures: object) -> str:
        return inert(in_digits(self._texts(name, *figures), self._texts.digits))

    def _sum(self, totals: Totals) -> str:
        tokens = self._texts("tokens", f"{totals.prompt_tokens + totals.completion_tokens:,}")
        unknown = " " + self._texts("unknown_cost", totals.unknown) if totals.unknown else ""
        said = f"{tokens}{self._texts.voice.between}{toman(totals.toman)}{unknown}"
        return in_digits(said, self._texts.digits)

    def _limits(self) -> list[Limit]:
        return self._session.purse.limits(self._session.model_id(self._session.settings.model))

    def _bar(self, limit: Limit, direction: str) -> str:
        """How much of a budget is spent or reserved, as a bar with its figures."""
        said = in_digits(self._texts("budget", number(limit.used), toman(limit.toman)), self._texts.digits)
        share = min(1.0, limit.used / limit.toman) if limit.toman else 1.0
        kind = "liara-bar liara-warns" if limit.warns else "liara-bar"
        bar = f'<progress class="{kind}" max="1" value="{share:.3f}" aria-label="{inert(self._texts("of_budget"))}">'
        name = inert(self._texts.voice.label(limit.name))
        return f'<span title="{name}">{bar}</progress> {isolated(said, direction)}</span>'

    def _context(self) -> str:
        """How long the last request was, beside what the model can read, where the catalogue tells."""
        ended = [turn for turn in self._session.conversation.turns if turn.row.usage.prompt_tokens]
        if not ended:
            return ""
        model = self._session.known_model(self._session.model_id(self._session.settings.model))
        if model is None or not model.context_length:
            return ""
        usage = ended[-1].row.usage
        used = (usage.prompt_tokens or 0) + (usage.completion_tokens or 0)
        return in_digits(self._texts("context_used", f"{used:,}", f"{model.context_length:,}"), self._texts.digits)


def _write(widget: Any, html: str) -> bool:
    """Whether it had to be written."""
    if widget.value == html:
        return False
    widget.value = html
    return True
