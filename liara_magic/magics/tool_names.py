"""The tools that a notebook has: those of its functions that are marked, and those that read it."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..carrying import hiding
from ..notebook.readers import Readers
from ..session.tools import MARK, Tool, tool_of

if TYPE_CHECKING:
    from ..notebook.cells import CellRecorder


class Shelf:
    """What of a shell's notebook can be offered to a model. Nothing is, until it is named or switched on."""

    def __init__(self, shell: Any, recorder: CellRecorder) -> None:
        self._shell = shell
        self._recorder = recorder

    def tools(self) -> Mapping[str, Tool]:
        """The functions that are marked with ``@liara.tool``, and the readers, by name."""
        marked = [getattr(one, MARK, None) for one in self._own().values() if inspect.isroutine(one)]
        return {**self._readers, **{one.name: one for one in marked if isinstance(one, Tool)}}

    def function(self, name: str) -> Tool | None:
        """The notebook's own function ``name`` as a tool, or none. Raises :class:`LiaraUsageError` if it cannot be."""
        found = self._own().get(name)
        is_function = inspect.isroutine(found) or isinstance(found, functools.partial)
        return tool_of(found, self._shell.user_ns) if is_function else None

    @functools.cached_property
    def _readers(self) -> dict[str, Tool]:
        from ..kernel import this_kernel

        namespace, hidden = self._shell.user_ns, self._shell.user_ns_hidden
        readers = Readers(namespace, hidden, self._recorder, lambda: hiding(this_kernel().settings))
        return {one.__name__: replace(tool_of(one), safe=True) for one in readers.tools()}

    def _own(self) -> dict[str, Any]:
        hidden = self._shell.user_ns_hidden
        return {name: value for name, value in list(self._shell.user_ns.items()) if name not in hidden}
