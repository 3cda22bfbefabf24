"""From a line, or a cell with its first line, to an :class:`Ask`."""

from __future__ import annotations

from typing import Any

from ..protocol.errors import LiaraUsageError
from ..session.ask import Ask, Wanted
from .answer_flags import check_answer
from .flag_line import read_flags, take_word, without_dashes
from .stray_flags import look_for_flags


def parse_line(line: str) -> Ask:
    """``%liara``: flags, then the prompt exactly as it was typed."""
    found, rest = read_flags(line)
    prompt = without_dashes(rest)
    return _asked(found, prompt) if prompt is not rest else look_for_flags(_asked(found, prompt))


def parse_cell(line: str, cell: str) -> Ask:
    """``%%liara``: an optional model and flags on the line, the prompt in the cell."""
    found, rest = read_flags(line)
    rest = without_dashes(rest)
    if rest and "model" not in found:
        found["model"], rest = take_word(rest)
        found, rest = read_flags(rest, found)
    if rest := without_dashes(rest):
        raise LiaraUsageError(
            f"“{rest:.40}” stands on the %%liara line, which takes a model and flags.",
            hint="Write the prompt below it, or ask on one line with %liara.",
        )
    return _asked(found, cell)


def _asked(found: dict[str, Any], prompt: str) -> Ask:
    ask = Ask(prompt=prompt, **{**found, "wanted": Wanted(**found["wanted"])})
    return check_answer(ask)
