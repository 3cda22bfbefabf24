"""Hears what a running cell shows, beside the streams and displays that show it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import get_ident
from typing import Any, Protocol

from .outputs import Outputs
from .printed import LONG, PIECES

_MISSING = object()


class Listener(Protocol):
    """Who knows the cells."""

    def outputs_of(self, message: str) -> Outputs | None:
        """The outputs of the cell that a front end's message started."""

    def update_elsewhere(self, data: dict[str, Any], display_id: str) -> None:
        """Take an update of a display that is not the current cell's."""

    def failed(self, error: BaseException) -> None:
        """Take an error that is shown in the current cell."""


class Tee:
    """From :meth:`open` to :meth:`close` what is printed and displayed also goes into an :class:`Outputs`. Used once.

    Methods of single objects are replaced, as IPython 9 does it with the streams: the objects stay who they are, and
    what someone put in their place (``%%capture``, ``redirect_stdout``) is not heard, since it is not shown. IPython's
    own record would not do. ipykernel leaves displays out of it unless told otherwise and goes round it for cells that
    await, and it keeps a flood of output whole.
    https://github.com/ipython/ipykernel/issues/1433 https://github.com/ipython/ipython/pull/14780
    """

    def __init__(self, shell: Any, listener: Listener) -> None:
        self._shell = shell
        self._listener = listener
        self._replaced: list[tuple[Any, str, Any, Any]] = []
        self._buffered: list[Any] = []  # streams that are heard when they send
        self._hushed: set[int] = set()  # threads that show what is recorded otherwise
        self._hushed_all = False
        #: Where output of the current request goes; ``None`` is nowhere.
        self.here: Outputs | None = None
        #: The front end's message that started the current cell; empty in a terminal.
        self.message = ""

    def open(self) -> None:
        """Begin to listen."""
        shell = self._shell
        for stream in {id(one): one for one in (sys.stdout, sys.stderr)}.values():
            self._listen_to(stream)
        self._replace(shell.display_pub, "publish", self._publishing)
        if hasattr(shell, "kernel"):  # in a terminal only a line is cleared, by what is written
            self._replace(shell.display_pub, "clear_output", self._clearing)
        self._replace(shell.displayhook, "write_format_data", self._resulting)
        self._replace(shell.displayhook, "write_output_prompt", self._hushing)
        self._replace(shell, "_showtraceback", self._hushing)
        self._replace(shell, "show_usage_error", self._hushing if not self._buffered else self._hushing_streams)

    def close(self) -> None:
        """Put everything back. What a cell put in the place of ours stays, and then passes through ours unheard."""
        try:
            self.settle()
        finally:
            self.here = None
            self._put_back()

    def settle(self) -> None:
        """Hear what was printed and not yet sent. A kernel does the same at the end of each cell."""
        for stream in self._buffered:
            with suppress(Exception):
                stream.flush()

    def _put_back(self) -> None:
        for owner, name, ours, before in reversed(self._replaced):
            own = vars(owner)
            if own.get(name) is ours:
                if before is _MISSING:
                    delattr(owner, name)
                else:
                    setattr(owner, name, before)
        self._replaced.clear()
        self._buffered.clear()
        self._hushed.clear()

    def _listen_to(self, stream: Any) -> None:
        # A kernel's stream collects what is written and sends it a few times a second, from another thread. Heard
        # there a loop of prints costs nothing more; heard in write() it took 1.8 times as long with ipykernel 6.17.
        # What sends is private to ipykernel, so a stream without it is heard in write().
        for name, make in (("_flush_buffers", self._sending_by_cell), ("_flush_buffer", self._sending)):
            if callable(getattr(stream, name, None)):
                self._replace(stream, name, make)
                self._buffered.append(stream)
                return
        self._replace(stream, "write", self._writing)

    def _sending(self, stream: Any, original: Callable[[], str]) -> Callable[[], str]:
        def _flush_buffer() -> str:
            text = original()
            self._hear(text, self.message)
            return text

        return _flush_buffer

    def _sending_by_cell(
        self, stream: Any, original: Callable[[], Iterator[tuple[dict[str, Any], str]]]
    ) -> Callable[[], Iterator[tuple[dict[str, Any], str]]]:
        def _flush_buffers() -> Iterator[tuple[dict[str, Any], str]]:
            for parent, text in original():
                self._hear(text, parent.get("msg_id", ""))
                yield parent, text

        return _flush_buffers

    def _hear(self, text: str, message: str) -> None:
        with suppress(Exception):
            outputs = self.here
            if outputs is None or not text or self._hushed_all:
                return
            if message != self.message:
                outputs = self._listener.outputs_of(message)
            if outputs is not None:
                outputs.printed.take(text)

    def _replace(self, owner: Any, name: str, make: Callable[[Any, Any], Callable[..., Any]]) -> None:
        try:
            before = vars(owner).get(name, _MISSING)
            ours = make(owner, getattr(owner, name))
            setattr(owner, name, ours)
        except (AttributeError, TypeError):
            return  # an object that does not let us: it is not heard
        self._replaced.append((owner, name, ours, before))

    def _outputs(self, owner: Any) -> Outputs | None:
        """Where what ``owner`` shows now belongs: a thread or task of an earlier cell may still show things there."""
        header = getattr(owner, "parent_header", None)
        message = header.get("msg_id", "") if header else ""
        return self.here if message == self.message else self._listener.outputs_of(message)

    def _writing(self, stream: Any, original: Callable[..., Any]) -> Callable[..., Any]:
        in_kernel = hasattr(stream, "parent_header")
        hushed = self._hushed

        def write(text: Any, *more: Any) -> Any:
            answer = original(text, *more)
            outputs = self.here
            if outputs is not None and type(text) is str and not (hushed and get_ident() in hushed):
                if in_kernel and stream.parent_header.get("msg_id", "") != self.message:
                    outputs = self._outputs(stream)
                    if outputs is None:
                        return answer
                printed = outputs.printed  # what take() does, without the call: this runs for every word printed
                printed.fresh.append(text)
                if len(printed.fresh) >= PIECES or len(text) >= LONG:
                    printed.fold()
            return answer

        return write

    def _publishing(self, publisher: Any, original: Callable[..., Any]) -> Callable[..., Any]:
        def publish(*args: Any, **named: Any) -> Any:
            with self._hush():  # a terminal prints what is displayed
                answer = original(*args, **named)
            data = named.get("data", args[0] if args else None)
            if self.here is not None and isinstance(data, dict):
                with suppress(Exception):
                    self._record_display(publisher, data, named)
            return answer

        return publish

    def _record_display(self, publisher: Any, data: dict[str, Any], named: dict[str, Any]) -> None:
        outputs = self._outputs(publisher)
        display_id = str((named.get("transient") or {}).get("display_id") or "")
        if outputs is None:
            return
        if not named.get("update"):
            outputs.show(data, display_id)
        elif not outputs.update(data, display_id):
            self._listener.update_elsewhere(data, display_id)

    def _clearing(self, publisher: Any, original: Callable[..., Any]) -> Callable[..., Any]:
        def clear_output(*args: Any, **named: Any) -> Any:
            answer = original(*args, **named)
            outputs = self._outputs(publisher) if self.here is not None else None
            if outputs is not None:
                outputs.clear(bool(named.get("wait", args[0] if args else False)))
            return answer

        return clear_output

    def _resulting(self, hook: Any, original: Callable[..., Any]) -> Callable[..., Any]:
        def write_format_data(format_dict: Any, *args: Any, **named: Any) -> Any:
            with self._hush():
                answer = original(format_dict, *args, **named)
            outputs = self._outputs(hook) if self.here is not None else None
            if outputs is not None:
                with suppress(Exception):
                    outputs.set_result(format_dict)
            return answer

        return write_format_data

    def _hushing(self, owner: Any, original: Callable[..., Any]) -> Callable[..., Any]:
        def quietly(*args: Any, **named: Any) -> Any:
            # Some magics show an error and go on: %run, and %%time before IPython 8.
            error = next((one for one in (*args, *named.values()) if isinstance(one, BaseException)), None)
            if error is not None and self.here is not None:
                with suppress(Exception):
                    self._listener.failed(error)
            with self._hush():
                return original(*args, **named)

        return quietly

    def _hushing_streams(self, owner: Any, original: Callable[..., Any]) -> Callable[..., Any]:
        hushing = self._hushing(owner, original)

        def quietly(*args: Any, **named: Any) -> Any:
            self.settle()
            self._hushed_all = True
            try:
                return hushing(*args, **named)
            finally:
                self.settle()
                self._hushed_all = False

        return quietly

    @contextmanager
    def _hush(self) -> Iterator[None]:
        """What this thread prints meanwhile is recorded otherwise, or not at all."""
        thread = get_ident()
        outermost = thread not in self._hushed
        self._hushed.add(thread)
        try:
            yield
        finally:
            if outermost:
                self._hushed.discard(thread)
