"""Where the key comes from, and an object that holds it without ever showing it."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import stat
import sys
import tempfile
from pathlib import Path
from typing import Any, NoReturn
from weakref import WeakKeyDictionary

from ..protocol.checks import latin_digits
from ..protocol.errors import LiaraCredentialsError

ENVIRONMENT_VARIABLE = "LIARA_API_KEY"
_SERVICE = "liara_magic"  # the name of our entry in the keyring
_ADVICE = (
    "Set a key in one of three ways: %liara /login, the environment variable LIARA_API_KEY, or the keyring. "
    "To try everything offline, without a key: %liara /model sandbox/tutor"
)
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

    def bearer(self) -> str:
        """The value of the Authorization header."""
        return "Bearer " + _TEXT[self]

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
    cleaned = latin_digits(_INVISIBLE.sub("", text)).strip(" \t\r\n\u00a0\"'`")
    cleaned = re.sub(r"^(authorization\s*:\s*)?bearer\s*:?\s*", "", cleaned, flags=re.IGNORECASE)
    cleaned = re.sub(r"[\s\"'`]", "", cleaned)
    if not cleaned:
        raise LiaraCredentialsError("The key is empty.", hint=_ADVICE)
    for position, character in enumerate(cleaned, 1):
        if not "!" <= character <= "~":
            raise LiaraCredentialsError(
                f"Character {position} of the key is not a plain letter, digit or sign.",
                hint="Copy the key once more from the console, and %liara /login.",
            )
    return cleaned


def looks_like_key(text: str) -> bool:
    """Whether ``text`` holds something of the shape of an API key."""
    return bool(_KEY_SHAPE.search(text))


def find_key() -> ApiKey | None:
    """The key from the first place that has one: environment, keyring, our own file, Colab's secrets."""
    return _from_environment() or _from_keyring() or _from_file() or _from_colab()


def missing_key() -> LiaraCredentialsError:
    """The error for a prompt without a key."""
    return LiaraCredentialsError("No API key is set.", hint=_ADVICE)


def key_in_a_cell() -> LiaraCredentialsError:
    """The error for a key, or what looks like one, in a cell's text."""
    return LiaraCredentialsError(
        "There is what looks like an API key in the cell, so nothing was sent.",
        hint="Notebooks keep what is typed: clear the cell, make a new key in the console, give it to %liara /login.",
    )


def keep_key(key: ApiKey) -> str:
    """Keep the key for later kernels, in the keyring where one works, else in our file. Returns where."""
    keyring = _keyring()
    if keyring is not None:
        try:
            keyring.set_password(_SERVICE, "api_key", _TEXT[key])
        except Exception:
            pass  # Locked, or no backend after all; the file is the next best place, and the caller says which it was.
        else:
            return "the keyring"
    _write_file({**_read_file(), "api_key": _TEXT[key]})
    return str(key_file())


def keep_workspace(workspace: str) -> None:
    """Keep the workspace that was given at a login, in our file."""
    _write_file({**_read_file(), "workspace": workspace})


def kept_workspace() -> str:
    """The workspace given at an earlier login, or nothing."""
    return _read_file().get("workspace", "")


def forget_key() -> list[str]:
    """Remove the key from the keyring and our file. Returns the places it was removed from."""
    gone = []
    keyring = _keyring()
    if keyring is not None:
        try:
            if keyring.get_password(_SERVICE, "api_key"):
                keyring.delete_password(_SERVICE, "api_key")
                gone.append("the keyring")
        except Exception:
            pass  # A keyring that cannot be opened holds no key of ours that could be read either.
    if key_file().is_symlink() or key_file().exists():
        key_file().unlink()
        gone.append(str(key_file()))
    return gone


def key_file() -> Path:
    """Our own file, readable by its owner alone."""
    if sys.platform == "win32":
        base = Path(os.environ.get("APPDATA") or Path.home() / "AppData" / "Roaming")
    else:
        base = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    return base / "liara_magic" / "credentials.json"


def _read_file() -> dict[str, str]:
    """What our file holds; nothing where there is no file.

    A file that others can read, a link, or one that cannot be understood is refused and left as it is.
    """
    path = key_file()
    try:
        facts = path.lstat()
    except OSError:
        return {}
    if not stat.S_ISREG(facts.st_mode):
        raise LiaraCredentialsError(
            f"{path} is not a plain file, so it is not used.", hint="%liara /logout removes it."
        )
    if sys.platform != "win32" and (facts.st_mode & 0o077 or facts.st_uid != os.getuid()):
        raise LiaraCredentialsError(
            f"{path} can be read by others (mode {facts.st_mode & 0o777:o}), so the key in it is not used.",
            hint=f"chmod 600 {path}; if others may have read it, make a new key.",
        )
    try:
        held = json.loads(path.read_text("utf-8"))
        return {name: text for name, text in held.items() if isinstance(text, str)}
    except (OSError, ValueError, AttributeError):
        raise LiaraCredentialsError(
            f"{path} cannot be read as JSON.", hint="%liara /logout removes it, %liara /login writes it anew."
        ) from None


def _write_file(held: dict[str, str]) -> None:
    """Write our file: 0600 from its first byte, and the old one stays until the new one is whole."""
    path = key_file()
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".credentials-")  # made with 0600
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(held, file)
                file.flush()
                os.fsync(file.fileno())
            os.replace(name, path)
        except BaseException:
            os.unlink(name)
            raise
    except OSError as error:
        raise LiaraCredentialsError(
            f"{path} cannot be written: {error.strerror}.",
            hint="The key works in this kernel; for later ones set LIARA_API_KEY in the environment.",
        ) from None


def _from_file() -> ApiKey | None:
    text = _read_file().get("api_key")
    return ApiKey(text, source=str(key_file())) if text else None


def _from_environment() -> ApiKey | None:
    text = os.environ.get(ENVIRONMENT_VARIABLE, "")
    return ApiKey(text, source=ENVIRONMENT_VARIABLE) if text.strip() else None


def _keyring() -> Any:
    """The keyring module, where it is installed and has a backend that really keeps things."""
    if importlib.util.find_spec("keyring") is None:
        return None
    try:
        import keyring

        return keyring if keyring.get_keyring().priority > 0 else None
    except Exception:
        return None  # Backends fail in many ways on machines without a desktop; the file is used there.


def _from_keyring() -> ApiKey | None:
    keyring = _keyring()
    try:
        text = keyring.get_password(_SERVICE, "api_key") if keyring is not None else None
    except Exception:
        return None
    return ApiKey(text, source="the keyring") if text else None


def _from_colab() -> ApiKey | None:
    if "google.colab" not in sys.modules:
        return None
    try:
        from google.colab import userdata

        text = userdata.get(ENVIRONMENT_VARIABLE)
    except Exception:
        return None  # The secret is not set, or this notebook has no access to it.
    return ApiKey(text, source="Colab's secrets") if text else None
