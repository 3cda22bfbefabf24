"""What was used, put together by model, conversation or day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from ..protocol.usage import Totals
from .ledger import Ledger, LedgerRow, sum_rows
from .limits import day_of

#: By what usage can be put together, and what a row goes under then.
GROUPS: dict[str, Callable[[LedgerRow], str]] = {
    "model": lambda row: row.model,
    "chat": lambda row: row.chat or "outside every chat",
    "day": lambda row: f"{day_of(row):%Y-%m-%d}",
}


@dataclass(frozen=True)
class Periods:
    """What was used in this ``kernel``, on this machine ``today``, and in this ``month``; each holds the one before."""

    kernel: Totals
    today: Totals
    month: Totals


class Usages:
    """What the rows of ``ledger`` and of the logs that it knows come to, now."""

    def __init__(self, ledger: Ledger) -> None:
        self.own = [row for row in ledger.rows if row.state != "running"]
        self._ids = {id(row) for row in self.own}
        self._rows = [*ledger.past(), *self.own]
        self._today = datetime.now().date()

    def periods(self) -> Periods:
        """The sums of all rows."""
        return self._sums(self._rows)

    def play(self) -> float:
        """Toman of this month that are the sandbox's, which nobody pays."""
        return self._sums([row for row in self._rows if row.is_play]).month.toman

    def by(self, group: str) -> dict[str, Periods]:
        """The sums for each of a group: days in their order, others the most expensive of the month first."""
        rows: dict[str, list[LedgerRow]] = {}
        for row in self._rows:
            rows.setdefault(GROUPS[group](row), []).append(row)
        found = {name: self._sums(rows[name]) for name in sorted(rows)}
        if group == "day":
            return found
        return dict(sorted(found.items(), key=lambda item: -item[1].month.toman))

    def _sums(self, rows: list[LedgerRow]) -> Periods:
        days = [day_of(row) for row in rows]
        first = self._today.replace(day=1)
        return Periods(
            sum_rows(row for row in rows if id(row) in self._ids),
            sum_rows(row for row, day in zip(rows, days, strict=True) if day == self._today),
            sum_rows(row for row, day in zip(rows, days, strict=True) if day >= first),
        )
