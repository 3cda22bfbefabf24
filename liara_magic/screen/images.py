"""Pictures in a reply: which are shown, and what is wrong with those that are not.

A picture is data of the model's. It is shown only when it came inside the reply, when its own first bytes say that it
is a PNG, JPEG, WebP or GIF, and when it is small enough for a notebook; nothing is fetched for it.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from typing import Any

from ..protocol.image_data import image_size

#: The largest picture that is put into a notebook, in bytes and in pixels: beyond it, opening the file becomes slow,
#: and a small file that claims to be huge takes the browser's memory.
MOST_BYTES, MOST_PIXELS = 16 * 1024 * 1024, 50_000_000
#: Pictures of one reply that are looked at.
MOST_PICTURES = 100
_DATA_URL = re.compile(r"data:[\w/+.;=-]{0,100};base64,", re.IGNORECASE)


@dataclass(frozen=True)
class Picture:
    """An image of a reply. ``fault`` says why it is not shown; ``mime_type`` and ``data`` (base64) are empty then."""

    number: int
    mime_type: str = ""
    data: str = ""
    fault: str = ""

    @property
    def size(self) -> int:
        """Its bytes."""
        return len(self.data) * 3 // 4


def pictures(entries: list[dict[str, Any]]) -> list[Picture]:
    """The API's ``images`` entries, looked at; numbered from 1. Of very many the last one stands for the rest."""
    found = [_picture(number, entry.get("image_url")) for number, entry in enumerate(entries[:MOST_PICTURES], 1)]
    left = len(entries) - MOST_PICTURES
    if left > 0:
        found.append(Picture(MOST_PICTURES + 1, fault=f"no more than {MOST_PICTURES} are; {left:,} are left out"))
    return found


def _picture(number: int, record: Any) -> Picture:
    url = record.get("url") if isinstance(record, dict) else record
    if not isinstance(url, str) or not url:
        return Picture(number, fault="it has no data")
    head = _DATA_URL.match(url[:200])
    if head is None:
        inside = url[:5].lower() == "data:"
        return Picture(number, fault="its data cannot be read" if inside else "it is a link, and nothing is fetched")
    if len(url) * 3 // 4 > MOST_BYTES:
        return Picture(number, fault=f"it is larger than {MOST_BYTES // 1024 // 1024} MB")
    try:
        data = base64.b64decode("".join(url[head.end() :].split()), validate=True)
    except (binascii.Error, ValueError):
        return Picture(number, fault="its data cannot be read")
    return _looked_at(number, data)


def _looked_at(number: int, data: bytes) -> Picture:
    try:
        found = image_size(data)
    except ValueError:
        return Picture(number, fault="its data is damaged")
    if found is None:
        return Picture(number, fault="it is no PNG, JPEG, WebP or GIF")
    mime_type, width, height = found
    if not 0 < width * height <= MOST_PIXELS:
        return Picture(number, fault=f"it claims to be {width:,} by {height:,} pixels large")
    return Picture(number, mime_type, base64.b64encode(data).decode())
