"""A turn: a prompt with its reply, and what it adds to later requests."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from ..protocol.messages import Message
from ..protocol.reply import Reply
from .ask import Ask
from .ledger import LedgerRow

_CUT_NOTE = "\n\n[This reply was cut off here.]"


@dataclass(eq=False)
class Turn:
    """A prompt with its reply. It is ``running`` until it ends ``complete``, or ``cut`` with its ``reason``.

    ``id`` is its own and stays. ``ask`` is how it was asked, ``row`` its request's row in the ledger. A ``pinned`` turn
    is sent however long the conversation gets. ``basis`` stands for the turns that stood before it when it was asked,
    if that is known (:meth:`Conversation.outdated`). ``replaced`` is the turn in whose place it was asked, and
    ``again`` says how an attempt to ask this one again came to nothing. Where the model asked for tools, the turn took
    several requests: ``row`` is that of the last, ``earlier`` are those of the others.
    """

    ask: Ask
    row: LedgerRow
    reply: Reply = field(default_factory=Reply)
    state: Literal["running", "complete", "cut"] = "running"
    reason: str = ""
    id: str = field(default_factory=lambda: uuid.uuid4().hex[:12])
    pinned: bool = False
    basis: str | None = None
    again: str = ""
    earlier: list[LedgerRow] = field(default_factory=list)
    replaced: Turn | None = field(default=None, repr=False)
    when_ended: Callable[[Turn], None] = field(default=lambda _: None, repr=False)
    _sent: tuple[Message, ...] | None = field(default=None, repr=False)

    @property
    def rows(self) -> list[LedgerRow]:
        """The rows of all its requests, the oldest first."""
        return [*self.earlier, self.row]

    @property
    def prompt(self) -> str:
        """What the person wrote, with its values filled in."""
        return self.ask.prompt

    @property
    def context(self) -> Message | None:
        """What went along before the prompt, and goes along with it again in later requests."""
        return self.ask.context

    def complete(self) -> None:
        """The reply came whole."""
        self.state = "complete"
        self.when_ended(self)

    def cut(self, reason: str) -> None:
        """The reply ended early; what came of it stays."""
        self.state, self.reason = "cut", reason
        self.when_ended(self)

    def messages(self) -> tuple[Message, ...]:
        """What the turn adds to the next request: both sides of it, or nothing, so that roles always alternate.

        A reply without a word is left out together with its prompt; one that was cut says so to the model.
        """
        if self.state == "running":
            return ()
        if self._sent is None:  # it has ended and changes no more
            said = self._said()
            prompt = (*_given(self.context), Message("user", self.prompt))
            rounds = [message for one in self.reply.rounds for message in one.messages()]
            self._sent = (*prompt, *rounds, Message("assistant", said)) if said and self.prompt.strip() else ()
        return self._sent

    def _said(self) -> str:
        """The reply as the model is told of it later."""
        said = next((text for text in (self.reply.text, self.reply.refusal) if text.strip()), "")
        if not said and self.reply.images:
            count = len(self.reply.images)
            said = f"[The reply was {count} image{'s' * (count > 1)}.]"
        if not said and self.reply.rounds:  # what the tools said is worth keeping, and something must follow it
            said = "[No answer followed.]"
        return said + _CUT_NOTE if said and self.state == "cut" else said


def _given(message: Message | None) -> tuple[Message, ...]:
    return () if message is None else (message,)
