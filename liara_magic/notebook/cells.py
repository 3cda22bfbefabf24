"""The record of executed cells: what a question may take along of what happened in the notebook."""

from __future__ import annotations

import re
import sys
from bisect import insort
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from .cell_errors import CellError, Describer
from .earlier import add_last_error, earlier_cells
from .outputs import Outputs
from .printed import cut_middle
from .records import Cell, Record
from .sources import is_left_out, is_marked
from .tee import Tee

__all__ = ["Cell", "CellError", "CellRecorder", "cut_middle", "is_left_out", "is_marked"]

_MOST_CELLS = 200
_LARGEST = 8_388_608  # bytes of all cells together

_COUNT_IN_NAME = re.compile(r"<ipython-input-(\d+)-")


@dataclass(eq=False)
class _Run:
    """A call of ``run_cell`` that has not ended."""

    info: Any
    order: int
    message: str
    seen: int  # the shell's execution count when it began
    outer: _Run | None
    outputs: Outputs | None = None  # ``None``: what it shows is not recorded
    is_cell: bool = False  # and not a part of the cell around it

    def is_inside(self, other: _Run) -> bool:
        """Whether this ran within ``other``."""
        return self.outer is not None and (self.outer is other or self.outer.is_inside(other))


class CellRecorder:
    """Remembers the last cells that ran in ``shell``, with what they showed, from :meth:`install` to :meth:`remove`.

    In memory are texts only, about 200 cells and 8 MB at most: none of the person's objects lives longer for it.
    """

    def __init__(self, shell: Any) -> None:
        self._shell = shell
        self._records: list[Record] = []
        self._open: list[_Run] = []
        self._started = 0
        self._ahead = 0  # how far the shell's count is ahead of the running cell's
        self._tee: Tee | None = None
        self._describer = Describer(shell, self._count_of)
        # Kept as they are: a bound method is a new object each time, and IPython 7 takes out only the one it was given.
        self._events = {"pre_run_cell": self._before, "post_run_cell": self._after}
        self._installed = False

    def install(self) -> None:
        """Begin to record, with what the shell's history knows of earlier cells. Twice is the same as once."""
        if self._installed:
            return
        self._installed = True
        # While a cell runs, the display hook knows what it is: so the rest of a cell that loads us is recorded too.
        running = getattr(self._shell.displayhook, "exec_result", None)
        with suppress(Exception):
            self._catch_up(getattr(running, "execution_count", None))
        for event, function in self._events.items():
            self._shell.events.register(event, function)
        if running is not None:
            self._before(running.info)

    def remove(self) -> None:
        """Stop recording and take everything back; what was recorded stays for a later :meth:`install`."""
        if not self._installed:
            return
        self._installed = False
        for event, function in self._events.items():
            with suppress(ValueError):
                self._shell.events.unregister(event, function)
        self._open.clear()
        self._listen()

    def last(self, count: int) -> list[Cell]:
        """The last ``count`` cells that ended, the oldest first."""
        return [record.cell() for record in self._records[-count:]] if count > 0 else []

    def error(self, count: int | None = None) -> Cell | None:
        """The last cell that failed; or the cell with that execution count, if it failed."""
        for record in reversed(self._records):
            if count is None or record.count == count:
                if record.outputs.error is not None:
                    return record.cell()
                if count is not None:
                    return None
        return None

    def _catch_up(self, running: int | None) -> None:
        """Take from the shell's history what ran while no one recorded, but not the cell that is ``running``."""
        known = max((record.count for record in self._records), default=0)
        for record in earlier_cells(self._shell, _MOST_CELLS):
            if record.count > known and record.count != running:
                self._started += 1
                record.order = self._started
                self._records.append(record)
        add_last_error(self._records, self._describer)
        self._drop_oldest()

    def outputs_of(self, message: str) -> Outputs | None:
        """For the tee: the outputs of the cell that a front end's message started."""
        for run in reversed(self._open):
            if run.message == message:
                return run.outputs
        return next((one.outputs for one in reversed(self._records) if message and one.message == message), None)

    def update_elsewhere(self, data: dict[str, Any], display_id: str) -> None:
        """For the tee: an update of a display that is not the current cell's."""
        for record in self._records:
            if record.outputs.update(data, display_id):
                record.weigh()

    def failed(self, error: BaseException) -> None:
        """For the tee: an error that is shown in the current cell."""
        if self._open:
            self._failed(self._open[-1], error)

    def _before(self, info: Any) -> None:
        with suppress(Exception):  # a cell runs, whatever happens here
            self._started += 1
            message = self._message()
            outer = next((run for run in reversed(self._open) if run.message == message), None)
            run = _Run(info, self._started, message, self._shell.execution_count, outer)
            if info.store_history:
                run.is_cell = not is_left_out(info.raw_cell) and (outer is None or outer.outputs is not None)
                run.outputs = Outputs() if run.is_cell else None
            elif outer is not None:
                run.outputs = outer.outputs  # a part of the cell around it: %%capture, %rerun
            self._open.append(run)
            self._listen()

    def _after(self, result: Any) -> None:
        with suppress(Exception):
            run = self._run_of(result)
            if run is None:
                return
            try:
                error = _error_of(result)
                if error is not None:
                    with suppress(Exception):
                        self._failed(run, error)
            finally:
                self._open = [one for one in self._open if one is not run and not one.is_inside(run)]
                self._listen()
            if run.is_cell and run.outputs is not None:
                self._keep(run, run.outputs, getattr(result, "execution_count", None))

    def _run_of(self, result: Any) -> _Run | None:
        info = getattr(result, "info", None)
        for run in reversed(self._open):
            if run.info is info:
                return run
        # An interrupt at the wrong moment leaves no result, or one that is not the cell's. An empty cell, and one that
        # began before us, have an end only.
        message = self._message()
        for run in reversed(self._open):
            if run.message == message and (info is None or info.raw_cell == run.info.raw_cell):
                return run
        return None

    def _failed(self, run: _Run, error: BaseException) -> None:
        cell = run
        while not cell.is_cell and cell.outer is not None:
            cell = cell.outer
        if run.outputs is not None:
            run.outputs.error = CellError(type(error).__name__, "", "")  # at least that
            run.outputs.error = self._describer.describe(error, cell.info.raw_cell)

    def _keep(self, run: _Run, outputs: Outputs, count: int | None) -> None:
        if count is None:
            count = self._count(run)
        else:
            # IPython counts a cell when it has ended; since the end of 2025, already when it begins.
            # https://github.com/ipython/ipython/pull/15088
            self._ahead = run.seen - count
        cell_id = str(getattr(run.info, "cell_id", None) or "")
        record = Record(run.order, count, run.info.raw_cell, outputs, cell_id, run.message)
        insort(self._records, record, key=lambda one: one.order)
        self._drop_oldest()

    def _count(self, run: _Run) -> int:
        return run.seen - self._ahead

    def _drop_oldest(self) -> None:
        sizes = [record.weight for record in self._records]
        total, first = sum(sizes), max(len(sizes) - _MOST_CELLS, 0)
        total -= sum(sizes[:first])
        while total > _LARGEST and first < len(sizes) - 1:
            total -= sizes[first]
            first += 1
        del self._records[:first]

    def _listen(self) -> None:
        """Let the tee hear for the innermost run, and no one when no recorded cell runs."""
        if all(run.outputs is None for run in self._open):
            tee, self._tee = self._tee, None
            if tee is not None:
                tee.close()
            return
        innermost = self._open[-1]
        is_new = self._tee is None
        tee = self._tee = self._tee or Tee(self._shell, self)
        if not is_new and tee.here is not innermost.outputs:
            tee.settle()
        tee.here, tee.message = innermost.outputs, innermost.message
        if is_new:
            tee.open()

    def _message(self) -> str:
        header = getattr(self._shell.display_pub, "parent_header", None)
        return str(header.get("msg_id", "")) if header else ""

    def _count_of(self, name: str, text: str) -> int | None:
        """The execution count of the cell that was compiled under ``name``."""
        names: Any = getattr(self._shell.compile, "_filename_map", None)
        match = _COUNT_IN_NAME.match(name)
        if names is not None or match is not None:
            count: int | None = int(match[1]) if match is not None else names.get(name)
            cells = [self._count(run) for run in self._open if run.is_cell]
            # A part of a cell is compiled under the number that the next cell will have.
            return min(count, max(cells)) if count is not None and cells else count
        # Before IPython 8 a kernel's file names say nothing, but most cells are compiled as they stand.
        known = [(record.source, record.count) for record in self._records]
        known += [(run.info.raw_cell, self._count(run)) for run in self._open]
        text = text.strip()
        return next((number for source, number in reversed(known) if text and source.strip() == text), None)


def _error_of(result: Any) -> BaseException | None:
    if result is None:
        return sys.exc_info()[1]  # it is on its way up
    before: BaseException | None = result.error_before_exec
    during: BaseException | None = result.error_in_exec
    return before if before is not None else during
