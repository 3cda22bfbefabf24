"""A table in a terminal: columns that are aligned, or one list of values for each row where they do not fit."""

from __future__ import annotations

from .stopwatch import Stopwatch
from .wrapping import BOLD, DIM, Line, Span, size, styled, words, wrap

#: A cell: styled text that is wrapped in its column.
Cell = Line

_BAR, _CROSSING, _RULE, _INDENT = " │ ", "─┼─", "─", "  "
#: Columns of the terminal that a column keeps when the table is too wide; and the longest word that is not broken.
_LEAST, _LONGEST_WORD = 10, 24


def table(rows: list[list[Cell]], alignments: list[str], room: int, watch: Stopwatch, base: str = "") -> list[Line]:
    """A table whose first row is its head, in at most ``room`` columns, as long as ``watch`` allows."""
    widths = _widths(rows, room, watch)
    if widths is None:
        return _records(rows, room, watch, base)
    wrapped = [[_wrapped(cell, width, watch) for cell, width in zip(row, widths, strict=True)] for row in rows]
    rule = [Span(_CROSSING.join(_RULE * width for width in widths), styled(base, DIM))]
    # Between rows there is a line only where it is needed to tell them apart.
    is_tall = any(len(cell) > 1 for row in wrapped[1:] for cell in row)
    lines: list[Line] = []
    for number, row in enumerate(wrapped):
        watch.check()
        lines += [rule] if number > 1 and is_tall else []
        lines += _row(row, widths, alignments, styled(base, DIM))
        lines += [rule] if number == 0 else []
    return lines


def _row(row: list[list[Line]], widths: list[int], alignments: list[str], bar: str) -> list[Line]:
    lines: list[Line] = []
    for number in range(max(1, *(len(cell) for cell in row))):
        line: Line = []
        for cell, width, alignment in zip(row, widths, alignments, strict=True):
            content = cell[number] if number < len(cell) else []
            free = width - size(content)
            before = {"right": free, "center": free // 2}.get(alignment, 0)
            line += [Span(" " * before), *content, Span(" " * (free - before)), Span(_BAR, bar)]
        lines.append(_trimmed(line[:-1]))
    return lines


def _trimmed(line: Line) -> Line:
    """A line without the space at its end."""
    while line and not line[-1].text.strip():
        line = line[:-1]
    return [*line[:-1], line[-1]._replace(text=line[-1].text.rstrip())] if line else []


def _wrapped(cell: Cell, width: int, watch: Stopwatch) -> list[Line]:
    watch.check()
    return wrap(cell, width)


def _widths(rows: list[list[Cell]], room: int, watch: Stopwatch) -> list[int] | None:
    """How wide each column is: the widest ones give way first. None where words would have to be broken."""
    columns = list(zip(*rows, strict=True))
    room -= len(_BAR) * (len(columns) - 1)
    if room < len(columns):
        return None
    wanted = [max(_widest(cell, room, watch) for cell in column) for column in columns]
    least = [min(width, _longest_word(column, room, watch)) for width, column in zip(wanted, columns, strict=True)]
    for most in range(room, _LEAST - 1, -1):
        widths = [max(least_width, min(width, most)) for width, least_width in zip(wanted, least, strict=True)]
        if (free := room - sum(widths)) >= 0:
            for position, width in enumerate(wanted):
                more = min(width - widths[position], free)
                widths[position] += more
                free -= more
            return widths
    return None


def _widest(cell: Cell, room: int, watch: Stopwatch) -> int:
    return max((size(line) for line in _wrapped(cell, room, watch)), default=0)


def _longest_word(column: tuple[Cell, ...], room: int, watch: Stopwatch) -> int:
    """The columns that the longest word takes; very long ones may be broken, addresses not."""
    longest = _LEAST
    for cell in column:
        watch.check()
        for _, word in words(cell):
            is_address = any("://" in span.text for span in word)
            longest = max(longest, min(size(word), room if is_address else _LONGEST_WORD))
    return longest


def _records(rows: list[list[Cell]], room: int, watch: Stopwatch, base: str) -> list[Line]:
    """Each row as a list of ``column: value``; the head alone if there is no other."""
    head, *others = rows
    lines: list[Line] = []
    for row in others or [[[] for _ in head]]:
        lines += [[]] if lines else []
        for name, cell in zip(head, row, strict=True):
            title = [*name, Span(": ", styled(base, BOLD))] if name else []
            for number, line in enumerate(_wrapped([*title, *cell], room - len(_INDENT), watch)):
                lines.append([Span(_INDENT), *line] if number else line)
    return lines
