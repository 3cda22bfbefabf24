"""What can be done with a turn: one row of buttons for a panel, under the last turn or the one it is called to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..protocol.foreign_text import clean
from ..session.turn import Turn
from .deeds import Deeds
from .parts import Parts, change, with_its_keys
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
        self._ended: list[TurnView] = []
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
        followed = self._ended[-1:]
        self._ended = ended = [view for view in views if view.ended]
        if self._view not in ended or followed != ended[-1:]:
            self._move(ended[-1] if ended else None)
        self.name_other()

    def settle(self) -> None:
        """Give all other turns that have ended the button that calls the row."""
        for view in self._ended:
            if view is not self._view and view.turn.id not in self._called:
                self._called[view.turn.id] = self._caller(view)
                view.put_below([self._called[view.turn.id]])

    def leave(self, view: TurnView) -> list[Any]:
        """The view is about to go. Returns the widgets under it that are to be closed with it."""
        button = self._called.pop(view.turn.id, None)
        if view is not self._view:
            return [button] if button is not None else []
        self._view = None
        return self._not_shown()

    def name_other(self) -> None:
        """The button that asks another model bears its name, and is there only when another one is chosen."""
        model = self._deeds.chosen_model()
        differs = self._view is not None and model != self._view.turn.row.model
        buttons = [one for one in self._buttons if differs or one is not self._other]
        if differs:
            name = clean(model)[:60]
            change(self._other, description=name, tooltip=self._texts("retry_with", name))
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
        gone = self._not_shown()
        if before is not None:
            before.put_below([])
        if view is not None:
            self.name_other()
            view.put_below([self._row])
            if button := self._called.pop(view.turn.id, None):
                gone.append(button)
        self._parts.close(gone)

    def _show(self, turn: Turn, html: str) -> None:
        """Show a piece of HTML under the row; the same once more hides it."""
        if self._view is None or self._view.turn is not turn:
            return
        html = with_its_keys(html)
        again = self._shown is not None and self._shown.value == html
        gone = self._not_shown()
        if not again:
            self._shown = self._parts.html(html, "shown")
        self._view.put_below([self._row] if again else [self._row, self._shown])
        self._parts.close(gone)

    def _not_shown(self) -> list[Any]:
        """Show nothing under the row any more. Returns the widgets that are to be closed."""
        gone, self._shown = [self._shown] if self._shown is not None else [], None
        return gone

    def _button(self, text: str, icon: str, act: Callable[[Turn], None], kind: str = "icon") -> Any:
        def clicked() -> None:
            if self._view is not None:
                act(self._view.turn)

        return self._parts.button(self._texts(text), clicked, kind, icon=icon)
