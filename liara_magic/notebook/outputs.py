"""What a cell showed, kept in bounded memory as text: nothing here holds an object of the person's."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from .cell_errors import CellError
from .printed import Printed, cut_middle

_LONGEST_TEXT = 65_536  # characters of a text/... value; longer ones are cut in the middle
_LARGEST_VALUE = 4_194_304  # bytes of an image or another value that cannot be cut
_MOST_DISPLAYS = 64
_LARGEST_CELL = 4_194_304  # bytes of all displays of a cell


class Shown:
    """One MIME bundle that stands under a cell."""

    __slots__ = ("_bundle", "display_id")

    def __init__(self, data: Mapping[str, Any], display_id: str = "") -> None:
        self._bundle = _kept(data)
        self.display_id = display_id

    @property
    def size(self) -> int:
        """About how many bytes are held."""
        return sum(map(len, self._bundle.values()))

    def bundle(self) -> dict[str, str]:
        """MIME types with their values as text, binary ones in base64."""
        return {
            kind: base64.b64encode(value).decode("ascii") if isinstance(value, bytes) else value
            for kind, value in self._bundle.items()
        }


class Outputs:
    """What one run of a cell shows: printed text, displays, a result and an error."""

    __slots__ = ("_cleared", "displays", "error", "left_out", "printed", "result")

    def __init__(self) -> None:
        self._begin()
        self._cleared: Outputs | None = None
        self.error: CellError | None = None

    def _begin(self) -> None:
        self.printed = Printed()
        self.displays: list[Shown] = []
        self.result: Shown | None = None
        self.left_out = 0  # displays that did not fit

    def show(self, data: Mapping[str, Any], display_id: str = "") -> None:
        """Add a display. Of too many, or too large ones, the first and the last stay."""
        self.displays.append(Shown(data, display_id))
        while len(self.displays) > 1 and self._has_too_many():
            del self.displays[len(self.displays) // 2]
            self.left_out += 1

    def update(self, data: Mapping[str, Any], display_id: str) -> bool:
        """Show ``data`` in place of the displays with that id; whether there were any."""
        found = False
        for number, shown in enumerate(self.displays):
            if shown.display_id == display_id:
                self.displays[number] = Shown(data, display_id)
                found = True
        return found

    def set_result(self, data: Mapping[str, Any]) -> None:
        """Take the value of an expression; where a cell shows several, the last one is its result."""
        earlier, self.result = self.result, Shown(data)
        if earlier is not None:
            self.displays.append(earlier)

    def clear(self, wait: bool) -> None:
        """Forget what was shown; with ``wait`` only when something else is shown."""
        kept: Outputs | None = None
        if wait:
            kept = self.visible()
            if kept is self:
                kept = Outputs()
                for name in ("printed", "displays", "result", "left_out"):
                    setattr(kept, name, getattr(self, name))
        self._begin()
        self._cleared = kept

    def visible(self) -> Outputs:
        """What stands there now: these outputs, or those that wait to be cleared by the next."""
        if self._cleared is None or self.displays or self.result or self.printed.size:
            return self
        return self._cleared

    @property
    def size(self) -> int:
        """About how many bytes are held."""
        shown = sum(one.size for one in self.displays) + (self.result.size if self.result else 0)
        other = (self.error.size if self.error else 0) + (self._cleared.size if self._cleared else 0)
        return self.printed.size + shown + other

    def _has_too_many(self) -> bool:
        return len(self.displays) > _MOST_DISPLAYS or sum(one.size for one in self.displays) > _LARGEST_CELL


def _kept(data: Mapping[str, Any]) -> dict[str, str | bytes]:
    values = {str(kind): _kept_value(str(kind), value) for kind, value in data.items()}
    return {kind: value for kind, value in values.items() if value is not None}


def _kept_value(kind: str, value: Any) -> str | bytes | None:
    if isinstance(value, str):
        text = str.__str__(value)  # of a subclass, which may hold anything, only the text
        if kind.startswith("text/"):
            return cut_middle(text, _LONGEST_TEXT)
        return text if len(text) <= _LARGEST_VALUE else None
    if isinstance(value, bytes):
        return bytes(value) if len(value) <= _LARGEST_VALUE else None
    return _as_json(value)


def _as_json(value: Any) -> str | None:
    """A small JSON value as text. A chart's may have megabytes: what gets too long is given up on the way."""
    pieces: list[str] = []
    length = 0
    try:
        for piece in json.JSONEncoder(ensure_ascii=False).iterencode(value):
            pieces.append(piece)
            length += len(piece)
            if length > _LONGEST_TEXT:
                return None
    except (TypeError, ValueError, RecursionError):
        return None
    return "".join(pieces)
