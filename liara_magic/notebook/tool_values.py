"""What a tool returned -> what the model reads: text as it is, plain values as JSON, anything else described."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from .files import data_url, image_part
from .variables import describe

#: Characters of a description, and of a value that is still sent as JSON.
BUDGET = 8000


def told(value: Any, name: str, hide: Callable[[str], str]) -> tuple[str, list[dict[str, Any]]]:
    """The text for ``value``, which the tool ``name`` returned, and its pictures as image parts. Never raises."""
    if value is None:
        return "", []
    if isinstance(value, str):
        return hide(value), []
    text = _json(value)
    if text is not None and len(text) <= BUDGET:
        return hide(text), []
    found = describe(value, f"what {name} returned", BUDGET, hide=hide)
    images = [image_part(data_url(image.mime_type, image.data)) for image in found.images]
    return hide(found.text), images


def _json(value: Any) -> str | None:
    """Plain values as JSON; ``None`` for whatever JSON does not hold."""
    if not isinstance(value, (bool, int, float, list, tuple, dict)):
        return None
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        return None
