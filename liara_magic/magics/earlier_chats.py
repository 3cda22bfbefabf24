"""Conversations of earlier kernels, by their logs: a table of them, and bringing one back."""

from __future__ import annotations

import hashlib
import re

from ..protocol.errors import LiaraUsageError
from ..protocol.foreign_text import clean
from ..screen.figures import TOMAN, number
from ..screen.markdown import plain
from ..session.conversations import LONGEST_NAME
from ..session.recovery import EarlierConversation, earlier_conversations, find_earlier, load_turns
from ..session.session import Session
from .registry import code, table

_HEAD = ("earlier conversation", "notebook", "turns", "last asked", TOMAN)
#: Rows of the table, unless all are asked for.
_MOST = 15
# The beginning of a log's name, or a notebook's file.
_EARLIER = re.compile(r"\d{4}-\d\d-\d\d-.*|.*\.ipynb", re.DOTALL)


def earlier_table(session: Session, everything: bool) -> str:
    """What the logs hold, as Markdown; empty if that is nothing."""
    found = earlier_conversations(but=session.log.path)
    shown = found.conversations if everything else found.conversations[:_MOST]
    text = ""
    if shown:
        rows = [_row(one) for one in shown]
        text = f"\n\n{table(_HEAD, rows, numbers=('turns', TOMAN))}\n\n`%liara /chat NAME` brings one back."
        more = len(found.conversations) - len(shown)
        text += f" {more:,} older ones: `%liara /chats all`." if more else ""
    return text + "".join(f"\n\n{plain(sentence)}" for sentence in found.unreadable)


def is_earlier(name: str) -> bool:
    """Whether ``name`` is one that only a log's conversation can have."""
    return _EARLIER.fullmatch(name) is not None


def restore(session: Session, name: str) -> int:
    """Make the earlier conversation that ``name`` means the current one; returns how many turns could not be read.

    It keeps the name of its log. Raises :class:`LiaraUsageError` if there is none, or if several may be meant.
    """
    if _is_here(session, name):
        return 0
    found = find_earlier(name, but=session.log.path)
    if _is_here(session, found.name):
        return 0
    try:
        turns, lost = load_turns(found)
    except OSError as error:
        raise LiaraUsageError(f"{found.path.name} could not be read: {error.strerror or error}.") from None
    session.conversations.switch(_name_here(found.name)).take(turns)
    return lost


def _is_here(session: Session, name: str) -> bool:
    """Go to the conversation if it was brought back before; whether it was."""
    here = _name_here(name)
    if session.conversations.find(here) is None:
        return False
    session.conversations.switch(here)
    return True


def _name_here(name: str) -> str:
    """The name of a log's conversation as one of this kernel's; two long ones that begin alike stay apart."""
    here = " ".join(name.replace("/", " ").split())
    return here if len(here) <= LONGEST_NAME else f"{here[: LONGEST_NAME - 9]}…{_digest(here)}"


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=4).hexdigest()


def _row(one: EarlierConversation) -> tuple[str, ...]:
    unknown = f" + {one.unknown} unknown" if one.unknown else ""
    notebook = plain(clean(one.notebook))
    return (code(one.name), notebook, str(one.turns), f"{one.date:%Y-%m-%d %H:%M}", number(one.toman) + unknown)
