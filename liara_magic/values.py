"""From a reply to its value, by what was asked for: parsed JSON, an object, a table, code, safe HTML, TeX, images."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any

from .protocol.errors import LiaraFormatError
from .protocol.foreign_text import clean
from .screen.code_blocks import code_blocks, is_code
from .screen.markup import safe_html, tex_of
from .screen.reply_images import ReplyImage, reply_images
from .session.structured import settle

if TYPE_CHECKING:
    from .protocol.reply import Reply
    from .session.ask import Ask


def evaluate(ask: Ask, reply: Reply, may_repair: bool = True) -> Ask | None:
    """Set the value of ``reply``; for Markdown and text there is none beside its text.

    Returns the ask for its repair, as :func:`settle` does. Raises :class:`LiaraFormatError` where the reply does not
    hold what was asked for.
    """
    if repair := settle(ask, reply, may_repair):
        return repair
    if ask.format == "code":
        reply.value = _code(reply.text, ask.wanted.block)
    elif ask.format in _VALUES:
        reply.value = _VALUES[ask.format](reply)
    if ask.shape is not None and ask.shape.table:
        reply.value = _table(reply.value, ask.shape.columns)
    return None


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


def _code(text: str, number: int = 0) -> str:
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
    raise _unfit("The reply holds no code.", text)


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
