"""The blocks of code in a reply, as its reader sees them."""

from __future__ import annotations

from dataclasses import dataclass

from ..protocol.foreign_text import clean
from .code import language_of
from .markdown import Markdown


@dataclass(frozen=True)
class CodeBlock:
    """A fenced block: the language behind the fence, as it was written, and its text without the last line end."""

    language: str
    code: str

    @property
    def is_python(self) -> bool:
        """Whether it is for a cell: what says nothing of its language is taken for it."""
        return self.language.lower() in ("", "python", "py", "python3", "ipython", "ipython3")


def code_blocks(source: str) -> list[CodeBlock]:
    """The fenced blocks of Markdown, also those in lists and quotes, without control and invisible characters."""
    tokens = Markdown().tokens(clean(source))
    return [CodeBlock(language_of(one.info), one.content.rstrip("\n")) for one in tokens if one.type == "fence"]
