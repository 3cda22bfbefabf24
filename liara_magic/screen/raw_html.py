"""HTML in Markdown that is exported: text to be read, as it is in a cell, wherever the file is opened."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache

from markdown_it import MarkdownIt

# What may begin a tag, unless a backslash stands before it; and links between angle brackets, which are no tags.
_MAY_BEGIN = re.compile(r"<[A-Za-z/!?]")
_TAG = re.compile(r"(?<!\\)((?:\\\\)*)<(?=[A-Za-z/!?])(?![A-Za-z][A-Za-z0-9+.-]{1,31}:[^\s<>]*>|[\w.+-]+@[\w.-]+>)")
_CODE = re.compile(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)", re.DOTALL)


def without_html(source: str) -> str:
    """``source`` with the marks of its HTML as entities. Code stays as it is, where no HTML stands around it."""
    if not _MAY_BEGIN.search(source):
        return source
    for escape in (_escaped_beside_code, _escaped):
        lines = source.split("\n")
        for start, end in _places(source):
            lines[start:end] = escape("\n".join(lines[start:end])).split("\n")
        source = "\n".join(lines)
    return source


def _places(source: str) -> Iterator[tuple[int, int]]:
    """The lines of each block with HTML in it, from one up to another."""
    for token in _parser().parse(source):
        html = token.type == "html_block" or any(child.type == "html_inline" for child in token.children or ())
        if html and token.map:
            yield token.map[0], token.map[1]


def beside_code(text: str, change: Callable[[str], str]) -> str:
    """``text`` after a ``change`` that leaves code between backticks as it is."""
    pieces, done = [], 0
    for code in _CODE.finditer(text):
        pieces += [change(text[done : code.start()]), code[0]]
        done = code.end()
    return "".join([*pieces, change(text[done:])])


def _escaped_beside_code(text: str) -> str:
    return beside_code(text, _escaped)


def _escaped(text: str) -> str:
    return _TAG.sub(r"\1&lt;", text)


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark").enable("table")
