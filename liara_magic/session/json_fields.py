"""Fields of JSON that may have been written by anybody: each is what it should be, or as if it were not there."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ..protocol.foreign_text import whole_characters
from ..protocol.usage import figure

# Deeper than any API's objects, and far from where Python's own JSON gives up.
_DEEPEST = 100
_WIDEST = 2**63


def plain(value: Any, depth: int = 0) -> Any:
    """``value`` as JSON that every reader takes: whole characters, finite numbers; what is no JSON becomes null."""
    if isinstance(value, str):
        return whole_characters(value)
    if value is None or isinstance(value, bool) or depth > _DEEPEST:
        return value if depth <= _DEEPEST else None
    if isinstance(value, Mapping):
        return {whole_characters(str(name)): plain(one, depth + 1) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(one, depth + 1) for one in value]
    if isinstance(value, int):
        return value if -_WIDEST <= value < _WIDEST else None
    return value if isinstance(value, float) and math.isfinite(value) else None


def without_empty(record: Mapping[str, Any]) -> dict[str, Any]:
    """``record`` without the fields that say nothing: null, empty texts, lists and objects."""
    return {name: value for name, value in record.items() if value is not None and value not in ("", [], {})}


def record_of(record: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The object called ``name``; empty when there is none."""
    value = record.get(name)
    return {key: plain(one) for key, one in value.items()} if isinstance(value, Mapping) else {}


def records_of(record: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    """The objects of the list called ``name``; what is no object is left out."""
    value = record.get(name)
    return [plain(one) for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def text_of(record: Mapping[str, Any], name: str) -> str:
    """The text called ``name``, empty when there is none."""
    value = record.get(name)
    return whole_characters(value) if isinstance(value, str) else ""


def texts_of(record: Mapping[str, Any], name: str) -> list[str]:
    """The texts of the list called ``name``."""
    value = record.get(name)
    return [whole_characters(one) for one in value if isinstance(one, str)] if isinstance(value, list) else []


def number_of(record: Mapping[str, Any], name: str) -> float | None:
    """The number from 0 up called ``name``."""
    return figure(record.get(name))


def count_of(record: Mapping[str, Any], name: str) -> int | None:
    """The whole number from 0 up called ``name``."""
    value = figure(record.get(name))
    return None if value is None else int(value)


def time_of(record: Mapping[str, Any], name: str) -> datetime | None:
    """The moment called ``name``, with its zone; one without a zone is local time."""
    try:
        moment = datetime.fromisoformat(text_of(record, name))
        local = moment.astimezone()  # which a year at either end of the calendar has not
        return moment if moment.tzinfo else local
    except (ValueError, OverflowError, OSError):
        return None
