"""The tables of Persian sentences: English templates, what stands in their places in a text, and the Persian.

The tables are the files in ``persian/``. An entry is one or more lines of English and below them a line of Persian,
with ``{0}`` in place of what differs. ``{0:said}`` is itself said in Persian, ``{0:list}`` is several such, with commas
between them, ``{0:figure}`` is a number, and ``{0:rest}`` is all that follows, a server's words for instance, in which
nothing is looked up.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path

#: What stands in the places of an entry, by their numbers, with the kind of each.
Values = dict[int, tuple[str, str]]
PLACE = re.compile(r"\{(\d)(?::(said|list|figure|rest))?\}")
_NUMBER = r"([\d۰-۹][\d۰-۹,.٬٫]*)"


@dataclass(frozen=True)
class Entry:
    """A template: what stands in English between its places, their numbers and kinds, and the Persian."""

    between: tuple[str, ...]
    places: tuple[tuple[int, str], ...]
    persian: str

    @classmethod
    def of(cls, english: str, persian: str) -> Entry:
        """The entry of two lines of a table."""
        places = [(int(found[1]), found[2] or "") for found in PLACE.finditer(english)]
        between = tuple(piece for number, piece in enumerate(PLACE.split(english)) if number % 3 == 0)
        return cls(between, tuple(places), persian)

    @property
    def is_whole(self) -> bool:
        """Whether it was not cut off itself."""
        return not self.persian.endswith("…")

    @cached_property
    def _pattern(self) -> re.Pattern[str] | None:
        """How it is found where a place must be a number, so that what stands before it may hold anything."""
        if all(kind != "figure" for _, kind in self.places):
            return None
        places = [*(_NUMBER if kind == "figure" else "(.+?)" for _, kind in self.places), ""]
        return re.compile("".join(re.escape(one) + place for one, place in zip(self.between, places, strict=True)))

    @property
    def opens(self) -> bool:
        """Whether a part of it is what follows, whatever that is."""
        return any(kind == "rest" for _, kind in self.places)

    def match(self, text: str) -> Values | None:
        """What stands in its places in ``text``, with their kinds; ``None`` where the text is another."""
        first, last = self.between[0], self.between[-1]
        if not text.startswith(first) or not text.endswith(last) or len(text) < len(first) + len(last) + 1:
            return None
        if self._pattern is not None:
            whole = self._pattern.fullmatch(text)
            return whole and {number: (whole[at], kind) for at, (number, kind) in enumerate(self.places, 1)}
        at, end = len(first), len(text) - len(last)
        found: Values = {}
        for (number, kind), following in zip(self.places, self.between[1:], strict=True):
            is_last = len(found) == len(self.places) - 1
            until = end if is_last else text.find(following, at + 1, end)
            if until <= at:
                return None
            found[number] = (text[at:until], kind)
            at = until + len(following)
        return found

    def match_beginning(self, text: str) -> tuple[int, Entry, Values] | None:
        """What stands in its places in ``text``, of which the end is cut off.

        With it the entry as far as that is known, and how many characters of the text are the entry's own.
        """
        first = self.between[0]
        if len(text) <= len(first) or not text.startswith(first):
            return (len(text), self, {}) if first.startswith(text) and not self.places else None
        at = len(first)
        found: Values = {}
        for (number, kind), following in zip(self.places, self.between[1:], strict=True):
            is_last = len(found) == len(self.places) - 1
            until = -1 if is_last else text.find(following, at + 1)
            if until < 0:
                ends = range(max(at + 1, len(text) - len(following)), len(text))
                until = next((end for end in ends if following.startswith(text[end:])), len(text))
                found[number] = (text[at:until] + "…" * (until == len(text)), kind)
                break
            found[number] = (text[at:until], kind)
            at = until + len(following)
        unknown = next((place for place in PLACE.finditer(self.persian) if int(place[1]) not in found), None)
        persian = self.persian if unknown is None else f"{self.persian[: unknown.start()].rstrip()}…"
        own = len(text) - sum(len(value) for value, _ in found.values())
        return own, replace(self, persian=persian), found


@cache
def entries() -> tuple[Entry, ...]:
    """All entries of the tables."""
    return tuple(entry for file in sorted(Path(__file__).with_name("persian").glob("*.txt")) for entry in _read(file))


def _read(file: Path) -> Iterator[Entry]:
    for block in file.read_text("utf-8").split("\n\n"):
        lines = [line for line in block.splitlines() if line.strip() and not line.startswith("# ")]
        yield from (Entry.of(english, lines[-1]) for english in lines[:-1])
