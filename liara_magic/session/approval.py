"""Whether a call of the model may be run: what the session says, what the tool says, what the person says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..protocol.rounds import ToolRun
from .host import CannotAsk, Host
from .tools import Approval, Tool


class Approvals:
    """The session's word on tools, and those that the person allowed for good.

    Only code that runs and settings can grant anything: nothing is read from a notebook's file or a saved conversation.
    """

    def __init__(self) -> None:
        self._always: dict[str, Callable[..., Any]] = {}

    def refusal(self, tool: Tool, run: ToolRun, session_says: Approval, host: Host) -> str:
        """Why ``run`` may not be run, as the model is told; empty if it may. Asks the person where that is needed."""
        word = approval_of(tool, session_says)
        if word == "deny":
            return _DENIED
        if word == "allow" or self._always.get(tool.name) is tool.function:
            return ""
        try:
            answer = host.approve(run)
        except CannotAsk as reason:
            return f"{NOBODY_ASKED}{reason}."
        if answer == "always":
            self._always[tool.name] = tool.function
        return "" if answer in ("allow", "always") else "The person did not allow this call."


def approval_of(tool: Tool, session_says: Approval) -> Approval:
    """What counts for ``tool``: a session that denies denies all; else its own word; one that only reads is allowed."""
    if session_says == "deny":
        return "deny"
    return tool.approval or ("allow" if tool.safe else session_says)


#: How a refusal begins where the person could not be asked.
NOBODY_ASKED = "Not allowed: a tool needs the person's word, and "
_DENIED = "Not allowed: the person's settings deny this tool."
