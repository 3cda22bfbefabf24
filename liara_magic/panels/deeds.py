"""What the buttons and the input box do: each deed ends as a job in the queue, or as a change of the conversation."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from ..magics.commands import run_command
from ..magics.registry import NextCell, Shown
from ..protocol.errors import LiaraError, LiaraUsageError
from ..session import again
from ..session.ask import Ask, Wanted
from ..session.session import Session
from ..session.turn import Turn
from .asking import Asking, Job
from .notebook_context import NotebookContext
from .uploads import Upload


class Deeds:
    """Asks and changes on behalf of one panel. Its methods return at once and may be called on any thread.

    ``show`` is given what a command says, ``failed`` what could not be done, ``propose`` what a person may want to send
    next; all may be called on any thread.
    """

    def __init__(
        self,
        session: Session,
        asking: Asking,
        notebook: NotebookContext,
        *,
        show: Callable[[Shown], None],
        failed: Callable[[Exception], None],
        propose: Callable[[str], None],
    ) -> None:
        self._session, self._asking, self._notebook = session, asking, notebook
        self._show, self._failed, self._propose = show, failed, propose

    def send(self, text: str, wanted: Wanted, files: Sequence[Upload], instead_of: Turn | None) -> None:
        """Ask ``text`` with what is wanted of the notebook, in the place of a turn if one is given; or give a command.

        What a cell's flags had asked for with the turn is asked for again, as the notebook is then.
        """
        conversation = self._session.conversation

        def work() -> Ask | None:
            if text.lstrip().startswith("/"):
                return self._command(text.strip())
            ask = Ask(text, wanted=wanted)
            if instead_of is not None:
                ask = again.edit(conversation, instead_of, text, ask)
            return self._notebook.gather(ask, files)

        self._put(text, work)

    def give(self, command: str) -> None:
        """Give a command, as if it had been typed."""
        self._put(command, lambda: self._command(command))

    def ask_again(self, turn: Turn, model: str) -> None:
        """Ask the turn's prompt again with ``model``, in its place."""
        conversation = self._session.conversation
        self._put(turn.prompt, lambda: again.retry(conversation, turn, Ask("", model=model)))

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

    def list_models(self, listed: Callable[[int], None]) -> None:
        """Ask the gateway for its list of models, beside whatever is being asked; ``listed`` gets how many there are.

        It is free, but nobody is asked before a person wants it.
        """

        def work() -> None:
            self._try(lambda: listed(len(self._session.catalogue())))

        threading.Thread(target=work, name="liara-models", daemon=True).start()

    def _put(self, text: str, work: Callable[[], Ask | None]) -> None:
        self._asking.put(Job(text, work, self._notebook.deliver))

    def _try(self, deed: Callable[[], object]) -> None:
        try:
            deed()
        except LiaraError as error:
            self._failed(error)

    def _command(self, line: str) -> Ask | None:
        """Give a command on the asking thread; one that is an ask is put like any other."""
        name = line.split(maxsplit=1)[0]
        if name == "/login":
            raise LiaraUsageError("The panel takes no key: run %liara /login in a cell.")
        answer = run_command(self._session, line)
        if isinstance(answer, Ask):
            return self._notebook.gather(answer)
        if isinstance(answer, NextCell):
            self._propose(answer.source.removeprefix("%%liara "))
            return None
        if not isinstance(answer, (str, Shown)):  # it shows itself in a cell
            raise LiaraUsageError(f"{name} needs a cell: %liara {name}")
        self._show(answer if isinstance(answer, Shown) else Shown(answer))
        return None
