"""Secrets that show by the heading of their column: in tables as pandas prints them, between bars, as CSV.

Only layouts in which a cell's place is certain: columns that end under their headings, with two spaces before a value
(a DataFrame), values beside their labels above a line with their type (a Series), bars, and separators below a line of
plain names.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

from .secret_columns import EMPTY, KIND
from .secret_names import is_secret_name
from .secret_values import Span, is_placeholder, is_template

_HINT = re.compile(r"pass|pwd?|secret|token|credential|key", re.IGNORECASE)
_CUT = re.compile(r"… [\d,]+ characters left out …")  # where printed.py takes the middle out of a text
_WORDS = re.compile(r"\S+")
_MOST_WORDS = 3  # of a heading that are one name, "api key"
_LONGEST_HEADING = 5_000
_MOST_STRANGERS = 5  # lines between rows that have other fields, such as those of a text with a line end in it
_GAP, _WIDE_GAP = re.compile(r"(?<=\S) {2,}(?=\S)"), re.compile(r"(?<=\S) {4,}(?=\S)")
_TYPE = re.compile(r"(?:Freq: \S+, )?(?:Name: (?P<name>[^\n]{1,100}?), )?(?:Length: \d+, )?dtype: \w[^\n]{0,60}")
# What a line of code has and names of columns do not. Lines of code with one indentation may end words at one place.
_CODE = re.compile(r"""[=:(){}<>;"']|^\s*\.\.\.""")
_BAR = re.compile(r"(?<!\\)[|│┆]")
_RULE = re.compile(r"[+╞├└╘][^\w]*")
_NAME = r"[\w.-]+(?: [\w.-]+)*"
_NAMES = re.compile(rf"(?:{_NAME})?(?P<mark>[,;\t]){_NAME}(?:(?P=mark){_NAME})*\r?")


class _Cell(NamedTuple):
    line: int
    start: int
    end: int


def tabled_secrets(text: str) -> Iterator[Span]:
    """The values in ``text`` that stand under, or in a Series beside, the name of a secret."""
    if "\n" not in text or not _HINT.search(text):
        return
    lines = text.split("\n")
    starts = [0, *accumulate(len(line) + 1 for line in lines)]
    at = 0
    while at < len(lines):
        cells = _cells_at(lines, at)
        for line, start, end in cells:
            value = lines[line][start:end].strip()
            if value not in EMPTY and not _says_nothing(value):
                begin = starts[line] + lines[line].index(value, start)
                yield Span(begin, begin + len(value), KIND)
        at = max((at, *(cell.line for cell in cells))) + 1


def _is_secret(name: str) -> bool:
    return _HINT.search(name) is not None and is_secret_name(name)


def _says_nothing(value: str) -> bool:
    return is_template(value) or (value.isascii() and is_placeholder(value, password=True))


def _cells_at(lines: Sequence[str], at: int) -> list[_Cell]:
    """The cells that the line at ``at`` gives away as the heading of a table, or as the last line of a Series."""
    line = lines[at]
    if series := _TYPE.fullmatch(line):
        return _of_series(lines, at, series["name"] or "")
    if not _HINT.search(line):
        return []
    if line.lstrip()[:1] in ("|", "│"):
        return _in_fields(lines, at, _between_bars)
    if names := _NAMES.fullmatch(line):
        fields = re.compile(rf'(?:^|{names["mark"]})("(?:[^"]|"")*"|[^{names["mark"]}]*)')
        return _in_fields(lines, at, lambda row: [found.span(1) for found in fields.finditer(row)])
    return _of_frame(lines, at)


# Bars and separators


def _between_bars(row: str) -> list[tuple[int, int]]:
    """The fields of a line, also what stands before the first bar and behind the last: a line may be cut."""
    bars = [-1, *(bar.start() for bar in _BAR.finditer(row)), len(row)]
    return [(start + 1, end) for start, end in pairwise(bars)]


def _in_fields(lines: Sequence[str], at: int, fields: Callable[[str], list[tuple[int, int]]]) -> list[_Cell]:
    """The cells below the heading at ``at``, in lines that have as many fields, or that are cut."""
    heading = fields(lines[at])
    names = (lines[at][start:end].strip(' "\r') for start, end in heading)
    secret = [place for place, name in enumerate(names) if _is_secret(name)]
    cells: list[_Cell] = []
    strangers = 0
    for number in range(at + 1, len(lines) if secret else 0):
        row = lines[number]
        if _is_end(lines, number) or strangers > _MOST_STRANGERS:
            break
        found = fields(row)
        shift = len(found) - len(heading)
        if _is_cut(lines, number + 1):
            shift = 0
        elif shift and not _is_cut(lines, number - 1):
            strangers += not (_CUT.fullmatch(row) or _RULE.fullmatch(row))
            if not cells and strangers:
                break
            continue
        strangers = 0
        cells += [_Cell(number, *found[place + shift]) for place in secret if 0 <= place + shift < len(found)]
    return cells


