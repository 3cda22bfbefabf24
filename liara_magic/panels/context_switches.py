"""What of the notebook goes along with the next prompt: switches, a live list of variables, files, and a preview."""

from __future__ import annotations

import sys
import types
from collections.abc import Callable, Container
from typing import Any

from ..screen.figures import in_digits
from ..session.ask import Wanted
from .notebook_context import NotebookContext
from .parts import Parts, change
from .texts import Texts
from .uploads import Upload, uploads

#: Variables that are offered; the newest first.
_MOST = 200


class ContextSwitches:
    """The switches. They stay as they are until the person changes them; files and variables too.

    ``files`` is the widget that takes files, which is not ours: what was chosen stays in it. ``look`` shows a preview.
    """

    def __init__(
        self,
        parts: Parts,
        texts: Texts,
        notebook: NotebookContext,
        files: Any,
        look: Callable[[], None],
    ) -> None:
        self._notebook, self._files, self._digits = notebook, files, texts.digits
        names = ("last_cell", "last_error", "last_figure")
        self._switches = {
            name: parts.make("ToggleButton", "chip", description=texts(name), tooltip=texts(name)) for name in names
        }
        self._variables = parts.make(
            "SelectMultiple", "field", "variables", description=texts("variables"), rows=5, disabled=True
        )
        change(files, description=texts("files"), tooltip=texts("files"))
        preview = parts.button(texts("preview"), look, "quiet", icon="eye")
        switches = parts.row([*self._switches.values(), files, preview], "chips")
        self.column = parts.column([switches, self._variables], "context")
        self.refresh()

    def go_on(self, before: ContextSwitches) -> None:
        """Have chosen what is chosen in ``before``."""
        for name, switch in self._switches.items():
            switch.value = before._switches[name].value
        self._offer(self._variables.options, before._variables.value)

    def refresh(self) -> None:
        """The variables as they are now, with type and size."""
        options = tuple((f"{name} · {in_digits(kind_of(value), self._digits)}", name) for name, value in self._own())
        if options != tuple(self._variables.options):
            self._offer(options, self._variables.value)

    def wanted(self) -> Wanted:
        """What the switches ask for."""
        on = {name: switch.value for name, switch in self._switches.items()}
        attach = tuple(self._variables.value)
        return Wanted(int(on["last_cell"]), attach, on["last_error"], on["last_figure"])

    def files(self) -> list[Upload]:
        """The files that were chosen."""
        return uploads(self._files.value)

    def _offer(self, options: tuple[tuple[str, str], ...], chosen: Container[str]) -> None:
        still = tuple(name for _, name in options if name in chosen)
        change(self._variables, options=options, value=still, disabled=not options)

    def _own(self) -> list[tuple[str, Any]]:
        """The person's own variables, the newest first."""
        found = [
            (name, value)
            for name, value in list(self._notebook.namespace.items())
            if not name.startswith("_")
            and name not in self._notebook.hidden
            and not issubclass(type(value), types.ModuleType)
        ]
        return found[: -_MOST - 1 : -1]


def kind_of(value: Any) -> str:
    """A value's type and size, without calling anything of a foreign object but its shape and length.

    An object whose file is closed, or that stands for another one, may raise at either: then it is its type.
    """
    try:
        return _type_and_size(value)
    except Exception:
        return type(value).__name__


def _type_and_size(value: Any) -> str:
    name = type(value).__name__
    shape = getattr(value, "shape", None)
    if isinstance(shape, tuple) and all(isinstance(side, int) for side in shape):
        return f"{name} {' × '.join(f'{side:,}' for side in shape)}"
    if isinstance(value, (str, bytes, list, tuple, dict, set, frozenset)):
        return f"{name}, {len(value):,}"
    return name if callable(value) else f"{name}, {_bytes(value)}"


def _bytes(value: Any) -> str:
    try:
        return f"{sys.getsizeof(value):,} B"
    except Exception:  # an object's own __sizeof__
        return "?"
