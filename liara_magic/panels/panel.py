"""The panel: a root widget that holds the views, told of every turn of the session until it is closed."""

from __future__ import annotations

import threading
from typing import Any

from ..kernel import this_kernel
from ..session.session import Session
from ..session.turn import Turn
from .asking import Job, asking_of
from .notebook_context import NotebookContext, running_shell
from .panel_view import PanelView
from .parts import Parts
from .stage import Stage
from .static_copy import StaticCopy
from .texts import texts_of


class Panel:
    """A chat widget on a session's conversation. Show it as a cell's result, or with ``display(panel)``."""

    def __init__(self, session: Session, shell: Any = None) -> None:
        self._session = session
        self._shell = shell
        self._notebook = NotebookContext(shell)
        self._asking = asking_of(session)
        self._stage = Stage(self._frame, self._stage_failed)
        self._copy: StaticCopy | None = None
        self._root_parts = Parts()
        self._files = self._root_parts.make("FileUpload", "chip", multiple=True)  # with its files, in any language
        self._view = self._make_view()
        self.root = self._root_parts.column([self._view.box])
        self._closing = threading.Lock()
        self.closed = False
        self._listen()
        self._stage.wake()

    def close(self) -> None:
        """Close the widgets and listen no more. What is being asked goes on; the conversation stays."""
        with self._closing:
            if self.closed:
                return
            self.closed = True
        session, asking = self._session, self._asking
        session.watchers.remove(self._watch)
        session.conversations.listeners.remove(self._wake)
        asking.remove(self)
        session.settings.unobserve(self._on_language, "language")
        if self._shell is not None:
            self._shell.events.unregister("post_run_cell", self._after_cell)
        self._stage.post(self._close_widgets)
        self._stage.close()

    def jobs_changed(self) -> None:
        """The queue has changed."""
        self._stage.wake()

    def job_failed(self, job: Job, error: Exception, lost: bool) -> None:
        """A job came to nothing, or to a part of what it should have been."""
        self._stage.post(lambda: self._view.failed(job.text, error, lost))

    def _ipython_display_(self) -> None:
        """Show the widgets, and beside them the conversation for viewers without any."""
        if self._shell is None:
            return
        conversation, publisher = self._session.conversation, self._shell.display_pub
        texts = texts_of(self._session.settings)
        said = texts("copy_said", conversation.name, len(conversation.turns))
        view = {"version_major": 2, "version_minor": 0, "model_id": self.root.model_id}
        publisher.publish(data={"application/vnd.jupyter.widget-view+json": view, "text/plain": said})
        copy = StaticCopy(publisher, texts)
        copy.show(conversation)
        self._copy = copy

    def _listen(self) -> None:
        # Kept as they are: a bound method is a new object each time, and lists take out only the one they were given.
        self._watch = self._changed
        self._after_cell = self._cell_ran
        self._on_language = self._language_changed
        self._wake = self._stage.wake
        self._session.watchers.append(self._watch)
        self._session.conversations.listeners.append(self._wake)
        self._asking.listeners.append(self)
        self._session.settings.observe(self._on_language, "language")
        if self._shell is not None:
            self._shell.events.register("post_run_cell", self._after_cell)

    def _changed(self, turn: Turn) -> None:
        """A turn has begun, grown or ended: called on the thread that asks."""
        self._view.transcript.glance(turn)
        self._stage.wake()

    def _cell_ran(self, result: Any) -> None:
        self._stage.post(self._refresh)

    def _refresh(self) -> None:
        self._view.refresh()

    def _language_changed(self, change: Any) -> None:
        self._stage.post(self._rebuild)

    def _rebuild(self) -> None:
        before = self._view
        self._view = self._make_view()
        self._view.go_on(before)
        self.root.children = [self._view.box]
        before.close()

    def _make_view(self) -> PanelView:
        texts = texts_of(self._session.settings)
        session, asking, stage, notebook = self._session, self._asking, self._stage, self._notebook
        close, files = lambda: stage.post(self.close), self._files
        return PanelView(session, asking, stage, notebook, texts=texts, files=files, close=close)

    def _frame(self) -> float | None:
        pauses = [self._view.frame(), self._copy.update(self._session.conversation) if self._copy else None]
        return min((pause for pause in pauses if pause is not None), default=None)

    def _stage_failed(self, error: Exception) -> None:
        if not self.closed:
            self._view.meter.show_error(error, False)

    def _close_widgets(self) -> None:
        self._view.close()
        self._root_parts.close_all()


def panel() -> Panel:
    """The chat widget on this kernel's conversation: ``liara_magic.panel()`` as a cell's last line shows it.

    Raises :class:`LiaraUsageError` where ipywidgets is not installed.
    """
    return Panel(this_kernel().session, running_shell())
