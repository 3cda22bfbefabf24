"""Statistics of numpy's numbers and times. Numpy is taken as it is already loaded."""

from __future__ import annotations

import re
import sys
from typing import Any

from .facts import span, unusual
from .wording import percent

_ZEROS = re.compile(r"\.0+(?=$|[+-])")


def loaded_numpy() -> Any:
    """The numpy module; whoever asks holds an object of it, or of a library that stands on it."""
    return sys.modules["numpy"]


def of_numbers(values: Any) -> tuple[int, str]:
    """How many of ``values`` (numpy: bool, number or time) are missing, and the range and mean of the others.

    Makes temporary arrays as long as ``values``: give it a sample, not ten million rows.
    """
    numpy, kind = loaded_numpy(), values.dtype.kind
    if not values.size:
        return 0, ""
    with numpy.errstate(all="ignore"):
        if kind == "b":
            return 0, f"{percent(int(numpy.count_nonzero(values)), values.size)} true"
        if kind in "iu":
            return 0, span(values.min().item(), values.max().item(), values.mean(dtype=float))
        return (_of_times if kind in "mM" else _of_floats)(numpy, values)


def _of_times(numpy: Any, values: Any) -> tuple[int, str]:
    known = values[~numpy.isnat(values)]
    return values.size - known.size, span(moment(known.min()), moment(known.max())) if known.size else ""


def moment(value: Any) -> str:
    """A time of numpy or pandas without the zeros that say nothing; a duration in days, hours, minutes and seconds."""
    if getattr(value, "dtype", None) is not None and value.dtype.kind == "m":
        value = value.astype("timedelta64[us]").item()
    text = _ZEROS.sub("", str(value).replace("T", " ").removeprefix("0 days "))
    return text.removesuffix(" 00:00:00")


def _of_floats(numpy: Any, values: Any) -> tuple[int, str]:
    """A finite sum has no NaN and no infinity in it: the usual case needs no masks."""
    absent, infinite, start = 0, 0, ""
    if not numpy.isfinite(values.sum()):
        absent = int(numpy.count_nonzero(numpy.isnan(values)))
        finite = values[numpy.isfinite(values)]
        infinite = values.size - absent - finite.size
        values = finite
    if values.dtype.kind == "c":
        values, start = numpy.abs(values), "magnitudes "
    said = (
        start + span(float(values.min()), float(values.max()), float(values.mean(dtype=float))) if values.size else ""
    )
    return absent, unusual(said, 0, infinite)
