"""Tools that read the notebook for a model: tables, variables, cells, the last error. They change and run nothing.

A model names a variable, and only that: no attribute, no index, no expression, no path. What it reads is bounded, and
whoever sends it takes secrets out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ..protocol.errors import LiaraUsageError, nearest
from .kinds import is_a, library_names, type_name
from .printed import cut_middle
from .secret_columns import is_secret_column
from .variables import describe
from .wording import count, hiding, one_line

if TYPE_CHECKING:
    from .cells import CellRecorder
    from .context import Hide

#: Characters of one answer, and the most rows and values that one gives.
BUDGET, MOST_ROWS, MOST_VALUES, MOST_NAMES = 8000, 50, 100, 60
_FRAMES = ("pandas.DataFrame", "polars.DataFrame", "pyarrow.Table")


class Readers:
    """The tools over a ``namespace`` of variables, of which ``hidden`` are not the person's own, and over its cells.

    ``hide`` gives what takes secrets out of a text, ``None`` where they may go along.
    """

    def __init__(
        self,
        namespace: Mapping[str, Any],
        hidden: Mapping[str, Any],
        recorder: CellRecorder,
        hide: Callable[[], Hide | None],
    ) -> None:
        self._namespace = namespace
        self._hidden = hidden
        self._recorder = recorder
        self._hide = hide

    def tools(self) -> list[Callable[..., str]]:
        """The functions, in the order in which they are listed."""
        return [self.describe, self.rows, self.value_counts, self.columns, self.cell, self.last_error]

    def describe(self, name: str) -> str:
        """Describe a variable of the notebook: its type, shape, columns, ranges and a few values.

        Args:
            name: the variable's name, nothing else
        """
        return describe(self._variable(name), name, BUDGET, hide=self._hide()).text

    def rows(self, name: str, n: int = 5) -> str:
        """The first rows of a table, or the first items of a list, array or dict.

        Args:
            name: the variable's name, nothing else
            n: how many, at most 50
        """
        value = self._variable(name)
        most = max(1, min(n, MOST_ROWS))
        return describe(_first(value, most, name), f"the first {most} of {name}", BUDGET, hide=self._hide()).text

    def value_counts(self, name: str, column: str, n: int = 20) -> str:
        """How often each value stands in a column of a table, the most frequent first.

        Args:
            name: the variable's name, nothing else
            column: the column's name
            n: how many values, at most 100
        """
        table = self._table(name)
        key = _column(table, column, name)
        with hiding(self._hide()):
            if is_secret_column(key):
                raise LiaraUsageError(f"The values of {one_line(column, 80)} stay here: it is named like a secret.")
        pairs = _counted(table, key, max(1, min(n, MOST_VALUES)))
        return f"{name}, column {column}:\n" + "\n".join(
            f"- {one_line(str(one), 100)}: {times:,}" for one, times in pairs
        )

    def columns(self, name: str) -> str:
        """The columns of a table with their types.

        Args:
            name: the variable's name, nothing else
        """
        lines = [
            f"- {one_line(str(column), 100)}: {one_line(str(kind), 60)}" for column, kind in _types(self._table(name))
        ]
        return cut_middle(f"{name} has {count(len(lines), 'column')}:\n" + "\n".join(lines), BUDGET)

    def cell(self, n: int) -> str:
        """A cell that ran, with what it printed, showed and raised.

        Args:
            n: the cell's execution count
        """
        found = next((one for one in self._recorder.last(1000) if one.count == n), None)
        if found is None:
            raise LiaraUsageError(f"There is no cell {n}.")
        shown = [found.printed, found.result.get("text/plain", "")]
        shown += [one.get("text/plain", "") for one in found.displays]
        shown += [found.error.traceback] if found.error else []
        output = "\n".join(text for text in shown if text)
        return cut_middle(f"Cell [{n}]:\n{found.source}" + (f"\n\nOutput:\n{output}" if output else ""), BUDGET)

    def last_error(self) -> str:
        """The last error of the notebook, with the cell that raised it."""
        found = self._recorder.error()
        if found is None or found.error is None:
            return "No cell has failed."
        return cut_middle(f"Cell [{found.count}]:\n{found.source}\n\nError:\n{found.error.traceback}", BUDGET)

    def _variable(self, name: str) -> Any:
        if name in self._names():
            return self._namespace[name]
        names = sorted(self._names())
        more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
        there = f"There are {', '.join(names[:MOST_NAMES])}{more}." if names else "There is none yet."
        said = [f"There is no variable called {one_line(name, 80)}.", nearest(name, names), there]
        raise LiaraUsageError(" ".join(filter(None, said)))

    def _names(self) -> set[str]:
        """The variables that the person made; what begins with an underscore is Python's or IPython's."""
        named = (name for name in self._namespace if name.isidentifier() and not name.startswith("_"))
        return {name for name in named if name not in self._hidden and name not in ("In", "Out")}

    def _table(self, name: str) -> Any:
        value = self._variable(name)
        if not any(known in _FRAMES for known in library_names(type(value))):
            raise LiaraUsageError(f"{name} is a {type_name(type(value))}, which has no columns.")
        return value


def _first(value: Any, n: int, name: str) -> Any:
    known = set(library_names(type(value)))
    if known & {"pandas.DataFrame", "pandas.Series", "polars.DataFrame", "polars.Series"}:
        return value.head(n)
    if known & {"pyarrow.Table", "pyarrow.ChunkedArray", "pyarrow.Array"}:
        return value.slice(0, n)
    if is_a(value, list, tuple) or "numpy.ndarray" in known:
        return value[:n]
    if is_a(value, dict):
        return dict(zip(list(value)[:n], list(value.values())[:n], strict=True))
    raise LiaraUsageError(f"{name} is a {type_name(type(value))}, which has no rows.")


def _types(table: Any) -> Iterator[tuple[Any, Any]]:
    known = set(library_names(type(table)))
    if "pandas.DataFrame" in known:
        return iter(zip(table.columns, table.dtypes, strict=True))
    if "polars.DataFrame" in known:
        return iter(table.schema.items())
    return iter((one.name, one.type) for one in table.schema)


def _column(table: Any, column: str, name: str) -> Any:
    """The column as the table calls it: a name may be a number there."""
    names = {str(one): one for one, _ in _types(table)}
    if column not in names:
        raise LiaraUsageError(f"{name} has no column called {one_line(column, 80)}. {nearest(column, names)}".strip())
    return names[column]


def _counted(table: Any, column: Any, n: int) -> list[tuple[Any, int]]:
    known = set(library_names(type(table)))
    if "pandas.DataFrame" in known:
        values = table.loc[:, column]
        values = values if values.ndim == 1 else values.iloc[:, 0]  # several columns of that name
        return list(values.value_counts(dropna=False).head(n).items())
    if "polars.DataFrame" in known:
        return [(row[0], row[1]) for row in table[column].value_counts(sort=True).head(n).rows()]
    entries = table[column].value_counts().to_pylist()
    return sorted(((one["values"], one["counts"]) for one in entries), key=lambda one: -one[1])[:n]
