"""How a request fits into what limits on its cost have left."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..protocol.errors import LiaraBudgetError
from ..protocol.request import ChatRequest
from .estimates import Price, choices, output_limit, prompt_tokens, worst_case
from .limits import FLOOR_TOKENS, Limit

#: Fewer tokens than these are no reply worth paying for.
_FEWEST_TOKENS = 256


@dataclass(frozen=True)
class Fit:
    """A request as it may leave, with what it has ``reserved`` (``None``: that is unknown).

    ``limited`` is the number of tokens that the budget put into it, 0 if it put none.
    """

    request: ChatRequest
    reserved: float | None = None
    limited: int = 0


def fitted(request: ChatRequest, price: Price, limits: Sequence[Limit], last_cost: float) -> Fit:
    """How ``request`` may leave, if it may; ``last_cost`` is what its model's last reply cost.

    Raises :class:`LiaraBudgetError` where a limit has no room for it.
    """
    sent, count = prompt_tokens(request, context=price.context), choices(request)
    worst = worst_case(request, price)
    if output_limit(request) is not None:
        for limit in limits:
            if worst is not None and worst > limit.left:
                raise refusal(limit, worst, _shorter(limit, price, sent, count))
        return Fit(request, worst)
    room = min(_room(limit, price, sent, count) for limit in limits)
    most = price.of(sent, room * count) if price.completion else math.inf
    if worst is not None and worst <= min(most, *(limit.left for limit in limits)):
        return Fit(request, worst)
    needed = max(price.of(sent, _fewest(request) * count), last_cost)
    for limit in limits:
        if needed > limit.left:
            raise refusal(limit, needed, _shorter(limit, price, sent, count))
    tokens = max(_fewest(request), int(room))
    limited = replace(request, parameters={**request.parameters, "max_tokens": tokens})
    return Fit(limited, price.of(sent, tokens * count), tokens)


def amount(toman: float) -> str:
    """Toman as a number for a sentence: 1,240 · 42.1 · 0.98."""
    return f"{toman:,.0f}" if toman >= 100 else f"{toman:.3g}"


def _fewest(request: ChatRequest) -> int:
    """Tokens that a reply must have room for: what it may spend on reasoning comes on top."""
    reasoning = request.parameters.get("reasoning")
    tokens = reasoning.get("max_tokens") if isinstance(reasoning, dict) else None
    return _FEWEST_TOKENS + (tokens if isinstance(tokens, int) else 0)


def _room(limit: Limit, price: Price, sent: int, count: int) -> float:
    """The tokens of a reply that ``limit`` has room for, if others are to find some too."""
    if not price.completion:
        return math.inf
    affordable = (limit.left - price.of(sent, 0)) / (price.completion * count)
    return min(affordable, max(affordable * limit.share, FLOOR_TOKENS))


def _shorter(limit: Limit, price: Price, sent: int, count: int) -> str:
    """The limit on tokens with which the request would fit, if it is worth one."""
    tokens = int((limit.left - price.of(sent, 0)) / (price.completion * count)) if price.completion else 0
    return f"--max-tokens {tokens} would fit." if tokens >= 16 else ""


def refusal(limit: Limit, needed: float | None, why: str = "") -> LiaraBudgetError:
    """The error that says why a request does not fit: what is left, what it needs, and what raises the limit."""
    may = "at a cost that is not known" if needed is None else f"that may cost {amount(needed)}"
    if limit.is_for_one:
        spent = f", {amount(limit.spent)} of which are spent," if limit.spent else ""
        message = f"--max-cost {amount(limit.toman)}{spent} does not allow a request {may} toman."
    else:
        reserved = f" and {amount(limit.reserved)} reserved" if limit.reserved else ""
        message = (
            f"The {limit.name} of {amount(limit.toman)} toman does not allow a request {may}: "
            f"{amount(limit.spent)} are spent{reserved}, {amount(limit.left)} are left."
        )
    hint = f"{why} `{limit.higher(needed or limit.toman)}` raises it.".strip()
    return LiaraBudgetError(
        message, hint=hint, limit=limit.toman, spent=limit.spent, reserved=limit.reserved, needed=needed
    )
