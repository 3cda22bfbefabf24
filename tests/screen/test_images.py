"""Pictures: shown when they are what they say and small enough, refused with a reason otherwise."""

import base64
import struct

import pytest
from screens import PNG_URL

from liara_magic.screen import images
from liara_magic.screen.images import pictures

PNG = base64.b64decode(PNG_URL.partition(",")[2])
GIF = b"GIF89a" + struct.pack("<HH", 3, 2) + b"\x00\x00\x00;"
JPEG = b"\xff\xd8\xff\xe0\x00\x04ab\xff\xff\xc0\x00\x11\x08" + struct.pack(">HH", 2, 3) + b"\x03" + b"\x00" * 9
WEBP = {
    "lossy": b"VP8 \x00\x00\x00\x00\x00\x00\x00\x9d\x01\x2a" + struct.pack("<HH", 3, 2),
    "lossless": b"VP8L\x00\x00\x00\x00\x2f" + (2 | 1 << 14).to_bytes(4, "little"),
    "extended": b"VP8X\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x00\x01\x00\x00",
}


def look(data, kind="image/png"):
    url = data if isinstance(data, str) else f"data:{kind};base64," + base64.b64encode(data).decode()
    (picture,) = pictures([{"type": "image_url", "image_url": {"url": url}}])
    return picture


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (PNG, "image/png"),
        (GIF, "image/gif"),
        (JPEG, "image/jpeg"),
        *((b"RIFF\x00\x00\x00\x00WEBP" + chunk, "image/webp") for chunk in WEBP.values()),
    ],
)
@pytest.mark.parametrize("said", ["image/png", "image/jpeg", "text/html", "image/svg+xml"])
def test_a_picture_is_what_its_first_bytes_say(data, kind, said):
    picture = look(data, said)
    assert (picture.mime_type, picture.fault) == (kind, "")
    assert base64.b64decode(picture.data) == data and picture.number == 1


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "no PNG"),
        (b"<html><script>alert(1)</script>", "no PNG"),
        (b"BM" + b"\x00" * 60, "no PNG"),
        (b"", "no PNG"),
        (PNG[:20], "damaged"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 40, "damaged"),
        (JPEG[:8], "damaged"),
        (b"\xff\xd8\xff\xe0\x00\x00" + b"\x00" * 40, "damaged"),
        (b"GIF89a", "damaged"),
        (b"RIFF\x00\x00\x00\x00WEBPJUNK" + b"\x00" * 40, "damaged"),
        (PNG[:16] + struct.pack(">II", 100_000, 100_000) + PNG[24:], "claims to be 100,000 by 100,000"),
        (PNG[:16] + struct.pack(">II", 0, 5) + PNG[24:], "claims to be 0 by 5"),
        ("https://evil.example/x.png", "nothing is fetched"),
        ("//evil.example/x.png", "nothing is fetched"),
        ("data:image/png,plain", "cannot be read"),
        ("data:image/png;base64,???", "cannot be read"),
        ("data:image/png;base64,AAA", "cannot be read"),
        ("javascript:alert(1)", "nothing is fetched"),
    ],
)
def test_anything_else_is_refused_with_a_reason(data, why):
    picture = look(data)
    assert why in picture.fault and not picture.data and not picture.mime_type


def test_a_picture_that_is_too_large_is_not_even_decoded(monkeypatch):
    monkeypatch.setattr(images, "MOST_BYTES", 60)
    assert "larger than" in look(PNG).fault


@pytest.mark.parametrize("record", [None, 5, [], {}, {"url": None}, {"url": 5}, ""])
def test_an_entry_of_a_wrong_shape_has_no_data(record):
    (picture,) = pictures([{"image_url": record}])
    assert picture.fault == "it has no data"


def test_an_address_alone_in_place_of_its_object_is_read():
    (picture,) = pictures([{"image_url": PNG_URL}])
    assert picture.mime_type == "image/png"
