"""Text from elsewhere, a model's or a server's, made fit to be shown and stored."""

from __future__ import annotations

import re

# Control characters, and marks that reorder or hide text. The joiners and direction marks of Persian stay.
_DANGEROUS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]")
_SURROGATE = re.compile("[\ud800-\udfff]")


def clean(text: str) -> str:
    """``text`` without control characters and invisible reordering marks; line ends as LF."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _DANGEROUS.sub("", text)


def escaped(text: str) -> str:
    """``text`` with the characters that :func:`clean` takes out spelled by their number, for whoever must see them."""
    return _DANGEROUS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def hidden_characters(text: str) -> int:
    """How many characters :func:`clean` takes out of ``text``; line ends are none."""
    return 0 if text.isascii() and text.isprintable() else len(_DANGEROUS.findall(text.replace("\r", "\n")))


def has_half_characters(text: str) -> bool:
    """Whether ``text`` holds halves of surrogate pairs, which can be neither printed nor sent nor stored."""
    return not text.isascii() and _SURROGATE.search(text) is not None


def whole_characters(text: str) -> str:
    """``text`` with surrogate pairs joined; a lone half becomes U+FFFD."""
    if not has_half_characters(text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
