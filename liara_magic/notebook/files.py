"""Files and addresses that a person attaches, as parts of a message."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ..protocol.carried import tokens_of_picture
from ..protocol.errors import LiaraUsageError
from ..protocol.image_data import image_size

#: The largest file that is attached, in bytes: models refuse more, and each byte is paid for.
LARGEST = 20 * 1024 * 1024
#: The longest side of a picture, in pixels: beyond it models refuse one (Anthropic, "Vision": 8000).
LONGEST_SIDE = 8000
_IMAGE_ENDINGS = (".png", ".jpg", ".jpeg", ".gif", ".webp")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")  # but for the escape of colours
#: Text that is not UTF-8: what Windows writes Persian in.
_OLD_ENCODING = "cp1256"


@dataclass(frozen=True)
class Attachment:
    """What a file or an address becomes: ``text``, or a ``part`` of a message; ``size`` in bytes, ``kind`` in words.

    ``tokens`` are about as many as the part counts, if that can be told.
    """

    kind: str
    size: int
    text: str = ""
    part: dict[str, Any] | None = None
    tokens: int | None = None


def attached_address(url: str) -> Attachment:
    """A picture or a PDF that the gateway fetches itself. Raises :class:`LiaraUsageError` for anything else."""
    try:
        address = urlsplit(url)
        path, has_password = address.path.lower(), address.password is not None
    except ValueError:
        raise LiaraUsageError(f"{url:.100} is no address.") from None
    if has_password:
        raise LiaraUsageError(
            f"The address at {address.hostname} has a password in it.", hint="Save it as a file, and attach the file."
        )
    if path.endswith(_IMAGE_ENDINGS):
        return Attachment("image by its address", len(url), part=image_part(url))
    if path.endswith(".pdf"):
        return Attachment("PDF by its address", len(url), part=_file_part(Path(path).name, url))
    raise LiaraUsageError(
        f"{url:.100} is neither a picture nor a PDF.", hint="Save it as a file, then attach the file: --attach FILE"
    )


def attached_file(path: Path) -> Attachment:
    """A file's content. Raises :class:`LiaraUsageError` when it cannot be read, is too large, or has no known kind."""
    try:
        size = path.stat().st_size
        if not path.is_file():
            raise LiaraUsageError(f"{path} is no file.", hint="Attach its files one by one: --attach FILE")
        if not size:
            raise LiaraUsageError(f"{path} is empty.")
        if size > LARGEST:
            raise LiaraUsageError(
                f"{path} has {size / 2**20:,.0f} MB, and {LARGEST / 2**20:.0f} MB is the most that can be attached.",
                hint="Load it, and attach the variable: its shape, types and some rows are sent.",
            )
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)  # it may have grown
    except (OSError, ValueError) as error:  # a name that no file can have is a ValueError
        raise LiaraUsageError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}.") from None
    return _attachment(path, data)


def image_part(url: str) -> dict[str, Any]:
    """A picture as a part of a message; ``url`` may be a data URL."""
    return {"type": "image_url", "image_url": {"url": url}}


def data_url(mime_type: str, data: bytes) -> str:
    """``data`` as an address that holds it."""
    return f"data:{mime_type};base64,{base64.b64encode(data).decode()}"


def _attachment(path: Path, data: bytes) -> Attachment:
    try:
        image = image_size(data)
    except ValueError as error:
        raise LiaraUsageError(f"{path} is {error}.", hint="Save it anew, then attach it.") from None
    size = len(data)
    if image is not None:
        mime_type, width, height = image
        kind = f"image, {width:,} × {height:,} pixels"
        if not 0 < max(width, height) <= LONGEST_SIDE:
            raise LiaraUsageError(
                f"{path} is an {kind}, and {LONGEST_SIDE:,} is the most that a side may have.",
                hint="Make it smaller: p = PIL.Image.open(...); p.thumbnail((1568, 1568)); then --attach p",
            )
        part = image_part(data_url(mime_type, data))
        return Attachment(kind, size, part=part, tokens=tokens_of_picture(width, height))
    if data.startswith(b"%PDF-"):
        return Attachment("PDF", size, part=_file_part(path.name, data_url("application/pdf", data)))
    sound = _sound_format(data)
    if sound:
        content = {"data": base64.b64encode(data).decode(), "format": sound}
        return Attachment(f"{sound} sound", size, part={"type": "input_audio", "input_audio": content})
    return Attachment("text", size, text=_decoded(path, data))


def _file_part(name: str, data: str) -> dict[str, Any]:
    return {"type": "file", "file": {"filename": name, "file_data": data}}


def _sound_format(data: bytes) -> str:
    if data.startswith(b"RIFF") and data[8:12] == b"WAVE":
        return "wav"
    is_frame = len(data) > 1 and data[0] == 0xFF and data[1] & 0xE6 == 0xE2  # MPEG audio, layer 3
    return "mp3" if data.startswith(b"ID3") or is_frame else ""


def _decoded(path: Path, data: bytes) -> str:
    """A text file by its byte order mark, as UTF-8, or in the encoding of old Persian files."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif b"\0" in data:
        encodings = []
    else:
        encodings = ["utf-8-sig", _OLD_ENCODING]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        # The old encoding has a letter for every byte: what has many control characters is no text in any.
        if len(_CONTROLS.findall(text)) <= len(text) // 100:
            return text
    raise LiaraUsageError(
        f"{path} is neither text nor an image, a PDF or a sound that models read.",
        hint="Load it in Python, and attach the variable.",
    )
