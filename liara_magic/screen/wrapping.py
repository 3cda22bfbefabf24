"""Styled text in lines of a width that is counted in a terminal's columns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import NamedTuple

from wcwidth import iter_graphemes, wcswidth

from ..protocol.foreign_text import clean

# Styles are parameters of SGR, the one escape sequence that is printed; several are joined by a semicolon.
BOLD, DIM, ITALIC, UNDERLINE, STRUCK = "1", "2", "3", "4", "9"

_PARTS = re.compile(r"\n|[ \t\r\f\v]+|[^ \t\r\f\v\n]+")
# East Asian marks that do not begin a line, and those that do not end one.
_NOT_FIRST = frozenset("、。，．：；！？）〕］｝〉》」』】ーっゃゅょッャュョ々…")
_NOT_LAST = frozenset("（〔［｛〈《「『【")


class Span(NamedTuple):
    """A piece of text in one style."""

    text: str
    style: str = ""


Line = list[Span]


def styled(*styles: str) -> str:
    """Several styles as one; empty ones count for nothing."""
    return ";".join(style for style in styles if style)


def columns(text: str) -> int:
    """How many columns ``text`` takes: letters of East Asia and emoji two, Persian vowel marks and joiners none."""
    # Letter by letter: for a whole text, wcswidth takes a Persian zero-width joiner for an emoji's and skips a letter.
    return len(text) if text.isascii() else sum(max(0, wcswidth(letter)) for letter in iter_graphemes(text))


def size(line: Iterable[Span]) -> int:
    """How many columns a line takes."""
    return sum(columns(span.text) for span in line)


def painted(line: Line, colours: bool) -> str:
    """A line as it is printed. Nothing that the text holds can move the cursor or end a style."""
    out = []
    for style, spans in groupby(line, lambda span: span.style):
        text = clean("".join(span.text for span in spans)).replace("\n", " ")
        out.append(f"\x1b[{style}m{text}\x1b[0m" if text and style and colours else text)
    return "".join(out)


def wrap(spans: Iterable[Span], width: int, most: int = 0) -> list[Line]:
    r"""``spans`` in lines of at most ``width`` columns. They end at spaces, between wide letters, and at each ``\n``.

    A longer word has a line of its own, of up to ``most`` columns; one that is longer still is broken.
    """
    lines: list[Line] = [[]]
    used = 0
    for gap, word in words(spans):
        if not word:
            lines.append([])
            used = 0
            continue
        length = size(word)
        if lines[-1] and used + bool(gap) + length <= width:
            lines[-1] += [*gap, *word]
            used += bool(gap) + length
            continue
        parts = [word] if length <= max(width, most) else _broken(word, width)
        if lines[-1]:
            lines.append([])
        lines[-1] += parts[0]
        lines += parts[1:]
        used = size(lines[-1])
    return lines if lines != [[]] else []


def words(spans: Iterable[Span]) -> Iterator[tuple[Line, Line]]:
    """What must not be parted, each with the space before it; an empty word ends the line."""
    gap: Line = []
    word: Line = []
    for text, style in spans:
        for found in _PARTS.finditer(text):
            part = found.group()
            if part.isspace() and part[0] in " \t\r\f\v\n":
                if word:
                    yield gap, word
                gap, word = [Span(" ", style)], []
                if part == "\n":
                    yield [], []
                continue
            for number, unit in enumerate(_units(part)):
                if number:
                    yield gap, word
                    gap, word = [], []
                word.append(Span(unit, style))
    if word:
        yield gap, word


def _units(text: str) -> Iterator[str]:
    """A word in the parts between which a line may end: each wide letter is one, with the marks that cling to it."""
    if text.isascii():
        yield text
        return
    unit, was_wide = "", False
    for letter in iter_graphemes(text):
        is_wide = wcswidth(letter) == 2
        if unit and (is_wide or was_wide) and letter not in _NOT_FIRST and unit[-1] not in _NOT_LAST:
            yield unit
            unit = ""
        unit += letter
        was_wide = is_wide
    yield unit


def _broken(word: Line, width: int) -> list[Line]:
    """A word that fits no line, broken where a line is full, but never inside a letter with its marks."""
    lines: list[Line] = [[]]
    used = 0
    for text, style in word:
        piece = ""
        for letter in iter_graphemes(text):
            if used and used + columns(letter) > width:
                lines[-1].append(Span(piece, style))
                lines.append([])
                piece, used = "", 0
            piece += letter
            used += columns(letter)
        lines[-1].append(Span(piece, style))
    return lines
