"""A request as it would leave, or has left: what goes along and from where, then each message with its size."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ..protocol.carried import HIDDEN, OPENING, Carried
from ..protocol.foreign_text import clean
from ..protocol.messages import Message
from ..protocol.request import ChatRequest
from .figures import in_digits, toman
from .formulas import inert
from .message_parts import ShownPart, other_fields, parts_of, weight_of
from .voice import Voice, side_of

#: A cell's words, and whether they are ours alone.
_Cell = tuple[str, bool]
_HEAD = tuple((name, True) for name in ("from the notebook", "what", "bytes", "tokens", "cost", "missing"))
_BOX = (
    "white-space:pre-wrap;text-align:start;margin:0.3em 1em 0.6em;max-height:32em;overflow:auto;"
    "font-family:monospace;font-size:0.9em"
)
#: Words of scripts that run from right to left, with the spaces and joiners between them.
_FROM_THE_RIGHT = re.compile(
    "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc](?:[ \u200c\u200d]*[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc])*"
)
_MARK = '<span style="background:var(--jp-warn-color3,#ffe0b2);color:#000;border-radius:3px;padding:0 2px">'


@dataclass(frozen=True)
class Preview:
    """What is shown of a request. ``price`` is the toman that a prompt token costs, if that is known."""

    request: ChatRequest
    carried: Carried = field(default_factory=Carried)
    notes: tuple[str, ...] = ()
    price: float | None = None
    digits: str = "latin"

    def text(self) -> str:
        """As Markdown."""
        voice = Voice(self.digits)
        blocks = [voice.label(self._summary()), *(f"- {clean(line)}" for line in self._lines())]
        if rows := [[_cell_text(cell, voice) for cell in row] for row in self._table()]:
            lines = (rows[0], ["---"] * len(rows[0]), *rows[1:])
            blocks.append("\n".join(f"| {' | '.join(map(_in_table, row))} |" for row in lines))
        for position, message in enumerate(self.request.messages, 1):
            blocks.append(f"**{voice.label(self._title(position, message))}**\n\n{_fenced(_told(message))}")
        return "\n\n".join(blocks)

    def html(self, voice: Voice | None = None) -> str:
        """As HTML, each message folded; the last ones, which are new, can be read at once."""
        voice = voice or Voice(self.digits)
        lines = "".join(f"<div>{voice.sentence(line)}</div>" for line in self._lines())
        first_new = len(self.request.messages) - (2 if self.carried.parts else 1)
        messages = "".join(
            self._folded(position, message, position > first_new, voice)
            for position, message in enumerate(self.request.messages, 1)
        )
        summary = f'<div style="font-weight:600">{voice.figures(self._summary())}</div>'
        table = _table_html(self._table(), voice)
        return f'<div dir="{voice.direction}" style="{_aligned(voice)}">{summary}{lines}{table}{messages}</div>'

    def _summary(self) -> str:
        size, tokens = map(sum, zip(*map(weight_of, self.request.messages), strict=True))
        many = len(self.request.messages)
        cost = self._cost(tokens) or "unknown until the catalogue and a price are known"
        return (
            f"{clean(self.request.model)}: {many} message{'s' * (many > 1)}, {size:,} bytes, about {tokens:,} tokens "
            f"to send, cost {'about ' if self.price is not None else ''}{cost}"
        )

    def _lines(self) -> Iterator[str]:
        """What is said of the whole, a line each."""
        if self.request.parameters:
            yield "with " + ", ".join(f"{name}={value!r}" for name, value in self.request.parameters.items())
        if hidden := self.carried.hidden_said():
            yield f"hidden before sending, and marked below: {in_digits(hidden, self.digits)}"
        yield from (f"left out: {sentence}" for sentence in self.carried.left_out)
        yield from self.notes

    def _table(self) -> list[list[_Cell]]:
        """What goes along, under its head; without the columns that have nothing in them."""
        rows = list(self._rows())
        full = [place for place, cells in enumerate(zip(*rows, strict=True)) if any(cell[0] for cell in cells)]
        return [[row[place] for place in full] for row in (_HEAD, *rows)] if rows else []

    def _rows(self) -> Iterator[tuple[_Cell, ...]]:
        for part in self.carried.parts:
            known = part.tokens is not None
            figures = (
                f"{part.size:,}",
                f"≈ {part.tokens:,}" if known else "unknown",
                self._cost(part.tokens or 0) if known else "",
            )
            ours = ((figure, True) for figure in figures)
            yield (part.source, False), (part.kind, False), *ours, (part.cut, False)

    def _folded(self, position: int, message: Message, is_open: bool, voice: Voice) -> str:
        shown = "".join(_part_html(part, voice) for part in parts_of(message)) + _other_html(message)
        title = voice.figures(self._title(position, message))
        opened = ' open=""' if is_open else ""
        return f"<details{opened}><summary>{title}</summary>{shown}</details>"

    def _title(self, position: int, message: Message) -> str:
        size, tokens = weight_of(message)
        beside = [part.kind.partition(",")[0] for part in parts_of(message) if part.kind != "text"]
        extra = "".join(f", {beside.count(kind)} × {clean(kind)}" for kind in dict.fromkeys(beside))
        cost = f", {said}" if (said := self._cost(tokens)) else ""
        return f"{position} · {message.role} · {size:,} bytes, about {tokens:,} tokens{cost}{extra}"

    def _cost(self, tokens: int) -> str:
        return "" if self.price is None else toman(tokens * self.price)


def _aligned(voice: Voice) -> str:
    return f"text-align:{side_of(voice.direction)}"


def _cell_text(cell: _Cell, voice: Voice) -> str:
    words, is_ours = cell
    return voice.label(words) if is_ours else clean(words)


def _cell_html(words: str, is_ours: bool, voice: Voice) -> str:
    return (
        f'<bdi dir="{voice.direction}">{voice.figures(words)}</bdi>'
        if is_ours
        else f"<bdi>{voice.sentence(words)}</bdi>"
    )


def _table_html(rows: list[list[_Cell]], voice: Voice) -> str:
    if not rows:
        return ""
    style = _aligned(voice)
    head = "".join(f'<th style="{style}">{voice.figures(name)}</th>' for name, _ in rows[0])
    body = "".join(
        "<tr>"
        + "".join(f'<td style="{style}">{_cell_html(words, is_ours, voice)}</td>' for words, is_ours in row)
        + "</tr>"
        for row in rows[1:]
    )
    return f'<table style="margin:0.5em 0"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def _told(message: Message) -> str:
    parts = (part.text if part.kind == "text" else f"({part.said()})" for part in parts_of(message))
    return "\n\n".join([*parts, *other_fields(message)])


def _part_html(part: ShownPart, voice: Voice) -> str:
    if part.kind == "text":
        is_data = part.text.startswith(OPENING)
        direction = "ltr" if is_data else "auto"
        text = inert(clean(part.text))
        marked = HIDDEN.sub(lambda found: f"{_MARK}{found[0]}</span>", _keep_order(text) if is_data else text)
        lines = "".join(f'<div dir="{direction}">{line or "<br>"}</div>' for line in marked.split("\n"))
        return f'<div style="{_BOX}" tabindex="0">{lines}</div>'
    shown = f'<div style="margin:0 1em">{voice.sentence(part.said())}</div>'
    if not part.data:
        return shown
    address = f"data:{part.mime_type};base64,{part.data}"
    style = "max-width:160px;max-height:160px;margin:0.3em 1em"
    return f'{shown}<img alt="{voice.sentence(part.kind)}" style="{style}" src="{address}">'


def _keep_order(text: str) -> str:
    """Text of tables and code, in which Persian words do not change the order of what stands beside them."""
    return _FROM_THE_RIGHT.sub(r"<bdi>\g<0></bdi>", text)


def _other_html(message: Message) -> str:
    return "".join(f'<pre style="{_BOX}" tabindex="0">{inert(clean(line))}</pre>' for line in other_fields(message))


def _in_table(cell: str) -> str:
    return cell.replace("|", "\\|").replace("\n", " ")


def _fenced(text: str) -> str:
    """Text in a fence that is longer than any in it."""
    text = clean(text)
    fence = "```"
    while fence in text:
        fence += "`"
    return f"{fence}\n{text}\n{fence}"
