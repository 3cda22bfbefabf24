"""What the first bytes of an image say: its kind and its size in pixels. Nothing is decoded."""

from __future__ import annotations

import struct
from collections.abc import Callable


def image_size(data: bytes) -> tuple[str, int, int] | None:
    """The MIME type, width and height of a PNG, JPEG, GIF or WebP; ``None`` for anything else.

    Raises :class:`ValueError` for one that is damaged.
    """
    for mime_type, is_kind, size_of in _KINDS:
        if is_kind(data):
            try:
                return (mime_type, *size_of(data))
            except (struct.error, IndexError, ValueError):
                raise ValueError(f"a damaged {mime_type}") from None
    return None


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
