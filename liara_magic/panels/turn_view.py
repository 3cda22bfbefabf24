"""One turn: the prompt, the reply as it grows and as it stands, the usage line."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from ..protocol.foreign_text import clean
from ..protocol.reply import Reply
from ..protocol.usage import Totals
from ..screen.calls import rounds_html
from ..screen.document import live_text
from ..screen.figures import in_digits
from ..screen.footer import notices_html
from ..screen.formulas import inert
from ..screen.images import pictures
from ..screen.markup import markup_of
from ..screen.notebook import picture_html
from ..screen.page import answer_html, live_reasoning, reply_html, thoughts
from ..screen.painter import Painter
from ..screen.probabilities import reply_tokens, shaded
from ..screen.voice import Voice
from ..session.turn import Turn
from .blocks import Blocks
from .parts import Parts, with_its_keys
from .texts import Texts
from .turn_footer import turn_footer

#: Letters of a line, about; and the heights that the style sheet knows, so that a page can tell how long it is.
LINE, HEIGHTS = 90, (10, 20, 40, 80, 160, 320, 640)


@dataclass(frozen=True)
class Glance:
    """What of a running reply was there when it was last looked at, on the thread that asks."""

    text: str = ""
    reasoning: str = ""
    seconds_to_first_word: float = 0.0
    rounds: str = ""
    round_count: int = 0

    @classmethod
    def at(cls, reply: Reply, voice: Voice) -> Glance:
        """A glance at ``reply``, whose calls of functions are told by ``voice``."""
        text = live_text(reply)
        reasoning = "" if text or reply.hide_reasoning else clean(reply.reasoning)
        rounds = rounds_html(reply.rounds, live=True, voice=voice)
        return cls(text, reasoning, reply.first_word or 0.0, rounds, len(reply.rounds))


class TurnView:
    """The widgets of one turn. All its methods run on the stage's thread, or before it starts."""

    def __init__(self, parts: Parts, turn: Turn, texts: Texts) -> None:
        self.turn = turn
        self.ended = False
        self._parts, self._texts = parts, texts
        self._prompt = parts.html(prompt_html(turn, texts), "prompt-row")
        self.box = parts.column([self._prompt], "turn", _height(turn))
        self._reasoning: Any = None
        self._rounds: Any = None  # the calls of functions, above the answer
        self._round_count = 0
        self._more: list[Any] = []  # what others have put under it
        self._gone: list[Any] = []  # stands in the box until it is arranged
        self._blocks = Blocks(parts, self._changed)
        self._painter = self._new_painter()
        self._painted = False

    def grow(self, glance: Glance, seconds: float) -> float:
        """Paint what has come. Returns the seconds until more may be painted, 0 when all is."""
        if glance.round_count > self._round_count:  # what was said before the calls stands with them from now on
            self._round_count = glance.round_count
            self._drop_reasoning()
            self._blocks.clear()
            self._painter, self._painted = self._new_painter(), False
        if glance.rounds:
            self._show_rounds(glance.rounds)
        if glance.text:
            self._painted = True
            return self._painter.show(glance.text)
        if glance.reasoning:
            since = seconds - glance.seconds_to_first_word
            self._show_reasoning(live_reasoning(glance.reasoning, since, self._texts.voice))
        return 0.0

    def end(self, totals: Totals) -> None:
        """The reply as it stays, with what came beside it and its usage line; the box shows it when it is arranged."""
        self.ended = True
        reply = self.turn.reply
        if self._painted and len(reply.choices) == 1:
            if reply.rounds:
                self._show_rounds(rounds_html(reply.rounds, voice=self._texts.voice))
            self._end_painted(reply, self._footer(totals))
            return
        self._drop_reasoning()
        html = ""
        if reply.choices:
            self._drop_rounds()
            html = reply_html(reply, markup_of(reply.format).render, self._texts.voice)
        self._blocks.end(html, self._footer(totals))

    def put_below(self, more: list[Any]) -> None:
        """Show ``more`` under the turn, such as what can be done with it; in place of what stood there."""
        self._more = more
        self.arrange()

    @property
    def widgets(self) -> list[Any]:
        """All of them. What others have put under the turn is theirs."""
        return [*self._own(), *self._gone, self.box]

    def arrange(self) -> None:
        """Have everything in the box, in one message; nothing is sent when it stands there."""
        self.box.children = [*self._own(), *self._more]
        gone, self._gone = self._gone, []
        self._parts.close(gone)

    def settle(self) -> None:
        """Tell the page how high a turn is that has ended, for when it has not painted it."""
        self.box._dom_classes = ("liara-turn", f"liara-{_height(self.turn)}")

    def _end_painted(self, reply: Reply, footer: str) -> None:
        choice, voice = reply.choices[0], self._texts.voice
        if folded := thoughts(reply, choice, voice):
            self._show_reasoning(folded)
        else:
            self._drop_reasoning()
        html = answer_html(reply, choice, self._painter.whole, voice)
        self._blocks.end(html + shaded(reply_tokens(choice.logprobs), voice), footer)

    def _footer(self, totals: Totals) -> str:
        """What stands under the reply: its pictures, why it ended early, notices, and the usage line."""
        reply, turn, texts = self.turn.reply, self.turn, self._texts
        below = [picture_html(one) for choice in reply.choices for one in pictures(choice.images) if not one.fault]
        reason = turn.reason if turn.state == "cut" else ""
        said = _reason_html(reason, texts.voice) + notices_html(reply.notices, texts.voice)
        line = turn_footer(reply, totals, reason, turn.row.state != "refused", texts)
        return "".join(below) + said + line

    def _show_reasoning(self, html: str) -> None:
        html = with_its_keys(html)
        if self._reasoning is None:
            self._reasoning = self._parts.html(html, "block")
            self._changed([])
        elif self._reasoning.value != html:
            self._reasoning.value = html

    def _show_rounds(self, html: str) -> None:
        html = with_its_keys(html)
        if self._rounds is None:
            self._rounds = self._parts.html(html, "block")
            self._changed([])
        elif self._rounds.value != html:
            self._rounds.value = html

    def _drop_rounds(self) -> None:
        if self._rounds is not None:
            gone, self._rounds = self._rounds, None
            self._changed([gone])

    def _drop_reasoning(self) -> None:
        if self._reasoning is not None:
            gone, self._reasoning = self._reasoning, None
            self._changed([gone])

    def _new_painter(self) -> Painter:
        markup = partial(markup_of, self.turn.reply.format)
        return Painter(self._blocks, markup=markup, folds=False, has_room=self._blocks.has_room)

    def _changed(self, gone: list[Any]) -> None:
        self._gone += gone
        if not self.ended:
            self.arrange()

    def _own(self) -> list[Any]:
        above = [one for one in (self._rounds, self._reasoning) if one is not None]
        return [self._prompt, *above, *self._blocks.widgets]


