"""A file of lines that only grows: each line by one write, whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from .data_folder import make_private

#: ``os.write``, or what a test puts in its place.
Write = Callable[[int, bytes], int]

_FLAGS = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


class LogFile:
    """A new file that ``place`` names at the first line, 0600, opened for each line and closed again.

    So it outlives a removed folder, a fork and an unloaded extension, and on a network drive each line is safe when it
    is written. ``opening`` gives the first line. Not for several threads at once.
    """

    def __init__(self, place: Callable[[], Path], opening: Callable[[], bytes], write: Write = os.write) -> None:
        self._place = place
        self._opening = opening
        self._write = write
        #: Where it is, once there is a line in it.
        self.path: Path | None = None
        self._torn = False  # the last line has no end

    def append(self, line: bytes) -> None:
        """Write a line, or leave the file as it was. Raises OSError, and RuntimeError where there is no home."""
        path = self.path or self._place()
        make_private(path.parent)
        file = os.open(path, _FLAGS | (os.O_EXCL if self.path is None else 0), 0o600)
        self.path = path
        try:
            self._append(file, line + b"\n")
        finally:
            os.close(file)

    def _append(self, file: int, data: bytes) -> None:
        size = os.fstat(file).st_size
        if size == 0:  # new, or removed by somebody meanwhile
            data = self._opening() + b"\n" + data
        elif self._torn:
            data = b"\n" + data
        try:
            while data:  # a full disk takes a part, and refuses the rest with its reason
                data = data[self._write(file, data) :]
            self._torn = False
        except BaseException:
            self._torn = not _cut_back(file, size)
            raise


def _cut_back(file: int, size: int) -> bool:
    """Take half a line away again; whether that worked. The file is this process's alone."""
    try:
        os.ftruncate(file, size)
    except OSError:
        return False
    return True
