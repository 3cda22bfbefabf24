"""The conversation as a plain output beside the widgets, for whoever opens the saved notebook where none run.

It is in the page all the time; where the panel lives, its style sheet hides it.
"""

from __future__ import annotations

import time
import uuid
from typing import Any

from ..protocol.foreign_text import clean
from ..screen.document import document
from ..screen.figures import in_digits
from ..screen.formulas import inert
from ..screen.markup import markup_of
from ..screen.page import reply_html
from ..screen.voice import Voice
from ..session.conversation import Conversation
from ..session.turn import Turn
from .texts import Texts

#: Bytes of HTML: each change sends all of it, and the whole conversation is what `/save` and `/export` write.
MOST = 64 * 1024
#: Seconds without a change before it is sent.
QUIET = 1.0
_OUTER = '<div class="liara-static" dir="ltr" style="text-align:start;max-width:60em">'
_PROMPT = (
    '<div dir="auto" style="white-space:pre-wrap;margin:1em 0 0.4em;padding:0.4em 0.8em;border-radius:0.8em;'
    'background:rgba(128,128,128,0.14)">'
)
_SMALL = '<div dir="{direction}" style="font-size:0.85em;opacity:0.8;text-align:start">'


class StaticCopy:
    """An output of the cell that showed the panel, brought up to date by its display id: that finds its own cell.

    ``publisher`` is the shell's display publisher.
    """

    def __init__(self, publisher: Any, texts: Texts) -> None:
        self._publisher, self._texts = publisher, texts
        self._id = uuid.uuid4().hex[:12]
        self._pieces: dict[str, tuple[str, str]] = {}  # by the turn: its HTML and its text
        self._shown = ""  # what of the conversation is in the page
        self._seen = ""
        self._since = 0.0
        self._is_shown = False

    def show(self, conversation: Conversation) -> None:
        """Open the output, in the cell that runs now."""
        self._shown = _mark(conversation)
        self._publish(conversation)
        self._is_shown = True

    def update(self, conversation: Conversation) -> float | None:
        """Send what has changed when it has been quiet for a while. Returns the seconds until then."""
        mark, now = _mark(conversation), time.monotonic()
        if not self._is_shown or mark == self._shown:
            return None
        if mark != self._seen:
            self._seen, self._since = mark, now
        if any(turn.state == "running" for turn in conversation.turns):
            return None
        if now - self._since < QUIET:
            return QUIET - (now - self._since)
        self._shown = mark
        self._publish(conversation)
        return None

    def _publish(self, conversation: Conversation) -> None:
        data = self.bundle(conversation)
        self._publisher.publish(data=data, transient={"display_id": self._id}, update=self._is_shown)

    def bundle(self, conversation: Conversation) -> dict[str, str]:
        """The last turns, as many as fit."""
        turns = [turn for turn in conversation.turns if turn.state != "running"]
        self._pieces = {turn.id: self._pieces.get(turn.id) or _pieces(turn, self._texts.voice) for turn in turns}
        chosen: list[tuple[str, str]] = []
        room = MOST
        for turn in reversed(turns):
            html, text = self._pieces[turn.id]
            room -= len(html.encode())
            if room < 0 and chosen:
                break
            chosen.insert(0, (html, text) if room >= 0 else _too_long(turn))
        left_out = len(turns) - len(chosen)
        said = in_digits(self._texts("left_out", left_out), self._texts.digits) if left_out else ""
        small, between = _SMALL.format(direction=self._texts.direction), self._texts.voice.between
        head = f"{small}{between.join(filter(None, ['liara', inert(conversation.name), inert(said)]))}</div>"
        html = _OUTER + head + "".join(html for html, _ in chosen) + "</div>"
        text = "\n\n".join([f"liara · {conversation.name}", *filter(None, [said]), *(text for _, text in chosen)])
        return {"text/html": html, "text/plain": text}


def _mark(conversation: Conversation) -> str:
    return f"{conversation.name} {conversation.version}"


def _pieces(turn: Turn, voice: Voice) -> tuple[str, str]:
    prompt, reason = clean(turn.prompt), clean(turn.reason)
    reply = turn.reply
    line = f"{clean(reply.model)} · {reply.seconds:.1f} s"
    small = _SMALL.format(direction=voice.direction)
    html = f"{_PROMPT}{inert(prompt)}</div>{reply_html(reply, markup_of(reply.format).render, voice)}"
    html += f"{small}{inert(clean(reply.model))}{voice.between}{voice.figures(f'{reply.seconds:.1f} s')}</div>"
    said = voice.sentence(reason, "The reply ended early:") if reason else ""
    html += f"{small}{said}</div>" if said else ""
    return html, "\n\n".join(filter(None, [f"> {prompt}", document(reply), line, reason]))


def _too_long(turn: Turn) -> tuple[str, str]:
    text = document(turn.reply)[: MOST // 4]
    return f'{_PROMPT}{inert(clean(turn.prompt))}</div><div style="white-space:pre-wrap">{inert(text)} …</div>', text
