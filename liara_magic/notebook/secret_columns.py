"""Columns of a table whose values are secrets by their name: that there are such values is told, and none of them."""

from __future__ import annotations

import re

from .secret_names import is_secret_name
from .wording import is_hiding

_WORD = re.compile(r"[^\W\d]\w*")
#: What stands in a cell for no value, or for one that tells nothing.
EMPTY = ("", "None", "nan", "NaN", "<NA>", "NaT", "null", "True", "False", "yes", "no", "Yes", "No", "0", "1")
#: How such a value is called where it is hidden.
KIND = "value of a column"
FACTS = "its values stay here, since its name is that of a secret"


def is_secret_column(name: object) -> bool:
    """Whether a column called ``name`` keeps its values; a tuple is a name in several levels."""
    if not is_hiding():
        return False
    parts = name if type(name) is tuple else (name,)
    return any(is_secret_name(part) for part in parts if type(part) is str)


def unnamed(called: str) -> str:
    """The name of a column that has none, by how the notebook calls it: ``t["password"]`` is called ``password``."""
    return next((word for word in _WORD.findall(called) if is_secret_name(word)), "value")


class Marks:
    """What stands in place of the values of such columns: the same for equal values."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def of(self, value: str) -> str:
        """The mark for a cell that would say ``value``."""
        if value in EMPTY:
            return value
        number = self._numbers.setdefault(value, len(self._numbers) + 1)
        return f"[hidden: {KIND} {number}]"  # which HIDDEN of protocol/carried.py finds again
