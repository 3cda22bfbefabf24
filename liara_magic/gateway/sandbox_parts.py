"""What the sandbox sees of a message beside its text: pictures, by their size in pixels."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

from ..protocol.carried import tokens_of_picture
from ..protocol.image_data import image_size


def tokens_of(text: str) -> int:
    """About as many tokens as a real model counts: four bytes each."""
    return max(1, (len(text.encode()) + 3) // 4)


def tokens_of_message(message: dict[str, Any]) -> int:
    """Of its text, and of its pictures by their pixels."""
    parts = _parts(message)
    text = {**message, "content": [part["text"] for part in parts if "text" in part]} if parts else message
    return tokens_of(json.dumps(text, ensure_ascii=False)) + sum(tokens_of_picture(*size) for size in pictures(message))


def pictures(message: dict[str, Any]) -> Iterator[tuple[int, int]]:
    """Width and height of each picture that came as data."""
    for part in _parts(message):
        picture = part.get("image_url")
        encoded = str(picture.get("url", "")).partition(";base64,")[2] if isinstance(picture, dict) else ""
        try:
            found = image_size(base64.b64decode(encoded))
        except ValueError:
            found = None
        if found:
            yield found[1:]


def _parts(message: dict[str, Any]) -> list[dict[str, Any]]:
    content = message.get("content")
    return [part for part in content if isinstance(part, dict)] if isinstance(content, list) else []
