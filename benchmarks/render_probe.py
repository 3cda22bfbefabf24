"""A process that renders, apart from the one that measures: what takes too long can be ended there and only there."""

from __future__ import annotations

import multiprocessing
import time
from dataclasses import dataclass
from multiprocessing.connection import Connection

from liara_magic.screen.markdown import Markdown
from liara_magic.screen.terminal_blocks import render

NOT_FORMATTED = "it could not be formatted"


@dataclass
class Rendering:
    """``seconds`` are those of the thread's own work, so that a busy machine adds little; infinite when ended."""

    seconds: float
    size: int = 0
    unformatted: bool = False


def _for_a_terminal(text: str) -> str:
    return render(text, 80, colours=True)


def _serve(pipe: Connection) -> None:
    for way in (Markdown().render, _for_a_terminal):
        way("warm *up*\n\n```python\n1\n```\n")
    while True:
        text, repetitions, is_terminal = pipe.recv()
        seconds = []
        for _ in range(repetitions):
            way = _for_a_terminal if is_terminal else Markdown().render
            start = time.thread_time()
            shown = way(text)
            seconds.append(time.thread_time() - start)
        pipe.send(Rendering(min(seconds), len(shown.encode()), NOT_FORMATTED in shown))


class Prober:
    """Measures texts one after the other; ``patience`` is how many seconds one may take."""

    def __init__(self, patience: float = 10) -> None:
        self.patience = patience
        self._start()

    def measure(self, text: str, repetitions: int = 1, is_terminal: bool = False) -> Rendering:
        """The fastest of a few renderings of ``text``, as HTML or for a terminal of 80 columns."""
        self._pipe.send((text, repetitions, is_terminal))
        if self._pipe.poll(self.patience * repetitions):
            return self._pipe.recv()
        self.close()
        self._start()
        return Rendering(float("inf"))

    def close(self) -> None:
        self._process.kill()
        self._process.join()

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs,), daemon=True)
        self._process.start()
