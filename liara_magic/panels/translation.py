"""Sentences of the library in Persian, as far as the tables know them (:mod:`entries`)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from ..screen.figures import TOMAN, in_digits
from .entries import PLACE, Entry, Values, entries

#: Isolate what stands between it and :data:`END`: text from the left, from the right, or by its own first letter.
LEFT, RIGHT, OWN, END = "\u2066", "\u2067", "\u2068", "\u2069"
#: A longer text is no sentence of ours, a longer part of one none that is said in Persian itself.
_LONGEST, _LONGEST_PART, _MOST_SENTENCES = 4000, 400, 12
#: Characters by which a sentence is known whose end is cut off.
_ENOUGH = 16
_MARKS = str.maketrans("", "", LEFT + RIGHT + OWN + END)
_CODE = re.compile(r"`([^`]*)`")
_SENTENCE_END = re.compile(r"[.!?…][\"”'`)]*\s+|\s(?=Did you mean )")
_FIGURE = re.compile(rf"[≈$]?\s?[\d۰-۹][\d۰-۹,.:٬٫ /×-]*%?(\s{TOMAN})?")
_VERSION = re.compile(r"\d+\.\d+\.\d|\D-")


@dataclass(frozen=True)
class Piece:
    """A part of a text: what was said in English, and in Persian if that is known."""

    english: str
    persian: str | None


class Translation:
    """What a table knows. ``is_markdown`` says that what it is given, and gives back, is Markdown."""

    def __init__(self, known: Iterable[Entry], is_markdown: bool = False) -> None:
        self._is_markdown = is_markdown
        self._whole: dict[str, Entry] = {}
        self._open: list[Entry] = []
        self._others: list[Entry] = []
        for entry in known:
            if not entry.places:
                self._whole[entry.between[0]] = entry
            else:
                (self._open if entry.opens else self._others).append(entry)
        self.pieces = lru_cache(512)(self._pieces)

    def of(self, words: str) -> str | None:
        """All of ``words`` in Persian, or nothing."""
        pieces = self.pieces(words)
        said = [piece.persian for piece in pieces if piece.persian is not None]
        return " ".join(said) if pieces and len(said) == len(pieces) else None

    def as_far(self, words: str) -> str:
        """``words`` in Persian as far as that is known; the rest as it came, isolated."""
        return " ".join(
            self.quoted(piece.english) if piece.persian is None else piece.persian for piece in self.pieces(words)
        )

    def quoted(self, value: str) -> str:
        """What is not ours, so that it keeps its direction; a figure has Persian digits."""
        if is_figure(value):
            said = in_digits(value, "persian")
            return f"{LEFT}{said}{END}" if value.startswith("-") else said
        if self._is_markdown and value.startswith("`") and value.endswith("`"):
            return value  # inline code is isolated by itself
        return f"{LEFT if value.isascii() else OWN}{value}{END}"

    def _pieces(self, words: str) -> tuple[Piece, ...]:
        text = " ".join(without_marks(words).split())
        if not text or len(text) > _LONGEST:
            return (Piece(words, None),) if words else ()
        starts = [0, *(found.end() for found in _SENTENCE_END.finditer(text))][:_MOST_SENTENCES]
        for number, start in enumerate(starts):  # what comes after its beginning is not ours
            for entry in self._open:
                values = entry.match(text[start:])
                if values is not None:
                    return (*self._sentences(text[:start], starts[:number]), self._said(text[start:], entry, values))
        return tuple(self._sentences(text, starts))

    def _sentences(self, text: str, starts: list[int]) -> Iterator[Piece]:
        """The pieces of ``text``, of which as little as possible is left in English; they begin at ``starts``."""
        ends = [*starts[1:], len(text)]
        best: list[tuple[int, list[Piece]]] = [(0, [])]
        for last in range(len(starts) - 1, -1, -1):
            start = starts[last]
            options = []
            for number in range(last, len(starts)):
                piece = text[start : ends[number]].strip()
                cost, found = self._look_up(piece)
                if found.persian is None and number > last:
                    continue
                after_cost, after = best[len(starts) - 1 - number]
                options.append((cost + after_cost, [found, *after]))
            best.append(min(options, key=lambda option: option[0]))
        yield from (best[-1][1] if text else ())

    def _look_up(self, text: str) -> tuple[int, Piece]:
        """The best entry for a sentence, and how much of it is not of the table."""
        if entry := self._whole.get(text):
            return 0, self._said(text, entry, {})
        matches = ((entry, values) for entry in self._others if (values := entry.match(text)) is not None)
        costs = ((1 + sum(_cost(*value) for value in values.values()), entry, values) for entry, values in matches)
        best = min(costs, key=lambda found: found[0], default=None)
        if best is not None:
            return best[0], self._said(text, *best[1:])
        return 3 * len(text) + 1, self._beginning(text) if text.endswith("…") else Piece(text, None)

    def _beginning(self, text: str) -> Piece:
        """A sentence whose end is cut off, in Persian where enough of it is left to tell which it is."""
        stem = text.removesuffix("…").rstrip()
        all_entries = (*self._whole.values(), *self._others, *self._open)
        found = [match for entry in all_entries if (match := entry.match_beginning(stem))]
        own, entry, values = max(found, key=lambda match: (match[0], match[1].is_whole), default=(0, None, {}))
        return self._said(text, entry, values) if entry and own >= _ENOUGH else Piece(text, None)

    def _said(self, text: str, entry: Entry, values: Values) -> Piece:
        """``text`` in Persian: code has what stands in it to the letter, and is isolated where that is no Markdown."""
        opening, closing = ("`", "`") if self._is_markdown else (LEFT, END)
        parts = _CODE.split(entry.persian)
        for number in range(0, len(parts), 2):
            parts[number] = PLACE.sub(lambda place: self._filled(*values[int(place[1])]), parts[number])
        for number in range(1, len(parts), 2):
            code = PLACE.sub(lambda place: values[int(place[1])][0], parts[number])
            parts[number] = f"{opening}{code}{closing}"
        return Piece(text, "".join(parts))

    def _filled(self, value: str, kind: str) -> str:
        if kind == "list":
            return "، ".join(self._filled(one, "said") for one in value.split(", "))
        said = self.of(value) if kind == "said" and len(value) <= _LONGEST_PART else None
        return self.quoted(value) if said is None else said


def without_marks(text: str) -> str:
    """``text`` without what isolates its parts."""
    return text.translate(_MARKS)


def is_figure(value: str) -> bool:
    """Whether ``value`` is a number, an amount of toman or a date, and no version or name."""
    return _FIGURE.fullmatch(value.lstrip("-+")) is not None and not _VERSION.search(value)


def _cost(value: str, kind: str) -> int:
    return 0 if is_figure(value) else len(value) // 2 if kind == "said" else len(value)


@cache
def translation(is_markdown: bool = False) -> Translation:
    """What all tables know, for plain text or for Markdown."""
    return Translation(entries(), is_markdown)
