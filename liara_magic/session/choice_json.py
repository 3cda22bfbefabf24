"""What a reply is made of, as plain JSON and back: a choice, a call of a tool, what a request used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from ..protocol.events import Finish, ListDelta, ReasoningDelta, RefusalDelta, TextDelta
from ..protocol.reply import Choice, Reply
from ..protocol.tool_calls import ToolCall
from ..protocol.usage import Usage
from .json_fields import count_of, number_of, plain, record_of, records_of, text_of, without_empty

_LISTS = ("images", "annotations", "logprobs", "reasoning_details")


def choice_to_json(choice: Choice) -> dict[str, Any]:
    """One of the replies that a request asked for."""
    record = {
        "text": plain(choice.text),
        "reasoning": plain(choice.reasoning),
        "refusal": plain(choice.refusal),
        "finish_reason": plain(choice.finish_reason),
        "tool_calls": [call_to_json(call) for call in choice.tool_calls],
        **{name: plain(getattr(choice, name)) for name in _LISTS},
    }
    return {"index": choice.index, **without_empty(record)}


def add_choice(reply: Reply, record: Mapping[str, Any]) -> None:
    """Add a choice to ``reply`` as it once came: by events."""
    index = count_of(record, "index") or 0
    for kind, name in ((TextDelta, "text"), (ReasoningDelta, "reasoning"), (RefusalDelta, "refusal")):
        if text := text_of(record, name):
            reply.add(kind(text, index))
    for name in _LISTS:
        reply.add(ListDelta(name, records_of(record, name), index))
    if reason := text_of(record, "finish_reason"):
        reply.add(Finish(reason, index))
    # Whole calls, so they are not put together from fragments again.
    choice = next(choice for choice in reply.choices if choice.index == index)
    choice.tool_calls += [call_from_json(call) for call in records_of(record, "tool_calls")]


def choice_from_json(record: Mapping[str, Any]) -> Choice:
    """The choice that :func:`choice_to_json` wrote."""
    reply = Reply()
    add_choice(reply, record)
    return reply.choices[0]


def call_to_json(call: ToolCall) -> dict[str, Any]:
    """A call with its index, where it has one."""
    return {**plain(call.to_json()), **({} if call.index is None else {"index": call.index})}


def call_from_json(record: Mapping[str, Any]) -> ToolCall:
    """The call that :func:`call_to_json` wrote."""
    function = record_of(record, "function")
    return ToolCall(
        text_of(record, "id"), text_of(function, "name"), text_of(function, "arguments"), count_of(record, "index")
    )


def usage_to_json(usage: Usage) -> dict[str, Any]:
    """The figures that are known, by the names of :class:`Usage`."""
    values = ((field.name, getattr(usage, field.name)) for field in fields(usage))
    return {name: plain(value) for name, value in values if value is not None and value is not False}


def usage_from_json(record: Mapping[str, Any]) -> Usage:
    """The usage that :func:`usage_to_json` wrote; a figure that makes no sense is unknown."""
    return Usage(
        prompt_tokens=count_of(record, "prompt_tokens"),
        completion_tokens=count_of(record, "completion_tokens"),
        total_tokens=count_of(record, "total_tokens"),
        cached_tokens=count_of(record, "cached_tokens"),
        reasoning_tokens=count_of(record, "reasoning_tokens"),
        total_cost_toman=number_of(record, "total_cost_toman"),
        cost=number_of(record, "cost"),
        is_estimate=record.get("is_estimate") is True,
    )
