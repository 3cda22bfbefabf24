"""What becomes of a reply beside being shown: code for the next cell, a value in a variable. Only what was asked for.

Nothing is ever run: code is put where a person reads it before running it.
"""

from __future__ import annotations

import difflib
import sys
from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any

from ..protocol.carried import HIDDEN
from ..protocol.errors import LiaraFormatError
from ..protocol.foreign_text import clean
from ..screen.code import code_block
from ..screen.code_blocks import code_blocks, fenced, is_code
from ..screen.formulas import inert
from ..screen.markup import safe_html, tex_of
from ..screen.reply_images import ReplyImage, reply_images
from .registry import Shown

if TYPE_CHECKING:
    from ..notebook.cells import Cell
    from ..protocol.reply import Reply
    from ..session.ask import Ask


def _images(reply: Reply) -> list[ReplyImage]:
    if found := reply_images(reply):
        return found
    raise _unfit("The reply holds no image.", reply.text)


#: What the value of a reply is, for formats whose text is not the whole of it.
_VALUES: dict[str, Callable[[Reply], Any]] = {
    "html": lambda reply: safe_html(reply.text),
    "math": lambda reply: tex_of(reply.text) or reply.text,
    "image": _images,
}


def deliver(reply: Reply, ask: Ask, shell: Any, show: Callable[[Shown], None], failed: Cell | None = None) -> None:
    """Put what ``ask`` wants of ``reply`` where it wants it. Raises :class:`LiaraFormatError` if it is not there.

    ``show`` shows a line of our own below the reply; ``failed`` is the cell that the code corrects.
    """
    if ask.format == "code":
        reply.value = code_for_cell(reply.text, ask.wanted.block)
        if failed is not None:
            show(change(failed.source, reply.value, f"cell [{failed.count}]"))
        propose(reply.value, shell, show)
    elif ask.format in _VALUES:
        reply.value = _VALUES[ask.format](reply)
    if ask.shape is not None and ask.shape.table:
        reply.value = _table(reply.value, ask.shape.columns)
    if ask.wanted.out:
        shell.user_ns[ask.wanted.out] = reply.text if reply.value is None and ask.format != "json" else reply.value


def code_for_cell(text: str, number: int = 0) -> str:
    """The code of a reply: all blocks for a cell, or the ``number``-th block of any language.

    A reply that is code from its first line to its last needs no fence.
    """
    blocks = code_blocks(text)
    if number > len(blocks):
        count = len(blocks) or "no"
        raise _unfit(
            f"The reply has {count} block{'s' * (len(blocks) != 1)} of code, so there is no block {number}.", text
        )
    if number:
        return blocks[number - 1].code
    chosen = [block.code for block in blocks if block.is_python] or [block.code for block in blocks]
    if chosen:
        return "\n\n".join(chosen)
    if is_code(clean(text)):
        return clean(text).strip("\n")
    raise _unfit("The reply holds no code, so the next cell stays as it is.", text)


def change(before: str, after: str, name: str) -> Shown:
    """What a correction changes in the cell called ``name``, line by line."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), name, "proposal", lineterm="")
    diff = "\n".join(lines)
    if not diff:
        said = "The proposal is the cell as it was."
        return Shown(said, f'<div dir="ltr">{said}</div>')
    said = "The change; the corrected cell is the next one, and nothing was run."
    if HIDDEN.search(after):
        said += " It holds marks in place of secrets that were kept back: put those back before it runs."
    return Shown(f"{said}\n\n{fenced(diff, 'diff')}", f'<div dir="ltr">{inert(said)}</div>{code_block(diff, "diff")}')


def propose(code: str, shell: Any, show: Callable[[Shown], None]) -> None:
    """Put ``code`` into the next cell, or, in a front end that cannot, show it ready to copy."""
    if "google.colab" not in sys.modules:
        shell.set_next_input(code, replace=False)
        return
    label = "for the next cell: a click selects all of it"
    html = f'<div dir="ltr"><small>{label}</small><div style="user-select:all">{code_block(code)}</div></div>'
    show(Shown(f"{label}\n\n{fenced(code, 'python')}", html))


def _table(rows: list[Any], columns: list[str]) -> Any:
    """Objects of one class, or dicts, as a DataFrame of their fields; without rows its ``columns`` are there too."""
    frame = import_module("pandas").DataFrame
    return frame([_fields(one) for one in rows]) if rows else frame(columns=columns)


def _fields(row: Any) -> dict[str, Any]:
    if isinstance(row, dict):
        return row
    if isinstance(row, tuple):  # a NamedTuple
        return dict(row._asdict())  # type: ignore[attr-defined]
    names = getattr(row, "__dataclass_fields__", None) or vars(row)
    return {name: getattr(row, name) for name in names}


def _unfit(message: str, text: str) -> LiaraFormatError:
    error = LiaraFormatError(message, hint="Its text is kept, in the conversation and as the error's text.")
    error.text = text
    return error
