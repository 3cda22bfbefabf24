"""A screen that shows nothing: for Python code, which shows the reply itself."""

from __future__ import annotations

from ..protocol.reply import Reply
from ..protocol.usage import Totals


class SilentScreen:
    """Shows nothing."""

    def start(self, model: str) -> None:
        """Nothing."""

    def show(self, reply: Reply) -> float:
        """Nothing; wants every event at once."""
        return 0.0

    def finish(self, reply: Reply, totals: Totals) -> None:
        """Nothing."""

    def fail(self, reply: Reply, totals: Totals, reason: str, charged: bool) -> None:
        """Nothing."""
