"""The widgets of one panel: made in one place, sharing what can be shared, and closed together."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import Any

from traitlets import Unicode

from ..protocol.errors import LiaraUsageError

#: What a person types where ipywidgets is missing.
INSTALL = "pip install 'liara_magic[panel]'"
#: The tag of a box that the Tab key reaches. Outside of tags there is no `<` in HTML of ours.
_REACHED = re.compile(r'(<(?:div|pre) [^<>]*tabindex="0")>')


def widgets() -> Any:
    """The library. Raises :class:`LiaraUsageError` where it is not installed."""
    try:
        import ipywidgets
    except ImportError:
        raise LiaraUsageError(
            "The panel needs ipywidgets, which is not installed.",
            hint=f"{INSTALL}, restart the kernel and reload the page.",
        ) from None
    return ipywidgets


class Parts:
    """Makes widgets and remembers them.

    A widget of ipywidgets brings two more along, its layout and its style, each with a comm of its own and, in the
    page, an object that holds on to what the widget has drawn. Looks are the business of the style sheet here: these
    two are not made, and front ends do without.
    """

    def __init__(self) -> None:
        self._library = widgets()
        self._made: dict[str, Any] = {}

    def make(self, kind: str, *classes: str, **traits: Any) -> Any:
        """A widget of the library's class ``kind`` with CSS classes, each of which is prefixed ``liara-``."""
        return self._make(getattr(self._library, kind), *classes, **traits)

    def _make(self, made: Any, *classes: str, **traits: Any) -> Any:
        names = tuple(f"liara-{name}" for name in classes)
        has = made.class_trait_names()  # release 7 lacks some tooltips
        known = {name: value for name, value in traits.items() if name in has}
        keys = [name for name in made.class_traits(sync=True) if name not in ("layout", "style")]
        widget = made(keys=keys, _dom_classes=names, **known)
        self._made[widget.model_id] = widget
        return widget

    def box(self, kind: str, *classes: str, **traits: Any) -> Any:
        """A widget of the class ``kind`` for a person to type into; release 8 would send every text back once more."""
        silent = Unicode("").tag(sync=True, echo_update=False)
        return self._make(type(kind, (getattr(self._library, kind),), {"value": silent}), *classes, **traits)

    def html(self, value: str, *classes: str) -> Any:
        """HTML of our own; formulas in it are typeset. It goes into the page as it is, so it must be ours alone."""
        return self.make("HTMLMath", *classes, value=value)

    def column(self, children: Sequence[Any], *classes: str) -> Any:
        """Widgets one under the other."""
        return self.make("VBox", *classes, children=list(children))

    def row(self, children: Sequence[Any], *classes: str) -> Any:
        """Widgets beside each other."""
        return self.make("HBox", *classes, children=list(children))

    def button(self, text: str, clicked: Callable[[], None], *classes: str, icon: str = "") -> Any:
        """A button. With the class ``icon`` it shows its icon alone; its text is there for those who hear it."""
        button = self.make("Button", *classes, description=text, icon=icon, tooltip=text)
        button.on_click(lambda _: clicked())
        return button

    def toggle(self, text: str, *classes: str, icon: str = "") -> Any:
        """A button that stays pressed."""
        return self.make("ToggleButton", *classes, description=text, tooltip=text, icon=icon)

    def close(self, gone: Iterable[Any]) -> None:
        """Close widgets, but none that stands in them."""
        for widget in gone:
            if self._made.pop(widget.model_id or "", None) is not None:
                _close(widget)

    def close_all(self) -> None:
        """Close every widget that was made."""
        for widget in self._made.values():
            _close(widget)
        self._made.clear()


def change(widget: Any, **traits: Any) -> None:
    """Give several traits of a widget their values, in one message, or none if all have them."""
    with widget.hold_sync():
        for name, value in traits.items():
            if widget.has_trait(name):
                setattr(widget, name, value)


def with_its_keys(html: str) -> str:
    """HTML of ours whose boxes that scroll do so by the arrow keys, where JupyterLab would go to another cell."""
    return _REACHED.sub(r'\1 data-lm-suppress-shortcuts="">', html)


def _close(widget: Any) -> None:
    with suppress(Exception):  # the kernel may be on its way out, with its sockets closed
        widget.unobserve_all()
        widget.close()
