"""What the sessions of one kernel share."""

from __future__ import annotations

from dataclasses import dataclass

from ..gateway.engine import Engine
from ..gateway.models import Catalogues
from .budget import Budget
from .ledger import Ledger
from .replay_store import ReplayStore
from .store import Log


@dataclass(frozen=True)
class Shared:
    """The way to the network, the books, and what is on disk."""

    engine: Engine
    ledger: Ledger
    catalogues: Catalogues
    budget: Budget
    log: Log
    replays: ReplayStore
