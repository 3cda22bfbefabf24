"""What the buttons and the input box do: each deed ends as a job in the queue, or as a change of the conversation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from ..magics.commands import run_command
from ..magics.registry import Shown
from ..protocol.errors import LiaraError, LiaraUsageError
from ..session.ask import Ask, Wanted
from ..session.session import Session
from ..session.turn import Turn
from .asking import Asking, Job
from .notebook_context import NotebookContext
from .texts import Texts
from .uploads import Upload


class Deeds:
    """Asks and changes on behalf of one panel. Its methods return at once and may be called on any thread.

    ``show`` is given what a command says, ``failed`` what could not be done; both may be called on any thread.
    """

    def __init__(
        self,
        session: Session,
        asking: Asking,
        notebook: NotebookContext,
        *,
        texts: Texts,
        show: Callable[[Shown], None],
        failed: Callable[[Exception], None],
    ) -> None:
        self._session, self._asking, self._notebook = session, asking, notebook
        self._texts, self._show, self._failed = texts, show, failed

    def send(self, text: str, wanted: Wanted, files: Sequence[Upload], instead_of: Turn | None) -> None:
        """Ask ``text`` with what is wanted of the notebook, in the place of a turn if one is given; or give a command.

        A turn that is asked anew keeps its context unless another is wanted.
        """

        def work() -> Ask | None:
            if text.lstrip().startswith("/"):
                return self._command(text.strip())
            if instead_of is None:
                return self._notebook.gather(Ask(text, wanted=wanted), files)
            if wanted == Wanted() and not files:
                return replace(instead_of.ask, prompt=text, replaces=instead_of.id)
            return self._notebook.gather(Ask(text, wanted=wanted, replaces=instead_of.id), files)

        self._asking.put(Job(text, work))

    def give(self, command: str) -> None:
        """Give a command, as if it had been typed."""
        self._asking.put(Job(command, lambda: self._command(command)))

    def ask_again(self, turn: Turn, model: str) -> None:
        """Ask the turn's prompt again with ``model``, in its place."""
        self._asking.put(Job(turn.prompt, lambda: replace(turn.ask, model=model, replaces=turn.id)))

    def delete(self, turn: Turn) -> None:
        """Take the turn out of the conversation."""
        self._try(lambda: self._session.conversation.delete(turn))

    def switch(self, name: str) -> None:
        """Go to the conversation called ``name``; it begins if there is none."""
        self._try(lambda: self._session.conversations.switch(name))

    def branch(self, name: str, until: Turn | None = None) -> None:
        """Go on in a copy of the conversation, up to a turn if one is given."""
        self._try(lambda: self._session.conversations.branch(name, until))

    def chosen_model(self) -> str:
        """The model of the settings."""
        return self._session.model_id(self._session.settings.model)

    def _try(self, deed: Callable[[], object]) -> None:
        try:
            deed()
        except LiaraError as error:
            self._failed(error)

    def _command(self, line: str) -> Ask | None:
        """Give a command on the asking thread; one that is an ask is put like any other."""
        name = line.split(maxsplit=1)[0]
        if name == "/login":
            raise LiaraUsageError(self._texts("login"))
        answer = run_command(self._session, line)
        if isinstance(answer, Ask):
            return self._notebook.gather(answer)
        if not isinstance(answer, (str, Shown)):  # it shows itself in a cell
            raise LiaraUsageError(self._texts("in_cell", name))
        self._show(answer if isinstance(answer, Shown) else Shown(answer))
        return None
