"""A Markdown text that grows, printed in a terminal block by block, each once."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from .parser import parse
from .terminal_blocks import paragraph, render
from .wrapping import DIM, Span

#: Characters for which an open formula is waited for: until it is closed, it may look like finished paragraphs.
_LONGEST_FORMULA = 2_000


@dataclass(frozen=True)
class Look:
    """How text is printed: ``formatted`` for a person at a terminal, as its Markdown for a pipe or a file."""

    formatted: bool
    colours: bool = False

    @classmethod
    def of_output(cls) -> Look:
        """What standard output calls for. A person who wants no colours says so as https://no-color.org describes."""
        is_terminal = hasattr(sys.stdout, "isatty") and sys.stdout.isatty()
        wants_none = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
        return cls(is_terminal, is_terminal and not wants_none)


class Printer:
    """Prints in a look, as wide as the terminal is at that time."""

    def __init__(self, write: Callable[[str], None], look: Look) -> None:
        self.look = look
        self.write = write

    def line(self, *spans: Span) -> None:
        """Print a line of words."""
        text = "".join(span.text for span in spans)
        self.write((paragraph([*spans], _width(), self.look.colours) if self.look.formatted else text) + "\n")

    def blocks(self, source: str, style: str, references: dict[str, Any]) -> None:
        """Print Markdown, formatted, and an empty line below it."""
        if text := render(source, _width(), self.look.colours, style, references):
            self.write(f"{text}\n\n")


class GrowingText:
    """Prints what is finished of a text, and the rest at its end; ``style`` is beneath all of it."""

    def __init__(self, printer: Printer, style: str = "") -> None:
        self._printer = printer
        self._style = style
        self._references: dict[str, Any] = {}  # what is printed defines them, and later text may use them
        self._text = ""
        self._printed = 0

    def show(self, text: str) -> bool:
        """Print the blocks of ``text`` that cannot change any more. Returns whether it has grown."""
        if len(text) == len(self._text):
            return False
        self._text = text
        finished = _finished(text[self._printed :], self._references)
        if finished and not (self._printer.look.formatted and self._in_formula(text, finished)):
            self._print(text, self._printed + finished)
        return True

    def finish(self, text: str) -> None:
        """Print the rest, and an empty line below it."""
        if not text.startswith(self._text[: self._printed]):  # several choices: the numbered whole stands on its own
            self._printer.write("\n")
            self._printed = 0
        self._print(text, len(text))
        if text and not self._printer.look.formatted:
            self._printer.write("\n" if text.endswith("\n") else "\n\n")

    def _print(self, text: str, end: int) -> None:
        source, before = text[self._printed : end], text[: self._printed]
        self._printed = end
        if not source:
            return
        if not self._printer.look.formatted:
            self._printer.write(source)
            return
        known = set(self._references)
        self._printer.blocks(source, self._style, self._references)
        self._explain(before, [name for name in self._references if name not in known])

    def _explain(self, before: str, names: list[str]) -> None:
        """Say where links lead that were printed before their addresses came."""
        before = before.upper() if names else ""
        late = [name for name in names if f"[{name}]" in before]
        for name in late:
            self._printer.line(Span(f"[{name.lower()}]: {self._references[name]['href']}", DIM))
        if late:
            self._printer.write("\n")

    def _in_formula(self, text: str, finished: int) -> bool:
        """Whether a formula seems to be open where the finished blocks end."""
        end = self._printed + finished
        is_open = text.count("$$", self._printed, end) % 2 == 1
        is_open |= text.count("\\[", self._printed, end) > text.count("\\]", self._printed, end)
        return is_open and len(text) - self._printed < _LONGEST_FORMULA


def _finished(source: str, references: dict[str, Any]) -> int:
    """How many characters of ``source`` all blocks but the last take; the last can change when it grows."""
    try:
        tokens = parse(source, dict(references))
    except Exception:  # it is printed as it is when it has come to its end
        return 0
    starts = [token.map[0] for token in tokens if token.level == 0 and token.nesting >= 0 and token.map]
    if len(starts) < 2:
        return 0
    return [0, *accumulate(len(line) + 1 for line in source.split("\n"))][starts[-1]]


def _width() -> int:
    return shutil.get_terminal_size().columns
