"""What a flag is. The files with flags share it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

#: What a flag does: it notes its value in what was found on the line so far. The last one is how the flag was typed.
Store = Callable[[dict[str, Any], str, str], None]


@dataclass(frozen=True)
class Flag:
    """A flag: its spellings, its line of help, what it does with its value, and how many values (0 or 1) it takes.

    ``usual`` is the value of a flag that may stand without one; only a whole number then counts as its value.
    """

    spellings: tuple[str, ...]
    help: str
    store: Store
    values: int = 1
    usual: str = ""
