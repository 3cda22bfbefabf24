"""Pictures small enough to be sent: their size in pixels and in bytes."""

from __future__ import annotations

import base64
import binascii
import importlib
import io
import math
import struct
from collections.abc import Callable
from typing import Any

from .description import Image

#: The longest side in pixels: what is larger is scaled down before a model sees it (Anthropic, "Vision": 1568 pixels),
#: so more would only take longer.
LONGEST = 1568
#: The largest file: some models refuse pictures of more than 5 MB.
MOST_BYTES = 4_000_000
#: The most pixels that are decoded to be scaled down: 160 MB with four bytes each.
MOST_PIXELS = 40_000_000
#: Modes of Pillow that are kept.
_DIRECT = ("L", "RGB", "RGBA")


class NoPicture(Exception):
    """There is no picture of the value; the message says why, as the end of a sentence."""


def png(data: bytes) -> Image:
    """A PNG file with the size that its header gives (PNG specification, 11.2.1)."""
    if data[:8] != b"\x89PNG\r\n\x1a\n" or data[12:16] != b"IHDR" or len(data) < 24:
        raise NoPicture("its drawing is no PNG file")
    width, height = struct.unpack(">II", data[16:24])
    return Image("image/png", data, width, height)


def on_white(data: bytes) -> bytes:
    """A PNG file whose clear parts are white. Needs Pillow."""
    pillow, buffer = importlib.import_module("PIL.Image"), io.BytesIO()
    drawing = pillow.open(io.BytesIO(data)).convert("RGBA")
    page = pillow.new("RGBA", drawing.size, "white")
    page.alpha_composite(drawing)
    page.convert("RGB").save(buffer, "PNG")
    return buffer.getvalue()


def drawn(draw: Callable[[float], bytes]) -> Image:
    """What ``draw`` gives as PNG at the largest scale, from 1 downwards, at which it is small enough."""
    scale = 1.0
    for _ in range(6):
        image = png(draw(scale))
        excess = max(image.width, image.height) / LONGEST
        if excess <= 1 and len(image.data) <= MOST_BYTES:
            return image
        scale *= min(1 / excess, 0.9 * math.sqrt(MOST_BYTES / len(image.data)), 0.98)
    raise NoPicture("its drawing stays too large")


def scaled(picture: Any) -> Image:
    """A picture of Pillow as PNG; the picture itself stays as it is."""
    if picture.width * picture.height > MOST_PIXELS:
        raise NoPicture("it has too many pixels")
    if not picture.width * picture.height:
        raise NoPicture("it has no pixels")

    def draw(scale: float) -> bytes:
        scale *= min(1.0, LONGEST / max(picture.width, picture.height))
        wanted = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
        plain = picture if picture.mode in _DIRECT else _in_colours(picture)
        small = plain.copy() if wanted == picture.size else plain.resize(wanted, reducing_gap=2.0)
        small.info = {}  # no profile, place or comment of the file goes along
        buffer = io.BytesIO()
        small.save(buffer, "PNG")
        return buffer.getvalue()

    return drawn(draw)


def _in_colours(picture: Any) -> Any:
    """A copy in a mode that PNG and models know, and in which pictures can be made smaller."""
    mode = picture.mode
    if mode == "1":
        return picture.convert("L")
    if mode in ("LA", "PA", "RGBa", "La") or "transparency" in picture.info:
        return picture.convert("RGBA")
    if mode[0] in "IF":  # numbers of any size: the least becomes black, the greatest white
        low, high = picture.getextrema()
        factor = 255 / (high - low) if high > low else 1.0
        numbers = (picture.convert("I") if mode[0] == "I" else picture).convert("F")
        return numbers.point(lambda value: value * factor - low * factor).convert("L")
    return picture.convert("RGB")


def from_bundle(mime_type: str, data: object) -> Image:
    """A picture that an object gives of itself, as bytes or base64; scaled down where it is too large."""
    if type(data) is str:
        try:
            data = base64.b64decode(data, validate=False)
        except (binascii.Error, ValueError):
            raise NoPicture("its picture cannot be read") from None
    if type(data) is not bytes:
        raise NoPicture("its picture is no bytes")
    if mime_type == "image/png":
        image = png(data)
        if max(image.width, image.height) <= LONGEST and len(data) <= MOST_BYTES:
            return image
    try:
        return scaled(importlib.import_module("PIL.Image").open(io.BytesIO(data)))
    except ImportError:
        raise NoPicture("its picture cannot be made smaller without Pillow") from None
    except NoPicture:
        raise
    except Exception as error:  # damaged, of an unknown kind, or far too large once it is opened
        raise NoPicture("its picture cannot be read") from error
