"""The named conversations of a session, one of which is the current one."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Sequence
from itertools import count

from ..protocol.errors import LiaraUsageError, near, nearest
from ..protocol.foreign_text import clean, has_half_characters
from .conversation import MAIN, Conversation
from .turn import Turn

#: Characters that a conversation's name may have.
LONGEST_NAME = 60
_NAME = re.compile(r"[^\W_][^\x00-\x1f`|<>\"/\\]*")


class Conversations:
    """Conversations by name. Safe to use from several threads.

    ``listeners`` are called after every change of any of them, on the thread that made it; they must not raise.
    """

    def __init__(self) -> None:
        self.listeners: list[Callable[[], None]] = []
        self._lock = threading.RLock()
        self._current = Conversation(MAIN, self._changed)
        self._by_name = {MAIN: self._current}

    @property
    def current(self) -> Conversation:
        """The one in which asks are put that name no other."""
        return self._current

    def all(self) -> list[Conversation]:
        """Every conversation, in the order in which they were begun."""
        with self._lock:
            return list(self._by_name.values())

    def find(self, name: str) -> Conversation | None:
        """The conversation called ``name``, if there is one."""
        return self._by_name.get(checked_name(name))

    def near(self, name: str) -> str:
        """The conversation that may be meant by the name of one that is not there; empty if there is none like it."""
        return "" if self.find(name) else "".join(near(name, [one.name for one in self.all()]))

    def named(self, name: str) -> Conversation:
        """The conversation called ``name``; if there is none, an empty one that :meth:`put` enters."""
        return self.find(name) or Conversation(checked_name(name), self._changed)

    def put(self, conversation: Conversation) -> Conversation:
        """Enter ``conversation`` under its name, if that is free, and return the one that has it."""
        with self._lock:
            return self._by_name.setdefault(conversation.name, conversation)

    def switch(self, name: str) -> Conversation:
        """Make the conversation called ``name`` the current one; it begins if there is none."""
        with self._lock:
            self._current = self.put(self.named(name))
        self._changed()
        return self._current

    def adopt(self, name: str, turns: Sequence[Turn]) -> Conversation:
        """Have ``turns`` from elsewhere as the current conversation, called ``name``, or so with a number if taken.

        One of that name without turns is filled.
        """
        name = _fitting(name)
        with self._lock:
            numbered = (name if number == 1 else f"{name} {number}" for number in count(1))
            free = next(one for one in map(self.named, numbered) if not one.turns)
            free.take(turns)
            self._current = self.put(free)
        self._changed()
        return self._current

    def branch(self, name: str, until: Turn | None = None) -> Conversation:
        """A copy of the current one up to ``until``, or its end, becomes the current one. Its name must be free."""
        name = checked_name(name)
        copy = self._current.copy(name, until)
        with self._lock:
            if self.put(copy) is not copy:
                raise LiaraUsageError(
                    f"There is a conversation called {name} already.", hint=f"%liara /chat {name} goes to it."
                )
            self._current = copy
        self._changed()
        return self._current

    def drop(self, name: str) -> None:
        """Forget a conversation. Raises :class:`LiaraUsageError` if there is none, and for the current one."""
        name = checked_name(name)
        with self._lock:
            if name not in self._by_name:
                raise LiaraUsageError(f"There is no conversation called {name}.", hint=nearest(name, self._by_name))
            if self._by_name[name] is self._current:
                raise LiaraUsageError(f"{name} is the current conversation.", hint="Go to another one first.")
            del self._by_name[name]
        self._changed()

    def _changed(self) -> None:
        for listener in list(self.listeners):
            listener()


def _fitting(name: str) -> str:
    """``name`` as far as it can be one."""
    try:
        return checked_name(name[: LONGEST_NAME - 5])
    except LiaraUsageError:
        return "loaded"


def checked_name(name: str) -> str:
    """``name`` without needless spaces. Raises :class:`LiaraUsageError` for what cannot be one."""
    name = " ".join(name.split())
    is_shown_whole = clean(name) == name and not has_half_characters(name)
    if not _NAME.fullmatch(name) or len(name) > LONGEST_NAME or not is_shown_whole:
        raise LiaraUsageError(
            f"{name:.40} cannot be the name of a conversation." if name else "A conversation needs a name.",
            hint=f"It begins with a letter or a digit and has up to {LONGEST_NAME} characters.",
        )
    return name
