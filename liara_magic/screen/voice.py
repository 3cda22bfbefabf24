"""In what words a person is told what is ours. Cells speak English; the panel has a voice for Persian too."""

from __future__ import annotations

from ..protocol.foreign_text import clean
from .figures import END_ISOLATE, ISOLATE, in_digits
from .formulas import inert


class Voice:
    """Says our English words as they are, their figures in ``digits``. Another language says them in its own."""

    direction = "ltr"
    #: What stands between facts on one line.
    between = " · "

    def __init__(self, digits: str = "latin") -> None:
        self.digits = digits

    def knows(self, words: str) -> bool:
        """Whether it has words of its own for a sentence of ours."""
        return True

    def label(self, words: str) -> str:
        """Words that are ours alone, as text."""
        return in_digits(words, self.digits)

    def figures(self, words: str) -> str:
        """Words that are ours alone, as HTML."""
        return isolated(self.label(words))

    def sentence(self, words: str, about: str = "") -> str:
        """The HTML of a sentence of ours that may name what is not ours: a model, a file, the server's words.

        What it is ``about`` is for a voice that does not know the words.
        """
        return inert(clean(words))

    def markdown(self, source: str) -> str:
        """A text of ours in Markdown, such as what a command says."""
        return source


#: As it is said wherever nobody asks for another voice.
ENGLISH = Voice()


def isolated(text: str, direction: str = "ltr") -> str:
    """The HTML of a text of ours, in which what is isolated, such as toman, runs in ``direction``."""
    return inert(text).replace(ISOLATE, f'<bdi dir="{direction}">').replace(END_ISOLATE, "</bdi>")


def side_of(direction: str) -> str:
    """Where what runs in ``direction`` begins. Front ends know the physical names of sides, not all the others."""
    return "right" if direction == "rtl" else "left"
