"""The slash commands about money: what may be spent."""

from __future__ import annotations

import re

from ..protocol.checks import read_toman
from ..screen.figures import in_digits, number, toman
from ..session.limits import Limit
from ..session.session import Session
from .registry import command, table

_DAY = re.compile(r"(?:per\s+|a\s+|/\s*)?day", re.IGNORECASE)
_TAKES_BACK = ("none", "off", "default")


@command("/budget [day] [TOMAN]", "Show or set what requests may cost together, or in a day; `none` takes it back.")
def _budget(session: Session, rest: str) -> str:
    name = "budget_day" if _DAY.search(rest) else "budget"
    wanted = _DAY.sub("", rest).strip()
    if wanted:
        text = wanted.lower()
        value = None if text in _TAKES_BACK else read_toman(wanted, "The budget")
        setattr(session.settings, name, value)
    return in_digits(_state(session), session.settings.digits)


def _state(session: Session) -> str:
    """What the limits are and what of them is used."""
    model = session.model_id(session.settings.model)
    limits = session.purse.limits(model)
    if not limits:
        return (
            "There is no budget. `%liara /budget 50000` sets what this kernel's requests may cost together, in toman; "
            "`%liara /budget day 20000` what those of a day may, other notebooks included."
        )
    head = ("", "limit", "spent", "reserved", "left")
    rows = [_row(limit) for limit in limits]
    return f"{table(head, rows, numbers=head[1:])}\n\n{_price(session, model)}"


def used(limit: Limit) -> str:
    """How much of a limit is used, in one line."""
    return f"{number(limit.used)} of {toman(limit.toman)} used, {toman(limit.left)} left"


def _row(limit: Limit) -> tuple[str, ...]:
    figures = (limit.toman, limit.spent, limit.reserved, limit.left)
    return (limit.name, *(toman(figure) for figure in figures))


def _price(session: Session, model: str) -> str:
    """What is known of the chosen model's price."""
    price = session.purse.price(model, session.known_address(model))
    if price is not None:
        cost = price.of(1000, 1000)
        return f"`{model}`: 1,000 tokens sent and 1,000 received cost about {toman(cost)}."
    last = session.ledger.last_known(model)
    if last is not None:
        return (
            f"`{model}`: the price is not known; a request counts as the last one, {toman(last.total_cost_toman or 0)}."
        )
    return f"`{model}`: the price is not known yet; it is after the first reply that tells its cost."
