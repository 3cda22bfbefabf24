"""A conversation as Markdown."""

from __future__ import annotations

from ..protocol.foreign_text import clean
from ..protocol.reply import Reply
from ..screen.calls import rounds_text
from ..screen.document import answers, document
from ..screen.figures import without_isolates
from ..screen.markdown import closed, plain
from ..screen.message_parts import parts_of
from ..screen.raw_html import without_html
from ..screen.raw_links import without_requests
from ..session.conversation import Conversation
from ..session.turn import Turn
from .facts import figures, place, shown_pictures, summary, title

_LITERAL = ("text", "json", "html")  # formats of a reply that are languages of a code block too
_MOST_PASSES = 5  # text that was HTML may hold a picture, and what stood in a link may be HTML


def to_markdown(conversation: Conversation, digits: str = "latin") -> str:
    """The whole conversation: each prompt as a quote, each reply as the model wrote it, pictures at the end."""
    turns = list(enumerate(conversation.turns, 1))
    head = f"# {plain(title(conversation))}\n\n{summary(conversation, digits)}"
    pieces = [head, *(_turn(turn, number, digits) for number, turn in turns)]
    data = [line for number, turn in turns for line in _picture_data(turn, number)]
    # As a whole too: what one reply defines counts for all of them. Our own pictures are not defined yet.
    text = without_requests("\n\n".join(pieces))
    return without_isolates("\n\n".join([text, *(["\n".join(data)] if data else [])])) + "\n"


def _turn(turn: Turn, number: int, digits: str) -> str:
    head = f"## {number}\n\n{place(turn, digits)}"
    reply = _reply(turn.reply)
    images = "\n\n".join(f"![image {one.number}][image-{number}-{one.number}]" for one in shown_pictures(turn))
    parts = [head, *_context(turn), _quoted(turn.prompt), reply, images, f"*{plain(figures(turn, digits))}*"]
    return "\n\n".join(filter(None, parts))


def _reply(reply: Reply) -> str:
    """As the model wrote it, its HTML to be read; what is text to the letter, JSON or HTML is shown as that."""
    if reply.format not in _LITERAL or not reply.text:
        return _inert(closed(document(reply)))
    return "\n\n".join(filter(None, (_inert(closed(rounds_text(reply))), _fenced(answers(reply), reply.format))))


def _context(turn: Turn) -> list[str]:
    """What went along: texts as code, since they are data and no Markdown."""
    if turn.context is None:
        return []
    return [_fenced(clean(part.text)) if part.text else f"({plain(part.said())})" for part in parts_of(turn.context)]


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in _inert(closed(clean(text))).splitlines())


def _inert(source: str) -> str:
    """``source`` without HTML and without anything that is fetched; as code, where making it so never ends."""
    for _ in range(_MOST_PASSES):
        before = source
        source = without_requests(without_html(source))
        if source == before:
            return source
    return _fenced(source)


def _fenced(text: str, language: str = "text") -> str:
    fence = "```"
    while fence in text:
        fence += "`"
    return f"{fence}{language}\n{text}\n{fence}"


def _picture_data(turn: Turn, number: int) -> list[str]:
    return [f"[image-{number}-{one.number}]: data:{one.mime_type};base64,{one.data}" for one in shown_pictures(turn)]
