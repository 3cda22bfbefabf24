"""What goes along with a question: from what the flags and the prompt name to the context that is sent."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..notebook.context import BYTES_PER_TOKEN, Piece, assemble
from ..notebook.files import attached_address, attached_file, data_url, image_part
from ..notebook.interpolation import Insert, interpolate
from ..notebook.printed import cut_middle
from ..notebook.redaction import Redacted
from ..protocol.errors import LiaraUsageError, nearest

if TYPE_CHECKING:
    from ..notebook.cells import Cell, CellRecorder
    from ..notebook.description import Description
    from ..notebook.redaction import Redactor
    from ..session.ask import Ask, Wanted

#: Text of a variable that is short enough to stand in the prompt itself.
_SHORT = 300
_PLAIN = (str, int, float, complex, bool, type(None), Path)
_NOTEBOOK = re.compile(r"(In|Out|Err)(?:\[(-?\d+)\])?")
#: Characters of one cell's output.
_LONGEST_OUTPUT = 6000


@dataclass
class Gatherer:
    """Knows a shell's variables and cells; ``tokens`` is the room that there is, ``redactor`` hides secrets."""

    namespace: Mapping[str, Any]
    recorder: CellRecorder
    redactor: Redactor | None
    tokens: int

    def gather(self, ask: Ask) -> Ask:
        """``ask`` with its prompt filled and its context. Raises :class:`LiaraUsageError` for what is not there."""
        filled = interpolate(ask.prompt, {**self.namespace, "Err": _Errors(self.recorder)})
        prompt = "".join(piece if isinstance(piece, str) else self._in_prompt(piece) for piece in filled.pieces)
        inserted = {piece.expression: piece for piece in filled.pieces if isinstance(piece, Insert)}
        named = [insert for insert in inserted.values() if not _is_short(insert.value)]
        pieces = [*self._named(ask.wanted, named), *self._recent(ask.wanted)]
        hide = self.redactor.redact if self.redactor else Redacted
        context = assemble(pieces, self.tokens, hide)
        # Of the prompt only what was filled in: what a person types is theirs to send.
        notes = (*ask.notes, *filled.notes, *context.said())
        return replace(ask, prompt=prompt, context=context.message(), notes=notes)

    def _in_prompt(self, insert: Insert) -> str:
        """A short value as text, without secrets; of anything larger the name, which its piece bears too."""
        if not _is_short(insert.value):
            return f"`{insert.expression}`"
        text = str(insert.value)
        return self.redactor.redact(text).text if self.redactor else text

    def _named(self, wanted: Wanted, inserts: list[Insert]) -> Iterator[Piece]:
        """What the person named: in the prompt, by ``--attach``, ``--error``, ``--plot``."""
        share = self.tokens * BYTES_PER_TOKEN // 2 // max(1, len(inserts) + len(wanted.attach))
        for insert in inserts:
            yield self._described(insert.value, insert.expression, share)
        for what in wanted.attach:
            yield self._attached(what, share)
        if wanted.error:
            yield self._error(None)
        if wanted.plot:
            yield self._figure()

    def _recent(self, wanted: Wanted) -> list[Piece]:
        """The last cells, the newest first, since that is their weight; they stand in the order in which they ran."""
        return [_of_cell(cell) for cell in self.recorder.last(wanted.cells)] if wanted.cells else []

    def _attached(self, what: str, share: int) -> Piece:
        found = _NOTEBOOK.fullmatch(what)
        if found and found[1] == "Err":
            return self._error(int(found[2]) if found[2] else None)
        if what.startswith(("http://", "https://")):
            attachment = attached_address(what)
            return Piece(what, f"({attachment.kind})", (attachment.part,) if attachment.part else ())
        pieces = interpolate("{" + what + "}", self.namespace).pieces
        if len(pieces) == 1 and isinstance(pieces[0], Insert):
            return self._described(pieces[0].value, what, share)
        path = Path(what).expanduser()
        if not path.exists():
            raise LiaraUsageError(
                f"There is no variable and no file called {what:.80}.",
                hint=nearest(what, self.namespace) or "Attach a variable, In[3], Out[3], Err, a file, or a URL.",
            )
        attachment = attached_file(path)
        text = attachment.text or f"({attachment.kind}, {attachment.size:,} bytes)"
        return Piece(path.name, text, (attachment.part,) if attachment.part else ())

    def _described(self, value: Any, name: str, share: int) -> Piece:
        from ..notebook.variables import describe

        if isinstance(value, _Errors):
            return self._error(None)
        if isinstance(value, str):
            return Piece(name, value)
        description = describe(value, name, share)
        return Piece(name, description.text, _image_parts(description), cut=description.cut)

    def _error(self, count: int | None) -> Piece:
        cell = self.recorder.error(count)
        if cell is None or cell.error is None:
            which = f"Cell {count} did not fail" if count else "No cell has failed"
            raise LiaraUsageError(f"{which}, so there is no error to send.")
        names = "".join(f"\n- {name}: {kind}" for name, kind in cell.error.names.items())
        types = f"\n\nVariables in the failing line:{names}" if names else ""
        text = f"Cell:\n{cell.source}\n\nError:\n{cell.error.traceback}{types}"
        return Piece(f"error of cell [{cell.count}]", text)

    def _figure(self) -> Piece:
        for cell in reversed(self.recorder.last(200)):
            for bundle in reversed((*cell.displays, cell.result)):
                if image := _image_of(bundle):
                    return Piece(f"figure of cell [{cell.count}]", "(a picture)", (image,))
        raise LiaraUsageError(
            "No cell has shown a figure yet.", hint="Show one with %matplotlib inline, or attach it: --attach fig"
        )


class _Errors:
    """``Err`` in a prompt: the last error; ``Err[3]`` that of cell 3."""

    def __init__(self, recorder: CellRecorder, count: int | None = None) -> None:
        self._recorder = recorder
        self.count = count

    def __getitem__(self, count: int) -> str:
        cell = self._recorder.error(count)
        if cell is None or cell.error is None:
            raise LookupError(f"cell {count} did not fail")
        return cell.error.traceback


def _is_short(value: Any) -> bool:
    return isinstance(value, _PLAIN) and len(str(value)) <= _SHORT


def _of_cell(cell: Cell) -> Piece:
    shown = [cell.printed, cell.result.get("text/plain", ""), *(one.get("text/plain", "") for one in cell.displays)]
    if cell.error is not None:
        shown.append(cell.error.traceback)
    output = cut_middle("\n".join(text for text in shown if text), _LONGEST_OUTPUT)
    return Piece(f"cell [{cell.count}]", cell.source + (f"\n\nOutput:\n{output}" if output else ""), named=False)


def _image_parts(description: Description) -> tuple[dict[str, Any], ...]:
    return tuple(image_part(data_url(image.mime_type, image.data)) for image in description.images)


def _image_of(bundle: Mapping[str, str]) -> dict[str, Any] | None:
    for mime_type in ("image/png", "image/jpeg"):
        if mime_type in bundle:
            return image_part(f"data:{mime_type};base64,{''.join(bundle[mime_type].split())}")
    return None
