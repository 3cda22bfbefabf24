"""The images of a reply as objects for a variable: bytes that show themselves."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..protocol.reply import Reply
from .images import pictures


@dataclass(frozen=True)
class ReplyImage:
    """An image: its MIME type, such as ``image/png``, and its bytes. As a cell's result it shows itself."""

    mime_type: str
    data: bytes = field(repr=False)

    def save(self, path: str | Path) -> None:
        """Write the bytes to a file."""
        Path(path).write_bytes(self.data)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {self.mime_type: base64.b64encode(self.data).decode(), "text/plain": repr(self)}


def reply_images(reply: Reply) -> list[ReplyImage]:
    """The images of the first choice that came whole and are what they say."""
    found = [picture for picture in pictures(reply.images) if not picture.fault]
    return [ReplyImage(picture.mime_type, base64.b64decode(picture.data)) for picture in found]
