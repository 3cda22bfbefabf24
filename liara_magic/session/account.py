"""The money side of one exchange: what it has cost so far, about, and what its end means for the budget."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from ..protocol.errors import LiaraBudgetError
from ..protocol.events import Event, ListDelta, ReasoningDelta, RefusalDelta, TextDelta
from ..protocol.reply import Reply
from ..protocol.usage import Totals, Usage
from .budget import Admission
from .estimates import USUAL, prompt_tokens
from .fitting import amount
from .ledger import Ledger
from .limits import Limit

_NOTHING = Usage()


class Account:
    """Of the request that ``admission`` let through; ``limits`` are those that hold for it, as they are now.

    ``request`` is what is to leave, ``row`` its row in the ledger, ``notes`` what is to be said with the reply, and
    ``before`` what earlier requests of the same turn have used.
    """

    def __init__(
        self,
        admission: Admission,
        ledger: Ledger,
        limits: Callable[[], list[Limit]],
        warnings: Callable[[], list[str]],
        before: Usage = _NOTHING,
    ) -> None:
        self.request = admission.request
        self.row = admission.row
        self.notes = admission.notes
        self._admission = admission
        self._ledger = ledger
        self._limits = limits
        self._warnings = warnings
        self._sent = prompt_tokens(admission.request, USUAL)
        self._received = 0  # bytes of text
        self._before = before

    def count(self, events: Iterable[Event]) -> Usage:
        """What the reply has used so far with ``events``, about.

        Raises :class:`LiaraBudgetError` when that is more than what this one request may cost.
        """
        self._received += sum(map(_size, events))
        price, one, before = self._admission.price, self._admission.one, self._before
        tokens = -(-self._received // USUAL)
        toman = price.of(self._sent, tokens) + (before.total_cost_toman or 0.0) if price else None
        if one is not None and toman is not None and toman > one.toman:
            raise _beyond(one, tokens, toman)
        sent = self._sent + (before.prompt_tokens or 0)
        received = tokens + (before.completion_tokens or 0)
        return Usage(prompt_tokens=sent, completion_tokens=received, total_cost_toman=toman, is_estimate=True)

    def settle(self, reply: Reply) -> None:
        """Put the reply's usage into toman, and note the limit on its tokens that the budget set, if it met that."""
        reply.usage = self._ledger.in_toman(reply.usage, self._admission.row.model)
        if self._admission.limited and reply.finish_reason == "length":
            reply.notices.append(
                f"The limit of {self._admission.limited:,} tokens is what the budget had room for; --max-tokens sets "
                "another."
            )

    def warn(self, reply: Reply) -> None:
        """Say which limits are nearly used up, now that the request is in the books."""
        reply.notices += self._warnings()

    def in_totals(self, totals: Totals) -> Totals:
        """``totals`` with the limit of which the least is left."""
        limits = [limit for limit in self._limits() if limit.toman > 0]
        if not limits:
            return totals
        tightest = max(limits, key=lambda limit: limit.used / limit.toman)
        return replace(totals, budget=tightest.toman, budget_used=tightest.used)


def _beyond(one: Limit, tokens: int, toman: float) -> LiaraBudgetError:
    error = LiaraBudgetError(
        f"The reply was stopped at --max-cost {amount(one.toman)}: with {tokens:,} tokens it has come to about "
        f"{amount(toman)} toman.",
        hint="What came of it is kept in the conversation.",
        limit=one.toman,
        spent=toman,
    )
    error.may_be_charged = True
    return error


def _size(event: Event) -> int:
    """Bytes of what an event brings that is paid for as text."""
    if isinstance(event, (TextDelta, ReasoningDelta, RefusalDelta)):
        text = event.text
        return len(text) if text.isascii() else len(text.encode("utf-8", "replace"))
    if isinstance(event, ListDelta) and event.name == "tool_calls":
        return sum(len(str(entry.get("function", ""))) for entry in event.entries)
    return 0
