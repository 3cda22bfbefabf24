"""About what a reply takes of this process's memory, which is not what it took on the wire.

A letter takes four bytes in a text that holds an emoji, ``{}`` takes 64, and a choice costs what showing it does.
"""

from __future__ import annotations

from typing import Any

from .events import Event, Facts, ListDelta, ReasoningDelta, RefusalDelta, TextDelta

#: Bytes of CPython's smallest text, list, object and number, and of a place in a list or an object.
_TEXT, _LIST, _OBJECT, _NUMBER, _PLACE, _FIELD = 50, 56, 64, 28, 8, 60
#: What another choice is taken for: rows, outputs and headings of its own. The API page knows a handful.
_CHOICE = 64 * 1024


class Weight:
    """What has come of one reply, in bytes: its ``text``, and ``other`` things, such as images and probabilities."""

    def __init__(self) -> None:
        self.other = 0
        self._letters = 0
        self._widest = 1
        self._choices: set[int] = set()

    @property
    def text(self) -> int:
        """What all its text takes when it is put together."""
        return self._letters * self._widest

    def add(self, event: Event) -> None:
        """Count what ``event`` brings."""
        if isinstance(event, (TextDelta, ReasoningDelta, RefusalDelta)):
            self._letters += len(event.text)
            self._widest = max(self._widest, _width(event.text))
        elif isinstance(event, ListDelta):
            self.other += _of(event.entries)
        elif isinstance(event, Facts):
            self.other += _of(event.fields)
        choice = getattr(event, "choice", 0)
        if choice not in self._choices:
            self._choices.add(choice)
            self.other += _CHOICE


def _of(value: Any) -> int:
    """A JSON value that nests no deeper than the reader lets it."""
    if isinstance(value, str):
        return _TEXT + len(value) * _width(value)
    if isinstance(value, list):
        return _LIST + sum(_PLACE + _of(item) for item in value)
    if isinstance(value, dict):
        return _OBJECT + sum(_FIELD + _of(item) for item in value.values())
    return _NUMBER


def _width(text: str) -> int:
    """Bytes that each letter of ``text`` takes."""
    if text.isascii():
        return 1
    widest = max(text)
    return 1 if widest < "\u0100" else 2 if widest < "\U00010000" else 4
