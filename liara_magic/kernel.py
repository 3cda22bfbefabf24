"""Where the rooms are put together for this kernel."""

from __future__ import annotations

import os
import sys
import threading
import weakref
from collections.abc import Callable
from typing import Any

from .gateway.engine import Engine
from .gateway.models import Catalogues
from .hosting import host_of
from .protocol.reply import Reply
from .session.ask import Place
from .session.budget import Budget
from .session.ledger import Ledger
from .session.past_requests import PastRequests
from .session.replay_store import ReplayStore
from .session.session import Session
from .session.shared import Shared
from .session.store import Log
from .settings import Liara


class Kernel:
    """What everything in one kernel shares: settings, engine, ledger, model catalogues, the magics' session."""

    def __init__(self) -> None:
        settings = self.settings = Liara(parent=_running_shell())
        self.engine = Engine()
        log = self.log = Log(_notebook_name, lambda: (settings.log_days, settings.log_megabytes))
        self.ledger = Ledger(PastRequests(lambda: log.path))
        self.catalogues = Catalogues(self.engine.models)
        self.budget = Budget(self.settings, self.ledger)
        replays = ReplayStore(lambda: settings.replay_megabytes)
        self.shared = Shared(self.engine, self.ledger, self.catalogues, self.budget, self.log, replays)
        self.session = Session(self.settings, self.shared)
        self.session.host = host_of(_running_shell(), self.settings)
        #: Where in the notebook the code that runs here asks; the magics know it while they are loaded.
        self.next_place: Callable[[], Place | None] = lambda: None
        # Where %autoreload runs this file anew, another kernel takes the place of this one: the thread ends with it.
        weakref.finalize(self, self.engine.close)


def _running_shell() -> Any:
    """The IPython shell, whose configuration files may hold our settings; none in a plain Python program."""
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython else None


def _notebook_name() -> str:
    """The notebook that this kernel works for, as its server or VS Code tells; empty where nobody does."""
    shell = _running_shell()
    told = os.environ.get("JPY_SESSION_NAME") or getattr(shell, "user_ns", {}).get("__vsc_ipynb_file__")
    return told if isinstance(told, str) else ""


_lock = threading.Lock()
_kernel: Kernel | None = None


def this_kernel() -> Kernel:
    """The one of this process."""
    global _kernel  # noqa: PLW0603  # one per process is the point
    with _lock:
        if _kernel is None:
            _kernel = Kernel()
            Reply.mime_bundle = _reply_bundle
        return _kernel


def _reply_bundle(reply: Reply) -> dict[str, str]:
    from .screen.notebook import reply_bundle

    return reply_bundle(reply)
