"""A screen for IPython in a terminal: finished blocks are printed once, append-only, without moving the cursor."""

from __future__ import annotations

import time
from collections.abc import Callable

from ..protocol.foreign_text import clean
from ..protocol.reply import Reply
from ..protocol.usage import Totals
from .document import document, live_text
from .footer import footer, without_isolates
from .markdown import Markdown
from .painter import INTERVAL


class TerminalScreen:
    """Prints the Markdown source block by block, as each is finished; ``write`` is how it prints."""

    def __init__(self, write: Callable[[str], None] = lambda text: print(text, end="", flush=True)) -> None:
        self._write = write
        self._markdown = Markdown()
        self._printed = 0
        self._seen = 0
        self._text = ""

    def start(self, model: str) -> None:
        """Nothing: a line that is printed cannot be taken back."""

    def show(self, reply: Reply) -> float:
        """Print the blocks that cannot change any more."""
        text = live_text(reply)
        if len(text) == self._seen:
            return 0.0
        began = time.monotonic()
        self._seen, self._text = len(text), text
        blocks = self._markdown.blocks(text[self._printed :])
        if len(blocks) > 1:
            self._print(text, self._printed + blocks[-2].end)
        # A block that goes on and on is parsed again each time: the pauses grow with what that costs.
        return max(INTERVAL, 4 * (time.monotonic() - began))

    def finish(self, reply: Reply, totals: Totals) -> None:
        """Print the rest and the footer."""
        self._end(reply, footer(reply, totals))

    def fail(self, reply: Reply, totals: Totals, reason: str, charged: bool) -> None:
        """Print the rest, and that it ended early."""
        self._end(reply, footer(reply, totals, reason, charged))

    def _end(self, reply: Reply, line: str) -> None:
        text = document(reply)
        if not text.startswith(self._text[: self._printed]):  # several choices: the numbered whole stands on its own
            self._write("\n")
            self._printed = 0
        if text:
            self._print(text, len(text))
            self._write("\n" if text.endswith("\n") else "\n\n")
        for notice in reply.notices:
            self._write(f"! {clean(notice)}\n")
        self._write(without_isolates(line) + "\n")

    def _print(self, text: str, end: int) -> None:
        self._write(text[self._printed : end])
        self._printed = end
