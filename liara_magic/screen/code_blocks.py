"""The blocks of code in a reply, as its reader sees them."""

from __future__ import annotations

import ast
import re
import warnings
from dataclasses import dataclass

from ..protocol.foreign_text import clean
from .code import language_of
from .markdown import Markdown

#: What code has and a sentence that happens to be valid Python does not.
_ACTS = (ast.Call, ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)
_OPENING = re.compile(r"(`{3,}|~{3,})[^`]*")


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


def is_code(text: str) -> bool:
    """Whether ``text`` is Python from its first line to its last, though nothing says so."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what Python thinks of its style
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return any(isinstance(node, _ACTS) for node in ast.walk(tree))


def unfenced(text: str) -> str:
    """What stands in the fence, where a fence is all of ``text``; else the text itself."""
    first, _, rest = text.strip().partition("\n")
    opening = _OPENING.fullmatch(first)
    if opening is None or not rest.endswith(opening[1]):
        return text
    return rest[: -len(opening[1])].rstrip(" \t").removesuffix("\n")


def fenced(text: str, language: str = "") -> str:
    """``text`` as a Markdown block, in a fence that is longer than any in it."""
    fence = "```"
    while fence in text:
        fence += "`"
    return f"{fence}{language}\n{text}\n{fence}"
