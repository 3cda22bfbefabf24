"""The panel's Persian voice: what the library says in English, said in Persian."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..protocol.foreign_text import clean
from ..screen.formulas import inert
from ..screen.voice import Voice
from .translation import END, LEFT, OWN, RIGHT, is_figure, translation, without_marks

#: Columns of the commands' tables in which stands what is not ours: words of a person or a model, names, values.
_THEIRS = frozenset(
    {"prompt", "reply", "model", "conversation", "began with", "earlier conversation", "notebook", "command", "flag"}
    | {"setting", "value", "alias", "template", "fields", "tool"}
)
#: A column that holds descriptions of the package's own tools, beside those that a person wrote.
_PARTLY_OURS = "what it does"
_ELEMENTS = ((LEFT, '<bdi dir="ltr">'), (RIGHT, '<bdi dir="rtl">'), (OWN, "<bdi>"), (END, "</bdi>"))
_FENCE, _PREFIX = re.compile(r"\s*(```|~~~)"), re.compile(r"(\s*(?:[-*]|\d+\.)\s+)?(.*)", re.DOTALL)
_RULE = re.compile(r"[|: -]+")


class Persian(Voice):
    """Says our sentences by the tables of :mod:`translation`; what they do not know stays as it came, isolated."""

    direction = "rtl"
    between = " | "  # beside Persian figures a dot is a zero

    def __init__(self) -> None:
        super().__init__("persian")

    def knows(self, words: str) -> bool:
        """Whether the beginning of ``words`` can be said in Persian."""
        pieces = translation().pieces(words)
        return bool(pieces) and pieces[0].persian is not None

    def label(self, words: str) -> str:
        """Words that are ours alone, as text."""
        return translation().as_far(words)

    def figures(self, words: str) -> str:
        """Words that are ours alone, as HTML."""
        return with_elements(self.label(words))

    def sentence(self, words: str, about: str = "") -> str:
        """The HTML of a sentence of ours; one that is not known stands behind what it is ``about``."""
        words = clean(words)
        lead = f"{self.label(about)} " if about and not self.knows(words) else ""
        return with_elements(lead + translation().as_far(words))

    def markdown(self, source: str) -> str:
        """What a command says, line by line, tables cell by cell; code and quotes stay."""
        return "\n".join(_lines(source))


def with_elements(text: str) -> str:
    """The HTML of a text in which the tables' marks isolate what is not Persian."""
    html = inert(text)
    for mark, element in _ELEMENTS:
        html = html.replace(mark, element)
    return html


def _lines(source: str) -> Iterator[str]:
    head: list[str] | None = None
    in_code = False
    for line in source.split("\n"):
        if _FENCE.match(line):
            in_code = not in_code
        if in_code or _FENCE.match(line) or line.startswith(">"):
            yield line
        elif line.startswith("|"):
            cells = line[2:-2].split(" | ")
            if head is None:
                head = cells
                yield _row(map(_cell, cells))
            else:
                yield line if _RULE.fullmatch(line) else _row(map(_cell_of, head, cells))
        else:
            head = None
            prefix, words = _PREFIX.fullmatch(line).groups()  # type: ignore[union-attr]  # always fits
            yield (prefix or "") + _sentences(words)


def _row(cells: Iterator[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell_of(name: str, cell: str) -> str:
    if name == _PARTLY_OURS:
        return translation(is_markdown=True).of(cell) or cell
    return cell if name in _THEIRS else _cell(cell)


def _cell(cell: str) -> str:
    """A cell's words, several of which stand between semicolons."""
    known = translation(is_markdown=True)
    if is_figure(cell := without_marks(cell)):
        return known.quoted(cell)
    if (said := known.of(cell)) is not None:
        return said
    parts = [known.of(part) or part for part in cell.split("; ")]
    return "؛ ".join(parts) if parts != cell.split("; ") else _sentences(cell)


def _sentences(words: str) -> str:
    known = translation(is_markdown=True)
    return known.as_far(words) if any(piece.persian for piece in known.pieces(words)) else words
