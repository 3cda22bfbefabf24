"""The parts of a message, looked at for a person: what each is, and how much."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ..protocol.carried import tokens_of_picture, tokens_of_text
from ..protocol.image_data import image_size
from ..protocol.messages import Message
from .images import pictures


@dataclass(frozen=True)
class ShownPart:
    """A part: its ``kind`` in words, ``size`` in bytes, ``tokens`` about (``None``: unknown).

    ``text`` is that of a text. A picture that can be shown has a ``mime_type`` and its ``data`` in base64.
    """

    kind: str
    size: int
    tokens: int | None = None
    text: str = ""
    mime_type: str = ""
    data: str = ""

    def said(self) -> str:
        """What it is and how much, on one line."""
        tokens = f"about {self.tokens:,} tokens" if self.tokens is not None else "tokens unknown"
        return f"{self.kind}, {self.size:,} bytes, {tokens}"


def parts_of(message: Message) -> Iterator[ShownPart]:
    """The parts of a message's content in their order; a message of text alone has one."""
    content = message.content
    if isinstance(content, str):
        yield _text(content)
        return
    for part in content or ():
        if isinstance(part.get("text"), str):
            yield _text(part["text"])
        elif "image_url" in part:
            yield _picture(part)
        elif isinstance(part.get("file"), dict):
            file = part["file"]
            yield ShownPart(f"file {file.get('filename', '')}", _bytes(str(file.get("file_data", ""))))
        elif isinstance(part.get("input_audio"), dict):
            sound = part["input_audio"]
            yield ShownPart(f"{sound.get('format', '')} sound", _bytes(str(sound.get("data", ""))))
        else:
            yield ShownPart(str(part.get("type", "part")), len(json.dumps(part, ensure_ascii=False).encode()))


def other_fields(message: Message) -> list[str]:
    """What a message has beside its role and content, such as calls of functions, each as ``name: JSON``."""
    fields = ((name, value) for name, value in message.to_json().items() if name not in ("role", "content"))
    return [f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in fields]


def weight_of(message: Message) -> tuple[int, int]:
    """Bytes and about how many tokens a message has, with its calls; parts of unknown tokens count none."""
    parts = [*parts_of(message), *map(_text, other_fields(message))]
    return sum(part.size for part in parts), sum(part.tokens or 0 for part in parts)


def _text(text: str) -> ShownPart:
    return ShownPart("text", len(text.encode("utf-8", "replace")), tokens_of_text(text), text)


def _picture(part: dict[str, Any]) -> ShownPart:
    (picture,) = pictures([part])
    url = str((part["image_url"] or {}).get("url", "")) if isinstance(part["image_url"], dict) else ""
    if picture.fault:
        address = "" if url.startswith("data:") else f" {url:.200}"
        return ShownPart(f"image{address}", _bytes(url))
    width, height = _pixels(picture.data)
    kind = f"image, {width:,} × {height:,} pixels"
    tokens = tokens_of_picture(width, height)
    return ShownPart(kind, picture.size, tokens, mime_type=picture.mime_type, data=picture.data)


def _pixels(data: str) -> tuple[int, int]:
    try:
        found = image_size(base64.b64decode(data))
    except (binascii.Error, ValueError):
        found = None
    return found[1:] if found else (0, 0)


def _bytes(data: str) -> int:
    """Of what a data URL or base64 holds; of an address the length of itself."""
    if data.startswith(("http://", "https://")):
        return len(data)
    encoded = data.partition(";base64,")[2] or data
    return len(encoded) * 3 // 4 - encoded[-2:].count("=")
