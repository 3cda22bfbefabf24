"""What a log file has so far: which turns, in which conversations. It decides where the next record stands."""

from __future__ import annotations

import weakref
from datetime import datetime
from typing import Any

from .conversation import Conversation
from .turn import Turn


class Places:
    """The turns and conversations of one log file. Not for several threads at once."""

    def __init__(self) -> None:
        #: The ids of the turns that the file has.
        self.known: set[str] = set()
        self._names: weakref.WeakKeyDictionary[Conversation, str] = weakref.WeakKeyDictionary()
        self._order: dict[str, list[str]] = {}  # the turns of each conversation, as the file has them
        self._sums: dict[str, dict[str, Any]] = {}  # what is known of each conversation
        self._since_sums = 0  # records since the last that told all sums

    def strangers(self, conversation: Conversation) -> list[Turn]:
        """The turns that were not asked here: restored, loaded, or asked while the log was off."""
        return [turn for turn in conversation.turns if turn.state != "running" and turn.id not in self.known]

    def of(self, conversation: Conversation | None, new: tuple[str, ...] = ()) -> dict[str, Any]:
        """Where a record stands: its conversation, the conversation's turns if they changed otherwise, the sums.

        ``new`` are the ids that the record itself brings. An ask outside every conversation stands nowhere.
        """
        if conversation is None:
            return {}
        turns = conversation.turns
        name = self._name(conversation, turns)
        order = [turn.id for turn in turns if turn.id in self.known]
        changed = order != [*self._order.get(name, []), *new]
        self._order[name] = order
        totals = conversation.totals()
        self._sums[name] = {"turns": len(turns), "toman": totals.toman, "unknown": totals.unknown, "at": moment()}
        # With many conversations not every record tells all sums, so that the file grows with what was said.
        self._since_sums += 1
        whole = self._since_sums >= len(self._sums)
        if whole:
            self._since_sums = 0
        sums = self._sums if whole else {name: self._sums[name]}
        return {"chat": name, "whole": whole, "chats": sums, **({"turns": order} if changed else {})}

    def of_change(self, conversation: Conversation) -> dict[str, Any]:
        """Where a conversation stands that changed otherwise than by an ask; empty if the file need not tell.

        One that is not in the file is entered with its first ask, while a turn runs its own records tell, and what was
        forgotten as a whole stays.
        """
        name, turns = self._names.get(conversation), conversation.turns
        if not name or not turns or any(turn.state == "running" for turn in turns) or not self._goes_on(name, turns):
            return {}
        place = self.of(conversation)
        return place if "turns" in place else {}

    def lose(self, turn: Turn, conversation: Conversation | None) -> None:
        """A record of ``turn`` is not on disk: it is no longer known, and the next record tells all turns again."""
        self.known.discard(turn.id)
        if conversation is not None and conversation in self._names:
            self._order[self._names[conversation]] = []

    def _name(self, conversation: Conversation, turns: list[Turn]) -> str:
        """The conversation's name in this file: its own, with a number if another had it, or if it was begun anew."""
        name = self._names.get(conversation, "")
        if not name or not self._goes_on(name, turns):
            name, number = conversation.name, 2
            while name in self._order:
                name, number = f"{conversation.name} {number}", number + 1
            self._names[conversation] = name
        return name

    def _goes_on(self, name: str, turns: list[Turn]) -> bool:
        """Whether any of the turns that the file has under this name is still there, or was asked again."""
        before = set(self._order.get(name, ()))
        there = {turn.id for turn in turns} | {turn.replaced.id for turn in turns if turn.replaced}
        return not before or bool(before & there)


def moment() -> str:
    """The time, as records tell it."""
    return datetime.now().astimezone().isoformat(timespec="milliseconds")
