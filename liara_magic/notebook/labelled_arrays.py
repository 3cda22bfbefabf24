"""xarray: dimensions, coordinates, variables, attributes. What lies in a file or has yet to be computed stays there."""

from __future__ import annotations

from typing import Any

from .arrays import facts_of
from .capped_repr import Teller
from .description import Page
from .kinds import library_names
from .pandas_tables import index_facts
from .wording import count, one_line, size


def describe_labelled(array: Any, page: Page) -> None:
    """An ``xarray.DataArray``."""
    name = f" {one_line(str(array.name), 60)}" if array.name is not None else ""
    page.title(f"xarray DataArray{name}, {_lengths(array)}, {array.dtype}, {size(array.nbytes)}")
    facts, sampled = _facts(array.variable)
    page.add_some(f"Values{_of(sampled, array.size)}: {facts}")
    _add(page, "Coordinates", array.coords, array)
    _add_attributes(page, array.attrs)
    page.leave_out(f"the values themselves, {array.size:,} of them")


def describe_dataset(dataset: Any, page: Page) -> None:
    """An ``xarray.Dataset``."""
    page.title(
        f"xarray Dataset, {_lengths(dataset)}, {count(len(dataset.data_vars), 'variable')}, {size(dataset.nbytes)}"
    )
    _add(page, "Coordinates", dataset.coords, dataset)
    _add(page, "Variables", dataset.data_vars, dataset)
    _add_attributes(page, dataset.attrs)
    page.leave_out("the values themselves")


def _lengths(value: Any) -> str:
    return " × ".join(f"{name} {length:,}" for name, length in value.sizes.items()) or "no dimensions"


def _of(sampled: int, whole: int) -> str:
    return f" (of a sample of {sampled:,})" if 0 < sampled < whole else ""


def _add(page: Page, heading: str, variables: Any, holder: Any) -> None:
    if not len(variables):
        return
    page.add(f"{heading}:")
    left = [name for name in variables if not page.add(_line(name, variables[name], holder))]
    if left:
        page.leave_out(f"{len(left):,} of {len(variables):,} {heading.lower()}")


def _line(name: Any, array: Any, holder: Any) -> str:
    index = holder.indexes.get(name)
    facts, sampled = (index_facts(index), array.size) if index is not None else _facts(array.variable)
    dims = ", ".join(map(str, array.dims))
    units = array.attrs.get("units")
    unit = f" in {one_line(units, 40)}" if type(units) is str and units else ""
    return f"- {one_line(str(name), 80)} ({dims}) {array.dtype}{unit}{_of(sampled, array.size)}: {one_line(facts, 300)}"


def _facts(variable: Any) -> tuple[str, int]:
    """Statistics, and of how many values; of those in memory only, since reading others would load them."""
    data = variable._data if getattr(variable, "_in_memory", False) else None
    if "numpy.ndarray" not in library_names(type(data)):
        return "not in memory, not read", 0
    return facts_of(data)


def _add_attributes(page: Page, attributes: dict[Any, Any]) -> None:
    if not attributes:
        return
    teller, items = Teller(page.patience), list(attributes.items())
    page.add("Attributes:")
    left = [key for key, value in items if not page.add(f"- {teller.cell(key, 80)}: {teller.cell(value, 200)}")]
    if left:
        page.leave_out(f"{len(left):,} of {count(len(items), 'attribute')}")
