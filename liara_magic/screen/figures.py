"""Numbers and toman as people read them, in Latin or Persian digits."""

from __future__ import annotations

import math
import re

TOMAN = "تومان"
# Marks that keep a piece of text from reordering its neighbours: a Persian word would pull the numbers after it along.
ISOLATE, END_ISOLATE = "\u2066", "\u2069"
_PERSIAN = {ord("0") + digit: chr(0x6F0 + digit) for digit in range(10)}
_NUMBER = re.compile(r"\d[\d,.]*\d|\d")
# A number and what is written together with it: with Latin letters it is a name, such as gpt-4o or max_tokens=351.
_WORD, _LATIN = re.compile(r"[\w.,:;/=+@%-]+"), re.compile("[A-Za-z]")
_CODE = re.compile(r"(`[^`]*`)")


def number(value: float) -> str:
    """``value`` with as many decimals as say something: 1,240 · 42.1 · 0.99 · 0.0082."""
    if value >= 100:
        return f"{value:,.0f}"
    if value >= 10:
        return f"{value:.1f}"
    if value <= 0:
        return "0"
    return f"{value:.{min(max(0, 1 - math.floor(math.log10(value))), 8)}f}"


def toman(value: float) -> str:
    """``value`` toman as text that keeps its place in a line of either direction."""
    return f"{ISOLATE}{number(value)} {TOMAN}{END_ISOLATE}"


def in_digits(text: str, digits: str) -> str:
    """A text of our own in ``digits``, ``latin`` or ``persian``; names and what stands between backticks stay."""
    if digits != "persian":
        return text
    pieces = _CODE.split(text)
    return "".join(piece if piece.startswith("`") else _WORD.sub(_word_in_persian, piece) for piece in pieces)


def without_isolates(text: str) -> str:
    """``text`` for a terminal, which may show the isolating marks as boxes."""
    return text.replace(ISOLATE, "").replace(END_ISOLATE, "")


def _word_in_persian(found: re.Match[str]) -> str:
    return found[0] if _LATIN.search(found[0]) else _NUMBER.sub(_persian, found[0])


def _persian(found: re.Match[str]) -> str:
    return found[0].replace(",", "٬").replace(".", "٫").translate(_PERSIAN)
