"""The slash commands that put a conversation into a file, and take it out again."""

from __future__ import annotations

import os
import re
from pathlib import Path

from ..protocol.errors import LiaraUsageError
from ..screen.figures import in_digits
from ..screen.markdown import plain
from ..session import saved
from ..session.session import Session
from .registry import code, command

_OVERWRITE = re.compile(r"(?:^|\s)--overwrite(?=\s|$)")


@command("/save FILE", "Keep the conversation in a JSON file; `--overwrite` replaces one that is there.")
def _save(session: Session, rest: str) -> str:
    name, overwrite = _file(rest, "/save", "analysis.json")
    path = saved.save(session.conversation, name, overwrite, session.without_key)
    count = len(session.conversation.turns)
    return in_digits(f"{_turns(count)} kept in {_shown(path)}.", session.settings.digits)


@command("/load FILE", "Take a kept conversation out of its file and go to it; no other is touched.")
def _load(session: Session, rest: str) -> str:
    name, _ = _file(rest, "/load", "analysis.json")
    before = session.conversation
    loaded = saved.load(session.conversations, name)
    said = f"The conversation **{plain(loaded.name)}** is here, with {_turns(len(loaded.turns))}."
    back = "" if before is loaded else f" `%liara /chat {before.name}` goes back."
    return in_digits(said, session.settings.digits) + back


@command("/export FILE", "The conversation to be read by people: FILE.md, FILE.html or FILE.ipynb; also `--overwrite`.")
def _export(session: Session, rest: str) -> str:
    from ..export.files import export

    name, overwrite = _file(rest, "/export", "analysis.html")
    path = export(session.conversation, name, overwrite, session.settings.digits, session.without_key)
    return f"The conversation stands in {_shown(path)}."


def _file(rest: str, command: str, example: str) -> tuple[str, bool]:
    """The name of the file, and whether another one may be replaced."""
    name = _OVERWRITE.sub("", rest).strip()
    if len(name) > 1 and name[0] == name[-1] and name[0] in "\"'":
        name = name[1:-1]
    if not name:
        raise LiaraUsageError(f"{command} needs the name of a file.", hint=f"Such as %liara {command} {example}")
    return name, bool(_OVERWRITE.search(rest))


def _shown(path: Path) -> str:
    """A path as short as it can be told: from the folder of the notebook, where it lies below it."""
    here = Path(os.path.realpath(os.getcwd()))
    return code(str(path.relative_to(here) if path.is_relative_to(here) else path))


def _turns(count: int) -> str:
    return f"{count} turn{'' if count == 1 else 's'}"