def _height(turn: Turn) -> str:
    return f"about-{about_as_high(turn)}"


def about_as_high(turn: Turn) -> int:
    """The height of a turn that was not painted yet, in em: one of :data:`HEIGHTS`."""
    texts = [turn.prompt, *(choice.text for choice in turn.reply.choices)]
    lines = sum(1 + len(line) // LINE for text in texts for line in text.split("\n"))
    wanted = 6 + 1.6 * lines
    return min(HEIGHTS, key=lambda height: max(height / wanted, wanted / height))


def prompt_html(turn: Turn, texts: Texts) -> str:
    """What the person asked, each line in its own direction, and that context went along."""
    lines = "".join(f'<div dir="auto">{inert(line) or "<br>"}</div>' for line in clean(turn.prompt).split("\n"))
    context = ""
    if turn.context is not None:
        size = len(str(turn.context.content).encode())
        said = texts("kilobytes", f"{size / 1024:,.1f}") if size >= 1024 else texts("bytes", size)
        said = in_digits(said, texts.digits)
        context = f'<div class="liara-chip">{inert(texts("with_context", said))}</div>'
    return f'<div class="liara-prompt"><div class="liara-hidden">{texts("you")}</div>{lines}{context}</div>'


def _reason_html(reason: str, voice: Voice) -> str:
    said = voice.sentence(reason, "The reply ended early:")
    return f'<div class="liara-reason" dir="{voice.direction}">{said}</div>' if reason else ""
