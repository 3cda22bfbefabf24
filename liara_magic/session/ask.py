"""A prompt and how it is asked: what flags, settings and keyword arguments come to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..protocol.carried import Carried
from ..protocol.messages import Message

if TYPE_CHECKING:
    from .shapes import Shape
    from .tools import Tool


@dataclass(frozen=True)
class Wanted:
    """What of the notebook is to go along: the last ``cells``, what to ``attach``, the last ``error``, the ``plot``.

    ``dry_run`` shows what would be sent instead of sending it. ``template`` is a saved prompt with its ``fields``, and
    ``schema`` names what the reply's value must be. Of the reply, ``out`` names the variable that it goes into and
    ``block`` the one block of code that is taken, from 1; 0 is all. ``fix`` compares that code with the failing cell.
    ``tools`` names functions that the model may ask for.
    """

    cells: int = 0
    attach: tuple[str, ...] = ()
    error: bool = False
    plot: bool = False
    dry_run: bool = False
    template: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    schema: str = ""
    out: str = ""
    block: int = 0
    fix: bool = False
    tools: tuple[str, ...] = ()


@dataclass(frozen=True)
class Place:
    """Where in the notebook an ask stands: the front end's id of its ``cell``, and the ``number`` of the ask in it.

    Asks in one run of a cell are numbered from 0. ``count`` is the cell's execution count, 0 if it has none. Without a
    cell's id (a terminal, some front ends) two places are never the same.
    """

    cell: str = ""
    number: int = 0
    count: int = 0

    def is_at(self, other: Place | None) -> bool:
        """Whether both are one place, in whichever run of the cell."""
        return other is not None and bool(self.cell) and (self.cell, self.number) == (other.cell, other.number)


@dataclass(frozen=True)
class Ask:
    """A prompt and how to ask it. What is ``None`` or empty comes from the settings.

    ``fresh`` asks outside the conversation: nothing of it is sent, nothing is added to it; ``chat`` names another one
    than the current. ``context`` is the message that stands before the prompt, with what goes along from the notebook,
    and ``carried`` says what that is; ``notes`` are said with the reply, and ``max_cost`` is the most that it may cost,
    in toman. ``wanted`` is what the flags ask for, of which whoever knows the notebook makes the context; ``is_filled``
    says that this is done, and ``typed`` is the prompt before it.

    ``hide_reasoning`` does not show what the model thinks, ``verbose`` shows what was sent and the reply's details; as
    the settings say where they are ``None``.

    ``replay`` looks for a stored reply, or asks anew and stores what comes; as the setting says where it is ``None``.

    ``place`` is where it stands in the notebook: a turn from an earlier run of the same place is replaced.
    ``replaces`` is the id of the turn that is asked again, wherever the ask itself comes from.

    ``format`` is one of :data:`formats.FORMATS`, ``shape`` what the value of its JSON must be; ``repairs`` says what
    was wrong with the reply that this ask is to repair.
    ``tools`` are the functions that the model may ask for; ``None`` stands for those of the session.
    """

    prompt: str
    model: str = ""
    system: str | None = None
    fresh: bool = False
    parameters: Mapping[str, Any] = field(default_factory=dict)
    context: Message | None = None
    notes: tuple[str, ...] = ()
    max_cost: float | None = None
    wanted: Wanted = Wanted()
    carried: Carried = field(default_factory=Carried)
    chat: str = ""
    hide_reasoning: bool | None = None
    replay: bool | None = None
    verbose: bool | None = None
    place: Place | None = None
    replaces: str = ""
    is_filled: bool = False
    typed: str = ""
    format: str = "markdown"
    shape: Shape | None = None
    repairs: str = ""
    tools: tuple[Tool, ...] | None = None
