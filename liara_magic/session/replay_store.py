"""Stored replies: a file for each, named by what was asked, shared by all kernels of this person."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from ..protocol.checks import read_json
from ..protocol.errors import LiaraUsageError
from ..protocol.reply import Reply
from .data_folder import data_folder, make_private
from .json_fields import record_of, text_of, texts_of, time_of
from .reply_json import reply_from_json, reply_to_json
from .turn_json import VERSION, check_version

_ENDING = ".reply.json"


@dataclass(frozen=True)
class StoredReply:
    """The reply to one request, and when it was given."""

    reply: Reply
    date: datetime


class ReplayStore:
    """The folder of stored replies. Files are 0600, and whole or not there; ``bound`` tells their megabytes.

    Safe to use from several threads and processes.
    """

    def __init__(self, bound: Callable[[], float] = lambda: 0.0) -> None:
        self._bound = bound

    def folder(self) -> Path:
        """Where they lie, made or not. Raises RuntimeError where there is no home."""
        return data_folder() / "replay"

    def find(self, key: str, marks: Sequence[str] = ()) -> StoredReply | None:
        """The reply stored under ``key``; none for a file that is damaged, or of a newer format.

        ``marks`` are the fence marks of the request at hand, which take the place of those that it was stored with.
        """
        try:
            path = self._path(key)
            text = path.read_text("utf-8")
            record = check_version(read_json(text), "reply")
            for old, new in zip(texts_of(record, "marks"), marks, strict=False):
                text = text.replace(old, new)
            stored = record_of(read_json(text), "reply")
            date = time_of(record, "stored")
            if text_of(record, "key") != key or not stored or date is None:
                return None
            with suppress(OSError):
                os.utime(path)  # what is used stays
            return StoredReply(reply_from_json(stored), date)
        except (OSError, RuntimeError, ValueError, LiaraUsageError):
            return None

    def keep(
        self, key: str, marks: Sequence[str], prompt: str, reply: Reply, scrub: Callable[[str], str] = str
    ) -> None:
        """Store ``reply``, after ``scrub`` on the file's text.

        Raises OSError where it cannot be written, RuntimeError where there is no home.
        """
        path = self._path(key)
        make_private(path.parent)
        if _is_newer(path):
            return
        record = {
            "version": VERSION,
            "key": key,
            "stored": datetime.now().astimezone().isoformat(timespec="seconds"),
            "prompt": prompt[:200],
            "marks": list(marks),
            "reply": {name: value for name, value in reply_to_json(reply).items() if name not in _OF_THE_ASK},
        }
        _write(path, scrub(json.dumps(record, ensure_ascii=False, separators=(",", ":"))))
        self._bound_size(path)

    def clear(self) -> int:
        """Remove every stored reply; returns how many there were."""
        gone = 0
        for path in self.files():
            with suppress(OSError):
                path.unlink()
                gone += 1
        return gone

    def size(self) -> tuple[int, int]:
        """How many there are, and their bytes together."""
        sizes = [facts.st_size for facts in map(_facts, self.files()) if facts]
        return len(sizes), sum(sizes)

    def files(self) -> list[Path]:
        """Every stored reply; none where there is no folder."""
        try:
            return list(self.folder().glob(f"*{_ENDING}"))
        except (OSError, RuntimeError):
            return []

    def _path(self, key: str) -> Path:
        return self.folder() / f"{key}{_ENDING}"

    def _bound_size(self, but: Path) -> None:
        """Remove those that were used the longest ago, beyond the megabytes that all may have."""
        bound = self._bound() * 2**20
        if not bound:
            return
        found = [(facts.st_mtime, facts.st_size, path) for path in self.files() if (facts := _facts(path))]
        size = 0
        for _, bytes_, path in sorted(found, reverse=True):
            size += bytes_
            if size > bound and path != but:
                with suppress(OSError):
                    path.unlink()


# What is the ask's and not the model's: when, how long, what was said about it.
_OF_THE_ASK = ("started", "seconds", "first_word", "thought", "notices", "skipped", "rounds", "replayed")


def _facts(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except OSError:  # another kernel has removed it
        return None


def _is_newer(path: Path) -> bool:
    """Whether a newer liara_magic wrote it: that is left as it is."""
    try:
        record: Any = read_json(path.read_text("utf-8"))
        return isinstance(record, dict) and type(record.get("version")) is int and record["version"] > VERSION
    except (OSError, ValueError):
        return False


def _write(path: Path, text: str) -> None:
    """Put the whole file in its place at once; it is its owner's alone from the first byte."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".reply-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(name, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(name)
        raise
