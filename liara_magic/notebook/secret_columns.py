"""Columns of a table whose values are secrets by their name: that there are such values is told, and none of them."""

from __future__ import annotations

from .secret_names import is_secret_name
from .wording import is_hiding

#: What stands in a cell for no value, or for one that tells nothing.
_EMPTY = ("", "None", "nan", "NaN", "<NA>", "NaT", "null", "True", "False")
FACTS = "its values stay here, since its name is that of a secret"


def is_secret_column(name: object) -> bool:
    """Whether a column called ``name`` keeps its values; a tuple is a name in several levels."""
    if not is_hiding():
        return False
    parts = name if type(name) is tuple else (name,)
    return any(is_secret_name(part) for part in parts if type(part) is str)


class Marks:
    """What stands in place of the values of such columns: the same for equal values."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def of(self, value: str) -> str:
        """The mark for a cell that would say ``value``."""
        if value in _EMPTY:
            return value
        number = self._numbers.setdefault(value, len(self._numbers) + 1)
        return f"[hidden: value of a column {number}]"  # which HIDDEN of protocol/carried.py finds again
