"""The slash commands about whole conversations: which there are, going from one to another, branching."""

from __future__ import annotations

import re

from ..protocol.checks import latin_digits
from ..protocol.errors import LiaraUsageError
from ..screen.figures import TOMAN, in_digits, number
from ..screen.markdown import plain
from ..session.conversation import Conversation
from ..session.session import Session
from .earlier_chats import earlier_table, is_earlier, restore
from .registry import command, table
from .turn_commands import short

#: The columns of the table of conversations.
HEAD = ("", "conversation", "turns", "last asked", TOMAN, "began with")
_BRANCH = re.compile(r"(?:\"(?P<quoted>[^\"]*)\"|(?P<plain>.*?))(?:\s+(?P<number>[\d۰-۹٠-٩]+))?\s*")


@command("/chats [all]", "The conversations there are here, and those that the logs of earlier kernels hold.")
def _chats(session: Session, rest: str) -> str:
    current = session.conversation
    rows = [_row(conversation, conversation is current) for conversation in session.conversations.all()]
    shown = table(HEAD, rows, numbers=("turns", TOMAN)) + earlier_table(session, rest == "all")
    return in_digits(shown, session.settings.digits)


@command(
    "/chat [NAME]",
    "Show which conversation is the current one, or go to another, also to an earlier one that /chats lists; it begins "
    "if there is none.",
)
def _chat(session: Session, rest: str) -> str:
    also = ""
    if rest:
        name = rest.strip("\"'")
        lost = restore(session, name) if is_earlier(name) else 0
        if lost:
            return f"{_chat(session, '')} {lost} of its turns could not be read."
        if not is_earlier(name):
            other = session.conversations.near(name)
            also = f" There is also **{plain(other)}**: `%liara /chat {other}` goes to it." if other else ""
            session.conversations.switch(name)
    conversation = session.conversation
    count = len(conversation.turns)
    said = f"{count} turn{'' if count == 1 else 's'}" if count else "no turns yet"
    said = f"The conversation is **{plain(conversation.name)}**, {'a new one, ' if also else ''}with {said}."
    return in_digits(said, session.settings.digits) + also


@command("/branch NAME [N]", "Go on in a copy of the conversation, of all its turns or as far as turn N.")
def _branch(session: Session, rest: str) -> str:
    found = _BRANCH.fullmatch(rest)
    name = (found["quoted"] or found["plain"]) if found else ""
    if not found or not name:
        raise LiaraUsageError("/branch needs a name.", hint='Such as %liara /branch second try, or "try 2" in quotes.')
    before = session.conversation
    until = before.turn(int(latin_digits(found["number"]))) if found["number"] else None
    branch = session.conversations.branch(name, until)
    count = len(branch.turns)
    said = f"**{plain(branch.name)}** begins with {count} turn{'' if count == 1 else 's'} of {plain(before.name)}."
    return in_digits(said, session.settings.digits) + f" `%liara /chat {before.name}` goes back."


def _row(conversation: Conversation, is_current: bool) -> tuple[str, ...]:
    turns, totals = conversation.turns, conversation.totals()
    last = max((turn.row.started for turn in turns), default=None)
    return (
        "→" if is_current else "",
        plain(conversation.name),
        str(len(turns)),
        f"{last:%Y-%m-%d %H:%M}" if last else "",
        number(totals.toman) + (f" + {totals.unknown} unknown" if totals.unknown else ""),
        short(turns[0].prompt) if turns else "",
    )
