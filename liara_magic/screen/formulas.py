r"""Formulas in Markdown: ``$…$`` and ``$$…$$`` by a plug-in, ``\(…\)`` and ``\[…\]`` by rules of our own.

Front ends typeset what stands between such marks anywhere in an output. So formulas are recognised here, shielded from
Markdown's marks, and every mark that begins none is kept from being taken for one.
"""

from __future__ import annotations

import re
from html import escape
from typing import Any

from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin

from .rules import last_of

# TeX by which a formula could leave typesetting: links, styles, attributes, loading, and what could build their names.
_UNSAFE = re.compile(
    r"\\(href|url|style|class|cssId|css|html\w*|data|require|include\w*|input|unicode|mmlToken|bbox|toggle|\w*tip|action"
    r"|def|gdef|edef|xdef|let|futurelet|new\w+|renew\w+|provide\w+|csname|catcode|expandafter|special|write)"
)
_SPECIAL, _DOLLAR = re.compile(r"[&<>\"'$\\]"), re.compile(r"([$\\])")
#: Lines that a formula may have: a beginning without an end must not be searched line by line, again and again.
_MOST_LINES = 100
_CLOSING = {"\\(": "\\)", "\\[": "\\]"}


def use_formulas(parser: MarkdownIt) -> None:
    """Teach ``parser`` to recognise formulas."""
    dollarmath_plugin(parser, allow_labels=False, allow_space=False, allow_digits=False, double_inline=True)
    parser.inline.ruler.before("escape", "bracket_formula", _inline_rule)
    parser.block.ruler.before("fence", "bracket_formula", _block_rule, {"alt": ["paragraph", "list", "blockquote"]})


def formula(tex: str, mark: str) -> str:
    """The HTML of a formula between two ``mark``: left to right, for the front end to typeset; unsafe TeX is code."""
    tag = "code" if _UNSAFE.search(tex) else "span"
    return f'<{tag} dir="ltr">{escape(mark + tex + mark)}</{tag}>'


def inert(text: str) -> str:
    """The HTML of text that is no formula: a dollar sign or a backslash stands alone in an element.

    No front end then takes it for the beginning of a formula: they look for marks within one run of text.
    """
    return _DOLLAR.sub(r"<span>\1</span>", escape(text)) if _SPECIAL.search(text) else text


def _inline_rule(state: Any, silent: bool) -> bool:
    opening = state.src[state.pos : state.pos + 2]
    if opening not in _CLOSING:
        return False
    if last_of(state, _CLOSING[opening]) < state.pos:
        return False
    end = state.src.find(_CLOSING[opening], state.pos + 2, state.posMax)
    tex = state.src[state.pos + 2 : end]
    if end < 0 or not tex.strip():
        return False
    if not silent:
        token = state.push("math_inline" if opening == "\\(" else "math_inline_double", "math", 0)
        token.content = tex
    state.pos = end + 2
    return True


def _block_rule(state: Any, start: int, end: int, silent: bool) -> bool:
    r"""A formula between ``\[`` at a line's beginning and ``\]`` at a line's end."""
    if state.sCount[start] - state.blkIndent >= 4 or not _line(state, start).startswith("\\["):
        return False
    if last_of(state, "\\]") < state.bMarks[start]:
        return False
    lines: list[str] = []
    for number in range(start, min(end, start + _MOST_LINES)):
        if number > start and state.sCount[number] < state.blkIndent and not state.isEmpty(number):
            return False
        line = _line(state, number) if number == start else state.getLines(number, number + 1, state.blkIndent, False)
        lines.append(line[2:] if number == start else line)
        before, closed, after = lines[-1].partition("\\]")
        if closed:
            if after.strip():
                return False  # more follows on the line: the inline rule reads it
            lines[-1] = before
            break
    else:
        return False
    if not silent:
        token = state.push("math_block", "math", 0)
        token.block, token.content, token.map = True, "\n".join(lines), [start, start + len(lines)]
    state.line = start + len(lines)
    return True


def _line(state: Any, number: int) -> str:
    return str(state.src[state.bMarks[number] + state.tShift[number] : state.eMarks[number]])
