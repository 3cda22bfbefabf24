"""The turns, one under the other, in a box that scrolls and stays where the reader is."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from ..magics.registry import Shown
from ..screen.figures import in_digits
from ..screen.formulas import inert
from ..screen.markdown import Markdown
from ..screen.page import CLOSE, OPEN
from ..screen.painter import INTERVAL
from ..session.conversation import Conversation
from ..session.ledger import sum_rows
from ..session.turn import Turn
from .parts import Parts
from .texts import Texts
from .turn_actions import TurnActions
from .turn_view import Glance, TurnView

#: Turns that are shown until the person asks for earlier ones; with every hundred a page gets slower.
SHOWN = 40


class Transcript:
    """The turns of a conversation as widgets.

    :meth:`glance` is called on the thread that asks; everything else on the stage's thread, or before it starts.
    """

    def __init__(self, parts: Parts, texts: Texts, actions: TurnActions) -> None:
        self._parts, self._texts = parts, texts
        self._actions = actions
        self._views: dict[str, TurnView] = {}
        self._notes: list[tuple[str, Any]] = []  # after which turn, by its id, a note stands
        self._most = SHOWN
        self._hidden = 0  # earlier turns that are not shown
        self._lock = threading.Lock()
        self._glances: dict[str, tuple[float, Glance]] = {}
        self._empty = parts.html(_quiet(texts("empty")), "empty")
        self._earlier = parts.button("", self._show_earlier, "quiet", "earlier")
        self._column = parts.column([self._empty], "turns")
        # Upside down: a browser keeps such a box at its end while it grows, and where it is once it was scrolled.
        self.box = parts.column([self._column], "scroll")
        self.wake: Callable[[], None] = lambda: None

    def glance(self, turn: Turn) -> None:
        """Take down what has come of a running turn, at most eight times a second."""
        key, now = turn.id, time.monotonic()
        with self._lock:
            last, seen = self._glances.get(key, (0.0, Glance()))
        reply = turn.reply
        if turn.state != "running" or (now - last < INTERVAL * 0.8 and (seen.text or not reply.text)):
            return
        with self._lock:
            self._glances[key] = (now, Glance.at(reply, self._texts.voice))

    def update(self, conversation: Conversation) -> float | None:
        """Show the turns as they are now. Returns the seconds until there may be more, ``None`` when nothing runs."""
        turns = conversation.turns
        shown = turns[-self._most :]
        changed = self._match(shown)
        pause: float | None = None
        for position, turn in enumerate(shown, len(turns) - len(shown) + 1):
            view = self._views[turn.id]
            if turn.state == "running":
                pause = min(self._grow(view), INTERVAL if pause is None else pause)
            elif not view.ended:
                with self._lock:
                    self._glances.pop(turn.id, None)
                view.end(sum_rows(one.row for one in turns[:position] if one.row.state != "refused"))
                changed = True
        if changed:
            self._arrange(len(turns) - len(shown))
        return pause

    def note(self, shown: Shown) -> None:
        """Show what a command says after the last turn."""
        self._notes = self._notes[-9:]
        voice = self._texts.voice
        body = shown.page(voice) if shown.page else OPEN + Markdown().render(voice.markdown(shown.markdown)) + CLOSE
        after = next(reversed(self._views), "")
        self._notes.append((after, self._parts.html(body, "note")))
        self._arrange(self._hidden)

    def _show_earlier(self) -> None:
        self._most += SHOWN
        self.wake()

    def _match(self, shown: list[Turn]) -> bool:
        """A view for each turn that is shown, in their order, and none for others."""
        wanted = [turn.id for turn in shown]
        if wanted == list(self._views):
            return False
        before, self._views = self._views, {}
        for turn in shown:
            view = before.pop(turn.id, None)
            self._views[turn.id] = view or TurnView(self._parts, turn, self._texts)
        self._notes = [(after if after in self._views else "", widget) for after, widget in self._notes]
        self._arrange(self._hidden)
        for view in before.values():
            self._actions.leave(view)
            view.close()
        return True

    def _grow(self, view: TurnView) -> float:
        with self._lock:
            _, seen = self._glances.get(view.turn.id, (0.0, Glance()))
        started = view.turn.reply.started
        seconds = time.time() - started.timestamp() if started else 0.0
        return view.grow(seen, seconds) or INTERVAL

    def _arrange(self, hidden: int) -> None:
        self._hidden = hidden
        children: list[Any] = []
        if hidden:
            said = in_digits(self._texts("earlier", hidden), self._texts.digits)
            self._earlier.description = self._earlier.tooltip = said
            children.append(self._earlier)
        children += [note for after, note in self._notes if not after]
        for key, view in self._views.items():
            children.append(view.box)
            children += [note for after, note in self._notes if after == key]
        self._actions.stand_under(list(self._views.values()))
        self._column.children = children or [self._empty]


def _quiet(text: str) -> str:
    return f'<div dir="auto">{inert(text)}</div>'
