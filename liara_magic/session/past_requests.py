"""The requests of other kernels since the month began, read from their logs."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from ..protocol.errors import LiaraUsageError
from .ledger import LedgerRow
from .limits import day_of
from .log_records import log_files, opening
from .turn_json import row_from_json

_RECORD = re.compile(rb'\{"record":"(?:request|end)","id":"([\w-]{1,64})"')
# Of a turn, what is short stands first, so the row is found without reading the reply. Inside a text the quotes would
# have backslashes before them.
_ROW, _EARLIER = b'"row":{"model":', ',"earlier":['
_LONGEST_ROW = 16 * 1024
_DECODER = json.JSONDecoder()


@dataclass
class _Seen:
    """What has been read of a file: ``size`` bytes, and the rows of each turn by its id."""

    size: int = 0
    rows: dict[bytes, list[LedgerRow]] = field(default_factory=dict)


class PastRequests:
    """Call it for the rows, the oldest first. Safe to use from several threads.

    A file is read once, and later only what was added to it. ``own`` is the file of this kernel, whose rows the ledger
    has. A request without an end in the log counts as cut: it still runs, or its kernel ended before it did.
    """

    def __init__(self, own: Callable[[], Path | None] = lambda: None) -> None:
        self._own = own
        self._seen: dict[Path, _Seen] = {}
        self._rows: list[LedgerRow] = []
        self._month = date.min
        self._lock = threading.Lock()

    def __call__(self) -> list[LedgerRow]:
        """The rows of this month, by this machine's clock."""
        with self._lock:
            month = datetime.now().date().replace(day=1)
            if self._look(month) or month != self._month:
                self._month = month
                rows = (row for seen in self._seen.values() for turn in seen.rows.values() for row in turn)
                self._rows = sorted(
                    (row for row in rows if day_of(row) >= month), key=lambda row: row.started.timestamp()
                )
            return self._rows

    def _look(self, month: date) -> bool:
        """Read what is new in files that were written to this month; whether anything was."""
        since = datetime(month.year, month.month, 1).timestamp()
        own, changed, there = self._own(), False, set()
        for path in log_files():
            if path == own:
                continue
            there.add(path)
            try:
                found = path.stat()
                seen = self._seen.get(path)
                if found.st_mtime >= since and (seen is None or seen.size != found.st_size):
                    seen = self._seen[path] = seen if seen and seen.size < found.st_size else _Seen()
                    changed |= _read(path, seen)
            except (OSError, LiaraUsageError):  # gone meanwhile, or no log of ours; /chats names it
                continue
        for path in self._seen.keys() - there:  # removed for its age
            del self._seen[path]
            changed = True
        return changed


def _read(path: Path, seen: _Seen) -> bool:
    """Add to ``seen`` what it does not have of the file yet; whether that was anything."""
    before = seen.size
    latest: dict[bytes, list[Any]] = {}  # the last record of a turn says all that earlier ones do
    with path.open("rb") as file:
        opening(file)
        file.seek(seen.size)
        for line in file:
            if not line.endswith(b"\n"):  # torn, or being written
                break
            seen.size += len(line)
            turn = _RECORD.match(line)
            if turn and (rows := _rows(line)):
                latest[turn[1]] = rows
    for turn_id, rows in latest.items():
        seen.rows[turn_id] = [row_from_json(row) for row in rows if isinstance(row, dict)]
    return seen.size > before


def _rows(line: bytes) -> list[Any]:
    """The rows in the record of a request or an end, as JSON; none where it does not have them."""
    found = line.find(_ROW)
    if found < 0:
        return []
    start = found + len('"row":')
    text = line[start : start + _LONGEST_ROW].decode("utf-8", "replace")
    try:
        row, end = _DECODER.raw_decode(text)
        earlier: Any = []
        if text.startswith(_EARLIER, end):
            earlier, _ = _DECODER.raw_decode(text, end + len(_EARLIER) - 1)
    except (ValueError, RecursionError):
        return []
    return [*earlier, row]
