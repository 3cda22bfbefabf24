"""Rounds: requests whose replies asked for tools, with what came of each call. The request after the last answers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

from .messages import Message
from .reply import Choice, Reply
from .tool_calls import ToolCall
from .usage import Usage

RunState = Literal["waiting", "running", "done", "failed", "refused", "stopped"]
#: What the model reads of a call that has no result, because the person stopped it or a limit did.
NO_RESULT = "There is no result: the call was stopped."


@dataclass
class ToolRun:
    """A call of the model and what came of it.

    It waits to be allowed, runs, and ends ``done``; ``failed`` when the arguments did not fit or the function raised;
    ``refused`` when the person or a setting said no; ``stopped`` by an interrupt. ``result`` is the text that goes to
    the model, ``images`` are image parts that go with it; ``printed``, ``pictures`` (base64 of PNG) and ``traceback``
    are for the person alone.
    """

    call: ToolCall
    state: RunState = "waiting"
    result: str = ""
    images: list[dict[str, Any]] = field(default_factory=list, repr=False)
    printed: str = ""
    pictures: list[str] = field(default_factory=list, repr=False)
    traceback: str = field(default="", repr=False)
    seconds: float = 0.0


@dataclass
class Round:
    """One request of a turn that ended with calls: what the model said and thought, the calls, what it used."""

    choice: Choice
    runs: list[ToolRun]
    usage: Usage = field(default_factory=Usage)

    def messages(self) -> list[Message]:
        """The model's side of it, then a result for every call, then the pictures, which only a person may send."""
        if not self.runs:  # a file may say so
            return []
        calls = [run.call.to_send() for run in self.runs]
        text = self.choice.text if self.choice.text.strip() else ""  # some models refuse what other models' blanks say
        said = Message("assistant", text, tool_calls=calls)
        results = [Message("tool", run.result or NO_RESULT, tool_call_id=run.call.id) for run in self.runs]
        pictures = [part for run in self.runs for part in run.images]
        names = ", ".join(run.call.name for run in self.runs if run.images)
        note = {"type": "text", "text": f"The pictures that {names} returned:"}
        return [said, *results, *([Message("user", [note, *pictures])] if pictures else [])]


def close_round(reply: Reply) -> Round:
    """Put what the model just said and asked for among the rounds of ``reply``, which then waits for the next reply.

    Every call gets an id of its own: some providers give none, or the same twice.
    """
    choice = reply.choices[0]
    taken = {run.call.id for round in reply.rounds for run in round.runs}
    runs = []
    for position, call in enumerate(choice.tool_calls):
        base = call.id or f"call_{len(reply.rounds)}_{position}"
        call.id = _free(base, taken)
        taken.add(call.id)
        runs.append(ToolRun(call))
    closed = Round(choice, runs, reply.usage)
    reply.rounds.append(closed)
    reply.choices, reply.usage = [], Usage()
    return closed


def stop_runs(reply: Reply) -> None:
    """No call of ``reply`` goes on any more: one that has not ended was stopped."""
    for run in (run for round in reply.rounds for run in round.runs):
        if run.state in ("waiting", "running"):
            run.state = "stopped"


def summed(usages: Iterable[Usage]) -> Usage:
    """What several requests used together; a figure that one of them lacks is unknown."""
    known = list(usages)
    if len(known) == 1:
        return known[0]

    def total(name: str) -> Any:
        figures = [getattr(usage, name) for usage in known]
        return None if not figures or None in figures else sum(figures)

    names = ("prompt_tokens", "completion_tokens", "total_tokens", "total_cost_toman", "cost")
    parts = {
        name: sum(getattr(usage, name) or 0 for usage in known) or None
        for name in ("cached_tokens", "reasoning_tokens")
    }
    return Usage(
        **{name: total(name) for name in names}, **parts, is_estimate=any(usage.is_estimate for usage in known)
    )


def _free(base: str, taken: set[str]) -> str:
    free, number = base, 1
    while free in taken:
        number += 1
        free = f"{base}_{number}"
    return free
