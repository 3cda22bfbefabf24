"""The canvas of a painter, made of widgets: a live one, and before it those that are never touched again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..screen.page import CLOSE, OPEN
from .parts import Parts

# Bytes of a widget message beside its payload, and of the messages that bring a new widget into a box.
_ENVELOPE, _NEW_WIDGET = 800, 2600


class Blocks:
    """The pieces of one reply as HTML widgets. ``changed`` is called when a widget was added or taken away.

    A widget's HTML takes the place of what it held, with what was selected and unfolded in it; so only the live one
    is ever given another.
    """

    def __init__(self, parts: Parts, changed: Callable[[], None]) -> None:
        self.widgets: list[Any] = []
        self._parts = parts
        self._changed = changed
        self._live: Any = None
        self._committed: list[str] = []

    def tail(self, html: str) -> int:
        """Show ``html`` in the live widget, making one if there is none."""
        return self._show(html)

    def commit(self, html: str) -> int:
        """Show ``html`` in the live widget for good."""
        self._committed.append(html)
        sent = self._show(html)
        self._live = None
        return sent

    def fold(self, html: str) -> int:
        """One widget in place of all so far."""
        gone, self.widgets, self._live, self._committed = self.widgets, [], None, []
        sent = self.commit(html)
        self._parts.close(gone)
        return sent

    def clear(self) -> None:
        """Take all widgets away."""
        gone, self.widgets, self._live, self._committed = self.widgets, [], None, []
        self._changed()
        self._parts.close(gone)

    def end(self, html: str) -> None:
        """The whole text: what is committed stays as it stands, if the text still begins with it."""
        committed = "".join(self._committed)
        if committed and html.startswith(committed):
            html = html[len(committed) :]
            if not html and self._live is None:
                return
        elif committed:
            self.fold(html)
            return
        self.commit(html)

    def _show(self, html: str) -> int:
        value = f"{OPEN}{html}{CLOSE}"
        if self._live is not None:
            if self._live.value == value:
                return 0
            self._live.value = value
            return len(value.encode()) + _ENVELOPE
        self._live = self._parts.html(value, "block")
        self.widgets.append(self._live)
        self._changed()
        return len(value.encode()) + _NEW_WIDGET
