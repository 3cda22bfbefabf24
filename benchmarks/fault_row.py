"""A row of the table of faults: what is injected, and the figure that came out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Figure:
    """What happened, in words; the figure; whether it is what must happen (``None``: it could not be measured)."""

    happened: str
    value: str
    ok: bool | None


@dataclass
class Row:
    """``peer`` is the figure of other clients where one is known; it was not measured here."""

    id: str
    fault: str
    run: Callable[[], Figure]
    peer: str = "–"


@dataclass
class Tally:
    """Counts the cases of a row that went as they must, and remembers the ones that did not."""

    count: int = 0
    missed: list[str] = field(default_factory=list)

    def add(self, name: str, good: bool) -> None:
        self.count += 1
        if not good:
            self.missed.append(name)

    @property
    def ok(self) -> bool:
        return self.count > 0 and not self.missed

    def __str__(self) -> str:
        return f"{self.count - len(self.missed)} of {self.count}"

    def figure(self, happened: str, more: str = "") -> Figure:
        """The row's figure; cases that went wrong are named."""
        if self.missed:
            listed = ", ".join(self.missed[:4]) + (f" and {len(self.missed) - 4} more" if len(self.missed) > 4 else "")
            happened = f"{happened}; not so: {listed}"
        return Figure(happened, f"{self}{more}", self.ok)
