"""Reading logs that any kernel wrote, or anybody else: whole records, and only the beginning of long ones."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from ..protocol.checks import read_json
from ..protocol.errors import LiaraUsageError
from .data_folder import data_folder
from .turn_json import check_version

_BLOCK = 64 * 1024
# What is long stands behind what is short. Inside a text the quotes would have backslashes before them.
_LONG = re.compile(rb',"(?:prompt|reply)":')

#: Characters of a text that the record of a turn's end holds: no model writes so much, and each is held three times
#: while the record is made.
LONGEST_TEXT = 4_000_000


def bounded(turn: Mapping[str, Any]) -> dict[str, Any]:
    """A turn's record as the log keeps it: the texts of its reply no longer than :data:`LONGEST_TEXT`."""
    reply = turn.get("reply") or {}
    choices = [
        {name: value[:LONGEST_TEXT] if isinstance(value, str) else value for name, value in choice.items()}
        for choice in reply.get("choices", ())
    ]
    return {**turn, "reply": {**reply, "choices": choices}} if choices else dict(turn)


def log_folder() -> Path:
    """Where the logs of all kernels lie. Raises RuntimeError where there is no home."""
    return data_folder() / "log"


def log_files() -> list[Path]:
    """The files there, the latest first by their names; none where there is no folder."""
    try:
        return sorted(log_folder().glob("*.jsonl"), key=lambda path: path.name, reverse=True)
    except (OSError, RuntimeError):
        return []


def opening(file: BinaryIO) -> Mapping[str, Any]:
    """The record of the session, which stands first. Raises :class:`LiaraUsageError` for another file."""
    file.seek(0)
    record = parsed(file.readline(_BLOCK))
    if record.get("record") != "session":
        raise LiaraUsageError("This is no log that liara_magic wrote.")
    return check_version(record, "log")


def parsed(line: bytes) -> dict[str, Any]:
    """The record in a line; empty for a line that is torn or holds something else."""
    try:
        record = read_json(line.decode("utf-8"))
    except ValueError:
        return {}
    return record if isinstance(record, dict) else {}


def beginning(line: bytes) -> dict[str, Any]:
    """The short fields of a record, without parsing its long ones."""
    long = _LONG.search(line)
    return (parsed(line[: long.start()] + b"}}") if long else {}) or parsed(line)


def lines_backwards(file: BinaryIO) -> Iterator[bytes]:
    """The lines of ``file``, the last first. Whatever stands behind the last line end comes first of all."""
    position = file.seek(0, os.SEEK_END)
    pieces: list[bytes] = []  # of the line whose beginning is not read yet, the last first
    while position > 0:
        size = min(_BLOCK, position)
        position -= size
        file.seek(position)
        first, *others = file.read(size).split(b"\n")
        if others:
            yield others.pop() + b"".join(reversed(pieces))
            yield from reversed(others)
            pieces = []
        pieces.append(first)
    yield b"".join(reversed(pieces))
