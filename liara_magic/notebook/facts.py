"""What is said about the values of a column: how many are missing, their range, the most frequent ones."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from .kinds import type_name
from .wording import count, number, percent, quoted, shorten

#: Texts longer than this on average are told by their lengths: counting how often each occurs would read all of them.
LONG_TEXT = 200
#: Rows of a sample, and cells of all described columns' samples together: what keeps a description under 0.2 s.
SAMPLE_ROWS, SAMPLE_CELLS = 100_000, 500_000
#: A sample is taken in so many runs of neighbouring rows: spread enough for sorted tables, whole enough for the memory.
RUNS = 1000


def sample_size(rows: int, columns: int) -> int:
    """How many of ``rows`` are looked at when ``columns`` are described."""
    most = min(SAMPLE_ROWS, max(RUNS, SAMPLE_CELLS // max(1, columns) // RUNS * RUNS))
    return rows if rows <= most else most


def sample_note(rows: int, sampled: int, *, exact_missing: bool = False, what: str = "rows") -> str:
    """The line that says that figures are of a sample; nothing when they are of all rows."""
    if sampled >= rows:
        return ""
    which = "Missing counts are of all rows, the other figures" if exact_missing else "Figures are"
    return f"{which} of a sample of {sampled:,} {what}, spread over all."


def runs(rows: int, sampled: int, most: int = RUNS) -> list[tuple[int, int]]:
    """Where a sample lies: starts and lengths of runs, evenly spread from the first row to the last."""
    if sampled >= rows:
        return [(0, rows)]
    pieces = max(1, min(most, sampled))
    length = sampled // pieces
    return [(place * (rows - length) // max(1, pieces - 1), length) for place in range(pieces)]


def span(low: Any, high: Any, mean: float | None = None) -> str:
    """The range of numbers or times, and the mean of numbers."""
    first, last = _told(low), _told(high)
    if first == last:
        return f"always {first}"
    return f"{first} … {last}" + (f", mean {number(float(mean))}" if mean is not None else "")


def unusual(said: str, nans: int, infinite: int) -> str:
    """``said`` about the finite numbers, and how many others there are."""
    others = (count(nans, "NaN") if nans else "", f"{count(infinite, 'value')} infinite" if infinite else "")
    return ", ".join(filter(None, (said, *others)))


def _told(value: Any) -> str:
    return number(value) if isinstance(value, int | float) and not isinstance(value, bool) else str(value)


def missing(found: int, whole: int, in_sample: bool = False) -> str:
    """How many values are missing; of a sample the share only. Nothing when none is."""
    if not found:
        return ""
    if found == whole:
        return "all missing"
    return f"{percent(found, whole)} missing" if in_sample else f"{found:,} missing ({percent(found, whole)})"


def frequent(counts: Sequence[tuple[str, int]], distinct: int, whole: int) -> str:
    """How many different texts there are, and which come most often. ``counts`` has the first few, most often first."""
    if not distinct:
        return ""
    if distinct == whole and whole > 3:
        return f"all distinct, such as {', '.join(quoted(text, 40) for text, _ in counts[:2])}"
    tops = ", ".join(f"{quoted(text, 40)} {percent(times, whole)}" for text, times in counts[:3])
    return f"{distinct:,} distinct: {tops}" if distinct <= 3 else f"{distinct:,} distinct, most often {tops}"


def lengths(shortest: int, longest: int, mean: float, unit: str = "characters") -> str:
    """What is said about texts too long to be counted."""
    return f"texts of {shortest:,} to {longest:,} {unit}, {mean:,.0f} on average"


def beginning(values: Iterable[object], length: int) -> str:
    """What stands in a cell for a list of ``length`` values, of which the first few are given."""
    return f"{count(length, 'value')}: {', '.join(shorten(str(value), 40) for value in values)}, …"


def of_objects(values: Sequence[object], empty: Sequence[object] = ()) -> tuple[int, str]:
    """How many ``values`` are missing, and what the others are.

    ``empty`` are the library's own marks for a missing value, known by identity: no ``__eq__`` of theirs is run.
    """
    marks, absent, others = {id(None), *map(id, empty)}, 0, Counter[str]()
    texts = [value for value in values if type(value) is str]
    if len(texts) < len(values):
        for value in values:
            if id(value) in marks or (type(value) is float and math.isnan(value)):
                absent += 1
            elif type(value) is not str:
                others[type_name(type(value))] += 1
    said = [of_texts(texts)] if texts else []
    kinds = ", ".join(f"{times:,} {name}" for name, times in others.most_common(5))
    return absent, "; ".join([*said, kinds] if kinds else said)


def of_texts(texts: Sequence[str]) -> str:
    """Distinct and frequent texts, or only their lengths where they are long."""
    total = sum(map(len, texts))
    if total > LONG_TEXT * len(texts):
        return lengths(min(map(len, texts)), max(map(len, texts)), total / len(texts))
    counts = Counter(texts)
    return frequent(counts.most_common(3), len(counts), len(texts))
