"""polars: frames and series, read in a sample where they are large; a lazy frame's schema, never its rows."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from typing import Any

from .description import Page
from .facts import LONG_TEXT, beginning, frequent, lengths, missing, runs, sample_note, sample_size, span, unusual
from .foreign_code import Failed
from .numeric import moment
from .tables import columns_in, describe_column, describe_table
from .wording import count, one_line, percent

#: How much of a long text, and how many values of a list, are taken out of a cell.
_CHARACTERS, _VALUES = 1000, 10


class PolarsTable:
    """Series of equal length."""

    label_name: object = "row"

    def __init__(self, kind: str, held: Any, names: Sequence[object], budget: int) -> None:
        self.kind, self.names, self._held = kind, names, held
        self.rows = len(held)
        self._sampled = sample_size(self.rows, columns_in(budget, len(names)))
        note = sample_note(self.rows, self._sampled, exact_missing=True)
        self.notes: Sequence[str] = [note] if note else []
        self._places: Any = None

    def dtype(self, column: int) -> str:
        """As polars names it."""
        return one_line(str(self._column(column).dtype), 80)

    def facts(self, column: int) -> str:
        """Missing values of all rows; the rest may be of a sample."""
        values = self._column(column)
        absent = values.null_count()
        sample = self._sample(values) if absent < self.rows else values.clear()
        said = _of_values(sample.drop_nulls() if absent else sample)
        return ", ".join(filter(None, (said, missing(absent, self.rows))))

    def label(self, row: int) -> object:
        """Its number."""
        return row

    def cell(self, row: int, column: int) -> object:
        """As polars gives it, but no more than the start of what is long."""
        values, polars = self._column(column), sys.modules["polars"]
        if values.dtype == polars.String:
            return values.slice(row, 1).str.slice(0, _CHARACTERS)[0]
        value = values[row]
        if not isinstance(value, polars.Series):
            return value
        return value.to_list() if len(value) <= _VALUES else beginning(value.head(_VALUES).to_list(), len(value))

    def _column(self, column: int) -> Any:
        return self._held.to_series(column) if hasattr(self._held, "to_series") else self._held

    def _sample(self, values: Any) -> Any:
        if self._sampled >= self.rows:
            return values
        if self._places is None:
            pieces = runs(self.rows, self._sampled)
            places = [place for start, length in pieces for place in range(start, start + length)]
            self._places = sys.modules["polars"].Series(places)
        return values.gather(self._places)


def _of_values(values: Any) -> str:
    """What the values, none of them missing, are."""
    polars, dtype = sys.modules["polars"], values.dtype
    if not len(values):
        return ""
    if dtype == polars.Boolean:
        return f"{percent(values.sum(), len(values))} true"
    if dtype.is_numeric():
        return _of_numbers(values)
    if dtype.is_temporal():
        return span(moment(values.min()), moment(values.max()))
    if dtype in (polars.String, polars.Categorical, polars.Enum):
        return _of_texts(values.cast(polars.String))
    return ""


def _of_numbers(values: Any) -> str:
    if math.isfinite(values.sum()):  # no NaN and no infinity in it: the usual case
        return span(values.min(), values.max(), values.mean())
    finite = values.filter(values.is_finite())
    nans = int(values.is_nan().sum())
    said = span(finite.min(), finite.max(), finite.mean()) if len(finite) else ""
    return unusual(said, nans, len(values) - len(finite) - nans)


def _of_texts(texts: Any) -> str:
    sizes = texts.str.len_bytes()
    if sizes.mean() > 2 * LONG_TEXT:  # bytes: two for a Persian letter
        return lengths(sizes.min(), sizes.max(), sizes.mean(), "bytes")
    counts = texts.alias("text").value_counts(sort=True, name="times")
    return frequent(counts.head(3).rows(), counts.height, len(texts))


def describe_frame(frame: Any, page: Page) -> None:
    """A ``polars.DataFrame``."""
    describe_table(PolarsTable("polars DataFrame", frame, frame.columns, page.budget), page)


def describe_series(series: Any, page: Page) -> None:
    """A ``polars.Series``."""
    describe_column(PolarsTable("polars Series", series, [series.name], page.budget), page)


def describe_lazy(frame: Any, page: Page) -> None:
    """A ``polars.LazyFrame``: what it would give. Finding its schema may read the head of a file, so it has a limit."""
    page.title("polars LazyFrame, not collected: its rows are unknown")
    try:
        schema = page.patience.call(lambda: dict(frame.collect_schema()))
    except Failed as error:
        page.add_some(f"Its schema is not known either: finding it {error}.")
        return
    shown = 0
    page.add(f"{count(len(schema), 'column')}:")
    for name, dtype in schema.items():
        if not page.add(f"- {one_line(name, 80)} ({one_line(str(dtype), 80)})"):
            break
        shown += 1
    if shown < len(schema):
        page.leave_out(f"{len(schema) - shown:,} of {count(len(schema), 'column')}")
