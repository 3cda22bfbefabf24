"""The outputs of one cell while a reply flows into it: committed ones, the live one, one above them."""

from __future__ import annotations

import uuid
from typing import Any

from .page import CLOSE, OPEN

# Bytes that a display message takes beside its payload.
_ENVELOPE = 634


class CellOutput:
    """The canvas: outputs of one cell. No update carries metadata: VS Code would replace every output of the cell."""

    def __init__(self, publisher: Any) -> None:
        self._publisher = publisher
        self._live_id = ""  # of the output that may still change; a fresh one for every output
        self._last = ""
        self._above = ""
        self._head_id = ""  # of the output above the text, which an early fold takes away
        self.has_head = False
        self._next_above = ""  # what stands above the tail as long as nothing is committed
        self.shown_above = ""
        self.below = ""  # stands under the tail, and changes with it only: it is no reason for a message of its own

    def tail(self, html: str) -> int:
        """Show ``html`` in the live output, opening one if there is none. Returns the bytes sent, as all here do."""
        if html == self._last and self._live_id:
            return 0
        self._last = html
        return self._send({"text/html": f"{OPEN}{self._next_above}{html}{CLOSE}{self.below}"})

    def put_above(self, html: str) -> None:
        """Show ``html`` above what comes next, and nothing else until it comes."""
        self.shown_above = self._next_above = html
        self._last = ""
        self._send({"text/html": f"{OPEN}{html}{CLOSE}"})

    def restart(self, anew: bool) -> None:
        """Something else is shown from now on, in place of all outputs or in the only one."""
        self._above = ""
        if anew:
            self._clear()

    def head(self, html: str) -> None:
        """Show ``html`` above the text: in what is the live output before the first tail, and then in that one.

        It stands in the same element as a tail: without it the page would be a pixel lower than before.
        """
        if not self.has_head:
            update, self._head_id = bool(self._live_id), self._live_id or uuid.uuid4().hex[:12]
            self.has_head, self._live_id = True, ""
        elif self._head_id:
            update = True
        else:
            return
        data = {"text/html": f"{OPEN}{html}{CLOSE}"}
        self._publisher.publish(data=data, transient={"display_id": self._head_id}, update=update)

    def commit(self, html: str) -> int:
        """Show ``html`` in the live output for good."""
        self._above += self._next_above
        html, self._next_above = self._next_above + html, ""
        sent = self._send({"text/html": f"{OPEN}{html}{CLOSE}"})
        self._live_id = ""
        return sent

    def commit_above(self, html: str) -> int:
        """Commit what stands above the text; a fold keeps it there."""
        sent = self.commit(html)
        self._above += html
        return sent

    def fold(self, html: str) -> int:
        """Replace all outputs so far by a committed one."""
        self._clear()
        return self.commit(self._above + html)

    def end(self, bundle: dict[str, str], anew: bool) -> None:
        """The last word: in place of all outputs, or as the last update of the only one."""
        if anew:
            self._clear()
        self._send(bundle)

    def _clear(self) -> None:
        self._publisher.clear_output(wait=True)
        self._live_id = self._head_id = ""

    def _send(self, bundle: dict[str, str]) -> int:
        update = bool(self._live_id)
        self._live_id = self._live_id or uuid.uuid4().hex[:12]
        self._publisher.publish(data=bundle, transient={"display_id": self._live_id}, update=update)
        return len(bundle["text/html"].encode()) + _ENVELOPE
