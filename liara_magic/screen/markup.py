"""How the words of a reply become HTML, by the format that they were asked for in. Markdown is one of several."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from ..protocol.json_text import json_in
from .code import code_block
from .code_blocks import is_code, unfenced
from .directions import first_letter_direction
from .formulas import formula, inert
from .json_tree import json_tree
from .markdown import Markdown
from .sanitiser import sanitised
from .stopwatch import TooIntricate

_PARAGRAPH = re.compile(r"\n[ \t]*\n\s*")
_TEX_MARKS = (("$$", "$$"), ("\\[", "\\]"), ("\\(", "\\)"), ("$", "$"))


class Paintable(Protocol):
    """A part of a text; ``end`` is a character offset."""

    @property
    def end(self) -> int:
        """Where it ends."""

    @property
    def has_code(self) -> bool:
        """Whether it is code that will have colours."""

    @property
    def left_out(self) -> int:
        """Characters at its end that its HTML, as it was last made, leaves out for now."""

    def html(self, growing: bool = False) -> str:
        """Its HTML; while it is ``growing``, and painted many times, code has no colours."""


class Markup(Protocol):
    """What makes HTML of a text that grows. :class:`Markdown` is one."""

    @property
    def has_references(self) -> bool:
        """Whether what comes later may change what stands before it."""

    def render(self, source: str) -> str:
        """The HTML of a text that is complete."""

    def blocks(self, source: str) -> Sequence[Paintable]:
        """Its parts, of which only the last can change when it grows."""

    def remember(self, source: str) -> None:
        """Keep what a finished part means for later ones."""


def markup_of(format: str) -> Markup:
    """The markup of a format; one of :data:`session.formats.FORMATS`."""
    made: dict[str, Callable[[], Markup]] = {
        "text": PlainText,
        "code": Code,
        "json": lambda: Whole("json", _tree),
        "html": lambda: Whole("html", safe_html),
        "math": lambda: Whole("latex", _formula),
    }
    return made.get(format, Markdown)()


@dataclass(frozen=True)
class _Part:
    end: int
    source: str
    show: Callable[[str, bool], str]
    has_code: bool = False
    left_out: int = 0

    def html(self, growing: bool = False) -> str:
        return self.show(self.source, growing)


class PlainText:
    """Text to the letter, each paragraph in its own direction."""

    has_references = False

    def render(self, source: str) -> str:
        """Its paragraphs."""
        return "".join(part.html() for part in self.blocks(source))

    def blocks(self, source: str) -> Sequence[Paintable]:
        """A part for each paragraph, with the empty lines that follow it."""
        ends = [*(match.end() for match in _PARAGRAPH.finditer(source) if match.end() < len(source)), len(source)]
        starts = [0, *ends[:-1]]
        return [_Part(end, source[start:end], _paragraph) for start, end in zip(starts, ends, strict=True)]

    def remember(self, source: str) -> None:
        """Nothing: no paragraph means anything for another."""


class Whole:
    """A text that means something only when it is complete: until then it is code in ``language``."""

    has_references = False

    def __init__(self, language: str, complete: Callable[[str], str]) -> None:
        self._language = language
        self._complete = complete

    def render(self, source: str) -> str:
        """What it is."""
        return self._complete(source) if source.strip() else ""

    def blocks(self, source: str) -> Sequence[Paintable]:
        """One part."""
        return [_Part(len(source), source, lambda text, _: code_block(text, self._language, coloured=False))]

    def remember(self, source: str) -> None:
        """Nothing: there is one part."""


class Code(Markdown):
    """Markdown with blocks of code, or code without a fence."""

    def render(self, source: str) -> str:
        """Its blocks."""
        return code_block(source.strip("\n"), "python") if is_code(source) else super().render(source)


def safe_html(text: str) -> str:
    """HTML from a model, made inert; its source where it takes too long."""
    html = unfenced(text)
    try:
        return sanitised(html)
    except (TooIntricate, RecursionError):
        return code_block(html, "html")


def tex_of(text: str) -> str:
    """The formula in a reply, without a fence and the marks around it; empty if there is more than one formula."""
    tex = unfenced(text).strip()
    for opening, closing in _TEX_MARKS:
        if len(tex) > len(opening + closing) and tex.startswith(opening) and tex.endswith(closing):
            tex = tex[len(opening) : -len(closing)].strip()
            break
    return "" if re.search(r"(?<!\\)\$|\\[()\[\]]|\n[ \t]*\n", tex) else tex


def _formula(text: str) -> str:
    tex = tex_of(text)
    return f'<div dir="ltr">{formula(tex, "$$")}</div>' if tex else Markdown().render(text)


def _tree(text: str) -> str:
    try:
        return json_tree(json_in(text))
    except ValueError:
        return code_block(text, "json")


def _paragraph(text: str, growing: bool) -> str:
    direction = first_letter_direction(text)
    said = ' dir="rtl"' if direction == "rtl" else ""
    return f'<div{said} style="white-space:pre-wrap;text-align:start">{inert(text)}</div>'
