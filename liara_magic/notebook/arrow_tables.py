"""pyarrow: tables, record batches and arrays. A sample is made of slices, which share the memory of the whole."""

from __future__ import annotations

import bisect
import importlib
import itertools
import math
import sys
from collections.abc import Iterator, Sequence
from typing import Any

from .description import Page
from .facts import LONG_TEXT, RUNS, beginning, frequent, lengths, missing, runs, sample_note, sample_size, span, unusual
from .numeric import moment
from .secret_columns import unnamed
from .tables import columns_in, describe_column, describe_table
from .wording import count, one_line, percent

#: How much of a long text, and how many values of a list, are taken out of a cell.
_OCTETS, _VALUES = 4000, 10
#: Bytes of a sample that may be copied into one array, with which every figure is found faster.
_JOINED = 4_000_000
#: Slices that the samples of all columns together may take.
_SLICES = 20_000


class ArrowTable:
    """Arrays or chunked arrays of equal length."""

    label_name: object = "row"

    def __init__(self, kind: str, held: Any, names: Sequence[object], budget: int) -> None:
        self.kind, self.names, self._held = kind, names, held
        self.rows = len(held)
        self._schema = getattr(held, "schema", None)
        self._columns: dict[int, Any] = {}
        described = columns_in(budget, len(names))
        self._sampled = sample_size(self.rows, described)
        self._slices = max(10, min(RUNS, _SLICES // described))
        note = sample_note(self.rows, self._sampled, exact_missing=True)
        self.notes: Sequence[str] = [note] if note else []

    def dtype(self, column: int) -> str:
        """As pyarrow names it."""
        kind = self._held.type if self._schema is None else self._schema.field(column).type
        return one_line(str(kind), 80)

    def facts(self, column: int) -> str:
        """Missing values of all rows; the rest may be of a sample."""
        values = self._column(column)
        absent = values.null_count
        said = _of_values(self._sample(values)) if absent < self.rows else ""
        return ", ".join(filter(None, (said, missing(absent, self.rows))))

    def label(self, row: int) -> object:
        """Its number."""
        return row

    def cell(self, row: int, column: int) -> object:
        """As Python's own value, but no more than the start of what is long."""
        return _plain(self._column(column)[row])

    def _column(self, column: int) -> Any:
        if column not in self._columns:
            self._columns[column] = self._held if self._schema is None else self._held.column(column)
        return self._columns[column]

    def _sample(self, values: Any) -> Any:
        """``values`` without the missing ones, or as many rows of them as a sample has; of at most so many chunks."""
        arrow, chunks, most = sys.modules["pyarrow"], [values], self._slices
        if hasattr(values, "num_chunks"):
            places = (start for start, _ in runs(values.num_chunks, min(values.num_chunks, most), most))
            chunks = values.chunks if values.num_chunks <= most else [values.chunk(place) for place in places]
        slices = list(_slices(chunks, runs(sum(map(len, chunks)), self._sampled, most)))
        sample = arrow.chunked_array(slices, type=values.type)
        if len(slices) > 1 and sample.nbytes <= _JOINED:
            sample = arrow.concat_arrays(slices)
        return sample.drop_null() if sample.null_count else sample


def _slices(chunks: Sequence[Any], pieces: Sequence[tuple[int, int]]) -> Iterator[Any]:
    """The rows of ``pieces`` (starts and lengths, in order) out of ``chunks``; a piece may lie in several chunks."""
    starts = [0, *itertools.accumulate(map(len, chunks))]
    for start, length in pieces:
        place, at = bisect.bisect_right(starts, start) - 1, start
        while at < start + length:
            part = chunks[place].slice(at - starts[place], start + length - at)
            yield part
            at += len(part)
            place += 1


def _plain(scalar: Any) -> object:
    """A scalar's value. What Python has no type for (nanoseconds without pandas) comes as pyarrow's own text."""
    arrow = sys.modules["pyarrow"]
    if not scalar.is_valid:
        return None
    if isinstance(scalar, arrow.BinaryScalar) and (octets := scalar.as_buffer()).size > _OCTETS:
        start = octets.slice(0, _OCTETS).to_pybytes()
        return start.decode("utf-8", "ignore") if isinstance(scalar, arrow.StringScalar) else start
    if isinstance(scalar, arrow.ListScalar) and len(scalar.values) > _VALUES:
        return beginning(map(_plain, scalar.values.slice(0, _VALUES)), len(scalar.values))
    try:
        return scalar.as_py()
    except (ValueError, NotImplementedError):
        return str(scalar)


def _of_values(values: Any) -> str:
    """What the values, none of them missing, are."""
    arrow, compute = sys.modules["pyarrow"], importlib.import_module("pyarrow.compute")
    kinds = arrow.types
    if kinds.is_dictionary(values.type):
        values = values.cast(values.type.value_type)
    elif kinds.is_float16(values.type):  # for which nothing is computed
        values = values.cast(arrow.float32())
    for is_kind, told in (
        (kinds.is_boolean, _of_booleans),
        (kinds.is_floating, _of_floats),
        (kinds.is_integer, _of_numbers),
        (kinds.is_decimal, _of_numbers),
        (lambda kind: kinds.is_temporal(kind) and not kinds.is_interval(kind), _of_times),
        (kinds.is_string, _of_texts),
        (kinds.is_large_string, _of_texts),
    ):
        if len(values) and is_kind(values.type):
            return told(compute, values)
    return ""


def _ends(compute: Any, values: Any) -> tuple[Any, Any]:
    both = compute.min_max(values)
    return _plain(both["min"]), _plain(both["max"])


def _of_booleans(compute: Any, values: Any) -> str:
    return f"{percent(compute.sum(values).as_py(), len(values))} true"


def _of_numbers(compute: Any, values: Any) -> str:
    low, high = _ends(compute, values)
    return span(low, high, compute.mean(values).as_py())


def _of_times(compute: Any, values: Any) -> str:
    arrow, kind = sys.modules["pyarrow"], values.type
    if not arrow.types.is_duration(kind):
        low, high = _ends(compute, values)
    else:  # their ends are not computed, those of their numbers are
        low, high = (_plain(arrow.scalar(end, kind)) for end in _ends(compute, values.cast(arrow.int64())))
    return span(moment(low), moment(high))


def _of_floats(compute: Any, values: Any) -> str:
    if math.isfinite(compute.sum(values).as_py()):  # no NaN and no infinity in it: the usual case
        return _of_numbers(compute, values)
    finite = values.filter(compute.is_finite(values))
    nans = compute.sum(compute.is_nan(values)).as_py()
    return unusual(_of_numbers(compute, finite) if len(finite) else "", nans, len(values) - len(finite) - nans)


def _of_texts(compute: Any, texts: Any) -> str:
    sizes = compute.binary_length(texts)
    mean = compute.mean(sizes).as_py()
    if mean > 2 * LONG_TEXT:  # bytes: two for a Persian letter
        return lengths(*_ends(compute, sizes), mean, "bytes")
    counts = texts.value_counts()
    most = compute.array_sort_indices(counts.field("counts"), order="descending").slice(0, 3)
    tops = [(counts[place.as_py()]["values"].as_py(), counts[place.as_py()]["counts"].as_py()) for place in most]
    return frequent(tops, len(counts), len(texts))


def describe_table_of(table: Any, page: Page) -> None:
    """A ``pyarrow.Table`` or ``RecordBatch``."""
    kind = f"pyarrow {type(table).__name__}"
    describe_table(ArrowTable(kind, table, table.schema.names, page.budget), page)


def describe_array(array: Any, page: Page) -> None:
    """A ``pyarrow.Array`` or ``ChunkedArray``."""
    chunks = f" in {count(array.num_chunks, 'chunk')}" if hasattr(array, "num_chunks") else ""
    describe_column(
        ArrowTable(f"pyarrow {type(array).__name__}{chunks}", array, [unnamed(page.name)], page.budget), page
    )
