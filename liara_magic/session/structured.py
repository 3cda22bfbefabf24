"""From a reply that was asked for as JSON to its value, with one request for a repair at the most."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ..protocol.errors import LiaraFormatError
from ..protocol.json_text import json_in

if TYPE_CHECKING:
    from ..protocol.reply import Reply
    from .ask import Ask

_REPAIR = """{prompt}

Your reply to this could not be used: {fault}. It was:

{text}

Answer once more with the whole of it, corrected."""


def settle(ask: Ask, reply: Reply, may_repair: bool = True) -> Ask | None:
    """Set the value of ``reply`` where ``ask`` wants JSON.

    Where it cannot be read: the ask for its repair, once; after that, where another try would end the same way, and
    unless it ``may_repair``, :class:`LiaraFormatError`. Call it again with the repair and its reply::

        while repair := settle(ask, reply):
            ask, reply = repair, session.ask(repair, screen)
    """
    if ask.format != "json":
        return None
    try:
        value = json_in(reply.text)
        reply.value = value if ask.shape is None else ask.shape.read(value)
    except ValueError as error:
        return _repair(ask, reply, str(error), may_repair)
    if ask.repairs:
        reply.notices.append(f"The first reply could not be used: {ask.repairs}. This is its repair, paid on its own.")
    return None


def announcement(repair: Ask) -> str:
    """What a person is told before the second request leaves."""
    return (
        f"The reply could not be used: {repair.repairs}. One more request asks for its repair; it is paid like any "
        "other, and its cost stands below it."
    )


def _repair(ask: Ask, reply: Reply, fault: str, may_repair: bool) -> Ask:
    hopeless = _hopeless(reply)
    if ask.repairs or hopeless or not may_repair:
        tried = " Neither could its repair." if ask.repairs else ""
        error = LiaraFormatError(
            f"The reply could not be used: {ask.repairs or fault}.{tried}",
            hint=hopeless
            or "Its text is kept, in the conversation and as the error's text. Another model may do better.",
        )
        error.text = reply.text
        raise error
    prompt = _REPAIR.format(prompt=ask.prompt, fault=fault, text=reply.text)
    left = None if ask.max_cost is None else max(0.0, ask.max_cost - (reply.usage.total_cost_toman or 0.0))
    return replace(ask, prompt=prompt, fresh=True, place=None, replaces="", repairs=fault, notes=(), max_cost=left)


def _hopeless(reply: Reply) -> str:
    """Why asking again would end the same way, as the next step instead; empty if it may help."""
    if reply.finish_reason == "length":
        return "It ended at the token limit, and so would another try: raise it with --max-tokens."
    if reply.finish_reason == "content_filter" or (reply.refusal and not reply.text):
        return "The model or its provider declined. Another wording, or another model, may help."
    if reply.tool_calls:
        return "The model asks for tools instead of answering."
    return "" if reply.text.strip() else "The model answered with nothing. Another model may do better."
