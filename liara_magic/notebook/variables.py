"""A value of the notebook -> what a model should read about it. Start here.

What a value is, is found out from its type alone (:mod:`.kinds`); each kind has a function that writes a page about it
(:mod:`.description`). A value is never changed, large data are never copied, and code that is not ours, such as a
``__repr__``, has little time (:mod:`.foreign_code`).
"""

from __future__ import annotations

import dataclasses
import enum
import functools
import itertools
import types
from collections import deque
from collections.abc import Callable
from typing import Any

from . import (
    arrays,
    arrow_tables,
    containers,
    figures,
    labelled_arrays,
    models,
    objects,
    own_words,
    pandas_tables,
    plotly_figures,
    polars_tables,
)
from .capped_repr import record_fields
from .description import Description, Image, Page
from .foreign_code import Patience
from .kinds import by_type, first_known, is_a, library_names, on_type, type_name
from .wording import hiding

__all__ = ["Description", "Image", "describe"]

Describer = Callable[[Any, Page], None]


def describe(value: object, name: str, budget: int, *, hide: Callable[[str], str] | None = None) -> Description:
    """What a reader should know about ``value``, which the notebook calls ``name``.

    ``budget`` is the most characters that the text may have; pictures come beside it. ``hide`` takes secrets out of a
    text and is asked about each text before it is cut; whoever sends the description looks at the rest. Never raises,
    whatever the value does, except for the KeyboardInterrupt of a person who waits no longer.
    """
    page = Page(name, budget, Patience())
    with hiding(hide):
        if not own_words.says_itself(value):
            return _described(value, page)
        if own_words.describe_itself(value, page):
            return page.done()
        note = page.done().text
        found = _described(value, page.emptied(len(note) + 1))
        return dataclasses.replace(found, text="\n".join(filter(None, (found.text, note))))


def _described(value: object, page: Page) -> Description:
    try:
        _describer(value)(value, page)
        return page.done()
    except Exception as error:  # a library's own, or an object that only looks like one of the library's
        page = page.emptied()
        page.title(f"{type_name(type(value))}; it could not be looked into ({type_name(type(error))})")
        page.fail(f"looking into it raised {type_name(type(error))}")
        return page.done()


def _describer(value: object) -> Describer:
    """What a value has as a form of its own counts first, then the libraries' classes, then Python's."""
    formed = (describer for fits, describer in _FORMS if fits(value))
    python = (found for found in (first_known(type(value), _OF_PYTHON),) if found is not None)
    library = (_OF_LIBRARIES[name] for name in library_names(type(value)) if name in _OF_LIBRARIES)
    trained = (models.describe_estimator for _ in range(models.is_estimator(value)))
    return next(itertools.chain(formed, library, python, trained), objects.describe_other)


def _is_record(value: object) -> bool:
    return bool(record_fields(value)) or type(on_type(type(value), "__dataclass_fields__")) is dict


def _describe_array(array: Any, page: Page) -> None:
    (figures.describe_axes_array if figures.holds_axes(array) else arrays.describe_array)(array, page)


_FORMS: tuple[tuple[Callable[[Any], bool], Describer], ...] = (
    (lambda value: is_a(value, type) and models.is_pydantic(value), models.describe_pydantic_class),
    (lambda value: is_a(value, type), objects.describe_class),
    (lambda value: is_a(value, enum.Enum), containers.describe_member),
    (lambda value: models.is_pydantic(type(value)), models.describe_pydantic),
    (_is_record, containers.describe_record),
)
_OF_PYTHON: dict[int, Describer] = by_type(
    {
        str: containers.describe_text,
        bytes: containers.describe_octets,
        bytearray: containers.describe_octets,
        bool: objects.describe_other,
        int: containers.describe_whole_number,
        dict: containers.describe_mapping,
        **dict.fromkeys((list, tuple, set, frozenset, deque), containers.describe_sequence),
        types.FunctionType: objects.describe_function,
        types.BuiltinFunctionType: objects.describe_function,
        types.MethodType: objects.describe_function,
        type(functools.lru_cache(len)): objects.describe_function,
        types.ModuleType: objects.describe_module,
        BaseException: objects.describe_error,
    }
)
#: By the name of a class: its top package and its own. The classes of a value are looked up from the nearest on.
_OF_LIBRARIES: dict[str, Describer] = {
    "pandas.DataFrame": pandas_tables.describe_frame,
    "pandas.Series": pandas_tables.describe_series,
    "pandas.MultiIndex": pandas_tables.describe_levels,
    "pandas.Index": pandas_tables.describe_index,
    "pandas.ExtensionArray": pandas_tables.describe_values,
    "pandas.GroupBy": pandas_tables.describe_groups,
    "polars.DataFrame": polars_tables.describe_frame,
    "polars.Series": polars_tables.describe_series,
    "polars.LazyFrame": polars_tables.describe_lazy,
    "pyarrow.Table": arrow_tables.describe_table_of,
    "pyarrow.RecordBatch": arrow_tables.describe_table_of,
    "pyarrow.ChunkedArray": arrow_tables.describe_array,
    "pyarrow.Array": arrow_tables.describe_array,
    "numpy.ndarray": _describe_array,
    "numpy.str_": containers.describe_text,
    "numpy.bytes_": containers.describe_octets,
    "numpy.generic": arrays.describe_number,
    "scipy._spbase": arrays.describe_sparse,
    "scipy.spmatrix": arrays.describe_sparse,
    "xarray.DataArray": labelled_arrays.describe_labelled,
    "xarray.Dataset": labelled_arrays.describe_dataset,
    "matplotlib.Figure": figures.describe_figure,
    "matplotlib.Artist": figures.describe_artist,
    "seaborn.Grid": figures.describe_grid,
    "plotly.BaseFigure": plotly_figures.describe_plotly,
    "PIL.Image": figures.describe_picture,
    # The shape of these is known without computing, reading or copying anything.
    **dict.fromkeys(("torch.Tensor", "jaxlib.ArrayImpl", "tensorflow.Tensor", "cupy.ndarray"), arrays.describe_tensor),
    **dict.fromkeys(("dask.Array", "h5py.Dataset", "zarr.Array"), arrays.describe_stored),
}
