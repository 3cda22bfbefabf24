"""Asking a turn again in its place: as it was, with another model, or with other words."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TypeVar

from .ask import Ask, Wanted
from .conversation import Conversation
from .turn import Turn

_Value = TypeVar("_Value", Ask, Wanted)


def retry(conversation: Conversation, turn: Turn, changes: Ask | None = None) -> Ask:
    """The ask that puts ``turn`` once more, exactly as it was but for what ``changes`` sets.

    What had come along from the notebook goes along as it was, unless ``changes`` wants something of the notebook.
    """
    if changes is not None and changes.wanted != Wanted():
        return edit(conversation, turn, turn.ask.typed or turn.prompt, changes)
    ask = _merged(turn.ask, changes)
    return replace(ask, prompt=turn.prompt, chat=conversation.name, replaces=turn.id, is_filled=True)


def edit(conversation: Conversation, turn: Turn, prompt: str, changes: Ask | None = None) -> Ask:
    """The ask that puts ``prompt`` in place of ``turn``'s, as if its cell were edited and run again.

    What the old prompt had named of the notebook is left behind: whoever knows the notebook fills in what this one and
    the flags name.
    """
    ask = replace(_merged(turn.ask, changes), prompt=prompt, context=None, notes=(), is_filled=False, typed="")
    return replace(ask, chat=conversation.name, replaces=turn.id)


def _merged(old: Ask, changes: Ask | None) -> Ask:
    if changes is None:
        return old
    parameters = {**old.parameters, **changes.parameters}
    ask = _over(old, changes, Ask(""))
    return replace(ask, parameters=parameters, wanted=_over(old.wanted, changes.wanted, Wanted()))


def _over(old: _Value, new: _Value, usual: _Value) -> _Value:
    """``old`` with whatever ``new`` sets otherwise than ``usual``."""
    said = ((field.name, getattr(new, field.name)) for field in fields(new))
    return replace(old, **{name: value for name, value in said if value != getattr(usual, name)})
