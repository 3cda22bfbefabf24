"""A reply as plain JSON and back. ``docs/log.md`` describes the fields.

Writing gives JSON that any reader takes; reading takes anything: a field that is not what it should be is as if it were
not there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..protocol.reply import Replayed, Reply
from .choice_json import add_choice, choice_to_json, usage_from_json, usage_to_json
from .formats import FORMATS
from .json_fields import count_of, number_of, plain, record_of, records_of, text_of, texts_of, time_of, without_empty
from .round_json import round_from_json, round_to_json


def reply_to_json(reply: Reply) -> dict[str, Any]:
    """``reply`` as a JSON object that holds only what is set."""
    return without_empty(
        {
            "model": plain(reply.model),
            "id": plain(reply.id),
            "started": reply.started.isoformat() if reply.started else None,
            "seconds": plain(reply.seconds),
            "first_word": plain(reply.first_word),
            "thought": plain(reply.thought),
            "rounds": [round_to_json(one) for one in reply.rounds],
            "choices": [choice_to_json(choice) for choice in reply.choices],
            "usage": usage_to_json(reply.usage),
            "raw": plain(reply.raw),
            "format": None if reply.format == "markdown" else reply.format,
            "skipped": reply.skipped or None,
            "notices": plain(reply.notices),
            "replayed": _replayed_to_json(reply.replayed) if reply.replayed else None,
        }
    )


def reply_from_json(record: Mapping[str, Any]) -> Reply:
    """The reply that :func:`reply_to_json` wrote."""
    reply = Reply(
        model=text_of(record, "model"),
        id=text_of(record, "id"),
        usage=usage_from_json(record_of(record, "usage")),
        seconds=number_of(record, "seconds") or 0.0,
        started=time_of(record, "started"),
        first_word=number_of(record, "first_word"),
        thought=number_of(record, "thought"),
        raw=record_of(record, "raw"),
        format=name if (name := text_of(record, "format")) in FORMATS else "markdown",
        skipped=count_of(record, "skipped") or 0,
        notices=texts_of(record, "notices"),
        rounds=[round_from_json(one) for one in records_of(record, "rounds")],
        replayed=_replayed_from_json(record_of(record, "replayed")),
    )
    for choice in records_of(record, "choices"):
        add_choice(reply, choice)
    return reply


def _replayed_to_json(replayed: Replayed) -> dict[str, Any]:
    return {"date": replayed.date.isoformat(), "usage": usage_to_json(replayed.usage)}


def _replayed_from_json(record: Mapping[str, Any]) -> Replayed | None:
    date = time_of(record, "date")
    return Replayed(date, usage_from_json(record_of(record, "usage"))) if date else None
