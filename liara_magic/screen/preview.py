"""A request as it would leave, or has left: each message with its size, and pictures small."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ..protocol.foreign_text import clean
from ..protocol.messages import Message
from .figures import in_digits, number, toman
from .formulas import inert
from .images import Picture, pictures

_BYTES_PER_TOKEN = 4  # on the average; Persian takes more tokens for a letter and more bytes too


@dataclass(frozen=True)
class Preview:
    """What is shown of a request. ``price`` is the toman that a prompt token costs, if that is known."""

    model: str
    messages: Sequence[Message]
    notes: Sequence[str] = ()
    price: float | None = None
    digits: str = "latin"

    def text(self) -> str:
        """As Markdown."""
        blocks = [f"**{_title(number, message)}**\n\n{_fenced(_text(message))}" for number, message in self._numbered()]
        return "\n\n".join([self._summary(), *(f"- {note}" for note in self.notes), *blocks])

    def html(self) -> str:
        """As HTML, each message folded."""
        blocks = [_folded(_title(number, message), message) for number, message in self._numbered()]
        notes = "".join(f"<div>{inert(clean(note))}</div>" for note in self.notes)
        summary = inert(self._summary()).replace("\u2066", '<bdi dir="ltr">').replace("\u2069", "</bdi>")
        return f'<div dir="ltr" style="text-align:start"><div>{summary}</div>{notes}{"".join(blocks)}</div>'

    def _numbered(self) -> Iterator[tuple[int, Message]]:
        return iter(enumerate(self.messages, 1))

    def _summary(self) -> str:
        size = sum(_size(message) for message in self.messages)
        tokens = sum(_tokens(message) for message in self.messages)
        cost = "unknown until the catalogue and a price are known" if self.price is None else toman(tokens * self.price)
        said = f"{len(self.messages)} messages, {size:,} bytes, about {number(tokens)} tokens to send, cost {cost}"
        return f"{clean(self.model)}: {in_digits(said, self.digits)}"


def _title(position: int, message: Message) -> str:
    images = len(_pictures(message))
    extra = f", {images} image{'s' * (images > 1)}" if images else ""
    return f"{position} · {message.role} · {_size(message):,} bytes, about {_tokens(message):,} tokens{extra}"


def _folded(title: str, message: Message) -> str:
    shown = "".join(map(_thumbnail, _pictures(message)))
    return (
        f'<details><summary dir="ltr">{inert(title)}</summary>'
        f'<pre dir="auto" style="white-space:pre-wrap">{inert(clean(_text(message)))}</pre>{shown}</details>'
    )


def _thumbnail(picture: Picture) -> str:
    if picture.fault:
        return f"<div>image {picture.number}: {inert(picture.fault)}</div>"
    address = f"data:{picture.mime_type};base64,{picture.data}"
    return f'<img alt="image {picture.number}" style="max-width:160px" src="{address}">'


def _parts(message: Message) -> list[Any]:
    return [] if isinstance(message.content, str) or message.content is None else list(message.content)


def _text(message: Message) -> str:
    if isinstance(message.content, str):
        return message.content
    return "\n\n".join(str(part.get("text") or f"({part.get('type')})") for part in _parts(message))


def _pictures(message: Message) -> list[Picture]:
    return pictures([part for part in _parts(message) if part.get("type") == "image_url"])


def _size(message: Message) -> int:
    """Bytes of its text and of what goes along as data."""
    if isinstance(message.content, str):
        return len(message.content.encode())
    return sum(len(str(part.get("text") or part).encode()) for part in _parts(message))


def _tokens(message: Message) -> int:
    """About how many tokens its text is; what a picture counts as differs from model to model."""
    return -(-len(_text(message).encode()) // _BYTES_PER_TOKEN)


def _fenced(text: str) -> str:
    """Text in a fence that is longer than any in it."""
    text = clean(text)
    fence = "```"
    while fence in text:
        fence += "`"
    return f"{fence}\n{text}\n{fence}"
