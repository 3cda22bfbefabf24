"""Figures of matplotlib and pictures of Pillow: what they show, in words and as a PNG."""

from __future__ import annotations

import io
import math
import warnings
from collections.abc import Iterator
from typing import Any

from .capped_repr import Teller
from .description import Page
from .kinds import library_names, type_name
from .pictures import LONGEST, NoPicture, drawn, on_white, scaled
from .wording import count, number, one_line, quoted

#: Around what is drawn, in inches, as notebooks show figures.
_MARGIN = 0.1


def describe_figure(figure: Any, page: Page) -> None:
    """A ``matplotlib.figure.Figure``: its axes in words, and a picture."""
    width, height = figure.get_size_inches()
    page.title(
        f"matplotlib figure of {number(width)} × {number(height)} inches, {count(len(figure.axes), 'set')} of axes"
    )
    _add_parts(figure, page)


def describe_artist(artist: Any, page: Page) -> None:
    """Axes, a line, a bar: shown by the figure around it."""
    figure = _figure_of(artist)
    if figure is None:
        page.title(f"{type_name(type(artist))}, in no figure")
        return
    page.title(f"{type_name(type(artist))}; what follows is the whole figure that it is in")
    _add_parts(figure, page)


def describe_axes_array(array: Any, page: Page) -> None:
    """What ``plt.subplots`` gives for several axes."""
    page.title(f"numpy array of matplotlib axes, {' × '.join(map(str, array.shape))}; what follows is their figure")
    _add_parts(_figure_of(array.flat[0]), page)


def holds_axes(array: Any) -> bool:
    """Whether a ``numpy.ndarray`` is one of matplotlib's axes."""
    return array.dtype == object and array.size > 0 and "matplotlib.Artist" in library_names(type(array.flat[0]))


def describe_grid(grid: Any, page: Page) -> None:
    """A grid of seaborn, which holds a figure."""
    page.title(f"{type_name(type(grid))}; what follows is its figure")
    _add_parts(grid.figure, page)


def _figure_of(artist: Any) -> Any:
    """The outermost figure."""
    figure = artist.figure
    for _ in range(10):  # figures inside figures
        if figure is None or figure.figure is None or figure.figure is figure:
            break
        figure = figure.figure
    return figure


def _add_parts(figure: Any, page: Page) -> None:
    for axes in figure.axes:
        if not page.add(f"- {_axes(axes, page)}"):
            page.leave_out("the words about some axes")
            break
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # letters that a font has not, layouts that are too tight
            page.show(drawn(_Drawing(figure).png))
    except NoPicture as why:
        page.add_some(f"It is not shown: {why}.")
        page.leave_out("its picture")
    except Exception as error:  # a backend's, a font's, a layout's
        page.add_some(f"It could not be drawn ({type_name(type(error))}).")
        page.fail(f"drawing it raised {type_name(type(error))}")
        page.leave_out("its picture")


class _Drawing:
    """Draws a figure to bytes. Afterwards the figure is as it was, except that its layout has been worked out."""

    def __init__(self, figure: Any) -> None:
        self._figure = figure
        self._box = _box(figure)
        sides = (self._box.width, self._box.height) if self._box else figure.get_size_inches()
        self._dpi = min(figure.dpi, LONGEST / max(sides))

    def png(self, scale: float) -> bytes:
        figure, buffer = self._figure, io.BytesIO()
        figure.savefig(buffer, format="png", dpi=self._dpi * scale, transparent=False, bbox_inches=self._box)
        if figure.get_facecolor()[3] == 0 or not figure.patch.get_visible():
            # Dark text would stand on whatever a model puts behind it.
            return on_white(buffer.getvalue())
        return buffer.getvalue()


def _box(figure: Any) -> Any:
    """What is drawn on, also outside of the figure's own edges (a legend); None when that is absurdly far outside."""
    width, height = figure.get_size_inches()
    figure.draw_without_rendering()
    box = figure.get_tightbbox()
    sides = (box.width / width, box.height / height)
    return box.padded(_MARGIN) if all(math.isfinite(side) and 0 < side < 3 for side in sides) else None


def _axes(axes: Any, page: Page) -> str:
    """Axes in words; those in three dimensions have a third one."""
    if not hasattr(axes, "get_xlabel"):
        return type_name(type(axes))
    said = [f"axes {quoted(axes.get_title(), 120)}" if axes.get_title() else "axes"]
    for name in "xyz":
        if hasattr(axes, f"get_{name}label"):
            label, (low, high) = getattr(axes, f"get_{name}label")(), getattr(axes, f"get_{name}lim")()
            log = " (logarithmic)" if getattr(axes, f"get_{name}scale")() == "log" else ""
            named = f"{name} {quoted(label, 80)}" if label else name
            said.append(f"{named} {number(float(low))} … {number(float(high))}{log}")
    said += _drawn(axes)
    legend = axes.get_legend()
    if legend is not None:
        said.append(f"legend: {', '.join(one_line(text.get_text(), 60) for text in legend.get_texts()[:20])}")
    return "; ".join(said)


def _drawn(axes: Any) -> Iterator[str]:
    """How many of what is drawn."""
    for noun, artists in (
        ("line", axes.lines),
        ("patch", axes.patches),
        ("collection", axes.collections),
        ("image", axes.images),
        ("text", axes.texts),
    ):
        if len(artists):
            yield count(len(artists), noun, "patches" if noun == "patch" else "")


def describe_picture(picture: Any, page: Page) -> None:
    """A ``PIL.Image.Image``."""
    kind = f", from a {picture.format} file" if getattr(picture, "format", None) else ""
    page.title(f"PIL image of {picture.width:,} × {picture.height:,} pixels, mode {picture.mode}{kind}")
    try:
        image = scaled(picture)
    except NoPicture as why:
        page.add_some(f"It is not shown: {why}.")
        page.leave_out("the picture itself")
    except (OSError, ValueError) as error:  # its file is gone or damaged
        page.add_some(f"It cannot be shown ({type_name(type(error))}: {Teller(page.patience).cell(str(error), 120)}).")
        page.fail(f"reading its file raised {type_name(type(error))}")
        page.leave_out("the picture itself")
    else:
        page.show(image)
        if (image.width, image.height) != picture.size:
            page.add(f"It is shown scaled to {image.width:,} × {image.height:,} pixels.")
            page.leave_out("the picture's full size")
