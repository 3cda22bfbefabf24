"""Pictures in a reply: which are shown, and what is wrong with those that are not.

A picture is data of the model's. It is shown only when it came inside the reply, when its own first bytes say that it
is a PNG, JPEG, WebP or GIF, and when it is small enough for a notebook; nothing is fetched for it.
"""

from __future__ import annotations

import base64
import binascii
import re
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

#: The largest picture that is put into a notebook, in bytes and in pixels: beyond it, opening the file becomes slow,
#: and a small file that claims to be huge takes the browser's memory.
MOST_BYTES, MOST_PIXELS = 16 * 1024 * 1024, 50_000_000
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
    """The API's ``images`` entries, looked at; numbered from 1."""
    return [_picture(number, entry.get("image_url")) for number, entry in enumerate(entries, 1)]


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
    for mime_type, is_kind, size_of in _KINDS:
        if is_kind(data):
            try:
                width, height = size_of(data)
            except (struct.error, IndexError, ValueError):
                return Picture(number, fault="its data is damaged")
            if not 0 < width * height <= MOST_PIXELS:
                return Picture(number, fault=f"it claims to be {width:,} by {height:,} pixels large")
            return Picture(number, mime_type, base64.b64encode(data).decode())
    return Picture(number, fault="it is no PNG, JPEG, WebP or GIF")


def _png_size(data: bytes) -> tuple[int, int]:
    """Of the first chunk, which must be the header (PNG specification, 11.2.1)."""
    if data[12:16] != b"IHDR":
        raise ValueError
    width, height = struct.unpack(">II", data[16:24])
    return width, height


def _gif_size(data: bytes) -> tuple[int, int]:
    width, height = struct.unpack("<HH", data[6:10])
    return width, height


def _jpeg_size(data: bytes) -> tuple[int, int]:
    """Of the frame header: the segments before it are stepped over (ITU T.81, B.2.2)."""
    at = 2
    while True:
        while data[at + 1] == 0xFF:  # fill bytes
            at += 1
        if data[at] != 0xFF:
            raise ValueError
        marker, length = data[at + 1], struct.unpack(">H", data[at + 2 : at + 4])[0]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
        if length < 2:
            raise ValueError
        at += 2 + length


def _webp_size(data: bytes) -> tuple[int, int]:
    """Of the first chunk: extended, lossless or lossy (RFC 9649, 2.5 to 2.7)."""
    kind = data[12:16]
    if kind == b"VP8X":
        return 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
    if kind == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if kind == b"VP8 " and data[23:26] == b"\x9d\x01\x2a":
        width, height = struct.unpack("<HH", data[26:30])
        return width & 0x3FFF, height & 0x3FFF
    raise ValueError


_KINDS: tuple[tuple[str, Callable[[bytes], bool], Callable[[bytes], tuple[int, int]]], ...] = (
    ("image/png", lambda data: data.startswith(b"\x89PNG\r\n\x1a\n"), _png_size),
    ("image/jpeg", lambda data: data.startswith(b"\xff\xd8\xff"), _jpeg_size),
    ("image/gif", lambda data: data.startswith((b"GIF87a", b"GIF89a")), _gif_size),
    ("image/webp", lambda data: data.startswith(b"RIFF") and data[8:12] == b"WEBP", _webp_size),
)
