"""What the end of a growing Markdown text will most likely be, so that it is shown as that from its first letter on.

Read to the letter, a table is two lines of bars until its second line is complete, and an address stands between
brackets until they close: the text would jump, and get shorter. Only looks depend on it, and only until more comes.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from .parser import Token
from .rules import BARE

#: Characters at the end that are looked at for marks: what nobody closes within a few lines is no mark.
_WINDOW = 2000
#: Letters of a line that may become the head of a table: hardly a table is wider, and each bar would be a cell.
_WIDEST_HEAD = 2000
#: A line that may yet become a heading, an item, a rule or a fence, and says nothing so far.
_MARK_ALONE = re.compile(r"[ \t>]*(?:[-+*_=#`~|]{1,3}|\d{1,3}[.)]?)?")
_SECOND_LINE = re.compile(r"[\s|:-]+")
_BAR = re.compile(r"(?<!\\)\|")
_OPEN_LINK = re.compile(r"(?<![\w\])])!?\[([^\[\]]*)(?:\](?:\([^()\s]*)?)?$")
_OPEN_MARK = re.compile(r"(?<![\w*~\\])(?:\*\*|~~|\*)(?=[^\s*~])")
_OPEN_CODE = re.compile(r"(?<!`)(`{1,2})(?=[^`])[^`]*$")
_ESCAPED_MARK = re.compile(r"\\[*~`]")
_LAST_RUN = re.compile(r"(?<!\S)\S+\Z")
_MARK_AT_THE_END = re.compile(r"(?:(?<=[\s(])|^)(?:\*{1,3}|~~?|`{1,2}|!?\[)$")


def completed(source: str, tokens: Sequence[Token]) -> str:
    """``source``, a block that still grows, as it will probably be; ``tokens`` are those of it as it is."""
    text = source.rstrip(" \t")
    has_whole_line = text.endswith("\n")
    text = text[:-1] if has_whole_line else text
    lines = text.rsplit("\n", 3)[-3:]
    start = len(text) - len(lines[-1])
    if (last := _last(tokens)) is not None and _goes_on(last, source):
        return text[:start] if _closes_soon(lines[-1], last) else source
    if not lines[-1].strip() or source.count("$$") % 2 or source.count("\\[") > source.count("\\]"):
        return source
    if head := _head_of_table(lines):
        return text[:start] + head
    if has_whole_line:
        return source
    if _MARK_ALONE.fullmatch(lines[-1].rstrip()):
        return text[:start]
    return _closed(text, tokens)


def without_half_address(tokens: Sequence[Token], source: str) -> list[Token]:
    """``tokens`` with an address in running text that ``source`` ends in as text: half of it leads elsewhere."""
    run = _LAST_RUN.search(source, max(0, len(source) - _WINDOW))
    place = next((at for at in range(len(tokens) - 1, -1, -1) if tokens[at].type == "inline"), None)
    if run is None or place is None or not ("://" in run[0] or "www." in run[0].lower()):
        return list(tokens)
    words = tokens[place]
    children = words.children or []
    closing = next((at for at in range(len(children) - 1, -1, -1) if children[at].type == "link_close"), 0)
    if closing < 2 or children[closing].markup != BARE or children[closing - 1].content not in run[0]:
        return list(tokens)
    kept = [*children[: closing - 2], children[closing - 1], *children[closing + 1 :]]
    return [*tokens[:place], replace(words, children=kept), *tokens[place + 1 :]]


def half_definition(references: Mapping[str, Any], known: Collection[str], source: str) -> int:
    """Where the definition of a link begins that ``source`` ends in, unless it is complete or ``known``; else -1."""
    if source.endswith("\n") or "]:" not in source:
        return -1
    last = source.count("\n")
    starts = (one["map"][0] for name, one in references.items() if name not in known and one["map"][1] > last)
    line = next(starts, None)
    return -1 if line is None else sum(len(one) + 1 for one in source.split("\n")[:line])


def _last(tokens: Sequence[Token]) -> Token | None:
    """The token of the last words."""
    return next((one for one in reversed(tokens) if one.content or one.type in ("fence", "math_block")), None)


def _goes_on(last: Token, source: str) -> bool:
    """Whether the end is code or a formula, or text that could not be parsed: it is shown to the letter."""
    return last.type != "inline" and bool(last.map) and (last.map or [0, 0])[1] > source.count("\n")


def _closes_soon(line: str, last: Token) -> bool:
    """Whether the last ``line`` of code is a part of what ends it."""
    mark = line.lstrip(" >")
    return bool(mark) and last.type == "fence" and last.markup.startswith(mark) and mark != last.markup


def _head_of_table(lines: Sequence[str]) -> str:
    """The last line with what makes a table of it, empty if it is not the head of one; the line before it counts."""
    *before, last = ["", "", *lines][-3:]
    if len(before[1]) + len(last) > _WIDEST_HEAD:
        return ""
    if "|" in before[1]:
        if "|" in before[0] or not _SECOND_LINE.fullmatch(last):
            return ""
        return _delimiters(before[1])
    if not last.lstrip().startswith("|") or _MARK_ALONE.fullmatch(last.rstrip()):
        return ""
    return f"{last}\n{_delimiters(last)}"


def _delimiters(head: str) -> str:
    """The second line of a table for its first."""
    indent = head[: len(head) - len(head.lstrip())]
    cells = _BAR.split(head.strip())
    count = len(cells) - (not cells[0]) - (len(cells) > 1 and not cells[-1])
    return indent + "|" + " --- |" * max(1, count)


def _closed(text: str, tokens: Sequence[Token]) -> str:
    """``text`` with what its last words are in the middle of closed: code, a link, emphasis."""
    words = next((one for one in reversed(tokens) if one.type == "inline" and one.content), None)
    if words is None or not text.endswith(words.content[-_WINDOW:].rpartition("\n")[2].rstrip()):
        return text  # what it ends with is closed, such as a cell
    if _ESCAPED_MARK.search(words.content):
        return text  # once it is parsed, nothing tells such a mark from others
    if cut := _MARK_AT_THE_END.search(text, len(text) - 4):
        return text[: cut.start()]
    # Marks that belong to a pair are tokens of their own; what is left of them in text stands alone.
    alone = "".join(one.content if one.type == "text" else "x" for one in words.children or ())[-_WINDOW:]
    link = _OPEN_LINK.search(alone) and _OPEN_LINK.search(text, max(0, len(text) - _WINDOW))
    if link and link[1].strip() and not _OPEN_CODE.search(alone):
        return text[: link.start()] + link[1].rstrip()
    return text + _closing(alone)


def _closing(words: str) -> str:
    """The marks that close what is open in ``words``, the last one first."""
    if code := _OPEN_CODE.search(words):
        return code[1] + _closing(words[: code.start()])
    if words.endswith("*") and "**" in words[:-1]:
        return "*"  # half of what closes it has come
    return "".join(reversed(_OPEN_MARK.findall(words)))
