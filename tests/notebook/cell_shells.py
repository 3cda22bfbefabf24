"""A real shell in this process with a recorder in it."""

import sys
from contextlib import contextmanager

from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from liara_magic.notebook.cells import CellRecorder


class Notebook:
    """Runs cells as a front end does, and reads what was recorded of them."""

    def __init__(self, shell):
        self.shell = shell
        self.recorder = CellRecorder(shell)

    def run(self, *sources, **how):
        """Run cells; returns the result of the last."""
        how.setdefault("store_history", True)
        return [self.shell.run_cell(source, **how) for source in sources][-1]

    def cell(self, source):
        """Run a cell and read its record."""
        result = self.run(source)
        cell = self.recorder.last(1)[0]
        assert cell.source == source
        assert cell.count == result.execution_count or result.execution_count is None
        return cell

    def cells(self):
        return self.recorder.last(1000)

    def sources(self):
        return [cell.source for cell in self.cells()]

    def value(self, name):
        return self.shell.user_ns[name]


def replaced(*owners):
    """The names of methods of ``owners`` in whose place a recorder's stand."""
    return [
        name
        for owner in owners
        for name, value in vars(owner).items()
        if getattr(value, "__module__", "") == "liara_magic.notebook.tee"
    ]


@contextmanager
def running_shell():
    """The process's one shell, so that ``display`` finds it; gone when the block is left."""
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "NoColor"
    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance(config=config)
    try:
        yield shell
    finally:
        shell.restore_sys_module_state()
        InteractiveShell.clear_instance()
        for name in ("last_type", "last_value", "last_traceback", "last_exc"):
            vars(sys).pop(name, None)
