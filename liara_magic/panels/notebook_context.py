"""From what the panel's switches ask for to the context of an ask, by the same way as a cell's flags."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..magics.delivery import keep
from ..magics.magics import LiaraMagics
from ..protocol.reply import Reply
from ..session.ask import Ask
from ..values import evaluate
from .uploads import Upload


def running_shell() -> Any:
    """The IPython shell of this process, or ``None``."""
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython else None


class NotebookContext:
    """What the panel knows of the notebook: the variables of ``shell``, and the cells that its magics have recorded.

    Without a shell, in a plain Python program, it knows nothing.
    """

    def __init__(self, shell: Any = None) -> None:
        self.namespace: Mapping[str, Any] = getattr(shell, "user_ns", {})
        self.hidden: Mapping[str, Any] = getattr(shell, "user_ns_hidden", {})
        self._shell = shell

    def gather(self, ask: Ask, files: Sequence[Upload] = ()) -> Ask:
        """``ask`` with its prompt filled and its context; ``files`` go along. Raises :class:`LiaraUsageError`."""
        if self._shell is None:
            return ask
        # They may be loaded, and loaded anew, after the panel was opened.
        magics = self._shell.magics_manager.registry.get(LiaraMagics.__name__) or LiaraMagics(self._shell)
        with _on_disk(files) as paths:
            own = ask.wanted.attach
            filled: Ask = magics.ready(replace(ask, wanted=replace(ask.wanted, attach=(*own, *paths))))
            # The files are gone afterwards; who asks again sends along those that are chosen then.
            return replace(filled, wanted=replace(filled.wanted, attach=own))

    def deliver(self, ask: Ask, reply: Reply) -> None:
        """Give what was asked for of a reply: its value, and the variable that holds it.

        Raises :class:`LiaraFormatError` where the reply does not hold it. No other request asks for its repair, since
        nobody is told of its cost before.
        """
        evaluate(ask, reply, may_repair=False)
        if self._shell is not None:
            keep(reply, ask, self._shell.user_ns)


@contextmanager
def _on_disk(files: Sequence[Upload]) -> Iterator[list[str]]:
    """The files in a folder that only this person can read, while the block runs."""
    if not files:
        yield []
        return
    with tempfile.TemporaryDirectory(prefix="liara-") as folder:
        paths = []
        for number, file in enumerate(files):
            path = Path(folder, str(number), Path(file.name).name or "file")
            path.parent.mkdir()
            path.write_bytes(file.content)
            paths.append(str(path))
        yield paths
