"""The whole panel in one language: its views, and what happens between them."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any

from ..gateway.sandbox_models import MODELS
from ..magics.commands import COMMANDS
from ..magics.registry import Shown
from ..protocol.errors import LiaraError
from ..session.ask import Ask
from ..session.session import Session
from ..session.turn import Turn
from .asking import Asking
from .context_switches import ContextSwitches
from .controls import Controls
from .conversations_bar import ConversationsBar
from .deeds import Deeds
from .input_box import InputBox
from .meter import Meter
from .notebook_context import NotebookContext
from .parts import Parts
from .preview_view import PreviewView
from .question_view import QuestionView
from .queue_view import QueueView
from .stage import Stage
from .styles import style_sheet
from .texts import Texts
from .transcript import Transcript
from .turn_actions import TurnActions

#: Seconds after a turn has begun or ended until what can wait is sent: those moments have enough to send of their own.
QUIET = 1.0


class PanelView:
    """Builds the views, and passes on what one has to say to another.

    ``asking`` is the queue that all panels of ``session`` share, ``files`` the widget that takes files. Changes of
    widgets run on ``stage``.
    """

    def __init__(
        self,
        session: Session,
        asking: Asking,
        stage: Stage,
        notebook: NotebookContext,
        *,
        texts: Texts,
        files: Any,
        close: Callable[[], None],
    ) -> None:
        self._session, self._asking, self._stage, self._notebook = session, asking, stage, notebook
        self._texts = texts
        self.parts = parts = Parts()
        self.deeds = Deeds(session, asking, notebook, show=self._note, failed=self._wrong, propose=self._propose)
        self._actions = TurnActions(parts, texts, self.deeds, edit=self._edit, post=stage.post)
        self.transcript = Transcript(parts, texts, self._actions)
        self.transcript.wake = stage.wake
        self.meter = Meter(parts, texts, session)
        self.queue = QueueView(parts, texts, asking)
        self.question = QuestionView(parts, texts, asking)
        self.input = InputBox(parts, texts, send=self._send, stop=asking.stop, options=sorted(COMMANDS))
        self.controls = Controls(
            parts, texts, session, self._models(), post=stage.post, failed=self._wrong, changed=self.refresh
        )
        self.conversations = ConversationsBar(parts, texts, session, self.deeds)
        self.context = ContextSwitches(parts, texts, notebook, files, self._look)
        self.preview = PreviewView(parts, texts, session)
        self._folds: dict[str, Any] = {}  # the buttons that open something, by their names
        self.box = self._assemble(close)
        self._mark: object = None  # what stands for the turns that have begun and ended
        self._changed_at = -math.inf
        self.frame()

    def frame(self) -> float | None:
        """Bring everything up to date. Returns the seconds until the next time, ``None`` when nothing goes on."""
        conversation = self._session.conversation
        busy = self._asking.current is not None
        left = self._until_quiet(busy)
        is_quiet = left <= 0
        grows = self.transcript.update(conversation, is_quiet)
        running = next((turn for turn in reversed(conversation.turns) if turn.state == "running"), None)
        self.queue.refresh()
        self.question.refresh()
        self.conversations.refresh()
        if busy or is_quiet:
            self.input.set_running(busy)
        says = self.meter.show_state(running, busy, running.reply.waiting if running else None)
        if running is None:
            self.meter.show_used()
        return min((one for one in (grows, says, None if is_quiet else left) if one is not None), default=None)

    def _until_quiet(self, busy: bool) -> float:
        """Seconds; a panel that has just been opened is quiet."""
        conversation, now = self._session.conversation, time.monotonic()
        mark = (conversation.name, conversation.version, busy)
        if mark != self._mark:
            if self._mark is not None:
                self._changed_at = now
            self._mark = mark
        return self._changed_at + QUIET - now

    def go_on(self, before: PanelView) -> None:
        """Have what the person had typed, chosen and opened in a view of another language."""
        before.input.close()
        self.input.go_on(before.input)
        self.context.go_on(before.context)
        for name, switch in self._folds.items():
            switch.value = before._folds[name].value

    def refresh(self) -> None:
        """What may have changed in the notebook: variables, settings, models."""
        self.context.refresh()
        self.controls.refresh(self._models())
        self._actions.name_other()

    def close(self) -> None:
        """Close all widgets."""
        self.input.close()
        self.controls.close()
        self.parts.close_all()

    def failed(self, text: str, error: Exception, lost: bool) -> None:
        """Say what went wrong; give the text back if nothing came of it."""
        self.meter.show_error(error, lost and self.input.restore(text))

    def _send(self, text: str, instead_of: Turn | None) -> None:
        self.deeds.send(text, self.context.wanted(), self.context.files(), instead_of)

    def _edit(self, turn: Turn) -> None:
        self._stage.post(lambda: self.input.edit(turn))

    def _note(self, shown: Shown) -> None:
        self._stage.post(lambda: self.transcript.note(shown))
        self._stage.post(self.refresh)

    def _wrong(self, error: Exception) -> None:
        """Something cannot be: say why, and show what holds."""
        self._stage.post(lambda: self.meter.show_error(error, False))
        self._stage.post(self.refresh)

    def _propose(self, text: str) -> None:
        self._stage.post(lambda: self.input.put(text))

    def _list_models(self) -> None:
        def listed(count: int) -> None:
            self._stage.post(self.refresh)
            self._stage.post(lambda: self.meter.say(self._texts("models_listed", count)))

        self.deeds.list_models(listed)

    def _look(self) -> None:
        self._stage.post(self._toggle_preview)

    def _toggle_preview(self) -> None:
        """Show or hide what the prompt in the box would send."""
        if self.preview.is_open:
            self.preview.hide()
            return
        try:
            wanted = Ask(self.input.text or "…", wanted=self.context.wanted())
            self.preview.show(self._notebook.gather(wanted, self.context.files()))
        except LiaraError as error:
            self.meter.show_error(error, False)

    def _models(self) -> list[str]:
        """The names that the model's box offers; any other can be typed."""
        known = [model.id for model in self._session.known_models()]
        return list(dict.fromkeys([*sorted(self._session.settings.aliases), *known, *MODELS]))

    def _assemble(self, close: Callable[[], None]) -> Any:
        parts, texts = self.parts, self._texts
        chats = self._folding("conversations", "comments", self.conversations.column, "icon")
        settings = self._folding("settings", "sliders", self.controls.column)
        context = self._folding("attach", "paperclip", self.context.column)
        language = parts.button(texts("language"), self._change_language, "quiet")
        closing = parts.button(texts("close_panel"), close, "icon", icon="times")
        models = parts.button(texts("list_models"), self._list_models, "icon", icon="list")
        top = [self.conversations.choice, chats[0], self.controls.model, models, settings[0], language, closing]
        children = [
            parts.make("HTML", "style", value=style_sheet()),
            parts.row(top, "top"),
            chats[1],
            settings[1],
            self.transcript.box,
            self.question.column,
            self.queue.column,
            parts.row([self.meter.state, context[0]], "bottom"),
            context[1],
            self.preview.html,
            self.input.column,
            self.meter.used,
        ]
        return parts.column(children, "panel", *(["mirrored"] if texts.is_mirrored else []))

    def _folding(self, name: str, icon: str, column: Any, kind: str = "quiet") -> tuple[Any, Any]:
        """A button that opens and closes ``column``, and the place where it stands."""
        place = self.parts.column([], "fold")
        switch = self.parts.toggle(self._texts(name), kind, icon=icon)

        def turn(change: dict[str, Any]) -> None:
            def open_or_close() -> None:
                place.children = [column] if change["new"] else []

            self._stage.post(self.refresh)
            self._stage.post(open_or_close)

        switch.observe(turn, "value")
        self._folds[name] = switch
        return switch, place

    def _change_language(self) -> None:
        self._session.settings.language = "en" if self._texts.is_mirrored else "fa"
