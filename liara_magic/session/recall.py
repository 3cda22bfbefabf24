"""Which of a conversation's turns the next request carries."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..protocol.carried import tokens_of_text
from ..protocol.messages import Message
from .turn import Turn

#: What a picture or another file counts as; it differs from model to model.
_TOKENS_PER_FILE = 1000


@dataclass(frozen=True)
class Recall:
    """At most ``turns`` turns beside the pinned ones, and about ``tokens`` tokens with them; 0 is no limit.

    The newest come first. Pinned turns always stay. ``drops_cut`` leaves out turns whose reply was cut.
    """

    turns: int = 0
    tokens: int = 0
    drops_cut: bool = False

    def choose(self, turns: Sequence[Turn]) -> tuple[list[Turn], int]:
        """The turns of ``turns`` that are sent, in their order, and how many the limits leave out."""
        spoken = [turn for turn in turns if turn.messages() and not (self.drops_cut and turn.state == "cut")]
        if not self.turns and not self.tokens:
            return spoken, 0
        room = self.tokens - sum(tokens_of(turn) for turn in spoken if turn.pinned) if self.tokens else 0
        chosen, count, full = [], 0, False
        for turn in reversed(spoken):
            if not turn.pinned:
                room -= tokens_of(turn) if self.tokens else 0
                full = full or room < 0 or 0 < self.turns <= count
                count += 1
            if turn.pinned or not full:
                chosen.append(turn)
        return chosen[::-1], len(spoken) - len(chosen)


class LeftOut:
    """Says that turns are left out, once for each conversation and limit."""

    def __init__(self) -> None:
        self._said: set[tuple[str, Recall]] = set()

    def said(self, conversation: str, recall: Recall, count: int) -> list[str]:
        """The sentence, if ``count`` turns of a conversation are left out for the first time."""
        if not count or (conversation, recall) in self._said:
            return []
        self._said.add((conversation, recall))
        return [
            f"{count} earlier turn{' is' if count == 1 else 's are'} not sent: the settings max_history and "
            "max_history_tokens say how many are. /pin keeps one."
        ]


def tokens_of(turn: Turn) -> int:
    """About how many tokens a turn adds to a request."""
    return sum(_tokens(message) for message in turn.messages())


def _tokens(message: Message) -> int:
    calls = tokens_of_calls(message)
    if isinstance(message.content, str):
        return calls + tokens_of_text(message.content)
    return calls + sum(map(_of_part, message.content or ()))


def tokens_of_calls(message: Message) -> int:
    """About how many tokens the calls of tools in a message are."""
    return tokens_of_text(json.dumps(list(message.tool_calls), ensure_ascii=False)) if message.tool_calls else 0


def _of_part(part: dict[str, Any]) -> int:
    text = part.get("text")
    return tokens_of_text(text) if isinstance(text, str) else _TOKENS_PER_FILE
