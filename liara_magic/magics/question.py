"""Lets a ``%liara`` line end in a question mark, which IPython would take for a request for help.

https://ipython.readthedocs.io/en/stable/config/inputtransforms.html
"""

from __future__ import annotations

import re
import tokenize
from collections.abc import Iterator

# `%liara some words?`, perhaps assigned; not `%liara?` and `%liara??`, which do ask for help.
_QUESTION = re.compile(r"^(?P<before>\s*(?:[A-Za-z_][\w.,\s\[\]'\"]*=\s*)?)%liara[ \t]+(?P<prompt>.*\?)\s*$")


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
    # A magic or shell line is no Python: an apostrophe in it opens nothing.
    code: Iterator[str] = iter([line if not re.match(r"\s*[%!]", line) else "\n" for line in lines])
    try:
        for _ in tokenize.generate_tokens(lambda: next(code, "")):
            pass
    except tokenize.TokenError as error:
        return "string" in str(error)  # "EOF in multi-line string", since 3.12 "unterminated triple-quoted string"
    except SyntaxError:
        return False
    return False
