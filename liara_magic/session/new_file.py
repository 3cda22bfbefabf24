"""Writing a file that a person asked for: whole or not at all, and never in place of another unasked."""

from __future__ import annotations

import os
import shutil
import uuid
from contextlib import suppress
from pathlib import Path

from ..protocol.errors import LiaraUsageError


def write_file(name: str | os.PathLike[str], data: bytes, overwrite: bool = False) -> Path:
    """Write ``data`` and return where it is. Another file of that name stays, unless ``overwrite`` says otherwise.

    Raises :class:`LiaraUsageError` if it cannot be written; whatever was there is still there then.
    """
    path = Path(os.path.expanduser(name))  # which leaves the home of somebody unknown as it is
    try:
        path = Path(os.path.realpath(path))
        _replace(path, data, overwrite)
    except (OSError, ValueError) as error:  # a name that no file can have is a ValueError
        reason = getattr(error, "strerror", None) or error
        raise LiaraUsageError(f"{path} could not be written: {reason}.", hint="Choose another place.") from error
    return path


def _replace(path: Path, data: bytes, overwrite: bool) -> None:
    if path.is_dir():
        raise LiaraUsageError(f"{path} is a folder.", hint="Name a file in it.")
    if path.exists() and not overwrite:
        raise _exists(path)
    part = path.with_name(f".{path.name[:100]}.{uuid.uuid4().hex[:8]}.part")
    try:
        _write(part, data)
        if path.exists() and overwrite:
            shutil.copymode(path, part)
        _put(part, path, overwrite)
    finally:
        with suppress(OSError):
            part.unlink()


def _write(part: Path, data: bytes) -> None:
    with open(part, "xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _put(part: Path, path: Path, overwrite: bool) -> None:
    """Give the written file its name. A link is refused where the name is taken since; not every folder can link."""
    if not overwrite:
        try:
            os.link(part, path)
            return
        except FileExistsError:
            raise _exists(path) from None
        except OSError:
            if path.exists():
                raise _exists(path) from None
    os.replace(part, path)


def _exists(path: Path) -> LiaraUsageError:
    return LiaraUsageError(f"{path} exists already, and is left as it is.", hint="Another name, or --overwrite.")
