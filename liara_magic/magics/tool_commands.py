"""The slash command about tools."""

from __future__ import annotations

from typing import cast

from ..protocol.errors import LiaraUsageError
from ..screen.markdown import plain
from ..session.approval import approval_of
from ..session.session import Session
from ..session.tools import Approval, Tool
from .registry import code, command, table


@command("/tools [on|off NAME ...]", "The functions that models may ask for; offer one with each prompt, or no longer.")
def _tools(session: Session, rest: str) -> str:
    word, *names = rest.split() or [""]
    if word and word not in ("on", "off"):
        raise LiaraUsageError(
            f"/tools takes on or off with names, not {word:.40}.", hint="Such as /tools on rows describe."
        )
    if word and not names:
        raise LiaraUsageError(f"/tools {word} needs the name of a tool.", hint=f"Such as /tools {word} rows.")
    for name in names:
        session.toolbox.switch(name, on=word == "on")
    return _listed(session)


def _listed(session: Session) -> str:
    rows = [_row(session, tool) for tool in session.toolbox.tools]
    if not rows:
        return "There are no tools. `@liara.tool` makes one of a function."
    shown = table(("tool", "", "approval", "what it does"), rows)
    return (
        f"{shown}\n\n`/tools on NAME` offers one with each prompt, `--tool NAME` with one prompt, functions of the "
        f"notebook too. `tool_approval` is {code(session.settings.tool_approval)}."
    )


def _row(session: Session, tool: Tool) -> tuple[str, ...]:
    does = plain(tool.description.split("\n\n")[0].replace("\n", " "))
    word = approval_of(tool, cast(Approval, session.settings.tool_approval))
    return code(tool.name), "**on**" if session.toolbox.is_on(tool.name) else "off", word, does
