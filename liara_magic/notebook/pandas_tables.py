"""pandas: frames, series, indexes, groups. What is large is read in a sample, and never copied as a whole."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any

from .capped_repr import Teller
from .description import Page
from .facts import frequent, missing, of_objects, runs, sample_note, sample_size, span
from .foreign_code import Patience
from .numeric import loaded_numpy, moment, of_numbers
from .secret_columns import unnamed
from .summaries import shape
from .tables import columns_in, describe_column, describe_table
from .wording import count, one_line

#: Bytes of one column that its sample may copy; a column of long texts gets a smaller sample, and says so.
_COPIED = 4_000_000
#: Arrays of pandas that are no more than one of numpy; before pandas 2.1 they had the second name.
_AROUND_NUMPY = ("NumpyExtensionArray", "PandasArray")
#: The numpy types that pandas' own numbers fit in once the missing ones are out.
_NUMPY_TYPES = {"i": "int64", "u": "uint64", "f": "float64", "b": "bool"}


class PandasTable:
    """Columns of equal length with an index or without. ``array_at`` gives the values of a column as pandas' array."""

    def __init__(
        self,
        kind: str,
        index: Any,
        names: Sequence[object],
        array_at: Callable[[int], Any],
        page: Page,
        *,
        dtypes: Sequence[Any] = (),
    ) -> None:
        self.kind, self.names, self._dtypes = kind, names, dtypes
        self._index, self._array_at, self._page = index, array_at, page
        self._arrays: dict[int, Any] = {}
        self.rows = len(self._array(0) if index is None else index)
        self._sampled = sample_size(self.rows, columns_in(page.budget, len(names)))
        self._places: Any = None
        self.label_name: object = "row" if index is None else _index_name(index)
        self.notes: Sequence[str] = [
            note for note in (self._about_index(), sample_note(self.rows, self._sampled)) if note
        ]

    def dtype(self, column: int) -> str:
        """As pandas names it; a category with the number of its categories."""
        dtype = self._dtypes[column] if self._dtypes else self._array(column).dtype
        categories = getattr(dtype, "categories", None)
        return one_line(str(dtype), 60) if categories is None else f"category of {len(categories):,}"

    def facts(self, column: int) -> str:
        """Of the whole column or of its sample."""
        sample = self._sample(self._array(column))
        if not len(sample):
            return ""
        absent, said = _of_array(sample, Teller(self._page.patience))
        fewer = f"of {len(sample):,} rows" if len(sample) < self._sampled else ""
        return ", ".join(filter(None, (said, missing(absent, len(sample), len(sample) < self.rows), fewer)))

    def label(self, row: int) -> object:
        """From the index."""
        return row if self._index is None else self._index[row]

    def cell(self, row: int, column: int) -> object:
        """As pandas gives it."""
        array = self._array(column)
        return array.item(row) if isinstance(array, loaded_numpy().ndarray) else array[row]

    def _array(self, column: int) -> Any:
        if column not in self._arrays:
            array = self._array_at(column)
            around = type(array).__name__ in _AROUND_NUMPY
            self._arrays[column] = loaded_numpy().asarray(array) if around else array
        return self._arrays[column]

    def _sample(self, array: Any) -> Any:
        most = max(1, _COPIED * self.rows // max(1, array.nbytes))
        if self._sampled >= self.rows and (most >= self.rows or array.dtype.kind != "O"):
            return array
        if self._places is None:
            numpy, pieces = loaded_numpy(), runs(self.rows, self._sampled)
            starts = numpy.array([start for start, _ in pieces])
            self._places = (starts[:, None] + numpy.arange(pieces[0][1])).ravel()
        return array.take(self._places[:: max(1, -(-len(self._places) // most))])

    def _about_index(self) -> str:
        index = self._index
        if index is None or not len(index) or _is_plain(index):
            return ""
        teller = Teller(self._page.patience)
        ends = f"from {teller.cell(index[0])} to {teller.cell(index[-1])}"
        return f"Index: {_index_kind(index)}, {ends}"


def _is_plain(index: Any) -> bool:
    return type(index).__name__ == "RangeIndex" and index.start == 0 and index.step == 1 and index.name is None


def _index_name(index: Any) -> object:
    if hasattr(index, "levels"):
        return tuple("" if name is None else name for name in index.names)
    return "" if index.name is None else index.name


def _index_kind(index: Any) -> str:
    return f"MultiIndex of {index.nlevels} levels" if hasattr(index, "levels") else one_line(str(index.dtype), 60)


def _of_array(values: Any, teller: Teller) -> tuple[int, str]:
    """How many values of an array of pandas are missing, and what the others are."""
    numpy, dtype = loaded_numpy(), values.dtype
    if hasattr(dtype, "categories"):
        return _of_categories(values, teller)
    if isinstance(dtype, numpy.dtype):
        plain = numpy.asarray(values)
        return of_numbers(plain) if plain.dtype.kind in "biufcmM" else of_objects(plain.tolist(), _marks())
    absent = values.isna()
    known, missed = values[~absent], int(absent.sum())
    if not len(known):
        return missed, ""
    if dtype.kind in _NUMPY_TYPES:
        more, said = of_numbers(known.to_numpy(dtype=_NUMPY_TYPES[dtype.kind]))
        return missed + more, said
    if dtype.kind in "mM":
        times = sys.modules["pandas"].Series(known)
        return missed, span(moment(times.min()), moment(times.max()))
    return missed, of_objects(known.to_numpy(dtype=object).tolist(), _marks())[1]


def _marks() -> tuple[object, ...]:
    pandas = sys.modules["pandas"]
    return pandas.NA, pandas.NaT


def _of_categories(values: Any, teller: Teller) -> tuple[int, str]:
    numpy = loaded_numpy()
    codes, times = numpy.unique(values.codes[values.codes >= 0], return_counts=True)
    order = numpy.argsort(-times, kind="stable")[:3]
    tops = [(teller.cell(values.categories[codes[place]]), int(times[place])) for place in order]
    known = int(times.sum())
    return len(values) - known, frequent(tops, len(codes), known)


def describe_frame(frame: Any, page: Page) -> None:
    """A ``pandas.DataFrame``."""
    describe_table(_of_frame("pandas DataFrame", frame, page), page)


def _of_frame(kind: str, frame: Any, page: Page) -> PandasTable:
    # Before version 3, pandas keeps what items() gives: here in another frame around the same data.
    items, following = frame.copy(deep=False).items(), 0

    def array_at(column: int) -> Any:
        """One after another they come much faster than each by its number."""
        nonlocal following
        if column != following:
            return frame.iloc[:, column].array
        following += 1
        return next(items)[1].array

    return PandasTable(kind, frame.index, list(frame.columns), array_at, page, dtypes=list(frame.dtypes))


def describe_series(series: Any, page: Page) -> None:
    """A ``pandas.Series``."""
    name = unnamed(page.name) if series.name is None else series.name
    describe_column(PandasTable("pandas Series", series.index, [name], lambda _: series.array, page), page)


def describe_values(values: Any, page: Page) -> None:
    """An array of pandas: a ``Categorical``, an ``IntegerArray``, ..."""
    kind = f"pandas {type(values).__name__}"
    describe_column(PandasTable(kind, None, [unnamed(page.name)], lambda _: values, page), page)


def describe_index(index: Any, page: Page) -> None:
    """A ``pandas.Index`` with one level. A range has no array, and none is made of it."""
    if type(index).__name__ == "RangeIndex":
        page.title(f"pandas RangeIndex of {len(index):,} labels, from {index.start} to {index.stop} by {index.step}")
        return
    name = "label" if index.name is None else index.name
    kind = f"pandas {type(index).__name__}"
    describe_column(PandasTable(kind, None, [name], lambda _: index.array, page), page)


def index_facts(index: Any) -> str:
    """What the labels of an index are, in a line, of a sample where there are many."""
    if type(index).__name__ == "RangeIndex":
        return f"from {index.start} to {index.stop} by {index.step}"
    if hasattr(index, "levels"):
        return f"MultiIndex of {', '.join(map(str, index.names))}"
    return PandasTable("", None, ["label"], lambda _: index.array, Page("", 1000, Patience())).facts(0)


def describe_levels(index: Any, page: Page) -> None:
    """A ``pandas.MultiIndex``: its levels, then labels from its start and end."""
    page.title(f"pandas MultiIndex of {count(len(index), 'label')} in {index.nlevels} levels")
    teller = Teller(page.patience)
    for name, level in zip(index.names, index.levels, strict=True):
        some = ", ".join(teller.cell(level[place], 40) for place in range(min(5, len(level))))
        more = ", …" if len(level) > 5 else ""
        page.add(f"- {teller.cell(name, 60)} ({level.dtype}): {count(len(level), 'different label')}: {some}{more}")
    shown = range(min(8, len(index)))
    page.add(f"Labels: {', '.join(teller.cell(index[place], 80) for place in shown)}{', …' if len(index) > 8 else ''}")
    if len(index) > len(shown):
        page.leave_out(f"{len(index) - len(shown):,} of {len(index):,} labels")


def describe_groups(groups: Any, page: Page) -> None:
    """A ``GroupBy``: by what, and the table behind it. Groups are not counted: that would sort the whole table."""
    teller = Teller(page.patience)
    keys = groups.keys if groups.keys is not None else groups.level
    by = teller.cell(keys, 120) if isinstance(keys, str) else teller.line(keys, 120)
    kind = f"pandas {type(groups).__name__}, grouped by {by}, of"
    held = groups.obj
    if held.ndim == 2:
        describe_table(_of_frame(f"{kind} a DataFrame", held, page), page)
    else:
        page.title(f"{kind} a Series of {shape(held.shape)} values, {one_line(str(held.dtype), 60)}")
