"""A session's way to the budget: what its requests may cost before they leave, and what of it is used."""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import replace

from ..gateway.address import Address
from ..gateway.connection import Connection
from ..gateway.models import Catalogues
from ..protocol.errors import LiaraError
from ..protocol.request import ChatRequest
from ..protocol.usage import Usage
from ..settings import Liara
from .account import Account
from .budget import Admission, Budget
from .estimates import Price
from .ledger import Ledger, LedgerRow
from .limits import Limit, for_one_ask

#: Seconds for which an ask waits for the list of models, where a budget needs their prices.
_PATIENCE = 5.0
_NOTHING = Usage()


class Purse:
    """What the session with these ``settings`` asks is paid from here. Safe to use from several threads."""

    def __init__(self, settings: Liara, ledger: Ledger, budget: Budget, catalogues: Catalogues) -> None:
        self._settings = settings
        self._ledger = ledger
        self._budget = budget
        self._catalogues = catalogues
        self._rows: list[LedgerRow] = []
        self._asked: set[Address] = set()
        self._lock = threading.Lock()

    def open(
        self, request: ChatRequest, connection: Connection, max_cost: float | None = None, spent: Usage = _NOTHING
    ) -> Account:
        """Reserve what ``request`` may cost and enter it into the ledger.

        ``max_cost`` is the most toman that its turn may cost, which has ``spent`` so much with earlier requests.
        The account's request is the one to send: the budget may have put a limit on its tokens. Raises
        :class:`LiaraBudgetError` where a limit does not allow it; then nothing is entered.
        """
        model = request.model
        cap = self._settings.max_cost if max_cost is None else max_cost
        price = self._price(model, connection, is_limited=cap is not None or bool(self.limits(model)))
        one = None if cap is None else for_one_ask(cap, spent.total_cost_toman or 0.0)
        admission = self._budget.open(request, price, settings=self._settings, own=self._rows, one=one)
        return Account(
            admission,
            self._ledger,
            before=spent,
            limits=lambda: self.limits(model),
            warnings=lambda: self._budget.warnings(self._settings, self._rows, model),
        )

    def open_free(self, request: ChatRequest) -> Account:
        """Enter a request that costs nothing, since its reply is there already."""
        admission = Admission(request, self._ledger.open(request.model, reserved=0.0))
        return Account(admission, self._ledger, limits=lambda: self.limits(request.model), warnings=list)

    def outlook(
        self, request: ChatRequest, address: Address | None, max_cost: float | None = None
    ) -> tuple[ChatRequest, str]:
        """The request as it would leave now, and a sentence about what it may cost; nobody is asked."""
        cap = self._settings.max_cost if max_cost is None else max_cost
        one = None if cap is None else for_one_ask(cap)
        price = self.price(request.model, address)
        return self._budget.outlook(request, price, settings=self._settings, own=self._rows, one=one)

    def open_next(
        self, request: ChatRequest, spent: Usage, connection: Connection, max_cost: float | None = None
    ) -> Account:
        """:meth:`open` for a further request of a turn."""
        return self.open(request, connection, max_cost, spent)

    def chat(self, name: str) -> str:
        """What the conversation ``name`` is called in the books: a chat that Python code made has names of its own."""
        return f"{name} (Python)" if name and not self._budget.is_of(self._settings) else name

    def limits(self, model: str) -> list[Limit]:
        """The limits that hold for a request of ``model``, with what of them is used."""
        return self._budget.limits(self._settings, self._rows, model)

    def price(self, model: str, address: Address | None, look_back: bool = True) -> Price | None:
        """What ``model`` costs, by what is known without asking anyone; ``look_back`` as in :meth:`Ledger.rate`."""
        if address is None:
            return None
        return self._budget.price(model, self._catalogues.known(address).find(model), look_back)

    def _price(self, model: str, connection: Connection, is_limited: bool) -> Price | None:
        """The price; a limit is worth one free call for the list of models, when an earlier reply has told the rate."""
        address = connection.address
        if is_limited and self._ledger.rate(model) is not None:
            with self._lock:  # who asks at the same time waits for the same list
                if address not in self._asked and not self._catalogues.known(address):
                    self._asked.add(address)
                    with suppress(LiaraError):
                        self._catalogues.load(_hurried(connection), self._settings.models_lifetime)
        return self.price(model, address, look_back=is_limited)


def _hurried(connection: Connection) -> Connection:
    """The same way, for a call that a person did not ask for and should not have to wait for."""
    connect = min(connection.limits.connect, _PATIENCE)
    return replace(connection, limits=replace(connection.limits, connect=connect, idle=_PATIENCE, content=_PATIENCE))
