"""What can be done with a turn: one row of buttons for a panel, under the last turn or the one it is called to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..protocol.foreign_text import clean
from ..session.turn import Turn
from .deeds import Deeds
from .parts import Parts
from .sources import code_html, source_html
from .texts import Texts
from .turn_view import TurnView


class TurnActions:
    """The row. A turn that does not have it shows a small button that calls it there."""

    def __init__(
        self,
        parts: Parts,
        texts: Texts,
        deeds: Deeds,
        *,
        edit: Callable[[Turn], None],
        post: Callable[[Callable[[], None]], None],
    ) -> None:
        self._parts, self._texts, self._deeds, self._post = parts, texts, deeds, post
        self._view: TurnView | None = None
        self._followed: TurnView | None = None  # the last turn that had ended when it was last looked
        self._called: dict[str, Any] = {}  # by the view: the button that calls the row there
        self._shown: Any = None  # the source or the code, under the row
        act = self._button
        self._other = act("retry", "exchange", lambda turn: deeds.ask_again(turn, deeds.chosen_model()), "quiet")
        self._buttons = [
            act("retry", "refresh", lambda turn: deeds.ask_again(turn, turn.row.model)),
            self._other,
            act("edit", "pencil", edit),
            act("copy", "clipboard", lambda turn: post(lambda: self._show(turn, source_html(turn, texts)))),
            act("code", "code", lambda turn: post(lambda: self._show(turn, code_html(turn, texts)))),
            act("delete", "trash", deeds.delete),
        ]
        self._row = parts.row(self._buttons, "actions")

    def stand_under(self, views: list[TurnView]) -> None:
        """Be under the turn that it was called to, else under the last one that has ended."""
        ended = [view for view in views if view.ended]
        if self._view not in ended:
            self._move(ended[-1] if ended else None)
        elif ended and self._followed is not ended[-1]:
            self._move(ended[-1])
        self._followed = ended[-1] if ended else None
        for view in ended:
            if view is not self._view and view.turn.id not in self._called:
                self._called[view.turn.id] = self._caller(view)
                view.put_below([self._called[view.turn.id]])
        self.name_other()

    def leave(self, view: TurnView) -> None:
        """The view is about to go."""
        if view is self._view:
            self._move(None)
        if button := self._called.pop(view.turn.id, None):
            view.put_below([])
            self._parts.close([button])

    def name_other(self) -> None:
        """The button that asks another model bears its name, and is there only when another one is chosen."""
        model = self._deeds.chosen_model()
        differs = self._view is not None and model != self._view.turn.row.model
        buttons = [one for one in self._buttons if differs or one is not self._other]
        if differs:
            self._other.description = clean(model)[:60]
            self._other.tooltip = self._texts("retry_with", clean(model)[:60])
        if list(self._row.children) != buttons:
            self._row.children = buttons

    def _caller(self, view: TurnView) -> Any:
        def call() -> None:
            self._post(lambda: self._move(view))

        title = self._texts("more_actions")
        return self._parts.button(title, call, "icon", "caller", icon="ellipsis-h")

    def _move(self, view: TurnView | None) -> None:
        before, self._view = self._view, view
        if before is view:
            return
        self._hide()
        if before is not None:
            self._called[before.turn.id] = self._called.get(before.turn.id) or self._caller(before)
            before.put_below([self._called[before.turn.id]])
        if view is not None:
            self.name_other()
            view.put_below([self._row])
            if button := self._called.pop(view.turn.id, None):
                self._parts.close([button])

    def _show(self, turn: Turn, html: str) -> None:
        """Show a piece of HTML under the row; the same once more hides it."""
        if self._view is None or self._view.turn is not turn:
            return
        again = self._shown is not None and self._shown.value == html
        self._hide()
        if not again:
            self._shown = self._parts.html(html, "shown")
            self._view.put_below([self._row, self._shown])

    def _hide(self) -> None:
        if self._shown is not None:
            gone, self._shown = self._shown, None
            if self._view is not None:
                self._view.put_below([self._row])
            self._parts.close([gone])

    def _button(self, text: str, icon: str, act: Callable[[Turn], None], kind: str = "icon") -> Any:
        def clicked() -> None:
            if self._view is not None:
                act(self._view.turn)

        return self._parts.button(self._texts(text), clicked, kind, icon=icon)
