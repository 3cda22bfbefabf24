"""Old logs go, so that the folder stays small."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path

from ..protocol.errors import LiaraUsageError
from .log_records import log_files, opening

_DAY = 24 * 3600
# A file that was written to within this time, in seconds, may be another kernel's own.
_IN_USE = 3600


def remove_old_logs(days: float, megabytes: float, but: Path | None = None) -> int:
    """Remove logs that are older than ``days``, and the oldest beyond ``megabytes`` together; 0 means without a bound.

    What is no log of ours, or of a newer format, stays, as does ``but`` and what a living kernel may write. Returns how
    many went.
    """
    found: list[tuple[float, int, Path]] = []
    for path in log_files():
        with suppress(OSError):
            facts = path.lstat()
            found.append((facts.st_mtime, facts.st_size, path))
    now, size, gone = time.time(), 0, 0
    for written, bytes_, path in sorted(found, reverse=True):
        size += bytes_
        too_old = bool(days) and now - written > days * _DAY
        too_much = bool(megabytes) and size > megabytes * 2**20
        if (too_old or too_much) and path != but and now - written > _IN_USE and _is_ours(path):
            with suppress(OSError):
                os.unlink(path)
                gone, size = gone + 1, size - bytes_
    return gone


def _is_ours(path: Path) -> bool:
    try:
        with open(path, "rb") as file:
            opening(file)
    except (OSError, LiaraUsageError):
        return False
    return True
