"""Where the key is found, kept and forgotten."""

from __future__ import annotations

import importlib.util
import json
import os
import stat
import sys
import tempfile
from pathlib import Path
from typing import Any

from ..protocol.checks import read_json
from ..protocol.errors import LiaraCredentialsError
from .api_key import WAYS_TO_SET_A_KEY, ApiKey

ENVIRONMENT_VARIABLE = "LIARA_API_KEY"
_SERVICE = "liara_magic"  # the name of our entry in the keyring


def find_key() -> ApiKey | None:
    """The key from the first place that has one: environment, keyring, our own file, Colab's secrets."""
    return _from_environment() or _from_keyring() or _from_file() or _from_colab()


def missing_key() -> LiaraCredentialsError:
    """The error for a prompt without a key."""
    return LiaraCredentialsError("No API key is set.", hint=WAYS_TO_SET_A_KEY)


def keep_key(key: ApiKey) -> str:
    """Keep the key for later kernels, in the keyring where one works, else in our file. Returns where."""
    keyring = _keyring()
    if keyring is not None:
        try:
            keyring.set_password(_SERVICE, "api_key", key.text())
            return "the keyring"
        except Exception:
            _forget_in(keyring)  # An older key there would be found before the one in the file.
    _write_file({**_read_file(), "api_key": key.text()})
    return str(key_file())


def keep_workspace(workspace: str) -> None:
    """Keep the workspace that was given at a login, in our file."""
    _write_file({**_read_file(), "workspace": workspace})


def kept_workspace() -> str:
    """The workspace given at an earlier login, or nothing."""
    return _read_file().get("workspace", "")


def forget_key() -> list[str]:
    """Remove the key from the keyring and our file. Returns the places it was removed from."""
    keyring = _keyring()
    gone = ["the keyring"] if keyring is not None and _forget_in(keyring) else []
    try:
        held = _read_file()
    except LiaraCredentialsError:  # not to be used, but ours to remove
        key_file().unlink()
        gone.append(str(key_file()))
        return gone
    if held.pop("api_key", None):
        if held:
            _write_file(held)
        else:
            key_file().unlink()
        gone.append(str(key_file()))
    return gone


def _forget_in(keyring: Any) -> bool:
    try:
        if not keyring.get_password(_SERVICE, "api_key"):
            return False
        keyring.delete_password(_SERVICE, "api_key")
    except Exception:
        return False  # A keyring that cannot be opened gives nobody the key either.
    return True


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
        held = read_json(path.read_text("utf-8"))
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


def keyring_state() -> tuple[str, str]:
    """Whether the key can be kept in a keyring, and what would make it so."""
    if importlib.util.find_spec("keyring") is None:
        return "not installed: a key is kept in a file of yours alone", "`pip install keyring` uses the system's"
    if _keyring() is None:
        return "installed, but it finds no place to keep a key: a file of yours alone is used", ""
    return "in use", ""


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
