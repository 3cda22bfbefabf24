"""Where the person types: one line in which Enter sends, a larger box one click away, Send and Stop."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import Any

from ..protocol.foreign_text import clean
from ..screen.formulas import inert
from ..session.turn import Turn
from .parts import Parts, change
from .texts import Texts

#: Seconds for which the text of a line may come after the Enter that ended it.
_PATIENCE = 0.3


class InputBox:
    """The two boxes, of which one is shown. ``send`` gets what was typed; it gives a text back with :meth:`restore`.

    On Enter a front end first says that it was pressed and then what the line holds, if that changed since it last
    said so: so the text is taken when the value comes, or a moment later when none comes.
    """

    def __init__(
        self,
        parts: Parts,
        texts: Texts,
        *,
        send: Callable[[str, Turn | None], None],
        stop: Callable[[], None],
        options: Iterable[str],
    ) -> None:
        self._texts = texts
        self._instead_of: Turn | None = None  # the turn that the text is to replace
        self._send = send
        self._lock = threading.RLock()  # around every change of the boxes: they change on two threads
        self._pending: threading.Timer | None = None
        hint = texts("ask_here")
        named = {"description": texts("prompt"), "placeholder": hint, "continuous_update": False}
        self._line = parts.box("Combobox", "line", "unlabelled", options=tuple(options), **named)
        self._area = parts.box("Textarea", "area", "unlabelled", rows=6, **named)
        self._line.on_msg(self._on_message)
        self._line.observe(self._on_value, "value")
        self._size = parts.button(texts("larger"), self._resize, "icon", icon="expand")
        self._button = parts.button(texts("send"), self._take, "primary", icon="paper-plane")
        self._stop = parts.button(texts("stop"), stop, "stop", icon="stop")
        self._stop.disabled = True
        beside = parts.row([self._size, self._button, self._stop], "sending")
        self.row = parts.row([self._line, beside], "input")
        self._said = parts.html("", "editing-said")
        cancel = parts.button(texts("cancel"), self._leave, "icon", icon="times")
        self._editing = parts.row([self._said, cancel], "queued")
        self.column = parts.column([self.row], "typing")

    @property
    def text(self) -> str:
        """What stands in the box that is shown."""
        return str(self._shown.value)

    @property
    def _shown(self) -> Any:
        return self.row.children[0]

    def restore(self, text: str) -> bool:
        """Put ``text`` back, unless something else was typed meanwhile; true when it stands there."""
        with self._lock:
            if self._shown.value.strip() not in ("", text.strip()):
                return False
            self.put(text)
            return True

    def put(self, text: str) -> None:
        """Have ``text`` in the box, the larger one if it has several lines."""
        with self._lock:
            if "\n" in text and self._shown is self._line:
                self._swap()
            self._shown.value = text

    def edit(self, turn: Turn) -> None:
        """Have the turn's prompt in the box as it was typed, to be asked in the turn's place."""
        with self._lock:
            self._begin_editing(turn)
            self.put(turn.ask.typed or turn.prompt)

    def go_on(self, before: InputBox) -> None:
        """Have what was typed in ``before``, in as large a box, to be asked in the place of the same turn."""
        with self._lock:
            if before._shown is before._area:
                self._swap()
            if before._instead_of is not None:
                self._begin_editing(before._instead_of)
            self._shown.value = before.text

    def set_running(self, running: bool) -> None:
        """Whether there is something to stop."""
        self._stop.disabled = not running

    def _on_message(self, _: Any, content: dict[str, Any], buffers: Any) -> None:
        if content.get("event") == "submit":
            with self._lock:
                if self._pending is None:
                    self._pending = threading.Timer(_PATIENCE, self._take_pending)
                    self._pending.daemon = True
                    self._pending.start()

    def _on_value(self, change: dict[str, Any]) -> None:
        if self._pending is not None and change["new"]:
            self._take_pending()

    def _take_pending(self) -> None:
        with self._lock:
            pending, self._pending = self._pending, None
        if pending is not None:
            pending.cancel()
            self._take()

    def _take(self) -> None:
        with self._lock:
            text, instead_of = self.text, self._instead_of
            if text.strip():
                self._shown.value = ""
                self._end_editing()
        if text.strip():
            self._send(text, instead_of)

    def _leave(self) -> None:
        with self._lock:
            self._shown.value = ""
            self._end_editing()

    def _begin_editing(self, turn: Turn) -> None:
        words = " ".join(clean(turn.prompt).split())
        said = self._texts("editing", words if len(words) < 80 else words[:79] + "…")
        self._instead_of = turn
        self._said.value = f'<div dir="auto">{inert(said)}</div>'
        self.column.children = [self._editing, self.row]

    def _end_editing(self) -> None:
        if self._instead_of is not None:
            self._instead_of = None
            self.column.children = [self.row]

    def close(self) -> None:
        """Wait for nothing any more."""
        with self._lock:
            pending, self._pending = self._pending, None
        if pending is not None:
            pending.cancel()

    def _resize(self) -> None:
        with self._lock:
            text, self._shown.value = self.text, ""
            self._swap()
            self._shown.value = text if self._shown is self._area else " ".join(text.split())

    def _swap(self) -> None:
        larger = self._shown is self._line
        self.row.children = [self._area if larger else self._line, *self.row.children[1:]]
        said = self._texts("smaller" if larger else "larger")
        change(self._size, icon="compress" if larger else "expand", description=said, tooltip=said)
