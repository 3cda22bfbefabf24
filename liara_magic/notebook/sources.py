"""Which cells stay out of every context, by their source."""

from __future__ import annotations

import re

_MARK = re.compile(r"#\s*liara\s*:\s*ignore\b", re.IGNORECASE)
_OWN_CELL = re.compile(r"%%liara\b")
_OWN_LINE = re.compile(r"%liara\b|%(?:re|un)?load_ext\s+liara_magic\b")


def is_marked(source: str) -> bool:
    """Whether the first line is ``# liara: ignore``. A cell magic has to be first, so the mark may follow it."""
    for line in source.splitlines():
        stripped = line.strip()
        if stripped and not stripped.startswith("%%"):
            return _MARK.match(stripped) is not None
    return False


def is_our_own(source: str) -> bool:
    """Whether the cell only talks to us: ``%%liara``, or nothing but ``%liara`` lines."""
    if _OWN_CELL.match(source.lstrip()):
        return True
    lines = [line.strip() for line in source.splitlines()]
    code = [line for line in lines if line and not line.startswith(("#", "%%"))]
    return bool(code) and all(_OWN_LINE.match(line) for line in code)


def is_left_out(source: str) -> bool:
    """Whether the cell, with its outputs, belongs to no question."""
    return is_marked(source) or is_our_own(source)
