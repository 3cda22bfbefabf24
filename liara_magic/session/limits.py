"""The limits that a person sets on costs, and how much of each is used."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from ..settings import Liara
from .ledger import LedgerRow

#: What a request whose length nobody limits may take of what is left of a budget, and what it may take in any case.
SHARE, FLOOR_TOKENS = 1 / 4, 4096
#: The part of a budget at whose use it warns.
WARNING = 0.8


@dataclass(frozen=True)
class Limit:
    """An amount of ``toman`` that is not to be passed: how much of it is ``spent``, how much ``reserved``.

    ``name`` is what the person calls it, ``raised_by`` the command that raises it, with ``{}`` in place of the amount.
    ``is_for_one`` says that it is for one ask alone, which may then take all of it.
    """

    name: str
    toman: float
    raised_by: str
    spent: float = 0.0
    reserved: float = 0.0
    is_for_one: bool = False

    @property
    def used(self) -> float:
        """What is spent or reserved."""
        return self.spent + self.reserved

    @property
    def left(self) -> float:
        """What neither is spent nor reserved."""
        return max(0.0, self.toman - self.used)

    @property
    def share(self) -> float:
        """What one request without a limit on its tokens may take of what is left."""
        return 1.0 if self.is_for_one else SHARE

    @property
    def warns(self) -> bool:
        """Whether so much is used that the person should know."""
        return self.used >= WARNING * self.toman

    def higher(self, needed: float) -> str:
        """The command that raises it so far that ``needed`` toman fit into it, in round numbers."""
        amount = self.used + needed
        step = 10.0 ** max(0, len(f"{amount:.0f}") - 2)
        return self.raised_by.format(f"{-(-amount // step) * step:.0f}")

    def doubled(self) -> str:
        """The command that makes it twice as much."""
        return self.raised_by.format(f"{2 * self.toman:.12g}")


def for_one_ask(toman: float, spent: float = 0.0) -> Limit:
    """The limit of ``--max-cost``, of which earlier requests of the same turn have ``spent`` some."""
    return Limit("--max-cost", toman, "--max-cost {}", spent, is_for_one=True)


def of_settings(
    settings: Liara, rows: Iterable[LedgerRow], past: Sequence[LedgerRow], name: str, raised_by: tuple[str, str]
) -> list[Limit]:
    """The limits that ``settings`` hold for the requests in ``rows`` and, for the day's, in ``past``.

    ``name`` says whose they are, ``raised_by`` how the one for all and the one for a day are raised.
    """
    rows = list(rows)
    found = []
    if settings.budget is not None:
        found.append(Limit(f"{name}budget", settings.budget, raised_by[0], *_sums(rows)))
    if settings.budget_day is not None:
        today = datetime.now().date()
        of_today = [row for row in (*past, *rows) if day_of(row) == today]
        found.append(Limit(f"{name}budget of the day", settings.budget_day, raised_by[1], *_sums(of_today)))
    return found


def day_of(row: LedgerRow) -> date:
    """The day on which a request left, by this machine's clock."""
    return row.started.astimezone().date()


def _sums(rows: Iterable[LedgerRow]) -> tuple[float, float]:
    """What is spent, and what requests that have not said their cost may have cost."""
    spent = reserved = 0.0
    for row in rows:
        cost = row.usage.total_cost_toman
        if cost is not None:
            spent += cost
        elif row.state != "refused":
            reserved += row.reserved or 0.0
    return spent, reserved
