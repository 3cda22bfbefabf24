"""Earlier conversations, found in the logs of all kernels and read back. Nothing is restored unasked."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from ..protocol.errors import LiaraUsageError, nearest
from .json_fields import count_of, number_of, record_of, records_of, text_of, texts_of, time_of
from .log_records import beginning, lines_backwards, log_files, opening, parsed
from .turn import Turn
from .turn_json import turn_from_json

_TEXTS = ("text", "reasoning", "refusal")


@dataclass(frozen=True)
class EarlierConversation:
    """A conversation in a log. ``name`` is how a person names it; ``unknown`` counts requests of unknown cost.

    ``notebook`` is the notebook's file name, empty if none was known; ``chat`` the conversation's own name there;
    ``date`` when it last went on.
    """

    name: str
    notebook: str
    chat: str
    date: datetime
    turns: int
    toman: float
    unknown: int
    path: Path


@dataclass(frozen=True)
class Findings:
    """What the logs hold, the latest first, and a sentence about each file that could not be read."""

    conversations: list[EarlierConversation]
    unreadable: list[str]


def earlier_conversations(but: Path | None = None) -> Findings:
    """What all logs hold but the file of this kernel. Of each file a few lines at its ends are read."""
    found: list[EarlierConversation] = []
    unreadable = []
    for path in log_files():
        try:
            if path == but or not path.stat().st_size:  # its first line could not be written
                continue
            found += _conversations(path)
        except (OSError, LiaraUsageError) as error:
            why = error.strerror if isinstance(error, OSError) else str(error).replace("\n", " ")
            unreadable.append(f"{path.name} is left as it is: {why}")
    found.sort(key=lambda one: one.date, reverse=True)
    return Findings(found, unreadable)


def find_earlier(name: str, but: Path | None = None) -> EarlierConversation:
    """The conversation that ``name`` means: its name or the beginning of it, or a notebook's name for its latest one.

    Raises :class:`LiaraUsageError` with the nearest name, or with all those that it may mean.
    """
    known = earlier_conversations(but).conversations
    exact = [one for one in known if one.name == name]
    begun = [one for one in known if name and one.name.startswith(name)]
    of_notebook = [one for one in known if name and name == one.notebook]
    for found in (exact, of_notebook[:1], begun):
        if len(found) == 1:
            return found[0]
    if begun:
        raise LiaraUsageError(f"{name:.60} may be {' or '.join(one.name for one in begun[:5])}.")
    raise LiaraUsageError(
        f"There is no earlier conversation called {name:.60}.",
        hint=nearest(name, (one.name for one in known)) or "%liara /chats lists them.",
    )


def load_turns(conversation: EarlierConversation) -> tuple[list[Turn], int]:
    """The turns of an earlier conversation, and how many could not be read. One that never ended is cut."""
    book = _Book()
    with open(conversation.path, "rb") as file:
        opening(file)
        for line in file:
            book.enter(parsed(line))
    return book.turns(conversation.chat)


def _conversations(path: Path) -> list[EarlierConversation]:
    """The conversations of one file, from its first line and as few of its last as tell all their sums."""
    with open(path, "rb") as file:
        notebook = os.path.basename(text_of(opening(file), "notebook").replace("\\", "/"))
        found: dict[str, EarlierConversation] = {}
        for line in lines_backwards(file):
            if not line.startswith((b'{"record":"request"', b'{"record":"end"', b'{"record":"turns"')):
                continue
            record = beginning(line)
            chats = record_of(record, "chats")
            for chat in chats.keys() - found.keys():
                found[chat] = _conversation(path, notebook, chat, record_of(chats, chat))
            if record.get("whole") is True:
                break
    return [one for one in found.values() if one.turns]


def _conversation(path: Path, notebook: str, chat: str, sums: Mapping[str, Any]) -> EarlierConversation:
    return EarlierConversation(
        name=path.stem if chat == "main" else f"{path.stem}/{chat}",
        notebook=notebook,
        chat=chat,
        date=time_of(sums, "at") or datetime.fromtimestamp(path.stat().st_mtime).astimezone(),
        turns=count_of(sums, "turns") or 0,
        toman=number_of(sums, "toman") or 0.0,
        unknown=count_of(sums, "unknown") or 0,
        path=path,
    )


class _Book:
    """The records of one file, put together into turns."""

    def __init__(self) -> None:
        self._told: dict[str, dict[str, Any]] = {}
        self._deltas: dict[str, dict[int, dict[str, str]]] = {}
        self._rounds: dict[str, list[dict[str, Any]]] = {}
        self._ended: set[str] = set()
        self._order: dict[str, dict[str, None]] = {}  # ids in their order

    def enter(self, record: Mapping[str, Any]) -> None:
        """Take in the next record; what makes no sense is passed over."""
        kind, turn = record.get("record"), text_of(record, "id")
        if kind == "text":
            rounds = records_of(record, "rounds")
            if rounds:
                self._deltas.pop(turn, None)
                self._rounds.setdefault(turn, []).extend(rounds)
            for delta in records_of(record, "deltas"):
                texts = self._deltas.setdefault(turn, {}).setdefault(count_of(delta, "choice") or 0, {})
                for name in _TEXTS:
                    texts[name] = texts.get(name, "") + text_of(delta, name)
        elif kind in ("request", "copy", "end"):
            self._told.setdefault(turn, {}).update(record_of(record, "turn"))
            if kind != "request":
                self._ended.add(turn)
        if kind in ("request", "end", "turns") and text_of(record, "chat"):
            order = self._order.setdefault(text_of(record, "chat"), {})
            if isinstance(record.get("turns"), list):
                order.clear()
                order.update(dict.fromkeys(texts_of(record, "turns")))
            else:
                order.setdefault(turn)

    def turns(self, chat: str) -> tuple[list[Turn], int]:
        """The turns of a conversation, and how many are lost."""
        found, lost = [], 0
        for turn in self._order.get(chat, ()):
            try:
                found.append(turn_from_json(self._value(turn)))
            except LiaraUsageError:
                lost += 1
        return found, lost

    def _value(self, turn: str) -> dict[str, Any]:
        told = self._told.get(turn, {})
        if turn in self._ended:
            return told
        choices = [{"index": index, **texts} for index, texts in self._deltas.get(turn, {}).items()]
        came = {"rounds": self._rounds.get(turn, []), "choices": choices}
        return {**told, "reply": {**record_of(told, "reply"), **came}}
