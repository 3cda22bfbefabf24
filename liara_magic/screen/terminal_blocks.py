"""Markdown as text for a terminal: the blocks that a notebook shows, in lines of the terminal's width.

The only escape sequences are those that set a style, and each line resets what it sets. Letters stay in their logical
order: terminals that know Persian order them, and marks that would help one harm another.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from ..protocol.foreign_text import clean
from .code import language_of
from .elements import NOT_FORMATTED
from .parser import parse
from .stopwatch import Stopwatch
from .terminal_code import code_lines
from .terminal_inline import CODE, Token, inline
from .terminal_tables import Cell, table
from .wrapping import BOLD, DIM, UNDERLINE, Line, Span, columns, painted, styled, wrap

#: Columns that prose may take: longer lines are hard to read. Tables may take all.
PROSE = 100
#: Columns below which no terminal is taken to be; and those that remain of a line in lists and quotes in each other.
_NARROWEST, _LEAST_ROOM = 20, 12
_BAR, _RULE = "│ ", "─"
_BOXES = ("☐ ", "☑ ")
_CODE_BLOCKS = ("code_block", "fence")


class _AtEdge(Line):
    """A line that begins at the left edge, whatever it stands in: code is copied line by line."""


class _AsItCame(_AtEdge):
    """Many lines at once: there is no time to look at each."""

    def text(self, colours: bool) -> str:
        ((text, style),) = self
        begin, end = (f"\x1b[{style}m", "\x1b[0m") if style and colours else ("", "")
        return begin + clean(text).replace("\n", f"{end}\n{begin}") + end


def render(source: str, width: int, colours: bool, style: str = "", references: dict[str, Any] | None = None) -> str:
    """``source`` as text for a terminal of ``width`` columns, in lines without a line end behind the last.

    Without ``colours`` there is no escape sequence in it. ``style`` is beneath all of it. Link references are looked up
    in ``references``, and the source's own are added there.
    """
    watch = Stopwatch.of(source)
    try:
        lines = _Renderer(colours, style, watch).blocks(parse(source, references, watch), max(width, _NARROWEST))
    except Exception:  # it takes too long, or a fault of ours: a reply is never lost to its rendering
        lines = _as_it_came(source.strip("\n"), style)
    return "\n".join(line.text(colours) if isinstance(line, _AsItCame) else painted(line, colours) for line in lines)


def paragraph(spans: Line, width: int, colours: bool) -> str:
    """Styled text that is no Markdown, wrapped as prose is."""
    return "\n".join(painted(line, colours) for line in _prose(spans, max(width, _NARROWEST)))


def _prose(spans: Line, room: int) -> list[Line]:
    return wrap(spans, min(room, PROSE), room)


class _Renderer:
    """From tokens to lines. ``room`` is how many columns are left of the terminal's where a block stands."""

    def __init__(self, colours: bool, base: str, watch: Stopwatch) -> None:
        self._colours = colours
        self._base = base
        self._watch = watch
        self._kinds = {
            "blockquote": self._quote,
            "bullet_list": self._list,
            "heading": self._heading,
            "hr": self._rule,
            "inline": self._words,
            "math_block": self._formula,
            "ordered_list": self._list,
            "table": self._table,
            "unformatted": self._unformatted,
            **dict.fromkeys(_CODE_BLOCKS, self._code),
        }

    def blocks(self, tokens: Sequence[Token], room: int, is_tight: bool = False) -> list[Line]:
        """Blocks below each other, with an empty line between them; in a tight list only before and after code."""
        lines: list[Line] = []
        for block in _siblings(tokens):
            self._watch.check()
            new = self._kinds.get(block[0].type.removesuffix("_open"), self._other)(block, room)
            is_apart = not is_tight or block[0].type in _CODE_BLOCKS
            lines += _gap(lines, is_apart) if new else []
            lines += new
        return lines

    def _style(self, *styles: str) -> str:
        return styled(self._base, *styles)

    def _inline(self, token: Token, *styles: str) -> Line:
        return inline(token.children or (), self._colours, self._style(*styles))

    def _words(self, tokens: Sequence[Token], room: int) -> list[Line]:
        return _prose(self._inline(tokens[0]), room)

    def _other(self, tokens: Sequence[Token], room: int) -> list[Line]:
        """A paragraph, and any other block: what stands in it."""
        return self.blocks(tokens[1:-1], room) if tokens[0].nesting else _prose([Span(tokens[0].content)], room)

    def _heading(self, tokens: Sequence[Token], room: int) -> list[Line]:
        level = int(tokens[0].tag[1:])
        marks = [] if self._colours else [Span("#" * level + " ")]
        return _prose(marks + self._inline(tokens[1], BOLD, UNDERLINE if level == 1 else ""), room)

    def _rule(self, tokens: Sequence[Token], room: int) -> list[Line]:
        return [[Span(_RULE * min(room, PROSE), self._style(DIM))]]

    def _formula(self, tokens: Sequence[Token], room: int) -> list[Line]:
        return _prose([Span(f"$$\n{tokens[0].content.strip()}\n$$", self._style(CODE))], room)

    def _code(self, tokens: Sequence[Token], room: int) -> list[Line]:
        """The code as it is, with its language above. Without colours, Markdown's fence keeps it apart from prose."""
        language = language_of(tokens[0].info)[:_LEAST_ROOM]
        fence = "" if self._colours else "```"
        title: list[Line] = [_AtEdge([Span(fence + language, self._style(DIM))])] if fence or language else []
        code = [_AtEdge(line) for line in code_lines(tokens[0].content, language, self._base)]
        return [*title, *code, *([_AtEdge([Span(fence)])] if fence else [])]

    def _quote(self, tokens: Sequence[Token], room: int) -> list[Line]:
        return self._in_margin(tokens[1:-1], room, _BAR, _BAR)

    def _list(self, tokens: Sequence[Token], room: int) -> list[Line]:
        items = list(_siblings(tokens[1:-1]))
        own = tokens[0].level + 2
        is_tight = all(token.hidden for token in tokens if token.type == "paragraph_open" and token.level == own)
        number = int(tokens[0].attrs.get("start", 1)) if tokens[0].type == "ordered_list_open" else None
        widest = len(str((number or 0) + len(items) - 1))
        lines: list[Line] = []
        for position, item in enumerate(items):
            mark = "• " if number is None else f"{number + position:>{widest}}. "
            lines += _gap(lines, not is_tight)
            lines += self._in_margin(item[1:-1], room, "" if _has_box(item) else mark, " " * columns(mark), is_tight)
        return lines

    def _in_margin(
        self, tokens: Sequence[Token], room: int, first: str, others: str, is_tight: bool = False
    ) -> list[Line]:
        """Blocks behind a mark, or beneath it where lists in lists have used up the line."""
        style = self._style(DIM) if first == _BAR else self._base
        left = room - columns(others)
        if left < _LEAST_ROOM:
            return [[Span(first, style)], *self.blocks(tokens, room, is_tight)]
        inner = self.blocks(tokens, left, is_tight)
        if not inner or isinstance(inner[0], _AtEdge):
            inner = [[], *inner]
        lines: list[Line] = []
        for line in inner:
            margin = others if lines else first
            lines.append(
                line if isinstance(line, _AtEdge) else [Span(margin if line else margin.rstrip(), style), *line]
            )
        return lines

    def _table(self, tokens: Sequence[Token], room: int) -> list[Line]:
        rows: list[list[Cell]] = []
        alignments: list[str] = []
        for before, token in pairwise(tokens):
            if before.type == "tr_open":
                rows.append([])
            if token.type == "inline":
                is_head = before.type == "th_open"
                rows[-1].append(self._inline(token, BOLD if is_head else ""))
                if is_head:
                    alignments.append(str(before.attrs.get("style", "")).partition("text-align:")[2])
        return table(rows, alignments, room, self._watch, self._base)

    def _unformatted(self, tokens: Sequence[Token], room: int) -> list[Line]:
        return _as_it_came(tokens[0].content, self._base)


def _as_it_came(text: str, base: str) -> list[Line]:
    """``text`` in its own lines, which the terminal breaks where they are too long, and that it is not formatted."""
    return [_AsItCame([Span(text, base)]), [Span(f"({NOT_FORMATTED})", styled(base, DIM))]]


def _gap(before: list[Line], is_apart: bool) -> list[Line]:
    """The empty line between what is before and what follows, if they stand apart; after code they always do."""
    return [[]] if before and (is_apart or isinstance(before[-1], _AtEdge)) else []


def _siblings(tokens: Sequence[Token]) -> Iterator[Sequence[Token]]:
    """The tokens of each block that stands in no other of ``tokens``."""
    start = 0
    while start < len(tokens):
        end = start + 1
        if tokens[start].nesting > 0:
            while tokens[end - 1].nesting >= 0 or tokens[end - 1].level != tokens[start].level:
                end += 1
        yield tokens[start:end]
        start = end


def _has_box(item: Sequence[Token]) -> bool:
    """Whether an item is a task: its text begins with a box, which stands in place of the list's mark."""
    words = item[2] if len(item) > 2 else None
    return bool(words and words.children and words.children[0].content.startswith(_BOXES))