def _is_end(lines: Sequence[str], number: int) -> bool:
    """Whether no row of the table follows: a blank line, but for one that a cut left."""
    return not lines[number].strip() and not _is_cut(lines, number - 1) and not _is_cut(lines, number + 1)


def _is_cut(lines: Sequence[str], number: int) -> bool:
    """Whether the middle of the text was taken out at this line."""
    return 0 <= number < len(lines) and _CUT.fullmatch(lines[number]) is not None


# A DataFrame


def _of_frame(lines: Sequence[str], at: int) -> list[_Cell]:
    heading = lines[at]
    if len(heading) > _LONGEST_HEADING:
        return []
    words = [word.span() for word in _WORDS.finditer(heading)]
    first_rows = [row for row in lines[at + 1 : at + 4] if len(row) == len(heading)]
    is_labelled = heading[:1] == " " and any(row[0] != " " for row in first_rows)
    if not is_labelled and (_CODE.search(heading) or not _are_under(first_rows, words)):
        return []
    cells: list[_Cell] = []
    for last, (_, end) in enumerate(words):
        first = _first_word(heading, words, last)
        if first is None:
            continue
        is_corner = first == 1 and not is_labelled  # what the columns are called, over the labels
        before = 0 if first == 0 or is_corner else words[first - 1][1]
        cells += _below(lines, at, before, end, is_labelled)
    return cells


def _first_word(heading: str, words: Sequence[tuple[int, int]], last: int) -> int | None:
    """The word with which a secret's name begins that ends with the word ``last``; ``None`` if none does."""
    end = words[last][1]
    for first in range(last, max(-1, last - _MOST_WORDS), -1):
        if first < last and words[first + 1][0] - words[first][1] != 1:
            break
        if _is_secret(heading[words[first][0] : end]):
            return first
    return None


def _are_under(rows: Sequence[str], words: Sequence[tuple[int, int]]) -> bool:
    """Whether a word ends under each word but the first, in two lines or more; one may be the labels' own heading."""
    ends = [end for _, end in words[1:]]
    under = [all(row[end - 1] != " " and row[end : end + 1] in ("", " ") for end in ends) for row in rows]
    return bool(ends) and under.count(True) > max(1, under.count(False))


def _below(lines: Sequence[str], at: int, before: int, end: int, is_labelled: bool) -> list[_Cell]:
    """The cells of a column that ends at ``end``, the one on its left at ``before``; as far as they end there."""
    cells = []
    for number in range(at + 1, len(lines)):
        row = lines[number]
        if _is_end(lines, number):
            break
        shift = max(0, len(lines[at]) - len(row)) if _is_cut(lines, number - 1) else 0  # its beginning is missing
        low, high = max(0, before - shift), end - shift
        if high <= 0 or _is_cut(lines, number):
            continue
        is_part = shift or (_is_cut(lines, number + 1) and len(row) < high)
        if not is_part and not row[high - 1 : high].strip():
            continue  # an empty cell
        start = _start(row, low, high, is_labelled)
        if not is_part and (start is None or row[high : high + 1] not in ("", " ")):
            break
        cells.append(_Cell(number, low if start is None else start, min(high, len(row))))
    return cells


def _start(row: str, low: int, high: int, is_labelled: bool) -> int | None:
    """Where a cell begins that ends at ``high``, ``None`` if it is none; beside labels two spaces stand before it."""
    if low and not is_labelled:
        return low if row[low : low + 1] == " " else None
    if low:
        gap = row.rfind("  ", 0, high)
        return min(low, gap + 2) if gap >= 0 else None
    label = _GAP.search(row, 0, high) if not row.startswith(" ") else None
    return label.end() if label else 0


# A Series


def _of_series(lines: Sequence[str], at: int, name: str) -> list[_Cell]:
    """The values beside their labels, above the line at ``at``, and the categories below it."""
    is_secret = _is_secret(name)
    cells = []
    for number in range(at - 1, -1, -1):
        row, gap = lines[number], _WIDE_GAP.search(lines[number])
        if gap and (is_secret or _is_secret(row[: gap.start()].strip())):
            cells.append(_Cell(number, gap.end(), len(row)))
        elif is_secret and _is_cut(lines, number - 1):  # its beginning is missing
            cells.append(_Cell(number, 0, len(row)))
        elif not gap and not any(_is_cut(lines, number + one) for one in (-1, 0, 1)) and row.strip() != "...":
            break
    for number in range(at + 1, len(lines) if is_secret and lines[at].endswith("category") else 0):
        if not lines[number].startswith(("Categories", " ")):
            break
        cells.append(_Cell(number, lines[number].find("): ") + 3 if lines[number][0] == "C" else 0, len(lines[number])))
    return cells
