"""Turns in their order: where a new one stands, what came before it, and what is out of date."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from ..protocol.errors import LiaraUsageError
from ..protocol.reply import Reply
from ..protocol.usage import Totals, Usage
from .ask import Ask
from .ledger import LedgerRow, sum_rows
from .turn import Turn

#: The conversation that is there from the start.
MAIN = "main"


class Conversation:
    """Turns in the order in which they stand, the oldest first. Safe to use from several threads.

    ``version`` grows with every change; ``on_change`` is called after each one, on the thread that made it, and must
    not raise.
    """

    def __init__(self, name: str = MAIN, on_change: Callable[[], None] = lambda: None) -> None:
        self.name = name
        self.version = 0
        self._on_change = on_change
        self._turns: list[Turn] = []
        self._rows: list[LedgerRow] = []  # of every request, also of those whose turn was replaced or taken back
        self._lock = threading.RLock()

    @property
    def turns(self) -> list[Turn]:
        """A copy of the list of turns."""
        with self._lock:
            return list(self._turns)

    def turn(self, which: str | int) -> Turn:
        """The turn with this id, or this number from 1. Raises :class:`LiaraUsageError` if there is none."""
        turns = self.turns
        for number, turn in enumerate(turns, 1):
            if which in (turn.id, number, str(number)):
                return turn
        count = f"{len(turns)} turn{'' if len(turns) == 1 else 's'}"
        raise LiaraUsageError(
            f"There is no turn {which!s:.20} in the conversation {self.name}, which has {count}.",
            hint="%liara /history lists them with their numbers.",
        )

    def holds(self, id: str) -> bool:
        """Whether a turn here has this id."""
        return any(turn.id == id for turn in self.turns)

    def last(self) -> Turn:
        """The turn that was asked last, wherever it stands. Raises :class:`LiaraUsageError` if there is none."""
        turns = self.turns
        if not turns:
            raise LiaraUsageError(f"The conversation {self.name} has no turns yet.")
        return max(enumerate(turns), key=lambda place: (place[1].row.started, place[0]))[1]

    def before(self, ask: Ask) -> list[Turn]:
        """The turns that stand before ``ask``: all of them, unless it is asked in the place of a turn."""
        with self._lock:
            return self._turns[: self._place(ask)[0]]

    def begin(self, ask: Ask, row: LedgerRow) -> Turn:
        """Add a turn that is running, in the place of an earlier run's if there is one."""
        with self._lock:
            position, old = self._place(ask)
            if old is not None and ask.replaces and old.ask.place:
                ask = replace(ask, place=old.ask.place)  # its cell stays its own when it is asked again from elsewhere
            reply, basis = Reply(format=ask.format), _basis(self._turns[:position])
            turn = Turn(ask, row, reply, basis=basis, when_ended=self._ended)
            if old is not None:
                turn.replaced, old.replaced, turn.pinned = old, None, old.pinned
            self._turns[position : position + (old is not None)] = [turn]
            self._rows.append(row)
        self._changed()
        return turn

    def abandon(self, row: LedgerRow, reason: str) -> None:
        """The request of ``row`` does not leave after all: it cost nothing, and its turn, if there is one, is cut."""
        row.settle(Usage(), 0.0, "refused")
        for turn in self.turns:
            if turn.row is row:
                turn.cut(reason)

    def continue_turn(self, turn: Turn, row: LedgerRow) -> None:
        """``turn`` takes one more request, which brings the results of tools; ``row`` is the request's."""
        with self._lock:
            row.follows, row.chat, row.cell = True, turn.row.chat, turn.row.cell
            turn.earlier.append(turn.row)
            turn.row = row
            self._rows.append(row)

    def remove(self, turn: Turn) -> Turn | None:
        """Take ``turn`` out; a turn that it had replaced comes back and is returned.

        Raises :class:`LiaraUsageError` while it is being answered.
        """
        if turn.state == "running":
            raise LiaraUsageError("The turn is still being answered.", hint="Stop it first.")
        back = turn.replaced
        with self._lock:
            position = self._position(turn)
            if position is not None:
                self._turns[position : position + 1] = [back] if back else []
        self._changed()
        return back

    def delete(self, turn: Turn) -> None:
        """Take ``turn`` out with all that it replaced."""
        turn.replaced = None
        self.remove(turn)

    def leave(self, cell: str, count: int, asked: int) -> None:
        """The run of ``cell`` with this ``count`` has ``asked`` so often: what only earlier runs asked goes.

        Where that run asked nothing in this conversation, all stays.
        """
        with self._lock:
            places = [(turn, turn.ask.place) for turn in self._turns if turn.ask.place and turn.ask.place.cell == cell]
            here = any(place.count == count for _, place in places if place)
            gone = [turn for turn, place in places if here and place and place.number >= asked]
            self._turns = [turn for turn in self._turns if turn not in gone]
        if gone:
            self._changed()

    def pin(self, turn: Turn, pinned: bool = True) -> None:
        """Send ``turn`` however long the conversation gets, or no longer so."""
        turn.pinned = pinned
        self._changed()

    def clear(self) -> int:
        """Forget all turns; returns how many there were."""
        with self._lock:
            count = len(self._turns)
            self._turns.clear()
            self._rows.clear()
        self._changed()
        return count

    def take(self, turns: Sequence[Turn]) -> None:
        """Have ``turns``, which were saved or logged earlier, in place of what is here."""
        with self._lock:
            self._turns = list(turns)
            self._rows = [row for turn in turns for row in turn.rows]
        self._changed()

    def copy(self, name: str, until: Turn | None = None) -> Conversation:
        """Another conversation with the turns up to ``until``, or all of them, that have ended."""
        turns = self.turns
        end = len(turns) if until is None else turns.index(until) + 1
        other = Conversation(name, self._on_change)
        other._turns = [replace(turn, replaced=None) for turn in turns[:end] if turn.state != "running"]
        other._rows = [row for turn in other._turns for row in turn.rows]
        return other

    def outdated(self) -> set[str]:
        """The ids of the turns that were answered when other turns, or other versions of them, stood before them."""
        known = [(turn, basis) for turn, basis in zip(self.turns, _bases(self.turns), strict=False) if turn.messages()]
        return {turn.id for turn, basis in known if turn.basis not in (None, basis)}

    def totals(self) -> Totals:
        """What the conversation's own requests used, also those whose turns were replaced or taken back.

        Those that were refused used nothing and are no turns.
        """
        with self._lock:
            sums = sum_rows(row for row in self._rows if row.state != "refused")
            turns = sum(turn.row.state not in ("running", "refused") or bool(turn.earlier) for turn in self._turns)
        return replace(sums, following=sums.requests - turns)

    def _place(self, ask: Ask) -> tuple[int, Turn | None]:
        """Where ``ask`` stands, and the turn that it replaces there."""
        if ask.replaces:
            old = self.turn(ask.replaces)
            if old.state == "running":
                raise LiaraUsageError("The turn is still being answered.", hint="Stop it first.")
            return self._turns.index(old), old
        end = len(self._turns)
        if ask.place is None:
            return end, None
        earlier = replace(ask.place, number=ask.place.number - 1)
        for position, turn in enumerate(self._turns):
            if ask.place.is_at(turn.ask.place):
                return position, turn
            if earlier.is_at(turn.ask.place):
                end = position + 1  # one more ask than an earlier run of the cell had: it stands with the others
        return end, None

    def _position(self, turn: Turn) -> int | None:
        return self._turns.index(turn) if turn in self._turns else None

    def _ended(self, turn: Turn) -> None:
        """``turn`` has ended. One that brought no word gives its place back to the turn that it was to replace."""
        with self._lock:
            old = turn.replaced
            position = self._position(turn)
            if position is not None and old is not None and old.messages():
                if turn.messages():
                    turn.reply.notices += _said_of_later(self._turns[position + 1 :])
                else:
                    self._turns[position] = old
                    old.again = turn.reason or "no answer"
                    turn.reply.notices.append("The earlier answer to this stays in the conversation.")
        self._changed()

    def _changed(self) -> None:
        with self._lock:
            self.version += 1
        self._on_change()


def _said_of_later(turns: Sequence[Turn]) -> list[str]:
    """What a person should know of the turns that follow one that was asked again."""
    later = [turn for turn in turns if turn.messages()]
    if not later:
        return []
    cells = [f"[{turn.ask.place.count}]" for turn in later if turn.ask.place and turn.ask.place.count]
    where = f", of cell{'s' * (len(cells) > 1)} {', '.join(cells)}," if 0 < len(cells) <= 5 else ""
    one = len(later) == 1
    return [
        f"The {'turn' if one else f'{len(later)} turns'} after this one{where} "
        f"{'was' if one else 'were'} answered from its earlier version."
    ]


def _bases(turns: Sequence[Turn]) -> Iterator[str]:
    """For each turn, and for one after the last, what stands for the turns before it."""
    basis = ""
    for turn in turns:
        yield basis
        if turn.messages():
            basis = hashlib.blake2b(f"{basis}{turn.id}".encode(), digest_size=8).hexdigest()
    yield basis


def _basis(turns: Sequence[Turn]) -> str:
    """What stands for ``turns`` together."""
    *_, basis = _bases(turns)
    return basis
