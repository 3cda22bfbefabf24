"""What requests may cost: reserved before they leave, settled when the gateway has said.

``docs/costs.md`` has the rules. What a request reserves stands in its row of the ledger. So nothing has to be given
back: a row counts as its cost as soon as that is known, as what it reserved until then, and for good if the cost never
comes.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass

from ..gateway.models import Model
from ..protocol.errors import LiaraBudgetError
from ..protocol.request import ChatRequest
from ..settings import Liara
from .estimates import Price, worst_case
from .fitting import Fit, amount, fitted, refusal
from .ledger import Ledger, LedgerRow, is_play
from .limits import Limit, of_settings

# How a person raises a limit for all requests, and one for those of a day.
_OF_THE_KERNEL = ("%liara /budget {}", "%liara /budget day {}")
_OF_A_CHAT = ("chat.budget = {}", "Chat(budget_day={})")


@dataclass(frozen=True)
class Admission:
    """A request that may leave, as it is to leave, with its row in the ledger.

    ``price`` is its model's, if it is known, and ``one`` the limit beyond which the reply is to be stopped. ``limited``
    is the number of tokens that the budget put into the request, 0 if it put none; ``notes`` are said with the reply.
    """

    request: ChatRequest
    row: LedgerRow
    price: Price | None = None
    one: Limit | None = None
    limited: int = 0
    notes: tuple[str, ...] = ()


class Budget:
    """The limits of one kernel on what its requests cost. Safe to use from several threads.

    ``settings`` are the kernel's. A chat with settings of its own is also held by the limits that these set, which
    count its own requests alone.
    """

    def __init__(self, settings: Liara, ledger: Ledger) -> None:
        self._settings = settings
        self._ledger = ledger
        self._lock = threading.Lock()
        self._warned: set[tuple[str, float]] = set()  # the limit and its toman, or the model and 0

    def is_of(self, settings: Liara) -> bool:
        """Whether ``settings`` are the kernel's."""
        return settings is self._settings

    def limits(self, settings: Liara, own: Sequence[LedgerRow], model: str) -> list[Limit]:
        """The limits that hold for a request of ``model``; ``own`` are the rows of the chat with these ``settings``.

        The sandbox's toman are play money: they use up a budget for the sandbox's models alone.
        """
        play = is_play(model)
        rows = [row for row in self._ledger.rows if row.is_play == play]
        past: list[LedgerRow] = []
        if self._settings.budget_day is not None:
            past = [row for row in self._ledger.past() if row.is_play == play]
        found = of_settings(self._settings, rows, past, "", _OF_THE_KERNEL)
        if not self.is_of(settings):
            mine = [row for row in own if row.is_play == play]
            found += of_settings(settings, mine, (), "chat's ", _OF_A_CHAT)
        return found

    def price(self, model: str, entry: Model | None, look_back: bool = True) -> Price | None:
        """What ``model`` costs in toman, by its ``entry`` in the catalogue and the rate of an earlier reply.

        ``look_back`` as in :meth:`Ledger.rate`: without a limit no ask is worth the reading of logs. Where the model's
        last reply cost more than the list says, as with sound or searches, the next is taken to do so again.
        """
        if entry is None or entry.prompt_price is None or entry.completion_price is None:
            return None
        is_free = not entry.prompt_price and not entry.completion_price
        rate = 0.0 if is_free else self._ledger.rate(model, look_back)
        if rate is None:
            return None
        dollars = Price(entry.prompt_price, entry.completion_price, entry.max_completion_tokens, entry.context_length)
        price, last = dollars.scaled(rate), self._ledger.last_known(model, look_back)
        if last is None or last.prompt_tokens is None or last.completion_tokens is None:
            return price
        listed = price.of(last.prompt_tokens, last.completion_tokens)
        return price.scaled(max(1.0, (last.total_cost_toman or 0.0) / listed)) if listed else price

    def open(
        self,
        request: ChatRequest,
        price: Price | None,
        *,
        settings: Liara,
        own: list[LedgerRow],
        one: Limit | None = None,
    ) -> Admission:
        """Reserve what ``request`` may cost and enter it into the ledger and ``own``; ``one`` is its own limit.

        Raises :class:`LiaraBudgetError` where a limit does not allow it; then nothing is entered.
        """
        with self._lock:
            limits = self.limits(settings, own, request.model)
            if one is not None:
                limits.append(one)
            fit = self._weigh(request, price, limits)
            row = self._ledger.open(request.model, fit.reserved)
            own.append(row)
            notes = self._unpriced_notes(request.model, fit.reserved, limits) if price is None else ()
            return Admission(fit.request, row, price, one, fit.limited, notes)

    def outlook(
        self,
        request: ChatRequest,
        price: Price | None,
        *,
        settings: Liara,
        own: list[LedgerRow],
        one: Limit | None = None,
    ) -> tuple[ChatRequest, str]:
        """The request as :meth:`open` would let it leave now, and a sentence about what it may cost."""
        limits = [*self.limits(settings, own, request.model), *([one] if one else [])]
        try:
            fit = self._weigh(request, price, limits)
        except LiaraBudgetError as error:
            return request, error.message
        if not limits:
            worst = None if price is None else worst_case(request, price)
            return request, "" if worst is None else f"With its reply it may cost up to {amount(worst)} toman."
        if fit.reserved is None:
            return request, "What it may cost is not known, so nothing would be reserved for it."
        put = f", and max_tokens={fit.limited} is what there is room for" if fit.limited else ""
        return fit.request, f"{amount(fit.reserved)} toman would be reserved for it{put}."

    def _weigh(self, request: ChatRequest, price: Price | None, limits: list[Limit]) -> Fit:
        """How the request fits. Raises :class:`LiaraBudgetError` where it does not."""
        last_cost = self._last_cost(request.model, look_back=bool(limits))
        if limits and price is not None:
            return fitted(request, price, limits, last_cost or 0.0)
        if limits:
            self._check_unpriced(request.model, last_cost, limits)
        return Fit(request, last_cost)

    def warnings(self, settings: Liara, own: Sequence[LedgerRow], model: str) -> list[str]:
        """A sentence for each limit that is nearly used up, once for each amount that it is set to."""
        said = []
        for limit in self.limits(settings, own, model):
            if limit.warns and self._first_time(limit.name, limit.toman):
                said.append(
                    f"{amount(limit.used)} of the {limit.name} of {amount(limit.toman)} toman are used; "
                    f"{amount(limit.left)} are left. `{limit.doubled()}` doubles it."
                )
        return said

    def _first_time(self, name: str, toman: float) -> bool:
        with self._lock:
            known = (name, toman) in self._warned
            self._warned.add((name, toman))
        return not known

    def _last_cost(self, model: str, look_back: bool) -> float | None:
        last = self._ledger.last_known(model, look_back)
        return last.total_cost_toman if last else None

    def _check_unpriced(self, model: str, last_cost: float | None, limits: list[Limit]) -> None:
        """A model without a price counts as its last reply; without one, only one such request may run at a time."""
        for limit in limits:
            if last_cost is not None and last_cost > limit.left:
                raise refusal(limit, last_cost, f"{model} has no known price, and its last reply cost that much.")
            if last_cost is None and limit.left <= 0:
                raise refusal(limit, None, f"What {model} costs is not known.")
        running = (
            row.state == "running" and row.reserved is None and row.is_play == is_play(model)
            for row in self._ledger.rows
        )
        shared = [limit for limit in limits if not limit.is_for_one]
        if shared and last_cost is None and any(running):
            raise refusal(
                min(shared, key=lambda limit: limit.left),
                None,
                f"What {model} costs is not known, and another request of unknown cost is running. Ask again when it "
                "has ended.",
            )

    def _unpriced_notes(self, model: str, last_cost: float | None, limits: list[Limit]) -> tuple[str, ...]:
        """What is said of a model without a price: once, or each time where it is this request that has a limit."""
        one = any(limit.is_for_one for limit in limits)
        if not limits or not (one or (model, 0.0) not in self._warned):
            return ()
        self._warned.add((model, 0.0))
        if last_cost is not None:
            return (f"The price of {model} is not known: it counts as its last reply, {amount(last_cost)} toman.",)
        undone = "--max-cost could not be held to" if one else "nothing could be reserved for it in the budget"
        return (f"The price of {model} is not known yet: {undone}.",)
