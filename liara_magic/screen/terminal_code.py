"""A block of code in a terminal, coloured by its language."""

from __future__ import annotations

from .code import kinds
from .wrapping import DIM, ITALIC, Line, Span, styled

# For each kind of token: of the palette's sixteen colours those that read on light and on dark, so neither white nor
# black nor yellow, and bright blue in place of blue.
_STYLES = {
    "b": "36",
    "c": styled(DIM, ITALIC),
    "d": "35",
    "i": "32",
    "k": "94",
    "n": "36",
    "r": "31",
    "s": "32",
}


def code_lines(code: str, language: str, base: str = "") -> list[Line]:
    """``code`` line by line, each as long as it is: what is copied from the terminal is the code."""
    lines: list[Line] = [[]]
    for kind, text in kinds(code, language):
        style = styled(base, _STYLES.get(kind, ""))
        first, *others = text.split("\n")
        lines[-1].append(Span(first, style))
        lines += [[Span(other, style)] for other in others]
    return lines[:-1] if code.endswith("\n") else lines
