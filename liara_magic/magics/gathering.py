"""What goes along with a question: from what the flags and the prompt name to the context that is sent."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

from ..notebook.interpolation import Insert, interpolate
from ..notebook.pieces import (
    parts_shown,
    piece_of_address,
    piece_of_cell,
    piece_of_error,
    piece_of_figure,
    piece_of_file,
    piece_of_value,
)
from ..protocol.errors import LiaraUsageError, nearest
from .numbered_cells import Error, Errors, Inputs, Results

if TYPE_CHECKING:
    from ..carrying import Carrier
    from ..notebook.cells import Cell, CellRecorder
    from ..notebook.context import Piece
    from ..session.ask import Ask, Wanted

#: Text of a variable that is short enough to stand in the prompt itself, if it is one line.
_SHORT = 300
#: A figure is looked for in so many of the last cells.
_CELLS_WITH_FIGURES = 200
_ERROR = re.compile(r"Err\[(\d+)\]")


@dataclass
class Gatherer:
    """Knows a shell's variables and cells, and what an ask may carry of them."""

    shell: Any
    recorder: CellRecorder
    carrier: Carrier

    def gather(self, ask: Ask) -> Ask:
        """``ask`` with its prompt filled and its context. Raises :class:`LiaraUsageError` for what is not there."""
        filled = interpolate(ask.prompt, self._namespace())
        inserts = {piece.expression: piece for piece in filled.pieces if isinstance(piece, Insert)}
        texts = {name: _short(insert) for name, insert in inserts.items()}
        short = {name: self._without_secrets(text) for name, text in texts.items() if text is not None}
        prompt = "".join(
            piece if isinstance(piece, str) else short.get(piece.expression, _named(piece)) for piece in filled.pieces
        )
        large = [insert for name, insert in inserts.items() if name not in short and _named(insert) != insert.source]
        pieces = [*self._asked_for(ask.wanted, large), *self._recent(ask.wanted)]
        ask = replace(ask, prompt=prompt, notes=(*ask.notes, *filled.notes))
        # Of the prompt only what was filled in had its secrets taken out: what a person types is theirs to send.
        return self.carrier.load(ask, pieces, tuple(short.values()))

    def _namespace(self) -> Mapping[str, Any]:
        """The person's variables, with cells by their numbers."""
        own = {"In": Inputs(self.shell), "Out": Results(self.shell), "Err": Errors(self.recorder)}
        return {**self.shell.user_ns, **own}

    def _without_secrets(self, text: str) -> str:
        return self.carrier.hide(text) if self.carrier.hide else text

    def _asked_for(self, wanted: Wanted, inserts: list[Insert]) -> Iterator[Piece]:
        """What the person named: in the prompt, by ``--attach``, ``--error``, ``--plot``."""
        share = self.carrier.share(len(inserts) + len(wanted.attach))
        for insert in inserts:
            yield self._of_value(insert.value, insert.expression, share)
        for what in dict.fromkeys(wanted.attach):
            yield self._attached(what, share)
        if wanted.error:
            yield piece_of_error(self._failed(None))
        if wanted.plot and not self._shows_in_recent(wanted):
            yield self._figure()

    def _recent(self, wanted: Wanted) -> list[Piece]:
        """The last cells in the order in which they ran."""
        pictures = wanted.plot or self.carrier.pictures is True
        return [piece_of_cell(cell, pictures=pictures) for cell in self._last(wanted.cells)]

    def _shows_in_recent(self, wanted: Wanted) -> bool:
        """Whether the last figure goes along with its cell anyway."""
        return any(next(parts_shown(cell), None) for cell in self._last(wanted.cells))

    def _last(self, count: int) -> list[Cell]:
        return self.recorder.last(count) if count else []

    def _attached(self, what: str, share: int) -> Piece:
        if what.startswith(("http://", "https://")):
            return piece_of_address(what)
        if failed := _ERROR.fullmatch(what):
            return piece_of_error(self._failed(int(failed[1])))
        filled = interpolate("{" + what + "}", self._namespace())
        found = filled.pieces[0] if len(filled.pieces) == 1 else None
        if isinstance(found, Insert):
            return self._of_value(found.value, what, share)
        path = Path(os.path.expanduser(what))
        if not _exists(path):
            said = f"{what:.80} could not be read: {filled.notes[0].partition(': ')[2]}" if filled.notes else ""
            raise LiaraUsageError(
                said or f"There is no variable and no file called {what:.80}.",
                hint=nearest(what, set(self.shell.user_ns) - set(self.shell.user_ns_hidden))
                or "Attach a variable, In[3], Out[3], Err, a file, or a URL.",
            )
        return piece_of_file(path)

    def _of_value(self, value: Any, name: str, share: int) -> Piece:
        if isinstance(value, Error | Errors):
            return piece_of_error(self._failed(value.count))
        if isinstance(value, Inputs | Results):
            raise LiaraUsageError(f"{name} needs a number: {name}[3].", hint="--cells 5 sends the last five cells.")
        return piece_of_value(value, name, share, self.carrier.hide, pictures=self.carrier.pictures is not False)

    def _failed(self, count: int | None) -> Cell:
        cell = self.recorder.error(count)
        if cell is None:
            which = f"Cell {count} did not fail" if count else "No cell has failed"
            raise LiaraUsageError(f"{which}, so there is no error to send.")
        return cell

    def _figure(self) -> Piece:
        for cell in reversed(self.recorder.last(_CELLS_WITH_FIGURES)):
            if piece := piece_of_figure(cell):
                return piece
        raise LiaraUsageError(
            "No cell has shown a figure yet.", hint="Show one with %matplotlib inline, or attach it: --attach fig"
        )


def _named(insert: Insert) -> str:
    """How the prompt names what goes along beside it. All cells at once are no value: that stays as typed."""
    return insert.source if isinstance(insert.value, Inputs | Results) else f"`{insert.expression}`"


def _short(insert: Insert) -> str | None:
    """A value that can stand in the prompt itself, as text; else ``None``. No method of the person's runs for it."""
    value = _plain(insert.value)
    if value is None and insert.value is not None:
        return None
    text = str(value)
    return text if len(text) <= _SHORT and len(text.splitlines()) <= 1 else None


def _plain(value: Any) -> Any:
    """The plain value that a short one is: of a derived class its base, of numpy's numbers Python's."""
    if value is None or isinstance(value, bool | PurePath):
        return value
    if isinstance(value, int):
        number = int.__int__(value)
        return number if number.bit_length() < 1000 else None  # a longer one is told by its size
    for kind in (float, complex, str):
        if isinstance(value, kind):
            return kind.__str__(value) if kind is str else kind.__repr__(value)
    if type(value).__module__ == "numpy" and hasattr(value, "item") and getattr(value, "shape", None) == ():
        return _plain(value.item())
    return None


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # longer than names may be, or with a NUL in it
        return False
