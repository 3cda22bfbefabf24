"""The keyboard's way into boxes that scroll sideways."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

#: Letters that always have room: a telephone's width, 360 pixels, shows a few more.
NARROW = 30
#: Letters that the space around a cell takes.
_AROUND = 2


def reached(letters: int) -> str:
    """What lets the Tab key reach a box of so many letters in a line, where it may scroll; the arrow keys move it then.

    Chromium would let it do so by itself, other browsers do not. A box that is never wider keeps its bytes.
    """
    return ' tabindex="0"' if letters > NARROW else ""


def letters_of_code(code: str) -> int:
    """Of its longest line."""
    return max(map(len, code.split("\n")))


def letters_of_formula(tex: str) -> int:
    """About: half of TeX is names and braces. What stands around the formula scrolls, where it is wider."""
    return len(tex) // 2


def letters_of_table(tokens: Sequence[Any], start: int) -> int:
    """Of the table that opens at ``start``, with every column as narrow as its longest word."""
    columns: list[int] = []
    column = 0
    for token in tokens[start:]:
        if token.type == "table_close":
            break
        if token.type == "tr_open":
            column = 0
        elif token.type == "inline":
            columns += [0] * (column == len(columns))
            columns[column] = max(columns[column], *map(len, token.content.split()), 0)
            column += 1
    return sum(columns) + _AROUND * len(columns)
