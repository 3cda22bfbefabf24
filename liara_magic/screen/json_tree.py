"""A JSON value as a folded tree, as HTML of our own."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from ..protocol.foreign_text import clean
from .code import palette
from .formulas import inert

#: Values that are shown in all, entries of one object or list, and levels; what is beyond is counted.
MOST_VALUES, MOST_ENTRIES, DEEPEST = 2000, 100, 20
LONGEST_TEXT = 1000
#: A tree of so few values is shown unfolded; of a larger one the first level.
_FEW = 40
_BOX = "padding:.4em .8em;border:1px solid #8885;border-radius:4px"
_LEVEL = "padding-left:1.4em"


def json_tree(value: Any) -> str:
    """The HTML of ``value``, read from JSON. Texts stand in their own direction."""
    tree = _Tree(_size(value, _FEW + 1) <= _FEW)
    return f'<div dir="ltr" style="{_BOX}{palette("dnsk")}">{tree.shown("", value, 0)}</div>'


class _Tree:
    def __init__(self, is_small: bool) -> None:
        self._is_small = is_small
        self._left = MOST_VALUES

    def shown(self, name: str, value: Any, level: int) -> str:
        """One value after its ``name``, which is HTML."""
        self._left -= 1
        if isinstance(value, (dict, list)) and value:
            return self._folded(name, value, level)
        return f"<div>{name}{_scalar(value)}</div>"

    def _folded(self, name: str, value: dict[str, Any] | list[Any], level: int) -> str:
        count = f"{len(value):,} {'field' if isinstance(value, dict) else 'item'}{'s' * (len(value) != 1)}"
        marks = "{}" if isinstance(value, dict) else "[]"
        summary = f'<summary>{name}{marks[0]}<small style="opacity:.7">{count}</small>{marks[1]}</summary>'
        if level >= DEEPEST:
            return f'<div>{name}{marks[0]}<small style="opacity:.7">{count}, too deep to show</small>{marks[1]}</div>'
        inside = "".join(self._entries(value, level + 1))
        is_open = ' open=""' if level == 0 or self._is_small else ""
        return f'<details{is_open}>{summary}<div style="{_LEVEL}">{inside}</div></details>'

    def _entries(self, value: dict[str, Any] | list[Any], level: int) -> Iterable[str]:
        entries = value.items() if isinstance(value, dict) else ((None, one) for one in value)
        for position, (name, one) in enumerate(entries):
            if position == MOST_ENTRIES or self._left <= 0:
                yield f'<div style="opacity:.7">… {len(value) - position:,} more</div>'
                return
            label = "" if name is None else f'<span style="color:var(--d)">{_text(name)}</span>: '
            yield self.shown(label, one, level)


def _scalar(value: Any) -> str:
    if isinstance(value, str):
        return f'<span style="color:var(--s);white-space:pre-wrap">{_text(value)}</span>'
    kind = "n" if isinstance(value, (int, float)) and not isinstance(value, bool) else "k"
    return f'<span style="color:var(--{kind})">{inert(json.dumps(value))}</span>'


def _text(text: str) -> str:
    """A text in quotes, which stand outside of what its direction orders."""
    shown = clean(text)
    cut = f" … {len(shown) - LONGEST_TEXT:,} more characters" if len(shown) > LONGEST_TEXT else ""
    more = f'<small style="opacity:.7">{cut}</small>' if cut else ""
    return f"&quot;<bdi>{inert(shown[:LONGEST_TEXT])}</bdi>&quot;{more}"


def _size(value: Any, most: int) -> int:
    """How many values there are, counted up to ``most``."""
    waiting, count = [value], 0
    while waiting and count < most:
        one = waiting.pop()
        count += 1
        if isinstance(one, (dict, list)):
            waiting.extend(list(one.values() if isinstance(one, dict) else one)[:most])
    return count
