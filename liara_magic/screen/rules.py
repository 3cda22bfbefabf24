"""What models write beside CommonMark, and what could make a parse long: rules of the parser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from markdown_it.rules_block import lheading, paragraph
from markdown_it.token import Token

from ..protocol.foreign_text import clean

# An address in running text ends at a space, a quote or a bracket, and at Persian marks, which no address holds bare.
_BARE = re.compile(r"(?<![\w@/.])(?:https?://|www\.)[^\s<>\"`«»،؛؟…\u200c\u200e\u200f]{1,2000}", re.IGNORECASE)
#: What marks the link that such an address became.
BARE = "linkify"
_TRAILING = "?!.,:;*_~'"
_REFERENCE = re.compile(r"\[\^(\d{1,3})\]")
_LINE_BREAK = re.compile(r"<br ?/?>", re.IGNORECASE)
_UNDERLINE = re.compile(r"^[ \t>]*(?:=+|-+)[ \t]*$", re.MULTILINE)
_TASK = re.compile(r"\[([ xX])\] ")
#: Cells that any table may have, and the characters of a table that one more takes at the least.
_FEW_CELLS, _CELL = 500, 2
_DELIMITERS = re.compile(r"[ |:-]+")


def task_items(state: Any) -> None:
    """``- [ ]`` and ``- [x]`` as boxes; a core rule."""
    for position, token in enumerate(state.tokens[2:], 2):
        first = token.children[0] if token.type == "inline" and token.children else None
        if first is None or first.type != "text" or state.tokens[position - 2].type != "list_item_open":
            continue
        if found := _TASK.match(first.content):
            first.content = ("☐ " if found[1] == " " else "☑ ") + first.content[found.end() :]
            state.tokens[position - 2].attrSet("style", "list-style:none")


def images_in_links(state: Any) -> None:
    """Mark them: HTML knows no link in a link; a core rule."""
    for token in state.tokens:
        inside = False
        for child in token.children if token.type == "inline" and "![" in token.content else ():
            if child.type in ("link_open", "link_close"):
                inside = child.type == "link_open"
            elif child.type == "image":
                child.meta["in a link"] = inside


def bare_links(state: Any) -> None:
    """Addresses in running text as links; a core rule."""
    for token in state.tokens:
        if token.type == "inline" and ("://" in token.content or "www." in token.content.lower()):
            token.children = list(_linked(state, token.children))


def _linked(state: Any, children: list[Token]) -> Iterator[Token]:
    inside = 0
    for child in children:
        inside += {"link_open": 1, "link_close": -1}.get(child.type, 0)
        if child.type != "text" or inside:
            yield child
            continue
        done = 0
        for found in _BARE.finditer(child.content):
            shown = _address(found.group())
            url = state.md.normalizeLink(shown if "://" in shown else f"https://{shown}")
            if not state.md.validateLink(url):
                continue
            yield _text(child, child.content[done : found.start()])
            yield from _link(child, url, shown)
            done = found.start() + len(shown)
        yield _text(child, child.content[done:]) if done else child


def _address(found: str) -> str:
    """``found`` without the marks of the sentence around it."""
    while found[-1] in _TRAILING or (found[-1] == ")" and found.count(")") > found.count("(")):
        found = found[:-1]
    return found


def _text(like: Token, content: str) -> Token:
    return Token("text", "", 0, content=content, level=like.level)


def _link(like: Token, url: str, shown: str) -> tuple[Token, ...]:
    opening = Token("link_open", "a", 1, attrs={"href": url}, level=like.level)
    return opening, _text(like, shown), Token("link_close", "a", -1, level=like.level, markup=BARE)


def clean_entities(state: Any) -> None:
    """What an entity stands for can be a character that was taken out of the source; a core rule."""
    for token in state.tokens:
        if token.type == "inline" and "&" in token.content:
            for child in token.children:
                if child.type == "text_special":
                    child.content = clean(child.content)


def line_break(state: Any, silent: bool) -> bool:
    """``<br>``, which models write in tables, since Markdown has nothing for it; an inline rule."""
    found = _LINE_BREAK.match(state.src, state.pos)
    if not found:
        return False
    if not silent:
        state.push("hardbreak", "br", 0)
    state.pos = found.end()
    return True


def reference(state: Any, silent: bool) -> bool:
    """``[^1]``, as models cite; an inline rule."""
    found = _REFERENCE.match(state.src, state.pos)
    if not found:
        return False
    if not silent:
        state.push("reference", "sup", 0).content = found[1]
    state.pos = found.end()
    return True


def not_a_reference(state: Any, start: int, end: int, silent: bool) -> bool:
    """``[^1]: words`` is a paragraph, and not the definition of a link named ``^1``; a block rule."""
    if silent or not _REFERENCE.match(state.src, state.bMarks[start] + state.tShift[start]):
        return False
    return paragraph(state, start, end, silent)


def underlined_heading(state: Any, start: int, end: int, silent: bool) -> bool:
    """A heading with a line of ``=`` or ``-`` below it; not looked for where no such line is; a block rule."""
    known = state.env.get("underlines")
    if known is None or known[0] is not state.src:
        known = state.env["underlines"] = (state.src, bool(_UNDERLINE.search(state.src)))
    return known[1] and lheading(state, start, end, silent)


def unclosed_bracket(state: Any, silent: bool) -> bool:
    """A bracket that nothing closes is text at once: markdown-it would look for its end from each one anew."""
    opening = 2 if state.src.startswith("![", state.pos) else 1
    if state.src[state.pos + opening - 1] != "[" or state.pos < last_of(state, "]"):
        return False
    if not silent:
        state.pending += state.src[state.pos : state.pos + opening]
    state.pos += opening
    return True


def last_of(state: Any, mark: str) -> int:
    """Where ``mark`` stands last in the text; looked up once."""
    key = f"last {mark}"
    known = state.env.get(key)
    if known is None or known[0] is not state.src:
        known = state.env[key] = (state.src, state.src.rfind(mark))
    return int(known[1])


def no_table_bomb(state: Any, start: int, end: int, silent: bool) -> bool:
    """A table with far more cells than its text has words is a paragraph; a block rule."""
    if silent or start + 2 > end:
        return False
    delimiters = state.src[state.bMarks[start + 1] + state.tShift[start + 1] : state.eMarks[start + 1]]
    columns = sum(not part.isspace() and part != "" for part in delimiters.split("|"))
    if columns < 2 or not _DELIMITERS.fullmatch(delimiters):
        return False
    last = _end_of_rows(state, start, end)
    if columns * (last - start) <= _FEW_CELLS + (state.eMarks[last - 1] - state.bMarks[start]) / _CELL:
        return False
    return paragraph(state, start, end, silent)


def _end_of_rows(state: Any, start: int, end: int) -> int:
    """The next empty line; looked for once for all tables before it."""
    known = state.env.get("end of rows")
    if known is not None and known[0] is state.src and start < known[1] <= end:
        return int(known[1])
    last = start
    while last < end and not state.isEmpty(last):
        last += 1
    state.env["end of rows"] = (state.src, last)
    return last
