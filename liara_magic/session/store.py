"""The log: what one kernel asks and hears, on disk while it happens. ``docs/log.md`` describes the records.

One file per kernel session, made at the first ask. A record is a line of JSON: a request before it is sent, the text
that came since the last checkpoint while it streams, the end with the usage. What cannot be written is said in one
sentence, once, and never stands in a reply's way.
"""

from __future__ import annotations

import json
import os
import secrets
import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from ..gateway.api_key import ApiKey
from ..protocol.request import ChatRequest
from ..settings import Liara
from .conversation import Conversation
from .conversations import Conversations
from .json_fields import plain
from .log_entry import Entry, LoggedEntry
from .log_file import LogFile, Write
from .log_limits import remove_old_logs
from .log_places import Places, moment
from .log_records import log_folder
from .turn import Turn
from .turn_json import VERSION, turn_to_json


class Log:
    """What one kernel session writes. Safe to use from several threads, and in a forked child, which has its own file.

    ``notebook`` tells the notebook's name, empty if there is none, and is asked when the file is made; ``bounds`` the
    days and megabytes that logs may have, after the first ask.
    """

    def __init__(
        self,
        notebook: Callable[[], str] = str,
        bounds: Callable[[], tuple[float, float]] = lambda: (0.0, 0.0),
        write: Write = os.write,
    ) -> None:
        self._notebook = notebook
        self._bounds = bounds
        self._write_bytes = write
        self._fault = ""  # why something is not saved
        self._complained = False
        self._tidy = False  # old logs were looked for
        self._begin_anew()

    def _begin_anew(self) -> None:
        self._process = os.getpid()
        self._lock = threading.RLock()
        self._file = LogFile(_new_path, self._opening, self._write_bytes)
        self._places = Places()

    @property
    def path(self) -> Path | None:
        """The file of this session; none before the first ask."""
        return self._file.path if self._process == os.getpid() else None

    def entry(
        self,
        turn: Turn,
        conversation: Conversation | None,
        request: ChatRequest,
        key: ApiKey | None,
        settings: Liara,
    ) -> Entry:
        """The entry of an ask that is about to be sent, outside every conversation if there is none.

        ``key`` is taken out of the records, should a server repeat it.
        """
        if not settings.log:
            return Entry()
        facts = {"parameters": plain(request.parameters)}
        return LoggedEntry(self, turn, conversation, facts, key.scrub if key else str)

    def follow(self, conversations: Conversations, settings: Liara) -> None:
        """Write down from now on whenever turns of these conversations are taken back, replaced or restored."""

        def note() -> None:
            for conversation in conversations.all() if settings.log else ():
                self.note(conversation)

        conversations.listeners.append(note)

    def note(self, conversation: Conversation) -> None:
        """The conversation may have changed otherwise than by an ask: write down which turns it has now."""
        with self._locked():
            place = self._places.of_change(conversation)
            if place:
                self.write({"record": "turns", **place, "at": moment()})

    def enter(
        self,
        kind: str,
        turn: Turn,
        conversation: Conversation | None,
        facts: Mapping[str, Any],
        scrub: Callable[[str], str],
    ) -> bool:
        """Write a turn's record of this ``kind`` with ``facts`` at its place; whether it is on disk.

        Turns before it that the file does not have are copied into it.
        """
        with self._locked():
            for other in self._places.strangers(conversation) if conversation else ():
                copy = {"record": "copy", "id": other.id, "turn": turn_to_json(other)}
                if other is not turn and self.write(copy, scrub):
                    self._places.known.add(other.id)
            new = () if turn.id in self._places.known else (turn.id,)
            self._places.known.add(turn.id)
            place = self._places.of(conversation, new)
            saved = self.write({"record": kind, "id": turn.id, **place, "at": moment(), **facts}, scrub)
            if not saved:
                self._places.lose(turn, conversation)
        return saved

    def tidy_up(self) -> None:
        """Let old logs go, once, and when nobody waits for it to begin."""
        tidy, self._tidy = self._tidy, True
        if not tidy:
            remove_old_logs(*self._bounds(), but=self.path)

    def write(self, record: Mapping[str, Any], scrub: Callable[[str], str] = str) -> bool:
        """Append ``record``; whether it is on disk."""
        line = scrub(json.dumps(record, ensure_ascii=False, separators=(",", ":"))).encode("utf-8")
        with self._locked():
            try:
                self._file.append(line)
            except (OSError, RuntimeError) as error:
                self._fault = self._fault or f"{getattr(error, 'strerror', None) or error}"
                return False
        return True

    def complaint(self) -> list[str]:
        """What a person should know about the log, the first time that it fails."""
        with self._locked():
            if not self._fault or self._complained:
                return []
            self._complained = True
        return [f"The conversation is not saved: the log cannot be written ({self._fault})."]

    def _locked(self) -> threading.RLock:
        if self._process != os.getpid():  # a forked child: the file is its parent's
            self._begin_anew()
        return self._lock

    def _opening(self) -> bytes:
        facts = {"version": VERSION, "started": moment(), "notebook": plain(self._notebook()), "process": self._process}
        return json.dumps({"record": "session", **facts}, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def _new_path() -> Path:
    """A name that no other kernel has, in the order of time."""
    return log_folder() / f"{datetime.now():%Y-%m-%d-%H%M%S}-{secrets.token_hex(3)}.jsonl"
