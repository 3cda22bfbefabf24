"""A prompt and how it is asked: what flags, settings and keyword arguments come to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..protocol.messages import Message


@dataclass(frozen=True)
class Wanted:
    """What of the notebook is to go along: the last ``cells``, what to ``attach``, the last ``error``, the ``plot``.

    ``dry_run`` shows what would be sent instead of sending it.
    """

    cells: int = 0
    attach: tuple[str, ...] = ()
    error: bool = False
    plot: bool = False
    dry_run: bool = False


@dataclass(frozen=True)
class Ask:
    """A prompt and how to ask it. What is ``None`` or empty comes from the settings.

    ``fresh`` asks outside the conversation: nothing of it is sent, nothing is added to it. ``context`` is the message
    that stands before the prompt, with what goes along from the notebook; ``notes`` are said with the reply.
    ``wanted`` is what the flags ask for, of which whoever knows the notebook makes the context.
    """

    prompt: str
    model: str = ""
    system: str | None = None
    fresh: bool = False
    parameters: Mapping[str, Any] = field(default_factory=dict)
    context: Message | None = None
    notes: tuple[str, ...] = ()
    wanted: Wanted = Wanted()
