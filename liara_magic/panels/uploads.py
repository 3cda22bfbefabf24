"""Files that were uploaded in the browser: what ipywidgets 7 and 8 give, as one kind of value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Upload:
    """A file's name and what is in it."""

    name: str
    content: bytes


def uploads(value: Any) -> list[Upload]:
    """The files of a ``FileUpload``: a tuple of records in ipywidgets 8, a mapping from names to them in 7."""
    if isinstance(value, Mapping):
        return [Upload(str(name), bytes(one["content"])) for name, one in value.items()]
    return [Upload(str(one["name"]), bytes(one["content"])) for one in _records(value)]


def _records(value: Any) -> Iterable[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, Mapping)]
