"""A table of any library within a budget: its columns, then some of its rows.

Where not all columns fit, the first ones and the last, often what is to be predicted, are described one by one and the
others are named, a run of numbered names as one. Where not all rows fit, some of the start, the middle and the end are
shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Protocol

from .capped_repr import Teller
from .description import Page
from .kinds import is_a, type_name
from .secret_columns import FACTS, Marks, is_secret_column
from .wording import count, shorten

#: How many rows are shown at most, how wide a cell may be, how many columns must have room then; tried in turn.
_LAYOUTS = ((60, 60, None), (11, 60, None), (11, 30, None), (8, 24, 10), (5, 20, 6), (3, 16, 3), (2, 12, 1))
#: A table with more rows than this is never shown whole.
_WHOLE = 60
#: Names of columns that are looked at, where they are too many to be described.
_NAMED = 5000
_NUMBERED = re.compile(r"(.*?)(\d{1,9})", re.DOTALL)


class Table(Protocol):
    """A table, or a column as a table of one, as its library's file reads it. Columns and rows count from 0."""

    kind: str
    rows: int
    names: Sequence[object]
    #: Lines between the title and the columns.
    notes: Sequence[str]
    #: The heading over the labels of rows.
    label_name: object

    def dtype(self, column: int) -> str:
        """The type of a column's values."""

    def facts(self, column: int) -> str:
        """Missing values, range, frequent values."""

    def label(self, row: int) -> object:
        """What a row is called."""

    def cell(self, row: int, column: int) -> object:
        """One value."""


