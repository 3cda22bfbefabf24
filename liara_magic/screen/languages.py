"""The languages whose code is coloured, read from languages.txt when there is code to colour."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

_DEFINING = "class struct enum interface def function fn func fun trait impl module type record object"


@dataclass(frozen=True)
class Language:
    """A language; what its fields mean stands above the table."""

    marks: str = ""
    words: str = ""
    names: str = ""
    values: str = "true false null"
    before: str = _DEFINING
    letters: str = ""
    more: str = ""
    any_case: str = ""
    way: str = "words"


@cache
def languages() -> dict[str, Language]:
    """Each language by every name that it has behind a fence."""
    found: dict[str, dict[str, str]] = {}
    names = field = ""
    for line in Path(__file__).with_name("languages.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        if not line.startswith(" "):
            names = line
            found[names] = {}
        elif line.startswith("    "):
            found[names][field] += f" {line.strip()}"
        else:
            field, _, value = line.strip().partition(": ")
            found[names][field.rstrip(":")] = value
    return {name: Language(**fields) for names, fields in found.items() for name in names.split()}
