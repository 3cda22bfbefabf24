"""Lets a ``%liara`` line end in a question mark, which IPython would take for a request for help.

https://ipython.readthedocs.io/en/stable/config/inputtransforms.html
"""

from __future__ import annotations

import re
import tokenize
from collections.abc import Iterator

# `%liara some words?`, perhaps assigned; not `%liara?` and `%liara??`, which do ask for help.
_QUESTION = re.compile(r"^(?P<before>\s*(?:[^\W\d][^=%!?]*=\s*)?)%liara[ \t]+(?P<prompt>.*\?)\s*$")
# Lines that are no Python, alone or assigned: an apostrophe in them opens nothing.
_ESCAPED = re.compile(r"\s*(?:[^\W\d][^=%!?]*=\s*)?[%!]")


def keep_question(lines: list[str]) -> list[str]:
    """An input transformer: our lines that end in ``?`` become the call that IPython makes of any other magic line."""
    if not any("%liara" in line for line in lines) or lines[0].startswith("%%"):
        return lines
    kept = []
    for position, line in enumerate(lines):
        match = _QUESTION.match(line)
        kept.append(_call(match) if match and not _is_inside_string(lines[:position]) else line)
    return kept


def _call(question: re.Match[str]) -> str:
    return f"{question['before']}get_ipython().run_line_magic('liara', {question['prompt']!r})\n"


def _is_inside_string(lines: list[str]) -> bool:
    """Whether the code in ``lines`` ends within a string over several lines."""
    code: list[str] = []
    inside = False
    for line in lines:
        code.append(line if inside or not _ESCAPED.match(line) else "\n")
        if inside or "'''" in line or '"""' in line:  # no other quote opens a string over several lines
            inside = _ends_in_string(code)
    return inside


def _ends_in_string(code: list[str]) -> bool:
    rest: Iterator[str] = iter(code)
    try:
        for _ in tokenize.generate_tokens(lambda: next(rest, "")):
            pass
    except tokenize.TokenError as error:
        return "multi-line string" in str(error) or "triple-quoted" in str(error)  # the latter since Python 3.12
    except SyntaxError:
        return False
    return False
