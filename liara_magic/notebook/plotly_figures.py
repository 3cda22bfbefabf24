"""Figures of plotly: their traces and layout in words, and a picture where kaleido can draw one without the network."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from typing import Any

from .arrays import facts_of
from .capped_repr import Teller
from .description import Page
from .foreign_code import Failed, Patience
from .kinds import library_names
from .pictures import LONGEST, NoPicture, png
from .wording import count, one_line, quoted

#: Traces whose maps are fetched from the network when they are drawn.
_MAPS = ("choropleth", "scattergeo", "scattermap", "densitymap")
#: The most points that are handed to kaleido, which writes them all down as text.
_MOST_POINTS = 200_000
#: Seconds in which kaleido must have started and drawn; usually it takes one to three.
_SECONDS = 15.0
#: A proxy that nobody runs, so that whatever a drawing would fetch is not fetched.
_NOWHERE = "127.0.0.1:9"
#: What plotly draws when a figure says nothing of its size, in pixels.
_WIDTH, _HEIGHT = 700, 500


def describe_plotly(figure: Any, page: Page) -> None:
    """A ``plotly.graph_objects.Figure``."""
    title = _text(figure.layout.title)
    page.title(f"plotly figure{f' {quoted(title, 200)}' if title else ''} of {count(len(figure.data), 'trace')}")
    for name in ("xaxis", "yaxis", "coloraxis"):
        said = _text(getattr(getattr(figure.layout, name, None), "title", None))
        if said:
            page.add(f"- {name}: {quoted(said, 120)}")
    left = [trace for trace in figure.data if not page.add(f"- {_trace(trace, Teller(page.patience))}")]
    if left:
        page.leave_out(f"{len(left):,} of {count(len(figure.data), 'trace')}")
    try:
        page.show(_drawn(figure))
    except NoPicture as why:
        page.add_some(f"There is no picture of it: {why}.")
        page.leave_out("its picture")


def _text(title: Any) -> str:
    said = getattr(title, "text", None)
    return one_line(said, 200) if type(said) is str else ""


def _trace(trace: Any, teller: Teller) -> str:
    """A trace in a line: its type, its name, what its data are."""
    said = [f"{trace.type} {quoted(trace.name, 80)}" if trace.name else trace.type]
    for key in ("labels", "x", "y", "z", "values", "lat", "lon", "r", "theta", "locations"):
        data = _held(trace, key)
        if data is not None:
            said.append(f"{key}: {_data(data, teller)}")
    return "; ".join(said)


def _data(data: Any, teller: Teller) -> str:
    if "numpy.ndarray" in library_names(type(data)) and data.dtype.kind in "biufmM":
        return f"{count(data.size, 'value')}, {facts_of(data)[0]}"
    plain = data.tolist() if "numpy.ndarray" in library_names(type(data)) and data.size <= 1000 else data
    return f"{count(len(data), 'value')}, {teller.line(list(plain[:20]), 120)}"


def _drawn(figure: Any) -> Any:
    """The picture as kaleido draws it."""
    if importlib.util.find_spec("kaleido") is None:
        raise NoPicture("plotly needs the package kaleido to draw it")
    if any(trace.type.startswith(_MAPS) for trace in figure.data) or _fetches(figure):
        raise NoPicture("its maps or pictures would have to be fetched from the network")
    if (
        sum(len(data) for trace in figure.data for key in "xyz" if (data := _held(trace, key)) is not None)
        > _MOST_POINTS
    ):
        raise NoPicture("it has too many points to be drawn here")
    width, height = figure.layout.width or _WIDTH, figure.layout.height or _HEIGHT
    scale = min(1.0, LONGEST / max(width, height))
    try:
        return png(Patience(_SECONDS).call(lambda: _by_kaleido(figure, width, height, scale)))
    except Failed as error:
        raise NoPicture(f"drawing it {error}") from error


def _held(trace: Any, key: str) -> Any:
    """The data of a trace under a key; None where its kind of trace has no such key, or nothing is there."""
    data = trace[key] if key in trace else None  # noqa: SIM401 - a trace's get() is another thing
    return data if hasattr(data, "__len__") else None


def _fetches(figure: Any) -> bool:
    return any(not str(image.source).startswith("data:") for image in figure.layout.images)


def _by_kaleido(figure: Any, width: float, height: float, scale: float) -> bytes:
    """Kaleido draws in a hidden browser without a window, here one that reaches nothing: files need no proxy."""
    kaleido = importlib.import_module("kaleido")
    wanted = {"format": "png", "width": width, "height": height, "scale": scale}
    if hasattr(kaleido, "calc_fig_sync"):
        offline = {"mathjax": False, "proxy_server": _NOWHERE}
        return kaleido.calc_fig_sync(figure.to_dict(), opts=wanted, kopts=offline)  # type: ignore[no-any-return]
    return sys.modules["plotly"].io.to_image(figure, **wanted)  # type: ignore[no-any-return]
