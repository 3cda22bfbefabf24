"""The rounds of a reply, in which a model asked for tools, as plain JSON and back. Read as tolerantly as a reply."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast, get_args

from ..protocol.rounds import Round, RunState, ToolRun
from ..protocol.tool_calls import ToolCall
from .choice_json import call_from_json, call_to_json, choice_from_json, choice_to_json, usage_from_json, usage_to_json
from .json_fields import number_of, plain, record_of, records_of, text_of, texts_of, without_empty


def round_to_json(round: Round) -> dict[str, Any]:
    """A request of the turn that ended with calls, and what came of each."""
    choice = choice_to_json(round.choice)
    choice.pop("tool_calls", None)  # those of the runs
    fields = {"choice": choice, "runs": [_run_to_json(run) for run in round.runs], "usage": usage_to_json(round.usage)}
    return without_empty(fields)


def round_from_json(record: Mapping[str, Any]) -> Round:
    """The round that :func:`round_to_json` wrote."""
    runs = [_run_from_json(run) for run in records_of(record, "runs")]
    choice = choice_from_json(record_of(record, "choice"))
    choice.tool_calls = [run.call for run in runs]
    return Round(choice, runs, usage_from_json(record_of(record, "usage")))


def _run_to_json(run: ToolRun) -> dict[str, Any]:
    fields = {
        "call": call_to_json(run.call),
        "state": run.state,
        "result": plain(run.result),
        "images": plain(run.images),
        "printed": plain(run.printed),
        "pictures": plain(run.pictures),
        "traceback": plain(run.traceback),
        "seconds": plain(run.seconds),
    }
    return without_empty(fields)


def _run_from_json(record: Mapping[str, Any]) -> ToolRun:
    """One that had not ended when it was written never did: it is stopped."""
    state = text_of(record, "state")
    ended = state in get_args(RunState) and state not in ("waiting", "running")
    call = record_of(record, "call")
    return ToolRun(
        call_from_json(call) if call else ToolCall(),
        cast(RunState, state) if ended else "stopped",
        result=text_of(record, "result"),
        images=records_of(record, "images"),
        printed=text_of(record, "printed"),
        pictures=texts_of(record, "pictures"),
        traceback=text_of(record, "traceback"),
        seconds=number_of(record, "seconds") or 0.0,
    )
