"""What running a tool takes from where the prompt was put: a cell, a terminal, the panel, plain Python."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

from ..protocol.rounds import ToolRun

#: A person's answer; ``always`` allows this tool for the rest of the session.
Decision = Literal["allow", "deny", "always"]


class CannotAsk(Exception):
    """There is nobody to ask here, or no way to; the message says which."""


@dataclass
class Told:
    """A result as the model reads it: text, and pictures as image parts."""

    text: str
    images: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Captured:
    """What a tool printed and showed while it ran; ``pictures`` are base64 of PNG."""

    printed: str = ""
    pictures: list[str] = field(default_factory=list)


@contextmanager
def _nothing_captured() -> Iterator[Captured]:
    yield Captured()


def _nobody(run: ToolRun) -> Decision:
    raise CannotAsk("there is nobody to ask here")


@dataclass(frozen=True)
class Host:
    """How a call is allowed, watched and told.

    ``approve`` asks the person about a call and waits for the answer; it raises :class:`CannotAsk` where it cannot, and
    lets an interrupt pass. ``told`` makes of a tool's value what the model reads, secrets taken out. ``hidden`` takes
    secrets out of a text. ``captured`` keeps what a sync tool prints and shows while it runs on this thread.
    ``kernel_loop`` gives the loop that runs on this thread, which in a cell is the kernel's, if there is one.
    """

    approve: Callable[[ToolRun], Decision] = _nobody
    told: Callable[[Any, str], Told] = lambda value, name: Told(str(value))
    hidden: Callable[[str], str] = lambda text: text
    captured: Callable[[], AbstractContextManager[Captured]] = _nothing_captured
    kernel_loop: Callable[[], asyncio.AbstractEventLoop | None] = lambda: None
