"""The turns of a conversation in boxes of a few, of which the last ones are shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..session.turn import Turn
from .parts import Parts

#: Turns of a page, and pages that a conversation has when it is opened: if it has more turns, its pages are larger.
PAGE, MOST_PAGES = 4, 150
#: Turns that are shown until the person asks for earlier ones: with every hundred a front end gets slower.
SHOWN = 40


class Page:
    """A box and the turns whose place it is; the box is empty while they are not shown."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self.box: Any = None
        self.turns: list[Turn] = []

    def fill(self, children: list[Any]) -> None:
        """Have these in the box, which is made with the first of them."""
        if self.box is None:
            self.box = self._parts.column(children, "page")
        else:
            self.box.children = children


class Pages:
    """Which turn stands in which page, and from which page on they are shown.

    A front end draws anew everything in a box that stands behind the first child that is another one, and holds on to
    what it has drawn before for as long as the widgets live. So a turn keeps its page, and pages come only at the end.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._all = [Page(parts)]
        self._used = 0  # of them; those behind wait for further turns
        self._standing = 1
        self._first = 0  # of the pages that are shown
        self._most = SHOWN
        self._size = PAGE

    @property
    def used(self) -> list[Page]:
        """Those that hold turns, shown or not."""
        return self._all[: self._used]

    @property
    def standing(self) -> list[Page]:
        """Those that have their place in the front end; the last one may wait for the next turn."""
        return self._all[: self._standing]

    @property
    def shown(self) -> list[Turn]:
        """The turns of the pages that are shown."""
        return [turn for page in self._all[self._first : self._used] for turn in page.turns]

    @property
    def hidden(self) -> int:
        """The turns that will not be shown until they are asked for."""
        return sum(len(page.turns) for page in self._all[: self._wanted()])

    def want_earlier(self) -> None:
        """Show more of them from now on."""
        self._most += SHOWN

    def hold(self, turns: Sequence[Turn], is_quiet: bool = True) -> bool:
        """Take the turns as they are now, and show one page more if that is wanted. Returns whether more are to come.

        One at a time: while a front end draws a page it does nothing else. When it ``is_quiet``, the page of the next
        turn is given its place.
        """
        self._place(turns)
        needed = max(1, self._used)
        is_full = len(self._all[needed - 1].turns) >= self._size
        self._standing = needed + is_full if is_quiet else max(needed, min(self._standing, needed + 1))
        if self._standing > len(self._all):
            self._all.append(Page(self._parts))
        wanted = self._wanted()
        self._first = max(wanted, min(self._first, self._used) - 1)
        return self._first > wanted

    def _place(self, turns: Sequence[Turn]) -> None:
        """Each turn into the page where it stood; a new one to the turn before it, or into a new page at the end."""
        places = {turn.id: number for number, page in enumerate(self._all) for turn in page.turns}
        last_known = max((number for number, turn in enumerate(turns) if turn.id in places), default=-1)
        if last_known < 0:  # another conversation, or the first turn
            self._first, self._size = len(turns), max(PAGE, len(turns) // MOST_PAGES)
        for page in self._all:
            page.turns = []
        current = 0
        for number, turn in enumerate(turns):
            if turn.id in places:
                current = places[turn.id]
            elif number > last_known and current < len(self._all) and len(self._all[current].turns) >= self._size:
                current += 1
            if current == len(self._all):
                self._all.append(Page(self._parts))
            self._all[current].turns.append(turn)
        self._used = max((number for number, page in enumerate(self._all, 1) if page.turns), default=0)

    def _wanted(self) -> int:
        """The first page that is to be shown."""
        count, first = 0, self._used
        while first and count < self._most:
            first -= 1
            count += len(self._all[first].turns)
        return first
