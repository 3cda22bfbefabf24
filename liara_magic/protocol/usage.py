"""What a request used, as the gateway reports it. Missing, impossible and absurd figures are unknown, never 0."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

#: No honest figure of one request comes near this; anything larger is a fault of the sender.
_ABSURD = 1e12


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens and cost of one request; ``None`` means unknown.

    ``total_cost_toman`` is the gateway's list price in toman; ``cost`` is in US dollars. ``is_estimate`` says that the
    toman were derived from the dollars, at the rate of an earlier response that gave both.
    """

    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    total_tokens: int | None = None
    cached_tokens: int | None = None
    reasoning_tokens: int | None = None
    total_cost_toman: float | None = None
    cost: float | None = None
    is_estimate: bool = False

    @classmethod
    def from_json(cls, record: Any) -> Usage:
        """Read the response's ``usage`` object, taking from it whatever makes sense."""
        if not isinstance(record, Mapping):
            return cls()
        prompt, completion = _count(record.get("prompt_tokens")), _count(record.get("completion_tokens"))
        total = _count(record.get("total_tokens"))
        if total is None and prompt is not None and completion is not None:
            total = prompt + completion
        used = total != 0
        dollars = _price(record.get("cost"), used)
        return cls(
            prompt_tokens=prompt,
            completion_tokens=completion,
            total_tokens=total,
            cached_tokens=_count(_inside(record, "prompt_tokens_details", "cached_tokens")),
            reasoning_tokens=_count(_inside(record, "completion_tokens_details", "reasoning_tokens")),
            total_cost_toman=_price(record.get("total_cost_toman"), used),
            cost=_price(record.get("total_cost"), used) if dollars is None else dollars,
        )


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over several requests. ``toman`` adds what is known; ``unknown`` counts the requests whose cost is not.

    ``budget`` is the limit on costs of which the least is left, if there is one, and ``budget_used`` what of it is
    spent or reserved, by whatever requests it is for.
    Those that are ``following`` make no turn of their own: they brought the results of tools, or their turn was
    replaced or taken back.
    """

    requests: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    toman: float = 0.0
    unknown: int = 0
    budget: float | None = None
    budget_used: float = 0.0
    following: int = 0

    @property
    def turns(self) -> int:
        """How many turns the requests make: one with tools takes several."""
        return self.requests - self.following


def _inside(record: Mapping[str, Any], outer: str, inner: str) -> Any:
    details = record.get(outer)
    return details.get(inner) if isinstance(details, Mapping) else None


def figure(value: Any) -> float | None:
    """A number from 0 up, given as one or as text; ``None`` for whatever else a server may send in its place."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) and 0 <= number < _ABSURD else None


def _count(value: Any) -> int | None:
    number = figure(value)
    return None if number is None else int(number)


def _price(value: Any, used: bool) -> float | None:
    """A price of 0, unless no token was used, is what some models report when they do not know it."""
    number = figure(value)
    return None if number == 0 and used else number
