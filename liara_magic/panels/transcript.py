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
from .pages import PAGE, Pages
from .parts import Parts, change, with_its_keys
from .texts import Texts
from .turn_actions import TurnActions
from .turn_view import Glance, TurnView

#: Seconds between two pages of earlier turns.
PAGE_PAUSE = 0.1
#: Seconds between two turns that are closed, with a message for each of their widgets; and turns that may wait for it.
CLOSE_PAUSE, MOST_GONE = 1.0, 2 * PAGE


class Transcript:
    """The turns of a conversation as widgets.

    :meth:`glance` is called on the thread that asks; everything else on the stage's thread, or before it starts.
    """

    def __init__(self, parts: Parts, texts: Texts, actions: TurnActions) -> None:
        self._parts, self._texts = parts, texts
        self._actions = actions
        self._pages = Pages(parts)
        self._views: dict[str, TurnView] = {}
        self._ended: list[TurnView] = []  # since it was quiet
        self._gone: list[list[Any]] = []  # the widgets of turns that are no more shown, to be closed turn by turn
        self._next_close = 0.0
        self._notes: list[tuple[str, Any]] = []  # after which turn, by its id, a note stands
        self._lock = threading.Lock()
        self._glances: dict[str, tuple[float, Glance]] = {}
        self._empty = parts.html(_quiet(texts("empty")), "empty")
        self._earlier = parts.button("", self._show_earlier, "quiet", "earlier")
        self._above = parts.column([], "page")  # what stands before the turns
        self._column = parts.column([], "turns")
        self._arrange()
        # Upside down: a browser keeps such a box at its end while it grows, and where it is once it was scrolled.
        self.box = parts.column([self._column], "scroll")
        self.wake: Callable[[], None] = lambda: None

    def glance(self, turn: Turn) -> None:
        """Take down what has come of a running turn, at most eight times a second."""
        key, now = turn.id, time.monotonic()
        if turn.state != "running":
            self._forget(turn)  # it may stand in another conversation, or in none
            return
        with self._lock:
            last, seen = self._glances.get(key, (0.0, Glance()))
        reply = turn.reply
        if now - last < INTERVAL * 0.8 and (seen.text or not reply.text):
            return
        with self._lock:
            self._glances[key] = (now, Glance.at(reply, self._texts.voice))

    def update(self, conversation: Conversation, is_quiet: bool = True) -> float | None:
        """Show the turns as they are now. Returns the seconds until there may be more, ``None`` when nothing runs.

        What can wait is done when it ``is_quiet``.
        """
        turns = conversation.turns
        pause = PAGE_PAUSE if self._pages.hold(turns, is_quiet) else None
        self._match(self._pages.shown)
        ended = []
        for position, turn in enumerate(turns, 1):
            view = self._views.get(turn.id)
            if view is None:
                continue
            if turn.state == "running":
                pause = min(self._grow(view), INTERVAL if pause is None else pause)
            elif not view.ended:
                self._forget(turn)
                view.end(sum_rows(one.row for one in turns[:position] if one.row.state != "refused"))
                ended.append(view)
        if ended or len(self._column.children) != 1 + len(self._pages.standing):
            self._arrange()
        for view in ended:
            view.arrange()
        self._ended += ended
        settles = self._settle() if is_quiet else None
        return min((one for one in (pause, settles) if one is not None), default=None)

    def _settle(self) -> float | None:
        """What nobody waits for. Returns the seconds until there is more of it."""
        ended, self._ended = self._ended, []
        for view in ended:
            view.settle()
        self._actions.settle()
        now = time.monotonic()
        if self._gone and now >= self._next_close:
            self._parts.close(self._gone.pop(0))
            self._next_close = now + CLOSE_PAUSE
        return max(0.0, self._next_close - now) if self._gone else None

    def _forget(self, turn: Turn) -> None:
        with self._lock:
            self._glances.pop(turn.id, None)

    def note(self, shown: Shown) -> None:
        """Show what a command says after the last turn."""
        gone, self._notes = self._notes[:-9], self._notes[-9:]
        voice = self._texts.voice
        body = shown.page(voice) if shown.page else OPEN + Markdown().render(voice.markdown(shown.markdown)) + CLOSE
        after = next(reversed(self._views), "")
        self._notes.append((after, self._parts.html(with_its_keys(body), "note")))
        self._arrange()
        self._parts.close(widget for _, widget in gone)

    def _show_earlier(self) -> None:
        self._pages.want_earlier()
        self.wake()

    def _match(self, shown: list[Turn]) -> None:
        """A view for each turn that is shown, in their order, and none for others."""
        wanted = [turn.id for turn in shown]
        if wanted == list(self._views):
            return
        before, self._views = self._views, {}
        for turn in shown:
            view = before.pop(turn.id, None)
            self._views[turn.id] = view or TurnView(self._parts, turn, self._texts)
        self._notes = [(after if after in self._views else "", widget) for after, widget in self._notes]
        self._ended = [view for view in self._ended if view.turn.id in self._views]
        self._gone += [self._actions.leave(view) + view.widgets for view in before.values()]
        self._arrange()
        while len(self._gone) > MOST_GONE:
            self._parts.close(self._gone.pop(0))

    def _grow(self, view: TurnView) -> float:
        with self._lock:
            _, seen = self._glances.get(view.turn.id, (0.0, Glance()))
        started = view.turn.reply.started
        seconds = time.time() - started.timestamp() if started else 0.0
        return view.grow(seen, seconds) or INTERVAL

    def _arrange(self) -> None:
        above: list[Any] = []
        if hidden := self._pages.hidden:
            said = in_digits(self._texts("earlier", hidden), self._texts.digits)
            change(self._earlier, description=said, tooltip=said)
            above.append(self._earlier)
        above += [note for after, note in self._notes if not after]
        is_empty = not above and not self._views
        for number, page in enumerate(self._pages.standing):
            children: list[Any] = [self._empty] if is_empty and not number else []
            for turn in page.turns:
                if view := self._views.get(turn.id):
                    children += [view.box, *(note for after, note in self._notes if after == turn.id)]
            page.fill(children)
        self._actions.stand_under(list(self._views.values()))
        self._above.children = above
        self._column.children = [self._above, *(page.box for page in self._pages.standing)]


def _quiet(text: str) -> str:
    return f'<div dir="auto">{inert(text)}</div>'