def describe_table(table: Table, page: Page) -> None:
    """Title, notes, columns, rows."""
    page.title(f"{table.kind}, {count(table.rows, 'row')} × {count(len(table.names), 'column')}")
    for note in table.notes:
        page.add(note)
    teller = Teller(page.patience)
    if not len(table.names):
        return
    page.add("Columns:")
    _describe_columns(table, page, teller, page.left * 3 // 5 if table.rows else page.left)
    _show_rows(table, page)


def describe_column(table: Table, page: Page) -> None:
    """A table of one column, without the words of a table."""
    facts = _facts(table, 0)
    page.title(f"{table.kind} of {count(table.rows, 'value')}, {table.dtype(0)}{': ' if facts else ''}{facts}")
    for note in table.notes:
        page.add(note)
    _show_rows(table, page)


def columns_in(budget: int, columns: int) -> int:
    """How many columns a budget can describe at most, one by one."""
    return max(1, min(columns, budget // 24))


def _facts(table: Table, column: int) -> str:
    """A column that its own library cannot read says so, and spoils no other."""
    if is_secret_column(table.names[column]):
        return FACTS
    try:
        return table.facts(column)
    except Exception as error:
        return f"cannot be read ({type_name(type(error))})"


def _line(table: Table, teller: Teller, column: int) -> str:
    facts = _facts(table, column)
    return f"- {teller.cell(table.names[column], 80)} ({table.dtype(column)}){': ' if facts else ''}{facts}"


def _describe_columns(table: Table, page: Page, teller: Teller, room: int) -> None:
    columns, lines, used = len(table.names), [], 0
    for column in range(columns):
        line = _line(table, teller, column)
        used += len(line) + 1
        if used > room:
            break
        lines.append(line)
    if len(lines) == columns:
        page.add("\n".join(lines))
        return
    last = _line(table, teller, columns - 1)
    while lines and sum(map(len, lines)) + len(lines) + len(last) > room * 2 // 3:
        lines.pop()
    end = room - sum(map(len, lines)) - len(lines) - len(last) - 1
    names, named = _names(table, teller, range(len(lines), columns - 1), end)
    for line in (*lines, names, last):
        page.add(line) if line else None
    page.leave_out(f"the details of {columns - len(lines) - 1:,} of {count(columns, 'column')}")
    if named < columns - len(lines) - 1:
        page.leave_out(f"the names of {count(columns - len(lines) - 1 - named, 'column')}")


def _names(table: Table, teller: Teller, columns: range, room: int) -> tuple[str, int]:
    """The line that names ``columns``, and how many of them it names."""
    said, named, used = [], 0, len(f"- {len(columns):,} more columns: ")
    for first, after in _alike(table, teller, columns[:_NAMED]):
        name = teller.cell(table.names[first], 60)
        if after - first > 1:
            name = f"{name} … {teller.cell(table.names[after - 1], 60)} ({after - first:,})"
        said.append(f"{name} ({table.dtype(first)})" if after - first == 1 else f"{name[:-1]}, {table.dtype(first)})")
        used += len(said[-1]) + 2
        if used > room - 3:
            said[-1] = "…"
            break
        named += after - first
    return (f"- {count(len(columns), 'more column')}: {', '.join(said)}" if named else ""), named


def _alike(table: Table, teller: Teller, columns: range) -> Iterator[tuple[int, int]]:
    """Runs of neighbours with one type whose names count upwards, as first and after the last."""
    start, before = columns.start, None
    for column in columns:
        found = _NUMBERED.fullmatch(teller.cell(table.names[column], 60))
        this = (found[1], int(found[2]), table.dtype(column)) if found else None
        if column > start and (not this or not before or (before[0], before[1] + 1, before[2]) != this):
            yield start, column
            start = column
        before = this
    if columns:
        yield start, columns.stop


def _show_rows(table: Table, page: Page) -> None:
    """The first layout in which enough columns have room."""
    columns, rows, shown = len(table.names), list[int](), list[int]()
    for most, width, enough in _LAYOUTS if table.rows else ():
        if most == _WHOLE and table.rows > _WHOLE:
            continue
        grid = _Grid(table, Teller(page.patience), _picked(table.rows, most), width)
        fitting = grid.fitting(page.left)
        if fitting and len(fitting) >= min(columns, enough or columns):
            page.add(grid.text(fitting))
            rows, shown = grid.rows, fitting
            break
    if len(rows) < table.rows:
        page.leave_out(f"{table.rows - len(rows):,} of {count(table.rows, 'row')}")
    if rows and len(shown) < columns:
        page.leave_out(f"the values of {columns - len(shown):,} of {columns:,} columns")
    if rows and grid.shortened:
        page.leave_out("the ends of long cells")


def _picked(rows: int, most: int) -> list[int]:
    """The numbers of at most ``most`` rows: about half from the start, some from the middle, some from the end."""
    if rows <= most:
        return list(range(rows))
    middle = tail = most // 4
    head, center = most - middle - tail, rows // 2
    return sorted({*range(head), *range(center, center + middle), *range(rows - tail, rows)})


class _Grid:
    """Rows of a table as a table in Markdown; no cell is wider than ``width``."""

    def __init__(self, table: Table, teller: Teller, rows: list[int], width: int) -> None:
        self._table, self._teller, self.rows, self._width = table, teller, rows, width
        self._known: dict[int, list[str]] = {}
        self._marks = Marks()

    @property
    def shortened(self) -> bool:
        """Whether a cell did not fit into its width."""
        return self._teller.left_out

    def fitting(self, room: int) -> list[int]:
        """The columns that fit side by side: the first ones, and the last."""
        last = len(self._table.names) - 1
        room -= 8 * (len(self.rows) + 3) + self._cost(-1) + self._cost(last)
        shown: list[int] = []
        for column in range(last):
            room -= self._cost(column)
            if room < 0:
                break
            shown.append(column)
        return [*shown, last] if room >= 0 or shown else []

    def _cost(self, column: int) -> int:
        """What a column adds to all lines, with its bars and its part of the rule."""
        cells = self._column(column)
        return sum(map(len, cells)) + 3 * len(cells) + 4

    def _column(self, column: int) -> list[str]:
        """The heading and the cells of a column; -1 is that of the labels."""
        if column not in self._known:
            table = self._table
            heading = table.label_name if column < 0 else table.names[column]
            self._known[column] = [self._cell(heading), *(self._read(row, column) for row in self.rows)]
        return self._known[column]

    def _read(self, row: int, column: int) -> str:
        try:
            name = self._table.label_name if column < 0 else self._table.names[column]
            value = self._table.label(row) if column < 0 else self._table.cell(row, column)
            if is_secret_column(name):
                return self._marks.of(self._teller.cell(value, 1000))
            return self._cell(value)
        except Exception as error:
            return self._cell(f"<{type_name(type(error))}>")

    def _cell(self, value: object) -> str:
        if is_a(value, float):
            return format(float.__float__(value), ".10g")  # type: ignore[arg-type]
        plain = self._teller.cell(value, self._width)
        return shorten(plain.replace("|", "\\|"), self._width)

    def text(self, columns: list[int]) -> str:
        """The rows with these columns; a line of dots stands where rows are left out."""
        cells = [self._column(column) for column in (-1, *columns)]
        heading, *lines = (f"| {' | '.join(line)} |" for line in zip(*cells, strict=True))
        said = [heading, f"|{'---|' * len(cells)}"]
        for place, line in enumerate(lines):
            if place and self.rows[place] != self.rows[place - 1] + 1:
                said.append("| … |")
            said.append(line)
        return "\n".join(said)
