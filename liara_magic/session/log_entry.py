"""One ask in the log: written before it is sent, while its reply streams, and when it has ended."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from .conversation import Conversation
from .json_fields import plain
from .log_records import bounded
from .round_json import round_to_json
from .turn import Turn
from .turn_json import turn_to_json

if TYPE_CHECKING:
    from .store import Log

#: Seconds between two checkpoints. With the half second for which an exchange may sleep, one second can be lost.
CHECKPOINT = 0.5
_TEXTS = ("text", "reasoning", "refusal")


class Entry:
    """An ask in the log: :meth:`begin` before it is sent, :meth:`checkpoint` while it streams, :meth:`end`.

    This one writes nothing: the log is off.
    """

    def begin(self) -> None:
        """The request is about to leave."""

    def checkpoint(self) -> None:
        """Some of the reply may have come."""

    def end(self) -> None:
        """The turn has ended."""


class LoggedEntry(Entry):
    """One that writes into ``log``; ``facts`` stand beside its turn, and ``scrub`` takes the key out."""

    def __init__(
        self,
        log: Log,
        turn: Turn,
        conversation: Conversation | None,
        facts: Mapping[str, Any],
        scrub: Callable[[str], str],
    ) -> None:
        self._log = log
        self._turn = turn
        self._conversation = conversation
        self._facts = facts
        self._scrub = scrub
        self._told: dict[str, Any] = {}  # what of the turn is on disk
        self._begun = False
        self._written: dict[tuple[int, str], int] = {}  # characters by choice and kind, of the request at hand
        self._rounds = 0  # that are on disk
        self._next = 0.0

    def begin(self) -> None:
        """Write down what is about to be sent."""
        self._begun = True
        record = turn_to_json(self._turn)
        if self._enter("request", {"turn": record, **self._facts}):
            self._told = record
        self._next = time.monotonic() + CHECKPOINT

    def checkpoint(self) -> None:
        """Write down what has come since the last time, if that is long enough ago."""
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + CHECKPOINT
        rounds = self._turn.reply.rounds[self._rounds :]
        if rounds:  # what came before is in them, and the next reply begins anew
            self._rounds += len(rounds)
            self._written.clear()
        deltas = self._deltas()
        if deltas or rounds:
            ended = {"rounds": [round_to_json(one) for one in rounds]} if rounds else {}
            self._log.write({"record": "text", "id": self._turn.id, **ended, "deltas": deltas}, self._scrub)
            self._complain()

    def end(self) -> None:
        """Write down what has become of the turn."""
        if not self._begun:  # it never left
            return
        record = bounded(turn_to_json(self._turn))
        news = {name: value for name, value in record.items() if value != self._told.get(name)}
        self._enter("end", {"turn": news})
        self._log.tidy_up()

    def _deltas(self) -> list[dict[str, Any]]:
        """What has come since the last time, by choice."""
        found = []
        for choice in self._turn.reply.choices:
            delta = {}
            for name in _TEXTS:
                text = getattr(choice, name)
                start = self._written.get((choice.index, name), 0)
                if len(text) > start:
                    self._written[choice.index, name] = len(text)
                    delta[name] = plain(text[start:])
            if delta:
                found.append({"choice": choice.index, **delta})
        return found

    def _enter(self, kind: str, facts: Mapping[str, Any]) -> bool:
        saved = self._log.enter(kind, self._turn, self._conversation, facts, self._scrub)
        self._complain()
        return saved

    def _complain(self) -> None:
        self._turn.reply.notices += self._log.complaint()
