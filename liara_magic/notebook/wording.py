"""Pieces of text, made fit for a description: clean, on one line, short enough; counts, shares and numbers."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from ..protocol.foreign_text import clean, whole_characters

# The colours of a terminal: an escape character, a bracket, numbers, a letter (ECMA-48, 5.4).
_COLOURS = re.compile("\x1b\\[[0-9;?]*[A-Za-z]")
_UNITS = ("kB", "MB", "GB", "TB", "PB")
#: Decimal digits of a binary one.
_DIGITS = math.log10(2)
_FENCE = re.compile("`{3,}")


#: So many characters beyond a cut are looked at, so that a secret on which it falls is seen as a whole.
BEYOND = 2000
_hide: ContextVar[Callable[[str], str] | None] = ContextVar("hide", default=None)


@contextmanager
def hiding(hide: Callable[[str], str] | None) -> Iterator[None]:
    """While it lasts, ``hide`` takes secrets out of every text before it is cut: nobody recognises half of one."""
    token = _hide.set(hide)
    try:
        yield
    finally:
        _hide.reset(token)


def is_hiding() -> bool:
    """Whether secrets are taken out of what is described now."""
    return _hide.get() is not None


def _hidden(text: str) -> str:
    hide = _hide.get()
    return hide(text) if hide else text


def tidy(text: str) -> str:
    """``text`` without control characters, terminal colours and halves of characters."""
    return whole_characters(clean(_COLOURS.sub("", text) if "\x1b" in text else text))


def one_line(text: str, limit: int = 200) -> str:
    """``text`` in one line of at most ``limit`` characters; line ends and tabs are shown as escapes."""
    text = tidy(text[: 2 * limit + BEYOND]).replace("\n", "\\n").replace("\t", "\\t")
    return shorten(text.replace("\u2028", " ").replace("\u2029", " "), limit)


def shorten(text: str, limit: int) -> str:
    """The start of ``text`` with an ellipsis where it has more than ``limit`` characters."""
    if len(text) <= limit:
        return text
    return f"{_hidden(text[: limit + BEYOND])[: limit - 1]}…" if limit > 0 else ""


def cut_middle(text: str, limit: int) -> str:
    """``text`` in at most ``limit`` characters: its start and end, and between them how much was left out."""
    return middle_cut(text, limit)[0]


def middle_cut(text: str, limit: int) -> tuple[str, int]:
    """The same, and how many characters were left out."""
    if len(text) <= limit:
        return text, 0
    room = limit - len(_left_out(len(text)))
    if room < 20:
        return shorten(text, limit), len(text) - max(0, limit - 1)
    start, end = both_ends(text[: room + BEYOND], text[-(room + BEYOND) :], room)
    return f"{start}{_left_out(len(text) - room)}{end}", len(text) - room


def both_ends(first: str, last: str, room: int) -> tuple[str, str]:
    """The start of ``first`` and the end of ``last`` in ``room`` characters; both come with what is beyond the cuts."""
    head = room * 2 // 3
    return _hidden(first)[:head], _hidden(last)[head - room :]


def _left_out(characters: int) -> str:
    return f"\n… {characters:,} characters left out …\n"


def quoted(text: str, limit: int = 200) -> str:
    """``text`` in double quotes on one line; letters, also those of Persian with its joiners, stay as they are."""
    return '"' + one_line(text[: limit + BEYOND].replace('"', '\\"'), max(1, limit - 2)) + '"'


def fenced(text: str, limit: int, language: str = "") -> tuple[str, int]:
    """``text`` as a code block of at most ``limit`` characters that nothing inside can close, and how many it lacks."""
    fence = "```"
    while True:
        body, lacks = middle_cut(text, max(0, limit - 2 * len(fence) - len(language) - 2))
        body = tidy(body)
        longest = max(map(len, _FENCE.findall(body)), default=0)
        if longest < len(fence) or len(fence) >= limit:
            return f"{fence}{language}\n{body}\n{fence}", lacks
        fence = "`" * (longest + 1)


def count(number: int, noun: str, plural: str = "") -> str:
    """``1 row``, ``1,240 rows``."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def percent(part: float, whole: float) -> str:
    """A share; what is neither nothing nor all is never shown as 0% or 100%."""
    if not whole:
        return "0%"
    share = 100 * part / whole
    if 0 < share < 1:
        return f"{share:.1g}%" if share >= 0.01 else "<0.01%"
    return ">99%" if 99.5 <= share < 100 else f"{share:.0f}%"


def number(value: float) -> str:
    """A statistic in at most six significant digits; whole numbers in full."""
    if isinstance(value, int):
        return str(value) if value.bit_length() <= 256 else f"of about {int(value.bit_length() * _DIGITS):,} digits"
    if math.isfinite(value) and value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return f"{value:.6g}"


def size(octets: int) -> str:
    """``512 bytes``, ``1.2 MB``, in powers of a thousand."""
    if octets < 1000:
        return count(octets, "byte")
    power = min(int(math.log10(octets)) // 3, len(_UNITS))
    return f"{octets / 1000**power:.3g} {_UNITS[power - 1]}"


def listed(pieces: Iterable[str]) -> str:
    """``a, b and c``."""
    *start, last = list(pieces)
    return f"{', '.join(start)} and {last}" if start else last
