"""The canvas of a painter, made of widgets: a live one, and before it those that are never touched again."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import Any

from ..screen.page import CLOSE, OPEN
from .parts import Parts, change, with_its_keys

# Bytes of a widget message beside its payload, and of the messages that bring a new widget into a box.
_ENVELOPE, _NEW_WIDGET = 800, 2600
#: Widgets that are opened in a second, each with three messages where another paint sends one: so a page gets at most
#: seventeen of them, with what begins and ends a turn.
MOST_OPENED = 2


class Blocks:
    """The pieces of one reply as HTML widgets. ``changed`` is called when one was added, and with those taken away.

    A widget's HTML takes the place of what it held, with what was selected and unfolded in it; so only the live one
    is ever given another.
    """

    def __init__(self, parts: Parts, changed: Callable[[list[Any]], None]) -> None:
        self.widgets: list[Any] = []
        self._parts = parts
        self._changed = changed
        self._opened: deque[float] = deque(maxlen=MOST_OPENED)  # when the latest widgets were
        self._live: Any = None
        self._committed: list[str] = []

    def has_room(self) -> bool:
        """Whether another widget may be opened in this second."""
        return len(self._opened) < MOST_OPENED or time.monotonic() - self._opened[0] >= 1.0

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
        gone = self._leave()
        sent = self.commit(html)
        self._changed(gone)
        return sent

    def clear(self) -> None:
        """Take all widgets away."""
        self._changed(self._leave())

    def end(self, html: str, below: str) -> None:
        """The whole text, and what stands below it, in as few widgets as there are.

        What is committed stays as it stands, if the text still begins with it.
        """
        committed = "".join(self._committed)
        gone: list[Any] = []
        if html.startswith(committed):
            html = html[len(committed) :]
        else:
            gone = self._leave()
        value = (with_its_keys(f"{OPEN}{html}{CLOSE}") if html else "") + below
        if self._live is None:
            self.widgets.append(self._parts.html(value, "block", "footer"))
        else:
            change(self._live, value=value, _dom_classes=("liara-block", "liara-footer"))
            self._live = None
        self._changed(gone)

    def _leave(self) -> list[Any]:
        """Begin anew. Returns the widgets until now."""
        gone, self.widgets, self._live, self._committed = self.widgets, [], None, []
        return gone

    def _show(self, html: str) -> int:
        value = with_its_keys(f"{OPEN}{html}{CLOSE}")
        size = len(value.encode())
        if self._live is None:
            self._live = self._parts.html(value, "block")
            self.widgets.append(self._live)
            self._opened.append(time.monotonic())
            self._changed([])
            return size + _NEW_WIDGET
        if self._live.value == value:
            return 0
        self._live.value = value
        return size + _ENVELOPE
