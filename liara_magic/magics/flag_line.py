"""Reading the flags at the beginning of a line: where each ends, what its value is, and what follows them all."""

from __future__ import annotations

import json
import re
from typing import Any

from ..protocol.errors import LiaraUsageError, nearest
from .answer_flags import take_fields
from .flag_table import FLAGS
from .flags import Flag

# A word: text up to the next space, which may stand in quotes if they enclose the whole of it, or of what follows an
# equals sign. Any other quote is a letter like the rest.
_WORD = re.compile(r"""(?P<key>[^\s"'=]+=)?(?P<quoted>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')(?=\s|$)|\S+""")
# Chat programs and word processors turn hyphens into dashes, and two of them into a long one.
_FLAG = re.compile(r"(?P<dashes>[-–—−‐‑]+)(?P<name>[^\s=–—−‐‑-][^\s=]*)(?P<equals>=?)")
_FLAG_WORD = re.compile(rf"(?<!\S){_FLAG.pattern}")
_HYPHENS = str.maketrans("–—−‐‑", "-----")
_COUNT = re.compile(r"\s*\d+(?=\s|$)")
_KEY = re.compile(r"[^\s={}\[\]\"']+=(?=[{\[])")
_BY_SPELLING = {spelling: flag for flag in FLAGS for spelling in flag.spellings}


def read_flags(line: str, found: dict[str, Any] | None = None) -> tuple[dict[str, Any], str]:
    """The flags at the beginning of ``line``, added to ``found``, and what follows them."""
    found = {"parameters": {}, "wanted": {}} if found is None else found
    rest = line.strip()
    while match := _FLAG.match(rest):
        flag, spelling = _find_flag(match["dashes"], match["name"])
        rest = rest[match.end() :]
        value = ""
        if match["equals"] and not flag.values:
            raise LiaraUsageError(f"{spelling} takes no value.")
        if flag.usual and not match["equals"] and not _COUNT.match(rest):
            value = flag.usual
        elif flag.values and (rest.strip() or not match["equals"]):
            value, rest = _take_value(rest if match["equals"] else rest.lstrip(), spelling)
        flag.store(found, value, spelling)
        rest = rest.lstrip()
        if "template" in found["wanted"]:
            rest = take_fields(found, rest, take_word)
    return found, rest


def without_dashes(rest: str) -> str:
    """What follows the two hyphens that say that no more flags come, or all of ``rest``."""
    return rest[2:].lstrip() if re.match(r"--(\s|$)", rest) else rest


def known_flags(text: str) -> list[tuple[int, str]]:
    """The words of ``text`` that are flags, each with the place where it begins and as it was typed."""
    found = []
    for match in _FLAG_WORD.finditer(text):
        try:
            _find_flag(match["dashes"], match["name"])
        except LiaraUsageError:
            continue
        found.append((match.start(), match["dashes"] + match["name"]))
    return found


def _find_flag(dashes: str, name: str) -> tuple[Flag, str]:
    """The flag and its right spelling."""
    name = name.translate(_HYPHENS)
    spellings = [dashes.translate(_HYPHENS) + name]
    if dashes in "–—−‐‑":  # one dash may stand for one hyphen or for two
        spellings.append("--" + name)
    for spelling in spellings:
        if spelling in _BY_SPELLING:
            return _BY_SPELLING[spelling], spelling
    hint = nearest(spellings[-1], _BY_SPELLING)
    raise LiaraUsageError(
        f"There is no flag {spellings[-1]:.40}.",
        hint=hint or "%liara /help lists all flags. A prompt that begins with a dash follows --.",
    )


def _take_value(rest: str, spelling: str) -> tuple[str, str]:
    """The next value, and what follows: JSON as far as it goes, also behind a key; else a word."""
    key = _KEY.match(rest)
    start = key.end() if key else 0
    if rest[start : start + 1] in ("{", "["):
        try:
            _, end = json.JSONDecoder().raw_decode(rest, start)
            return rest[:end], rest[end:]
        except (ValueError, RecursionError):
            pass
    if not rest:
        raise LiaraUsageError(f"{spelling} needs a value.", hint=f"Such as {spelling} VALUE; %liara /help says which.")
    return take_word(rest)


def take_word(rest: str) -> tuple[str, str]:
    """The next word without its quotes, and what follows; empty if a space comes first."""
    match = _WORD.match(rest)
    if match is None:
        return "", rest
    word = match[0]
    if match["quoted"]:
        word = (match["key"] or "") + re.sub(r"\\([\"'\\])", r"\1", match["quoted"][1:-1])
    return word, rest[match.end() :]
