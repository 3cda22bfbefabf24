"""Flags in the prompt of a line, where they do not count: its reply would be paid, and not be as it was meant.

Prompts speak of flags too ("what does wc -c do"), so only what ends a line and can be read as flags is refused: that
costs nothing but two hyphens. What stands elsewhere, or behind the name of a program with such flags, is sent, and the
reply says so.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from ..protocol.errors import LiaraUsageError
from .flag_line import known_flags, read_flags

if TYPE_CHECKING:
    from ..session.ask import Ask

# What is quoted is spoken of: `ls -a`, "ls -a". A single quote inside a word is an apostrophe.
_QUOTED = re.compile(r"""`[^`]*`|"[^"]*"|“[^”]*”|«[^»]*»|(?<!\S)'[^']*'(?!\w)""")
# Programs of a shell that people ask about, with what may stand between them and a flag of theirs. None of the names is
# a word of prose, as in "a cat"; nor is it of a program "in python".
_PROGRAM = re.compile(
    r"(?<![\w./-])(?<!\bin )(?<!\bwith )(?<!\busing )"
    r"(?:awk|bash|chmod|cp|curl|df|docker|du|ffmpeg|gcc|git|grep|kubectl|ls|mkdir|mv|npm|pip3?|ps|psql|pytest|python3?"
    r"|rm|rsync|scp|sed|sh|ssh|sudo|tar|uname|uniq|wc|wget|xargs|zsh)"
    r"(?:\s+(?:add|branch|build|clone|commit|diff|exec|install|log|push|run|show|tag))?(?:\s+-\w+)*\s+$"
)
_MODEL = re.compile(r"[/\d]")  # what names of models have, and hardly a module for python -m
_MOST = 30  # flags that are looked at, from the end; nobody types more
_NAMED = 3
_SHOWN = 60  # characters


def look_for_flags(ask: Ask) -> Ask:
    """``ask`` with a note of the flags in its prompt. Raises :class:`LiaraUsageError` for those that it ends in."""
    unquoted = _QUOTED.sub(lambda quoted: "x" * len(quoted[0]), ask.prompt)
    found = known_flags(unquoted)[-_MOST:]
    start = None
    for place, _ in reversed(found):
        if not _is_all_flags(ask.prompt[place:]):
            break
        start = place
    if start is not None and not _is_of_a_program(ask.prompt, start):
        raise _refusal(ask.prompt[:start], ask.prompt[start:])
    names = list(dict.fromkeys(name for _, name in found))
    if not names:
        return ask
    said = ", ".join(f"“{name}”" for name in names[:_NAMED])
    note = f"{said} went along as part of the prompt: flags count only before it. If it was meant so, put -- before it."
    return replace(ask, notes=(*ask.notes, note))


def _refusal(prompt: str, flags: str) -> LiaraUsageError:
    prompt, flags = (text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…" for text in (prompt.strip(), flags))
    return LiaraUsageError(
        f"“{flags}” stands behind the prompt, where flags are only words of it. Nothing was sent.",
        hint=f"Put it first: %liara {flags} {prompt} … or, if it belongs to the prompt: %liara -- {prompt} {flags}",
    )


def _is_of_a_program(prompt: str, start: int) -> bool:
    """Whether the flags from ``start`` on are short ones behind a program's name, and none names a model."""
    flags = prompt[start:]
    if "--" in flags or _PROGRAM.search(prompt[max(0, start - _SHOWN) : start]) is None:
        return False
    return _MODEL.search(str(read_flags(flags)[0].get("model", ""))) is None


def _is_all_flags(text: str) -> bool:
    """Whether ``text`` is flags to its end, each with a value that it may have."""
    try:
        return not read_flags(text)[1]
    except LiaraUsageError:
        return False
