"""Into a shell and out of it again: the magics, the settings for ``%config``, the question mark, completion."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..kernel import this_kernel
from ..session.ask import Place
from . import completion
from .magics import NAME, LiaraMagics
from .question import keep_question

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell


def register(shell: InteractiveShell) -> None:
    """Register the magics, the settings for ``%config``, the question mark, completion. Twice is the same as once."""
    unregister_magics(shell)
    magics = LiaraMagics(shell)
    magics.recorder.install()
    magics.runs.install()
    toolbox = this_kernel().session.toolbox
    toolbox.shelf = lambda: magics.shelf.tools()  # noqa: PLW0108  # the shelf is built when it is looked at
    toolbox.find = lambda name: magics.shelf.function(name)  # noqa: PLW0108
    this_kernel().next_place = lambda: Place(*magics.runs.next_place())
    shell.register_magics(magics)
    shell.configurables.append(this_kernel().settings)
    shell.input_transformers_cleanup.append(keep_question)
    completion.register(shell)


def unregister(shell: InteractiveShell) -> None:
    """Take back what :func:`register` did and close the connections. The conversation stays for a later load."""
    unregister_magics(shell)
    this_kernel().engine.close()


def unregister_magics(shell: InteractiveShell) -> None:
    """Take the magics, the settings, the question mark and completion out of the shell."""
    for kind in ("line", "cell"):
        shell.magics_manager.magics[kind].pop(NAME, None)
    magics = shell.magics_manager.registry.pop(LiaraMagics.__name__, None)
    this_kernel().next_place = lambda: None
    for watch in ("recorder", "runs"):
        if hasattr(magics, watch):
            getattr(magics, watch).remove()
    shell.configurables[:] = [
        one for one in shell.configurables if type(one).__name__ not in ("Liara", LiaraMagics.__name__)
    ]
    transformers = shell.input_transformers_cleanup
    transformers[:] = [one for one in transformers if getattr(one, "__module__", "") != keep_question.__module__]
    completion.unregister(shell)
