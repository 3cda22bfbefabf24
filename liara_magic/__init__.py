"""liara_magic: the AI assistant inside a Jupyter notebook.

``%load_ext liara_magic``, then ``%%liara`` and ``%liara``; from Python, ``Chat`` and ``chat()``.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

__all__ = [
    "CallEnded",
    "CallStarted",
    "Chat",
    "Choice",
    "Finish",
    "Liara",
    "LiaraBudgetError",
    "LiaraContextLengthError",
    "LiaraCredentialsError",
    "LiaraCreditError",
    "LiaraError",
    "LiaraFormatError",
    "LiaraModelError",
    "LiaraNetworkError",
    "LiaraRateLimitError",
    "LiaraRequestError",
    "LiaraServerError",
    "LiaraStreamError",
    "LiaraUsageError",
    "LiaraWorkspaceError",
    "ReasoningDelta",
    "Reply",
    "TextDelta",
    "Usage",
    "UsageReport",
    "__version__",
    "chat",
    "load_ipython_extension",
    "panel",
    "tool",
    "unload_ipython_extension",
]

_ROOMS = {
    "api": ("Chat", "chat"),
    "panels.panel": ("panel",),
    "settings": ("Liara",),
    "protocol.events": ("CallEnded", "CallStarted", "Finish", "ReasoningDelta", "TextDelta", "UsageReport"),
    "protocol.reply": ("Choice", "Reply"),
    "protocol.usage": ("Usage",),
    "session.tools": ("tool",),
    "protocol.errors": tuple(name for name in __all__ if name.endswith("Error")),
}
_ROOM_OF = {name: room for room, names in _ROOMS.items() for name in names}

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from .api import Chat, chat
    from .panels.panel import panel
    from .protocol.errors import (
        LiaraBudgetError,
        LiaraContextLengthError,
        LiaraCredentialsError,
        LiaraCreditError,
        LiaraError,
        LiaraFormatError,
        LiaraModelError,
        LiaraNetworkError,
        LiaraRateLimitError,
        LiaraRequestError,
        LiaraServerError,
        LiaraStreamError,
        LiaraUsageError,
        LiaraWorkspaceError,
    )
    from .protocol.events import CallEnded, CallStarted, Finish, ReasoningDelta, TextDelta, UsageReport
    from .protocol.reply import Choice, Reply
    from .protocol.usage import Usage
    from .session.tools import tool
    from .settings import Liara


def __getattr__(name: str) -> Any:
    """Import a public name's room when it is first used, so that loading costs nothing."""
    if name not in _ROOM_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_ROOM_OF[name]}", __name__), name)


def __dir__() -> list[str]:
    return sorted(__all__)


def load_ipython_extension(shell: InteractiveShell) -> None:
    """``%load_ext liara_magic``: register the magics, and nothing else."""
    from .magics.registering import register

    register(shell)


def unload_ipython_extension(shell: InteractiveShell) -> None:
    """``%unload_ext liara_magic``: take back everything and close the connections."""
    from .magics.registering import unregister

    unregister(shell)
