"""Turns, and what of them is sent next."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Literal

from ..protocol.messages import Message
from ..protocol.reply import Reply
from ..protocol.usage import Totals
from .ledger import LedgerRow, sum_rows

_CUT_NOTE = "\n\n[This reply was cut off here.]"


@dataclass
class Turn:
    """A prompt with its reply. It is ``running`` until it ends ``complete``, or ``cut`` with its ``reason``.

    ``context`` went along before the prompt, and goes along with it again in later requests.
    """

    prompt: str
    row: LedgerRow
    context: Message | None = field(default=None, repr=False)
    reply: Reply = field(default_factory=Reply)
    state: Literal["running", "complete", "cut"] = "running"
    reason: str = ""

    def complete(self) -> None:
        """The reply came whole."""
        self.state = "complete"

    def cut(self, reason: str) -> None:
        """The reply ended early; what came of it stays."""
        self.state, self.reason = "cut", reason

    def messages(self) -> list[Message]:
        """What the turn adds to the next request: both sides of it, or nothing, so that roles always alternate.

        A reply without a word is left out together with its prompt; one that was cut says so to the model.
        """
        text = self.reply.text or self.reply.refusal
        if self.state == "running" or not text:
            return []
        if self.state == "cut":
            text += _CUT_NOTE
        return [*_given(self.context), Message("user", self.prompt), Message("assistant", text)]


class Conversation:
    """Turns in the order in which they were asked. Safe to use from several threads."""

    def __init__(self) -> None:
        self._turns: list[Turn] = []
        self._lock = threading.Lock()

    @property
    def turns(self) -> list[Turn]:
        """A copy of the list of turns."""
        with self._lock:
            return list(self._turns)

    def begin(self, prompt: str, row: LedgerRow, context: Message | None = None) -> Turn:
        """Add a turn that is running; ``row`` is its request's row in the ledger."""
        turn = Turn(prompt, row, context)
        with self._lock:
            self._turns.append(turn)
        return turn

    def totals(self) -> Totals:
        """What the conversation's own requests used; those that were refused used nothing and are no turns."""
        return sum_rows(turn.row for turn in self.turns if turn.row.state != "refused")

    def clear(self) -> int:
        """Forget all turns; returns how many there were."""
        with self._lock:
            count = len(self._turns)
            self._turns.clear()
        return count

    def messages(self, system: str, prompt: str, context: Message | None = None) -> list[Message]:
        """The messages of the next request: system prompt, the turns so far, the new prompt after its context."""
        opening = [Message("system", system)] if system else []
        past = [message for turn in self.turns for message in turn.messages()]
        return [*opening, *past, *_given(context), Message("user", prompt)]


def _given(message: Message | None) -> list[Message]:
    return [] if message is None else [message]
