"""Code that the sandbox writes: about the table that came along, or a cell with its misspelt name corrected."""

from __future__ import annotations

import builtins
import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass

_TABLE = re.compile(r"^`(?P<name>[^\W\d]\w*)`: (?P<kind>.*?DataFrame), .*\nColumns:\n(?P<columns>(?:- .*\n?)+)", re.M)
_COLUMN = re.compile(r"^- (?P<name>.+?) \((?P<dtype>[^()]*)\)", re.MULTILINE)
_NUMBER = re.compile(r"u?int|float|double|decimal", re.IGNORECASE)
_MOMENT = re.compile(r"date|time|duration", re.IGNORECASE)
_PLOT = re.compile(r"\b(plot|chart|graph|draw|figure)|نمودار|رسم", re.IGNORECASE)
_FAILED = re.compile(r"^Cell:\n(?P<cell>.*?)\n\nError:\n(?P<error>.*?)(?=\n\[\w+\] end|\Z)", re.MULTILINE | re.DOTALL)
_MISSING_NAME = re.compile(r"NameError: name '(\w+)' is not defined")
_MISSING_KEY = re.compile(r"KeyError: (['\"])(.+)\1")
_MISSING_ATTRIBUTE = re.compile(r"AttributeError: .* has no attribute '(\w+)'")
# fmt: off
_METHODS = (
    "agg", "append", "columns", "copy", "count", "describe", "drop", "dropna", "fillna", "groupby", "head", "index",
    "isna", "items", "join", "keys", "lower", "max", "mean", "median", "merge", "min", "plot", "read_csv", "replace",
    "shape", "sort_values", "split", "std", "strip", "sum", "tail", "title", "upper", "value_counts", "values",
)
# fmt: on

EXAMPLE = """numbers = [3, 1, 4, 1, 5]
mean = sum(numbers) / len(numbers)
print(f"mean = {mean:.2f}")"""


@dataclass(frozen=True)
class Table:
    """A table that came along: its variable, the library's name for it, its columns with their types."""

    name: str
    kind: str
    columns: dict[str, str]

    def first(self, numeric: bool) -> str:
        """The first column of numbers, or of anything that is neither a number nor a moment; empty if none is."""
        kinds = ((name, dtype) for name, dtype in self.columns.items() if not _MOMENT.search(dtype))
        return next((name for name, dtype in kinds if bool(_NUMBER.search(dtype)) == numeric), "")


def table_in(text: str) -> Table | None:
    """The last table that ``text`` describes."""
    found = [*_TABLE.finditer(text)]
    if not found:
        return None
    columns = {column["name"]: column["dtype"] for column in _COLUMN.finditer(found[-1]["columns"])}
    return Table(found[-1]["name"], found[-1]["kind"], columns)


def code_for(text: str, prompt: str) -> str:
    """Code for the next cell: it uses the columns of the table in ``text``, and draws if ``prompt`` asks for that."""
    table = table_in(text)
    if table is None:
        return EXAMPLE
    label, value = table.first(numeric=False), table.first(numeric=True)
    if not (label and value):
        return f"{table.name}.describe()"
    if "polars" in table.kind:
        total = f"{table.name}.group_by({label!r}).agg(pl.col({value!r}).sum())"
        return f"import polars as pl\n\ntotals = {total}.sort({value!r}, descending=True)\ntotals"
    total = f"{table.name}.groupby({label!r})[{value!r}].sum().sort_values(ascending=False)"
    if _PLOT.search(prompt):
        return f"ax = {total}.plot.bar(title={f'{value} by {label}'!r}, rot=0)\nax.set_ylabel({value!r});"
    return f"totals = {total}\ntotals"


def corrected(text: str) -> str:
    """The last cell that failed in ``text``, with the name corrected that its error names; empty if none failed."""
    found = [*_FAILED.finditer(text)]
    if not found:
        return ""
    cell, error = found[-1]["cell"], found[-1]["error"]
    fixed = cell
    if missing := _last(_MISSING_NAME, error):
        names = {*re.findall(r"[^\W\d]\w*", text), *dir(builtins)} - {missing[1]}
        fixed = re.sub(rf"\b{missing[1]}\b", _nearest(missing[1], names), cell)
    elif missing := _last(_MISSING_KEY, error):
        table = table_in(text)
        keys = {*(table.columns if table else ()), *re.findall(r"[\"']([^\"'\n]{1,60})[\"']", text)} - {missing[2]}
        nearest = _nearest(missing[2], keys)
        fixed = re.sub(rf"([\"']){re.escape(missing[2])}\1", lambda quoted: quoted[1] + nearest + quoted[1], cell)
    elif missing := _last(_MISSING_ATTRIBUTE, error):
        fixed = re.sub(rf"\.{missing[1]}\b", "." + _nearest(missing[1], _METHODS), cell)
    if fixed == cell:
        return f"# The sandbox corrects misspelt names, and finds none here. A real model reads the error.\n{cell}"
    return fixed


def _last(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    return ([None, *pattern.finditer(text)])[-1]


def _nearest(word: str, others: Iterable[str]) -> str:
    close = difflib.get_close_matches(word, sorted(others), n=1, cutoff=0.6)
    return close[0] if close else word
