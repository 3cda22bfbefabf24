"""Arrays of numbers: shape, type and statistics, never the values themselves.

A large array is looked at through a view of every so many of its elements, and only that view is copied.
"""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

from .description import Page
from .facts import sample_note
from .kinds import library_names, type_name
from .numeric import loaded_numpy, of_numbers
from .summaries import shape
from .wording import count, number, one_line, percent, size

#: An array of at most so many elements and bytes is read as a whole; of any other, about so many elements.
_WHOLE, _WHOLE_BYTES, _SAMPLE = 1_000_000, 32_000_000, 100_000
#: Of an array in a file: each element may be a page of its own to read.
_SAMPLE_ON_DISK = 2000
#: An axis this short, such as the colours of pictures, is kept whole.
_SHORT = 8
#: The processor's memory, as DLPack numbers devices (dlpack.h, kDLCPU).
_CPU = 1


def describe_array(array: Any, page: Page) -> None:
    """A ``numpy.ndarray`` or one of its subclasses."""
    numpy, names = loaded_numpy(), set(library_names(type(array)))
    plain = numpy.ndarray.view(array, numpy.ndarray)
    mask = numpy.ma.getmask(array) if "numpy.MaskedArray" in names else None
    mask = None if numpy.ndim(mask) == 0 else mask  # without any masked value it is only False
    masked = ", with a mask" if mask is not None else ""
    page.title(f"{_named(array)}, {_form(plain.shape, plain.dtype)}, {size(plain.nbytes)}{masked}")
    _add_statistics(plain, page, _SAMPLE_ON_DISK if "numpy.memmap" in names else _SAMPLE, mask)


def describe_number(value: Any, page: Page) -> None:
    """A numpy scalar."""
    page.title(f"numpy {type(value).__name__}: {one_line(str(value), max(20, page.left - 60))}")


def describe_tensor(tensor: Any, page: Page) -> None:
    """A tensor of another library; its statistics where its memory is the processor's and can be shared."""
    device = getattr(tensor, "device", "")
    place = f", on {one_line(str(device), 60)}" if device else ""
    page.title(f"{_named(tensor)}, {_form(tensor.shape, tensor.dtype)}{place}")
    if getattr(tensor, "requires_grad", False) is True:
        page.add("It requires a gradient.")
    shared = _shared(tensor)
    if shared is None:
        page.add("Its values were not read.")
        page.leave_out("the statistics")
    else:
        _add_statistics(shared, page, _SAMPLE)


def describe_stored(array: Any, page: Page) -> None:
    """An array in a file, or one that is still to be computed: what is known without reading it."""
    page.title(f"{_named(array)}, {_form(array.shape, array.dtype)}, not read")
    chunks = getattr(array, "chunks", None)
    if chunks:
        page.add_some(f"In chunks: {one_line(str(chunks), 200)}")


def describe_sparse(matrix: Any, page: Page) -> None:
    """A sparse matrix of scipy."""
    cells = math.prod(matrix.shape)
    form = _form(matrix.shape, matrix.dtype)
    page.title(f"{_named(matrix)}, {form}, {count(matrix.nnz, 'stored value')} ({percent(matrix.nnz, cells)} of all)")
    held: Any = getattr(matrix, "data", None)
    if "numpy.ndarray" in library_names(type(held)) and held.dtype.kind in "biufc":
        _add_statistics(held, page, _SAMPLE)


def facts_of(array: Any, most: int = _SAMPLE, mask: Any = None) -> tuple[str, int]:
    """Statistics of a plain array in a line, and how many of its elements they are of; ``most`` bounds a sample."""
    where = _places(array, most)
    values = array[where].reshape(-1)
    looked_at = values.size
    if mask is not None and mask.dtype.kind == "b":
        values = values[~mask[where].reshape(-1)]
    hidden = f", {percent(looked_at - values.size, looked_at)} masked" if values.size < looked_at else ""
    return f"{_of_values(values)}{hidden}", looked_at


def _of_values(values: Any) -> str:
    kind = values.dtype.kind
    if not values.size or kind == "V":
        return ""
    if kind in "biufcmM":
        return _of_numbers(values)
    if kind in "SU":
        distinct = len(loaded_numpy().unique(values))
        longest = values.dtype.itemsize // (4 if kind == "U" else 1)
        return f"{count(distinct, 'distinct text')} of at most {count(longest, 'character')}"
    kinds = Counter(type_name(type(value)) for value in values.tolist())
    return ", ".join(f"{name} {percent(times, values.size)}" for name, times in kinds.most_common(6))


def _of_numbers(values: Any) -> str:
    numpy, kind = loaded_numpy(), values.dtype.kind
    absent, said = of_numbers(values)
    spread = ""
    if kind in "iuf" and "mean" in said:
        with numpy.errstate(all="ignore"):
            finite = values[numpy.isfinite(values)] if kind == "f" else values
            spread = f"standard deviation {number(float(finite.std(dtype=float)))}"
    lost = f"{percent(absent, values.size)} {'NaT' if kind in 'mM' else 'NaN'}" if absent else ""
    return ", ".join(filter(None, (said, spread, lost)))


def _places(array: Any, most: int) -> Any:
    """What to take of an array so that it is a view: all of it, or every so many elements along each long axis."""
    most = min(most, max(1, _WHOLE_BYTES // 2 // max(1, array.dtype.itemsize)))
    if array.size <= _WHOLE and array.nbytes <= _WHOLE_BYTES and most >= _SAMPLE:
        return ...
    factor = array.size / most
    steps = [1] * array.ndim
    least = _SHORT if math.prod(length for length in array.shape if length <= _SHORT) <= most else 1
    axes = [axis for axis in range(array.ndim) if array.shape[axis] > least]
    axes.sort(key=lambda axis: array.shape[axis])
    for place, axis in enumerate(axes):
        # An odd step does not fall in with the periods of two that pictures and signals have.
        steps[axis] = min(array.shape[axis], math.ceil(max(1.0, factor) ** (1 / (len(axes) - place))) | 1)
        factor /= array.shape[axis] / math.ceil(array.shape[axis] / steps[axis])
    return tuple(slice(None, None, step) for step in steps)


def _add_statistics(array: Any, page: Page, most: int, mask: Any = None) -> None:
    if array.dtype.names is None:
        said, looked_at = facts_of(array, most, mask)
        lines = [f"Values: {said}"] if said else []
    else:
        found = [(name, array[name], *facts_of(array[name], most)) for name in array.dtype.names[:200]]
        lines = [f"- {one_line(name, 80)} ({field.dtype}): {said}" for name, field, said, _ in found]
        looked_at = min((seen for *_, seen in found), default=0)
    if note := sample_note(array.size, looked_at, what="values"):
        page.add(note)
    for line in lines:
        page.add_some(line)
    if array.size:
        page.leave_out(f"the values themselves, {array.size:,} of them")


def _shared(tensor: Any) -> Any:
    """The tensor as a numpy array in the same memory; None where that cannot be."""
    try:
        if tensor.__dlpack_device__()[0] != _CPU:
            return None
        return loaded_numpy().from_dlpack(tensor.detach() if hasattr(tensor, "detach") else tensor)
    except Exception:  # no numpy, or a type that numpy has not: what is known of the shape is enough
        return None


def _named(value: Any) -> str:
    return type_name(type(value)).replace(".", " ", 1)


def _form(lengths: Any, dtype: Any) -> str:
    """The shape and the type of elements."""
    fields = getattr(dtype, "names", None)
    return f"shape {shape(tuple(lengths))}, {f'{len(fields)} fields' if fields else one_line(str(dtype), 80)}"
