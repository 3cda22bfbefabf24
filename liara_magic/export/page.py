"""A conversation as a page that stands alone: no script, nothing loaded, readable in the dark and on paper.

What a model, a person and a notebook wrote is shown through the same renderer as in the notebook; a policy in the page
forbids scripts and requests besides.
"""

from __future__ import annotations

from html import escape
from importlib.resources import files

from ..protocol.foreign_text import clean
from ..screen.document import answer
from ..screen.figures import without_isolates
from ..screen.footer import notices_html
from ..screen.formulas import inert
from ..screen.markup import markup_of
from ..screen.message_parts import ShownPart, parts_of
from ..screen.notebook import picture_html
from ..screen.page import reply_html
from ..screen.voice import isolated
from ..session.conversation import Conversation
from ..session.turn import Turn
from .facts import figures, place, shown_pictures, summary, title

_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def to_html(conversation: Conversation, digits: str = "latin") -> str:
    """The whole conversation as an HTML document."""
    name = title(conversation)
    style = files(__package__).joinpath("page.css").read_text("utf-8")
    turns = "\n".join(_turn(turn, number, digits) for number, turn in enumerate(conversation.turns, 1))
    return f"""<!DOCTYPE html>
<html lang="{_language(conversation)}" dir="ltr">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="liara_magic">
<title>{escape(name)}</title>
<style>
{style}</style>
</head>
<body>
<main>
<h1 dir="auto">{inert(name)}</h1>
<div class="quiet" dir="ltr">{isolated(summary(conversation, digits))}</div>
{turns}
</main>
</body>
</html>
"""


def _turn(turn: Turn, number: int, digits: str) -> str:
    images = "".join(picture_html(picture) for picture in shown_pictures(turn))
    return (
        f'<section class="turn"><div class="quiet" dir="ltr">{number} · {inert(place(turn, digits))}</div>'
        f'<div class="prompt" dir="auto">{inert(clean(turn.prompt))}</div>{_context(turn)}'
        f"{reply_html(turn.reply, markup_of(turn.reply.format).render)}{images}{notices_html(turn.reply.notices)}"
        f'<div class="quiet" dir="ltr">{isolated(figures(turn, digits))}</div></section>'
    )


def _context(turn: Turn) -> str:
    """What went along from the notebook, folded."""
    if turn.context is None:
        return ""
    shown = "".join(map(_part, parts_of(turn.context)))
    return f'<details class="context"><summary class="quiet" dir="ltr">from the notebook</summary>{shown}</details>'


def _part(part: ShownPart) -> str:
    if part.text:
        return f'<pre dir="ltr">{inert(clean(part.text))}</pre>'
    said = f'<div class="quiet" dir="ltr">{inert(clean(part.said()))}</div>'
    return said + (f'<img alt="" src="data:{part.mime_type};base64,{part.data}">' if part.data else "")


def _language(conversation: Conversation) -> str:
    """What a screen reader is to speak: the language whose letters the replies have more of."""
    text = "".join(without_isolates(answer(choice)) for turn in conversation.turns for choice in turn.reply.choices)
    persian = sum("\u0600" <= letter <= "\u06ff" for letter in text)
    return "fa" if persian > sum(letter.isascii() and letter.isalpha() for letter in text) else "en"
