"""One row per request, whatever became of it, and the totals."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from ..protocol.usage import Totals, Usage

State = Literal["running", "complete", "cut", "refused"]


@dataclass
class LedgerRow:
    """A request: when, which model, what it used, how it ended and after how many seconds.

    A ``refused`` request cost nothing; a ``cut`` one may have.
    """

    model: str
    started: datetime = field(default_factory=lambda: datetime.now().astimezone())
    usage: Usage = field(default_factory=Usage)
    seconds: float = 0.0
    state: State = "running"

    def settle(self, usage: Usage, seconds: float, state: State) -> None:
        """Note how the request ended."""
        self.usage, self.seconds, self.state = usage, seconds, state

    @property
    def cost_is_unknown(self) -> bool:
        """Whether it may have cost something that nobody told."""
        return self.usage.total_cost_toman is None and self.state != "refused"


class Ledger:
    """The rows of one kernel. Safe to use from several threads."""

    def __init__(self) -> None:
        self._rows: list[LedgerRow] = []
        self._lock = threading.Lock()

    @property
    def rows(self) -> list[LedgerRow]:
        """A copy of the list of rows."""
        with self._lock:
            return list(self._rows)

    def open(self, model: str) -> LedgerRow:
        """A row for a request that is about to leave."""
        row = LedgerRow(model)
        with self._lock:
            self._rows.append(row)
        return row

    def in_toman(self, usage: Usage) -> Usage:
        """``usage`` with toman, where it has dollars alone and an earlier response gave both."""
        if usage.total_cost_toman is not None or usage.cost is None:
            return usage
        for row in reversed(self.rows):
            known = row.usage
            if known.total_cost_toman is not None and known.cost and not known.is_estimate:
                toman = usage.cost * known.total_cost_toman / known.cost
                return replace(usage, total_cost_toman=toman, is_estimate=True)
        return usage

    def totals(self) -> Totals:
        """Sums over all rows."""
        return sum_rows(self.rows)


def sum_rows(rows: Iterable[LedgerRow]) -> Totals:
    """Sums over ``rows``; running requests count when they have ended."""
    ended = [row for row in rows if row.state != "running"]
    return Totals(
        requests=len(ended),
        prompt_tokens=sum(row.usage.prompt_tokens or 0 for row in ended),
        completion_tokens=sum(row.usage.completion_tokens or 0 for row in ended),
        toman=sum(row.usage.total_cost_toman or 0.0 for row in ended),
        unknown=sum(row.cost_is_unknown for row in ended),
    )
