"""A conversation as a file, and back. ``docs/conversations.md`` describes the format."""

from __future__ import annotations

import json
import os
import stat
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from ..protocol.errors import LiaraUsageError, near
from .conversation import Conversation
from .conversations import Conversations
from .json_fields import text_of
from .new_file import write_file
from .turn import Turn
from .turn_json import check_version, turn_from_json, turn_to_json

FORMAT = "liara_magic conversation"
VERSION = 1
#: Bytes of the largest file that is read.
MOST_BYTES = 512 * 2**20
#: Entries of a folder that are looked at for the file that was meant.
_MOST_ENTRIES = 2000


def save(
    conversation: Conversation,
    name: str | os.PathLike[str],
    overwrite: bool = False,
    scrub: Callable[[str], str] = str,
) -> Path:
    """Write ``conversation`` into a file, after ``scrub`` on its text; see :func:`write_file`.

    A turn that is running is saved as far as it is.
    """
    record = {
        "format": FORMAT,
        "version": VERSION,
        "name": conversation.name,
        "saved": datetime.now().astimezone().isoformat(timespec="seconds"),
        "turns": [turn_to_json(turn) for turn in conversation.turns],
    }
    data = json.dumps(record, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    return write_file(name, scrub(data).encode("utf-8"), overwrite)


def load(conversations: Conversations, name: str | os.PathLike[str]) -> Conversation:
    """Enter the conversation of a file among ``conversations`` and make it the current one; no other is touched.

    Where its name is taken it gets a number. Raises :class:`LiaraUsageError` for a file that cannot be read, is none
    of ours, or is of a newer format; then nothing has changed.
    """
    path = Path(os.path.expanduser(name))
    title, turns = _read(path)
    return conversations.adopt(title or path.stem, turns)


def _read(path: Path) -> tuple[str, list[Turn]]:
    try:
        facts = path.stat()
        if stat.S_ISFIFO(facts.st_mode) or stat.S_ISCHR(facts.st_mode):  # which may have no end
            raise LiaraUsageError(f"{path} is no file.")
        if facts.st_size > MOST_BYTES:
            raise LiaraUsageError(f"{path} is larger than {MOST_BYTES // 2**20} MB.")
        record: Any = json.loads(path.read_bytes())
    except OSError as error:
        hint = _near_files(path) if isinstance(error, FileNotFoundError) else ""
        raise LiaraUsageError(f"{path} could not be read: {error.strerror or error}.", hint=hint) from error
    except (ValueError, RecursionError) as error:
        raise _foreign(path, f"it is no JSON ({error!s:.80})") from None
    if not isinstance(record, Mapping) or record.get("format") != FORMAT:
        raise _foreign(path, "something else wrote it")
    check_version(record, "conversation")
    values = record.get("turns")
    if not isinstance(values, list):
        raise _foreign(path, "it has no turns")
    turns: list[Turn] = []
    for number, value in enumerate(values, 1):
        try:
            turns.append(turn_from_json(value))
        except LiaraUsageError as error:
            raise LiaraUsageError(f"Turn {number} in {path} cannot be read: {error.message}", hint=error.hint) from None
    return text_of(record, "name"), _with_own_ids(turns)


def _near_files(path: Path) -> str:
    """Which files may have been meant by one that is not there, and what to type for the nearest of them."""
    folder = path.parent
    try:
        with os.scandir(folder) as entries:
            files = [entry.name for entry in islice(entries, _MOST_ENTRIES) if entry.is_file()]
    except (FileNotFoundError, NotADirectoryError):
        return f"There is no folder {folder} either."
    except OSError:
        return ""
    kept = sorted(name for name in files if name.endswith(".json"))
    found = near(path.name, files, 3) or near(f"{path.name}.json", kept, 3) or kept[:3]
    where = "This folder" if folder == Path() else str(folder)
    if not found:
        return f"{where} holds no JSON file. %liara /save FILE writes one."
    return f"{where} holds {', '.join(found)}. Such as: %liara /load {folder / found[0]}"


def _with_own_ids(turns: list[Turn]) -> list[Turn]:
    """``turns``, none of which has the id of another, whatever the file says."""
    seen: set[str] = set()
    for turn in turns:
        if turn.id in seen:
            turn.id = uuid.uuid4().hex[:12]
        seen.add(turn.id)
    return turns


def _foreign(path: Path, why: str) -> LiaraUsageError:
    return LiaraUsageError(
        f"{path} is no conversation that liara_magic saved: {why}.", hint="%liara /save FILE writes one."
    )
