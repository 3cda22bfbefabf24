"""The direction of each block, by its own first strong letter; a rule of the parser."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from markdown_it.token import Token

_LISTS = ("bullet_list_open", "ordered_list_open")
_BLOCKS = (*_LISTS, "blockquote_open", "table_open", "paragraph_open", "heading_open", "th_open", "td_open")
# `text-align: start` is inherited from the wrapper of the whole output. Jupyter's themes set another alignment on
# paragraphs (left) and cells (right) themselves, so there it is said again, where left is not what start means.
_START = "text-align:start"
# Jupyter's themes indent lists and mark quotes at the left.
_FROM_THE_RIGHT = {
    "bullet_list_open": "padding-left:0;padding-right:2em",
    "ordered_list_open": "padding-left:0;padding-right:2em",
    "blockquote_open": "border-left:0;border-right:5px solid var(--jp-border-color2,#bdbdbd)",
    "paragraph_open": _START,
}


def give_directions(state: Any) -> None:
    """Give each block that does not run like what it stands in its direction; a core rule of the parser."""
    around = ["ltr"]  # the directions of the blocks that are open, from the whole reply inwards
    lists = 0
    for position, token in enumerate(state.tokens):
        if token.nesting < 0:
            around.pop()
            lists -= token.type in ("bullet_list_close", "ordered_list_close")
        if token.nesting <= 0:
            continue
        direction = around[-1]
        # In a list the list decides: an item that begins with a Latin name stays in its Persian list's direction.
        if token.type in _BLOCKS and not (lists and token.type in ("paragraph_open", "heading_open")):
            direction = first_direction(state.tokens, position) or direction
            if direction != around[-1]:
                token.attrSet("dir", direction)
        if token.type in ("th_open", "td_open"):
            token.attrs.setdefault("style", _START)
        elif direction == "rtl" and token.type in _FROM_THE_RIGHT:
            token.attrSet("style", _FROM_THE_RIGHT[token.type])
        around.append(direction)
        lists += token.type in _LISTS


def first_letter_direction(text: str) -> str:
    """The direction of the first strong letter of ``text``; empty if there is none."""
    for letter in text:
        kind = unicodedata.bidirectional(letter)
        if kind in ("L", "R", "AL"):
            return "ltr" if kind == "L" else "rtl"
    return ""


def first_direction(tokens: Sequence[Token], start: int) -> str:
    """The direction of the first strong letter inside the block that opens at ``start``; empty if there is none."""
    for position in range(start + 1, len(tokens)):
        token = tokens[position]
        if token.level <= tokens[start].level:
            break
        for child in token.children or ():
            text = child.content if child.type in ("text", "unformatted") else ""
            if direction := first_letter_direction(text):
                return direction
    return ""
