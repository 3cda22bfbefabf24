"""The slash commands about the turns of the conversation: which there are, and asking them again."""

from __future__ import annotations

import re

from ..protocol.checks import latin_digits
from ..protocol.errors import LiaraUsageError
from ..screen.figures import TOMAN, in_digits, number
from ..screen.markdown import plain
from ..session import again
from ..session.ask import Ask
from ..session.conversation import Conversation
from ..session.session import Session
from ..session.turn import Turn
from .options import parse_cell, parse_line
from .registry import Answer, NextCell, code, command, table

#: Turns that /history shows without being asked for more.
USUAL = 50
_WORDS = 60  # characters of a prompt or a reply in a table
_NUMBER = re.compile(r"[\d۰-۹٠-٩]+(?=\s|$)")


@command("/history [N]", f"The turns of the conversation, the last {USUAL} or the last N, with cells, cost and state.")
def _history(session: Session, rest: str) -> str:
    conversation = session.conversation
    turns = list(enumerate(conversation.turns, 1))
    if not turns:
        return "The conversation is empty."
    most, _ = _leading_number(rest)
    shown = turns[-(most or USUAL) :]
    outdated = conversation.outdated()
    sent = {turn.id for turn in session.recall().choose(conversation.turns)[0]}
    rows = [
        (
            str(position),
            _cell(turn),
            f"{turn.row.started:%H:%M}",
            short(turn.prompt),
            short(turn.reply.text or turn.reply.refusal),
            code(turn.row.model),
            _cost(turn),
            "; ".join(_states(turn, turn.id in outdated, turn.id in sent)),
        )
        for position, turn in shown
    ]
    head = ("", "cell", "time", "prompt", "reply", "model", TOMAN, "state")
    said = table(head, rows, numbers=("", "cell", TOMAN))
    if len(shown) < len(turns):
        said += f"\n\n… and {len(turns) - len(shown)} earlier turns: `%liara /history {len(turns)}` shows all."
    return in_digits(said, session.settings.digits)


@command("/undo [N]", "Take back the turn that was asked last, or turn N; one that it had replaced comes back.")
def _undo(session: Session, rest: str) -> str:
    conversation = session.conversation
    turn, rest = _turn(conversation, rest)
    _refuse(rest, "/undo")
    position = conversation.turns.index(turn) + 1
    back = conversation.remove(turn)
    said = f"Turn {position} is taken back: {short(turn.prompt)}"
    if back is not None:
        said = f"Turn {position} is again what it was before: {short(back.prompt)}"
    return in_digits(said, session.settings.digits)


@command("/retry [N] [FLAGS]", "Ask the last prompt, or turn N's, again in its place; `-m ID` asks another model.")
def _retry(session: Session, rest: str) -> Ask:
    turn, rest = _turn(session.conversation, rest)
    changes = parse_line(rest)
    _refuse(changes.prompt, "/retry", "Other words: %liara /edit N TEXT")
    return again.retry(session.conversation, turn, changes)


@command("/edit N [TEXT]", "Ask TEXT in place of turn N; without it, turn N is put into the next cell to be edited.")
def _edit(session: Session, rest: str) -> Answer:
    conversation = session.conversation
    if not _NUMBER.match(rest):
        raise LiaraUsageError("/edit needs the number of a turn.", hint="%liara /history lists them.")
    turn, rest = _turn(conversation, rest)
    line, is_cell, below = rest.partition("\n")
    changes = parse_cell(line, below) if is_cell else parse_line(rest)
    if changes.prompt.strip():
        return again.edit(conversation, turn, changes.prompt, changes)
    position = conversation.turns.index(turn) + 1
    typed = turn.ask.typed or turn.prompt
    source = f"%%liara /edit {' '.join([str(position), *line.split()])}\n{typed}"
    return NextCell(source, f"The prompt of turn {position} is ready to be edited. Asked again, it replaces the turn.")


@command("/pin [N]", "Send turn N however long the conversation gets; `/unpin N` takes it back, `/pin` lists them.")
def _pin(session: Session, rest: str) -> str:
    conversation = session.conversation
    if rest:
        turn, rest = _turn(conversation, rest)
        _refuse(rest, "/pin")
        conversation.pin(turn)
    return _pinned(session)


@command("/unpin N", "Pin turn N no longer.")
def _unpin(session: Session, rest: str) -> str:
    if not rest:
        raise LiaraUsageError("/unpin needs the number of a turn.", hint="%liara /pin lists those that are pinned.")
    turn, rest = _turn(session.conversation, rest)
    _refuse(rest, "/unpin")
    session.conversation.pin(turn, pinned=False)
    return _pinned(session)


@command("/reset", "Forget the turns of the conversation.")
def _reset(session: Session, rest: str) -> str:
    count = session.conversation.clear()
    return f"The conversation is empty again; {count} turn{'' if count == 1 else 's'} forgotten."


def _pinned(session: Session) -> str:
    turns = enumerate(session.conversation.turns, 1)
    rows = [(str(position), short(turn.prompt)) for position, turn in turns if turn.pinned]
    return in_digits(table(("", "pinned"), rows), session.settings.digits) if rows else "No turn is pinned."


def short(text: str) -> str:
    """The beginning of a text on one line, as it is."""
    words = " ".join(text.split())
    return plain(words if len(words) <= _WORDS else words[: _WORDS - 1] + "…")


def _leading_number(rest: str) -> tuple[int, str]:
    """The number that ``rest`` begins with, 0 if with none, and what follows."""
    found = _NUMBER.match(rest)
    return (int(latin_digits(found[0])), rest[found.end() :].lstrip(" ")) if found else (0, rest)


def _turn(conversation: Conversation, rest: str) -> tuple[Turn, str]:
    """The turn whose number ``rest`` begins with, or the one that was asked last, and what follows."""
    position, left = _leading_number(rest)
    return (conversation.turn(position), left) if left is not rest else (conversation.last(), rest)


def _refuse(rest: str, name: str, hint: str = "%liara /history lists the turns with their numbers.") -> None:
    if rest.strip():
        raise LiaraUsageError(f"“{rest.strip():.40}” is nothing that {name} takes.", hint=hint)


def _cell(turn: Turn) -> str:
    """The execution count of the cell that asked."""
    return f"`[{turn.ask.place.count}]`" if turn.ask.place and turn.ask.place.count else ""


def _cost(turn: Turn) -> str:
    if turn.state == "running":
        return ""
    return "?" if turn.row.cost_is_unknown else number(turn.row.usage.total_cost_toman or 0)


def _states(turn: Turn, is_outdated: bool, is_sent: bool) -> list[str]:
    """What there is to know of a turn, in words."""
    said = [f"cut: {short(turn.reason)}" if turn.state == "cut" else turn.state]
    if turn.pinned:
        said.append("pinned")
    if is_outdated:
        said.append("from earlier versions of the turns before it")
    if turn.again:
        said.append(f"asked again in vain: {short(turn.again)}")
    if not is_sent and turn.state == "complete":
        said.append("not sent along")
    return said
