"""Which cell asks, and the how manieth of its asks it is.

A cell is known by the id that the front end gives it: JupyterLab and Notebook 7 send the one of the notebook's file,
VS Code an address of its own. It stands in the metadata of the request to execute. A terminal has none.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any


@dataclass(eq=False)
class _Run:
    """A run of a cell: ``asked`` counts its asks so far, ``message`` is the front end's request for it."""

    cell: str
    count: int
    message: str
    info: Any
    asked: int = 0
    ended: bool = False


#: The run whose code is being executed. Tasks that a cell starts keep it when another cell runs; threads have none.
_RUN: ContextVar[_Run | None] = ContextVar("liara_run", default=None)


class CellRuns:
    """Watches the cells that run in ``shell``, from :meth:`install` to :meth:`remove`.

    ``ended`` is called when a run has ended well in which there were asks: with the cell's id, the run's execution
    count and the number of asks.
    """

    def __init__(self, shell: Any, ended: Callable[[str, int, int], None]) -> None:
        self._shell = shell
        self._ended = ended
        # Kept as they are: a bound method is a new object each time, and IPython 7 takes out only the one it was given.
        self._events = {"pre_run_cell": self._before, "post_run_cell": self._after}
        self._open: list[_Run] = []

    def install(self) -> None:
        """Begin to watch, with the cell that loads us."""
        for event, function in self._events.items():
            self._shell.events.register(event, function)
        running = getattr(self._shell.displayhook, "exec_result", None)
        if running is not None:
            self._before(running.info)

    def remove(self) -> None:
        """Watch no longer."""
        for event, function in self._events.items():
            if function in self._shell.events.callbacks[event]:
                self._shell.events.unregister(event, function)
        self._open.clear()

    def next_place(self) -> tuple[str, int, int]:
        """For the next ask of the code that runs here: its cell's id, its number in this run, the execution count.

        The id is empty where there is none: in a terminal, in a thread, in a task that outlived its cell.
        """
        run = _RUN.get()
        if run is None:
            return "", 0, 0
        if not run.count:  # now it is known
            run.count = _execution_count(self._shell)
        if run.ended:
            return "", 0, run.count
        run.asked += 1
        return run.cell, run.asked - 1, run.count

    def _before(self, info: Any) -> None:
        parent = _parent(self._shell)
        message = str(parent.get("header", {}).get("msg_id", ""))
        outer = _RUN.get()
        if outer is not None and not outer.ended and outer.message and outer.message == message:
            return  # a part of the cell around it: %rerun, run_cell()
        cell = (parent.get("metadata") or {}).get("cellId") or getattr(info, "cell_id", None) or ""
        run = _Run(str(cell), 0, message, info)
        self._open.append(run)
        _RUN.set(run)

    def _after(self, result: Any) -> None:
        # An interrupt at the wrong moment leaves no result: then nothing is known of any run that is open.
        info = getattr(result, "info", None)
        for run in self._open:
            run.ended = run.ended or info is None or run.info is info
            if run.ended and run.asked and run.cell and info is not None and result.success:
                self._ended(run.cell, run.count, run.asked)
        self._open = [run for run in self._open if not run.ended]


def _parent(shell: Any) -> dict[str, Any]:
    """The front end's request that the shell works on; empty where there is no front end."""
    parent = shell.get_parent() if hasattr(shell, "get_parent") else getattr(shell, "parent_header", None)
    return parent if isinstance(parent, dict) else {}


def _execution_count(shell: Any) -> int:
    """The number that the running cell has: IPython's own count may be ahead of it already."""
    running = getattr(shell.displayhook, "exec_result", None)
    return getattr(running, "execution_count", None) or 0
