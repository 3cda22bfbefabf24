"""What goes along, piece by piece: a value, a file, an address, a cell that ran, an error."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING

from ..protocol.carried import tokens_of_picture
from ..protocol.errors import LiaraUsageError
from .context import Part, Piece
from .files import attached_address, attached_file, data_url, image_part
from .printed import cut_middle

if TYPE_CHECKING:
    from .cells import Cell
    from .context import Hide
    from .description import Image

#: Characters of one cell's output.
_LONGEST_OUTPUT = 6000
#: What an object without a text of its own shows as text.
_BARE = re.compile(r"<[\w.]+(?: object)?(?: at 0x[0-9a-f]+)?>")
#: The kinds of a bundle's text, the best first, where its plain text says nothing.
_TEXTS = ("text/markdown", "text/latex", "application/json")
_PICTURES = ("image/png", "image/jpeg")
# The parser looks for the end of each tag again and again where there is none: such a mark is a letter.
_COMMENT, _NO_TAG = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL), re.compile(r"<(?!/?[A-Za-z][^<>]*>)")


def piece_of_value(value: object, name: str, budget: int, hide: Hide | None = None, *, pictures: bool = True) -> Piece:
    """``value`` described in at most ``budget`` characters; text stands as it is.

    ``pictures`` says whether the model takes any. Raises :class:`LiaraUsageError` for a value that cannot be described.
    """
    from .variables import describe

    if type(value) is str:
        return Piece(name, value)
    description = describe(value, name, budget, hide=hide)
    if description.fault:
        raise LiaraUsageError(
            f"{name} cannot be sent: {description.fault}.", hint="Nothing was sent. Send a part of it, or its text."
        )
    parts = tuple(map(_picture_part, description.images))
    if pictures or not parts:
        return Piece(name, description.text, parts, cut=description.cut)
    cut = f"{description.cut} The model takes no pictures, so {len(parts)} of it stayed here."
    return Piece(name, description.text, cut=cut.strip())


def piece_of_file(path: Path) -> Piece:
    """A file's content. Raises :class:`LiaraUsageError` where it cannot be sent."""
    found = attached_file(path)
    if found.part is None:
        return Piece(path.name, found.text)
    return Piece(path.name, f"({found.kind})", (Part(found.part, found.kind, found.size, found.tokens),))


def piece_of_address(url: str) -> Piece:
    """A picture or PDF that the gateway fetches. Raises :class:`LiaraUsageError` for anything else."""
    found = attached_address(url)
    return Piece(url, f"({found.kind})", (Part(found.part or {}, found.kind, found.size, found.tokens),))


def piece_of_error(cell: Cell) -> Piece:
    """What went wrong in ``cell``: its source, the traceback, the types of the values in the failing line."""
    error = cell.error
    if error is None:
        raise ValueError(f"cell {cell.count} did not fail")
    names = "".join(f"\n- {name}: {kind}" for name, kind in error.names.items())
    types = f"\n\nVariables in the failing line:{names}" if names else ""
    return Piece(f"error of cell [{cell.count}]", f"Cell:\n{cell.source}\n\nError:\n{error.traceback}{types}")


def piece_of_cell(cell: Cell, *, pictures: bool) -> Piece:
    """A cell with what it printed, showed, gave and raised; with its ``pictures``, or a word that there were some."""
    parts = tuple(parts_shown(cell)) if pictures else ()
    output = cut_middle("\n".join(_said(cell, pictures)), _LONGEST_OUTPUT)
    text = cell.source + (f"\n\nOutput:\n{output}" if output else "")
    return Piece(f"cell [{cell.count}]", text, parts, named=False)


def piece_of_figure(cell: Cell) -> Piece | None:
    """The last picture that ``cell`` showed, if it showed one."""
    parts = list(parts_shown(cell))
    return Piece(f"figure of cell [{cell.count}]", f"({parts[-1].kind})", (parts[-1],)) if parts else None


def parts_shown(cell: Cell) -> Iterator[Part]:
    """The pictures that a cell showed, scaled down where they are large.

    Raises :class:`LiaraUsageError` for one that cannot be sent: half a context would be answered as if it were whole.
    """
    from .pictures import NoPicture, from_bundle

    for bundle in (*cell.displays, cell.result):
        kind = next((one for one in _PICTURES if one in bundle), "")
        if kind:
            try:
                yield _picture_part(from_bundle(kind, bundle[kind]))
            except NoPicture as why:
                raise LiaraUsageError(
                    f"A picture that cell [{cell.count}] showed cannot be sent: {why}.",
                    hint="Nothing was sent. Run the cell again, or begin it with # liara: ignore to leave it out.",
                ) from None


def _said(cell: Cell, pictures: bool) -> Iterator[str]:
    if cell.printed:
        yield cell.printed
    for bundle in cell.displays:
        yield from _text_of(bundle, pictures)
    if cell.displays_left_out:
        yield f"… {cell.displays_left_out} more outputs left out …"
    yield from _text_of(cell.result, pictures)
    if cell.error is not None:
        yield cell.error.traceback


def _text_of(bundle: Mapping[str, str], pictures: bool) -> Iterator[str]:
    """What a reader sees of an output."""
    text = bundle.get("text/plain", "")
    drawn = any(kind.startswith("image/") for kind in bundle)
    if not text or _BARE.fullmatch(text):
        text = next((bundle[kind] for kind in _TEXTS if kind in bundle), text)
        if "text/html" in bundle and (not text or _BARE.fullmatch(text)):
            text = _words(bundle["text/html"])
    if text and not (drawn and _BARE.fullmatch(text)):
        yield text
    if drawn and not pictures:
        yield "(a picture stands here, which is not sent)"


def _picture_part(image: Image) -> Part:
    kind = f"image, {image.width:,} × {image.height:,} pixels"
    content = image_part(data_url(image.mime_type, image.data))
    return Part(content, kind, len(image.data), tokens_of_picture(image.width, image.height))


class _Words(HTMLParser):
    """The words of a page, without its scripts and styles."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._hidden = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "style"):
            self._hidden = tag
        elif tag in ("p", "div", "tr", "li", "br", "h1", "h2", "h3"):
            self.words.append("\n")
        elif tag in ("td", "th"):
            self.words.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag == self._hidden:
            self._hidden = ""

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words.append(" ".join(data.split()) or " ")


def _words(html: str) -> str:
    reader = _Words()
    reader.feed(_NO_TAG.sub("&lt;", _COMMENT.sub("", html)))
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.words).split("\n"))
    return "\n".join(line for line in lines if line)
