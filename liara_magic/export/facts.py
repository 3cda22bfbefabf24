"""What stands beside a turn, whatever it is exported to."""

from __future__ import annotations

from ..protocol.foreign_text import clean
from ..screen.figures import in_digits, toman
from ..screen.footer import spent
from ..screen.images import Picture, pictures
from ..session.conversation import Conversation
from ..session.turn import Turn


def title(conversation: Conversation) -> str:
    """The conversation's name."""
    return clean(conversation.name)


def summary(conversation: Conversation, digits: str) -> str:
    """How many turns, from when to when, what they cost."""
    turns, totals = conversation.turns, conversation.totals()
    days = [f"{turn.row.started:%Y-%m-%d}" for turn in turns]
    when = "" if not days else min(days) if min(days) == max(days) else f"{min(days)} – {max(days)}"
    unknown = f" + {totals.unknown} unknown" if totals.unknown else ""
    count = f"{len(turns)} turn{'' if len(turns) == 1 else 's'}"
    return in_digits(" · ".join(filter(None, (count, when, toman(totals.toman) + unknown))), digits)


def place(turn: Turn, digits: str) -> str:
    """Where and when it was asked."""
    cell = f"cell [{turn.ask.place.count}]" if turn.ask.place and turn.ask.place.count else ""
    return in_digits(" · ".join(filter(None, (cell, f"{turn.row.started:%Y-%m-%d %H:%M}"))), digits)


def figures(turn: Turn, digits: str) -> str:
    """Who answered, what it took, and how it ended if not well."""
    ours = in_digits(" · ".join(spent(turn.reply, turn.row.state != "refused")), digits)
    ending = f"cut: {clean(turn.reason)}" if turn.state == "cut" else turn.state if turn.state == "running" else ""
    return " · ".join(filter(None, (clean(turn.reply.model or turn.row.model), ours, ending)))


def shown_pictures(turn: Turn) -> list[Picture]:
    """The pictures of the reply that can be shown."""
    found = [picture for choice in turn.reply.choices for picture in pictures(choice.images)]
    return [picture for picture in found if not picture.fault]
