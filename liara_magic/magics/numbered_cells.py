"""``In[3]``, ``Out[3]`` and ``Err[3]`` as prompts and flags may name them: without the cells that are kept out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..notebook.cells import is_marked

if TYPE_CHECKING:
    from ..notebook.cells import CellRecorder


@dataclass(frozen=True)
class Inputs:
    """``In[3]``: the third cell's source, as it was typed."""

    shell: Any

    def __getitem__(self, count: int) -> str:
        return _source(self.shell, count)


@dataclass(frozen=True)
class Results:
    """``Out[3]``: the value that the third cell gave."""

    shell: Any

    def __getitem__(self, count: int) -> Any:
        _source(self.shell, count)
        return self.shell.user_ns["Out"][count]


@dataclass(frozen=True)
class Error:
    """The error of cell ``count``."""

    count: int


@dataclass(frozen=True)
class Errors:
    """``Err``: the last error; ``Err[3]`` that of the third cell."""

    recorder: CellRecorder
    count = None

    def __getitem__(self, count: int) -> Error:
        if self.recorder.error(count) is None:
            raise LookupError(f"cell {count} did not fail")
        return Error(count)


def _source(shell: Any, count: int) -> str:
    """The source of a cell by its number; of the last ones backwards if it is negative, as in a list."""
    source = str(shell.history_manager.input_hist_raw[count])
    if is_marked(source):
        raise LookupError(f"cell {count} is kept out by its first line")
    return source
