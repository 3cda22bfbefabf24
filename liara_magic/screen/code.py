"""Code blocks, coloured by the theme of whoever shows them."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from ..protocol.foreign_text import clean
from .formulas import inert
from .reach import letters_of_code, reached
from .syntax import pieces

# JupyterLab's colour for a kind; elsewhere one that reads on white and on nearly black, 4:1 on both.
_COLOURS = {
    "b": "--jp-mirror-editor-builtin-color,#1b8599",
    "c": "--jp-mirror-editor-comment-color,#7a7a7a",
    "d": "--jp-mirror-editor-def-color,#2c7fc9",
    "i": "--jp-success-color1,#2e8b57",
    "k": "--jp-mirror-editor-keyword-color,#9a5fd6",
    "n": "--jp-mirror-editor-number-color,#2f8a4a",
    "r": "--jp-error-color1,#d1495b",
    "s": "--jp-mirror-editor-string-color,#c4601a",
}
_BOX = "overflow-x:auto;padding:.5em .8em;border:1px solid #8885;border-radius:4px"


def code_block(code: str, info: str = "", coloured: bool = True) -> str:
    """The HTML of a code block; ``info`` is what stands behind the fence. Its text is ``code``, to the letter.

    Without colours it is one that grows, and will be rendered again: it has no place in the order of the Tab key yet.
    """
    language = language_of(info)
    pieces = kinds(code, language) if coloured else [("", code)]
    used = sorted({kind for kind, _ in pieces if kind})
    variables = palette(used)
    # Quotes are escaped in attributes alone: in code they are frequent, and five bytes longer so.
    escaped = ((kind, escape(text, quote=False)) for kind, text in pieces)
    html = "".join(f'<span style="color:var(--{kind})">{text}</span>' if kind else text for kind, text in escaped)
    label = f'<small style="opacity:.7;user-select:none">{inert(language)}</small>' if language else ""
    reach = reached(letters_of_code(code)) if coloured else ""
    block = f'<pre style="{_BOX}{variables}"{reach}><code style="white-space:pre">{html}</code></pre>'
    return f'<div dir="ltr" style="margin-bottom:1em">{label}{block}</div>\n'


def palette(used: Iterable[str]) -> str:
    """The colours of the kinds that are ``used``, as the rest of a style: ``var(--s)`` is then a string's."""
    return "".join(f";--{kind}:var({_COLOURS[kind]})" for kind in used)


def language_of(info: str) -> str:
    """The language that stands behind a fence, as it was written: ``python``, ``{.python}``, ``python title=x``."""
    words = clean(info).split(maxsplit=1)
    return words[0].strip("{}.").partition(",")[0][:30] if words else ""


def kinds(code: str, language: str) -> list[tuple[str, str]]:
    """``code`` in pieces, each with the letter of its kind or an empty one; neighbours of one kind are one piece."""
    found: list[tuple[str, str]] = []
    texts: list[str] = []
    last = ""
    for kind, text in pieces(code, language.lower()):
        # Space has no colour: it joins what stands before it, so that words of one kind need one element.
        if kind != last and text and not text.isspace():
            found.append((last, "".join(texts)))
            last, texts = kind, []
        texts.append(text)
    found.append((last, "".join(texts)))
    return [piece for piece in found if piece[1]]
