"""The interrupt while a stream is drained: it cancels the stream and is raised when what came has been kept."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from .stream import Stream

_on_main_thread: list[Stream] = []  # the streams whose exchange an interrupt would stop
_previous_handler: Any = signal.SIG_DFL


@contextmanager
def interrupt_cancels(stream: Stream) -> Iterator[None]:
    """While the block runs, the first SIGINT cancels ``stream`` instead of raising; the block then ends by itself.

    The KeyboardInterrupt is raised at the end of the block, when what came has been kept. A second SIGINT raises at
    once, and so does the first while no stream is attended: then it is for the code that runs in between. Blocks may
    overlap, as those of generators do. Off the main thread, where no signal comes, this does nothing.
    """
    global _previous_handler  # noqa: PLW0603  # a process has one handler
    current = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or current in (signal.SIG_IGN, None):
        yield
        return
    if current is not _on_interrupt:
        _previous_handler = current
        signal.signal(signal.SIGINT, _on_interrupt)
    _on_main_thread.append(stream)
    try:
        yield
    finally:
        _on_main_thread.remove(stream)
        # A generator may be closed long after the cell that began it: put back only what is still ours.
        if not _on_main_thread and signal.getsignal(signal.SIGINT) is _on_interrupt:
            signal.signal(signal.SIGINT, _previous_handler)
    if stream.interrupted:
        raise KeyboardInterrupt


def _on_interrupt(number: int, frame: FrameType | None) -> None:
    running = [stream for stream in _on_main_thread if not stream.interrupted]
    for stream in running:
        stream.interrupted = stream.attended
        stream.cancel()
    if not any(stream.attended for stream in running):
        raise KeyboardInterrupt
