"""A known library's object in a few words, for where it stands inside another value."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def summary(name: str, value: Any) -> str:
    """``value``, whose class has the library name ``name``, in a few words; nothing where the name is not known."""
    teller = _TELLERS.get(name)
    return teller(value) if teller else ""


def shape(lengths: tuple[Any, ...]) -> str:
    """``3 × 4``; the shape of a scalar is ``()``, an unknown length ``?``."""
    return " × ".join(f"{length:,}" if isinstance(length, int) else "?" for length in lengths) if lengths else "()"


def _table(library: str) -> Callable[[Any], str]:
    return lambda value: f"<{library} {type(value).__name__}, {shape((_rows(value), _columns(value)))}>"


def _rows(value: Any) -> int:
    return int(value.num_rows if hasattr(value, "num_rows") else value.shape[0])


def _columns(value: Any) -> int:
    return int(value.num_columns if hasattr(value, "num_columns") else value.shape[1])


def _column(library: str) -> Callable[[Any], str]:
    return lambda value: f"<{library} {type(value).__name__}, {len(value):,} values, {_type_of(value)}>"


def _type_of(value: Any) -> str:
    return str(value.dtype if hasattr(value, "dtype") else getattr(value, "type", ""))


def _array(library: str) -> Callable[[Any], str]:
    return lambda value: f"<{library} {type(value).__name__}, {shape(tuple(value.shape))}, {value.dtype}>"


def _labelled(value: Any) -> str:
    dims = ", ".join(f"{name}: {length:,}" for name, length in value.sizes.items())
    return f"<xarray {type(value).__name__}, {dims}>"


def _picture(value: Any) -> str:
    return f"<PIL image, {value.width:,} × {value.height:,} pixels, {value.mode}>"


def _kind(library: str) -> Callable[[Any], str]:
    return lambda value: f"<{library} {type(value).__name__}>"


_TELLERS: dict[str, Callable[[Any], str]] = {
    "pandas.DataFrame": _table("pandas"),
    "pandas.Series": _column("pandas"),
    "pandas.MultiIndex": lambda value: f"<pandas MultiIndex, {len(value):,} labels>",
    "pandas.Index": _column("pandas"),
    "pandas.ExtensionArray": _column("pandas"),
    "pandas.NDFrame": _kind("pandas"),
    "pandas.GroupBy": _kind("pandas"),
    "pandas.Timestamp": str,
    "pandas.Timedelta": str,
    "pandas.NaTType": str,
    "pandas.NAType": str,
    "pandas.Period": str,
    "pandas.Interval": str,
    "polars.DataFrame": _table("polars"),
    "polars.Series": _column("polars"),
    "polars.LazyFrame": _kind("polars"),
    "pyarrow.Table": _table("pyarrow"),
    "pyarrow.RecordBatch": _table("pyarrow"),
    "pyarrow.ChunkedArray": _column("pyarrow"),
    "pyarrow.Array": _column("pyarrow"),
    "numpy.ndarray": _array("numpy"),
    "numpy.generic": str,
    "torch.Tensor": _array("torch"),
    "jaxlib.ArrayImpl": _array("jax"),
    "tensorflow.Tensor": _array("tensorflow"),
    "cupy.ndarray": _array("cupy"),
    "dask.Array": _array("dask"),
    "xarray.Dataset": _labelled,
    "xarray.DataArray": _labelled,
    "scipy._spbase": _array("scipy"),
    "scipy.spmatrix": _array("scipy"),
    "matplotlib.Figure": _kind("matplotlib"),
    "matplotlib.Artist": _kind("matplotlib"),
    "plotly.BaseFigure": _kind("plotly"),
    "PIL.Image": _picture,
}
