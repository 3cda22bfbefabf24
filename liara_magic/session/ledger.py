"""One row per request, whatever became of it, and the totals."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from ..gateway.address import SANDBOX_PREFIX
from ..gateway.sandbox_models import TOMAN_PER_DOLLAR
from ..protocol.usage import Totals, Usage

State = Literal["running", "complete", "cut", "refused", "replayed"]


def is_play(model: str) -> bool:
    """Whether ``model`` is the sandbox's, whose toman nobody pays."""
    return model.startswith(SANDBOX_PREFIX)


@dataclass
class LedgerRow:
    """A request: when, which model, what it used, how it ended and after how many seconds.

    A ``refused`` request cost nothing, as did one that was ``replayed`` from a stored reply; a ``cut`` one may have.
    ``reserved`` is the toman that it counts as in a budget while its cost is not known, ``None`` if that is unknown
    too. ``chat`` is the conversation that it belongs to, by name, and ``cell`` the execution count of the cell that
    asked; empty and 0 if there is none. One that ``follows`` brings the results of tools for a turn that an earlier one
    began.
    """

    model: str
    started: datetime = field(default_factory=lambda: datetime.now().astimezone())
    usage: Usage = field(default_factory=Usage)
    seconds: float = 0.0
    state: State = "running"
    reserved: float | None = None
    chat: str = ""
    cell: int = 0
    follows: bool = False

    def settle(self, usage: Usage, seconds: float, state: State) -> None:
        """Note how the request ended."""
        self.usage, self.seconds, self.state = usage, seconds, state

    @property
    def cost_is_unknown(self) -> bool:
        """Whether it may have cost something that nobody told."""
        return self.usage.total_cost_toman is None and self.state != "refused"

    @property
    def is_play(self) -> bool:
        """Whether the sandbox answered it, whose toman nobody pays."""
        return is_play(self.model)


class Ledger:
    """The rows of one kernel. Safe to use from several threads.

    ``past`` gives the rows of other kernels, by their logs, the oldest first.
    """

    def __init__(self, past: Callable[[], Sequence[LedgerRow]] = tuple) -> None:
        self._rows: list[LedgerRow] = []
        self._lock = threading.Lock()
        self.past = past

    @property
    def rows(self) -> list[LedgerRow]:
        """A copy of the list of rows."""
        with self._lock:
            return list(self._rows)

    def open(self, model: str, reserved: float | None = None) -> LedgerRow:
        """A row for a request that is about to leave."""
        row = LedgerRow(model, reserved=reserved)
        with self._lock:
            self._rows.append(row)
        return row

    def rate(self, model: str, look_back: bool = True) -> float | None:
        """Toman for a US dollar, by the latest reply that gave both. The sandbox's rate is its own.

        ``look_back``: where this kernel had no such reply, the logs are read.
        """
        if is_play(model):
            return TOMAN_PER_DOLLAR
        for row in self._latest(look_back):
            usage = row.usage
            if not row.is_play and usage.total_cost_toman is not None and usage.cost and not usage.is_estimate:
                return usage.total_cost_toman / usage.cost
        return None

    def in_toman(self, usage: Usage, model: str = "") -> Usage:
        """``usage`` of ``model`` with toman, where it has dollars alone and an earlier response gave both."""
        if usage.total_cost_toman is not None or usage.cost is None:
            return usage
        rate = self.rate(model)
        return usage if rate is None else replace(usage, total_cost_toman=usage.cost * rate, is_estimate=True)

    def last_known(self, model: str, look_back: bool = True) -> Usage | None:
        """What the latest request of ``model`` used that was paid and whose cost is known; ``look_back`` as above."""
        known = (row.usage for row in self._latest(look_back) if row.model == model and row.state != "replayed")
        return next((usage for usage in known if usage.total_cost_toman is not None), None)

    def totals(self) -> Totals:
        """Sums over all rows."""
        return sum_rows(self.rows)

    def _latest(self, look_back: bool) -> Iterator[LedgerRow]:
        """All rows that are known, the latest first; the logs are read only where this kernel's own do not do."""
        yield from reversed(self.rows)
        if look_back:
            yield from reversed(self.past())


def sum_rows(rows: Iterable[LedgerRow]) -> Totals:
    """Sums over ``rows``; running requests count when they have ended."""
    ended = [row for row in rows if row.state != "running"]
    return Totals(
        requests=len(ended),
        following=sum(row.follows for row in ended),
        prompt_tokens=sum(row.usage.prompt_tokens or 0 for row in ended),
        completion_tokens=sum(row.usage.completion_tokens or 0 for row in ended),
        toman=sum(row.usage.total_cost_toman or 0.0 for row in ended),
        unknown=sum(row.cost_is_unknown for row in ended),
    )
