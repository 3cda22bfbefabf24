"""The JSON value in a reply's text, also where a model put a fence or a sentence around it."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from typing import Any

from .foreign_text import has_half_characters, whole_characters

# A fence of any language: its content up to the line that closes it, or to the end where none does.
_FENCE = re.compile(r"^[ \t]*(`{3,}|~{3,})[^\n`]*\n(.*?)(?:^[ \t]*\1[`~]*[ \t]*$|\Z)", re.MULTILINE | re.DOTALL)
_BEGINS = re.compile(r"^[ \t]*(?=[{\[])", re.MULTILINE)


def json_in(text: str) -> Any:
    """The value. Raises :class:`ValueError` with a sentence that says why there is none.

    The text itself counts first, then what stands in a fence, then what begins a line and goes on to the end. JSON is
    taken strictly: no NaN, no infinite number, and halves of characters become U+FFFD.
    """
    text = text.strip().removeprefix("\ufeff")
    if not text:
        raise ValueError("it is empty")
    first: ValueError | None = None
    for candidate in (text, *_inside(text)):
        try:
            return _load(candidate)
        except ValueError as error:
            first = first or error
    raise first or ValueError("it is no JSON")


def _inside(text: str) -> Iterator[str]:
    """What may be the JSON inside ``text``."""
    for fence in _FENCE.finditer(text):
        yield fence[2]
    if begin := _BEGINS.search(text):
        yield text[begin.end() :]


def _load(text: str) -> Any:
    try:
        return _whole(json.loads(text, parse_constant=_refuse, parse_float=_finite))
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise ValueError(f"it is no JSON ({error.msg} at {where})") from None
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _finite(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise ValueError(f"{digits:.20} is too large a number")
    return value


def _whole(value: Any) -> Any:
    """``value`` with whole characters in its texts."""
    if isinstance(value, str):
        return whole_characters(value) if has_half_characters(value) else value
    if isinstance(value, list):
        return [_whole(one) for one in value]
    if isinstance(value, dict):
        return {_whole(name): _whole(one) for name, one in value.items()}
    return value
