"""A key: cleaned of what pasting adds, recognised by its shape, and held by an object that never shows it."""

from __future__ import annotations

import re
from typing import Any, NoReturn
from weakref import WeakKeyDictionary

from ..protocol.checks import latin_digits
from ..protocol.errors import LiaraCredentialsError

WAYS_TO_SET_A_KEY = (
    "Set a key in one of three ways: %liara /login, the environment variable LIARA_API_KEY, or the keyring. "
    "To try everything offline, without a key: %liara /model sandbox/tutor"
)
_COPY_ANEW = "Copy the key once more from the console, and give it to %liara /login."
_QUOTES = " \t\r\n\u00a0\"'`“”‘’«»"
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
# A JSON web token, as the gateway's keys are, or the sk-… form of other providers.
_KEY_SHAPE = re.compile(r"\beyJ[\w-]{8,}\.[\w-]{8,}(\.[\w-]{8,})?|\bsk-[A-Za-z0-9_-]{20,}")

# The keys' text stands here and not in the objects: walking an object's attributes, copying, pickling or printing it
# finds nothing.
_TEXT: WeakKeyDictionary[ApiKey, str] = WeakKeyDictionary()


class ApiKey:
    """A key that goes into a header and is shown nowhere. ``source`` says where it was found."""

    __slots__ = ("__weakref__", "source")

    def __init__(self, text: str, source: str = "") -> None:
        self.source = source
        _TEXT[self] = clean_key(text)

    def text(self) -> str:
        """The key itself, for the header and for the place where it is kept. Nothing else may ask for it."""
        return _TEXT[self]

    def scrub(self, text: str) -> str:
        """``text`` without the key, should a server have repeated it."""
        return text.replace(_TEXT[self], "[key]")

    def is_in(self, text: str) -> bool:
        """Whether ``text`` holds the key."""
        return _TEXT[self] in text

    def __repr__(self) -> str:
        return f"<key from {self.source or 'somewhere'}>"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return format(repr(self), spec)

    def __reduce__(self) -> NoReturn:
        raise TypeError("A key is not copied or pickled.")

    def __copy__(self) -> ApiKey:
        return self

    def __deepcopy__(self, memo: Any) -> ApiKey:
        return self


def clean_key(text: str) -> str:
    """The key without what pasting adds: "Bearer", quotes, spaces, invisible characters, Persian digits.

    Raises :class:`LiaraCredentialsError` naming the position, never the character, of what is left and cannot be.
    """
    cleaned = latin_digits(_INVISIBLE.sub("", text)).strip(_QUOTES)
    cleaned = re.sub(r"^(authorization\s*:\s*)?bearer\s*:?\s*", "", cleaned, flags=re.IGNORECASE)
    cleaned = re.sub(rf"[{_QUOTES}\s]", "", cleaned)
    if not cleaned:
        raise LiaraCredentialsError("The key is empty.", hint=WAYS_TO_SET_A_KEY)
    for position, character in enumerate(cleaned, 1):
        if not "!" <= character <= "~":
            raise LiaraCredentialsError(
                f"Character {position} of the key is not a plain letter, digit or sign.",
                hint=_COPY_ANEW,
            )
    return cleaned


def looks_like_key(text: str) -> bool:
    """Whether ``text`` holds something of the shape of an API key."""
    return bool(_KEY_SHAPE.search(text))


def key_in_a_cell() -> LiaraCredentialsError:
    """The error for a key, or what looks like one, in a cell's text."""
    return LiaraCredentialsError(
        "There is what looks like an API key in the cell, so nothing was sent.",
        hint="Notebooks keep what is typed: clear the cell, make a new key in the console, give it to %liara /login.",
    )
