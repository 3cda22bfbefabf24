"""Exporting into a file, whose ending says to what."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from ..protocol.errors import LiaraUsageError
from ..session.conversation import Conversation
from ..session.new_file import write_file
from .markdown import to_markdown
from .notebook import to_notebook
from .page import to_html

_FORMATS: dict[str, Callable[[Conversation, str], str]] = {
    ".md": to_markdown,
    ".html": to_html,
    ".ipynb": to_notebook,
}


def export(
    conversation: Conversation,
    name: str | os.PathLike[str],
    overwrite: bool = False,
    digits: str = "latin",
    scrub: Callable[[str], str] = str,
) -> Path:
    """Write ``conversation``, after ``scrub``, for people to read: ``.md``, ``.html`` or ``.ipynb``.

    Raises :class:`LiaraUsageError` for another ending, and if the file cannot be written.
    """
    make = _FORMATS.get(Path(name).suffix.lower())
    if make is None:
        raise LiaraUsageError(
            f"{Path(name).name:.60} ends in none of {', '.join(_FORMATS)}.",
            hint="%liara /save FILE keeps a conversation so that it can be loaded again.",
        )
    return write_file(name, scrub(make(conversation, digits)).encode("utf-8", "replace"), overwrite)
