"""A turn as plain JSON and back: what the log, saved files and restored conversations are made of.

``docs/log.md`` describes the fields. ``version`` is the format's: a reader refuses a higher one and reads what it knows
of any other. Fields that are not what they should be are left out; only what is no turn at all is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from ..protocol.errors import LiaraUsageError
from ..protocol.messages import Message, Role
from .ask import Ask, Place
from .choice_json import usage_from_json, usage_to_json
from .json_fields import number_of, plain, record_of, records_of, text_of, time_of, without_empty
from .ledger import LedgerRow, State
from .reply_json import reply_from_json, reply_to_json
from .turn import Turn

VERSION = 1
#: What a turn says that was still running when it was written.
NEVER_ENDED = "the kernel ended before the reply did"
_ROLES = ("system", "user", "assistant", "tool")


def turn_to_json(turn: Turn) -> dict[str, Any]:
    """``turn`` as a JSON object that holds only what is set."""
    # What is short stands first: whoever looks for it in a long log need not read the rest.
    fields = {
        "id": turn.id,
        "state": turn.state,
        "reason": plain(turn.reason),
        "row": row_to_json(turn.row),
        "earlier": [row_to_json(row) for row in turn.earlier],
        "pinned": turn.pinned or None,
        "basis": turn.basis,
        "again": plain(turn.again),
        **ask_to_json(turn.ask),
        "reply": reply_to_json(turn.reply),
    }
    # An empty basis says that the turn was the first, and an empty system prompt that there was to be none.
    meant = {name: "" for name in ("basis", "system") if fields[name] == ""}
    return {"version": VERSION, **without_empty(fields), **meant}


def turn_from_json(value: Any) -> Turn:
    """The turn that :func:`turn_to_json` wrote. One that was running then is cut: nobody will end it.

    Raises :class:`LiaraUsageError` for what is no turn, and for one of a newer format.
    """
    record = check_version(value, "turn")
    state, reason = text_of(record, "state"), text_of(record, "reason")
    if state not in ("complete", "cut"):
        state, reason = "cut", reason or NEVER_ENDED
    row = row_from_json(record_of(record, "row"))
    turn = Turn(ask_from_json(record), row, reply_from_json(record_of(record, "reply")))
    turn.id = text_of(record, "id") or turn.id
    turn.earlier = [row_from_json(one) for one in records_of(record, "earlier")]
    for row in turn.rows[1:]:
        row.follows = True
    turn.pinned, turn.again = record.get("pinned") is True, text_of(record, "again")
    turn.basis = text_of(record, "basis") if isinstance(record.get("basis"), str) else None
    if state == "complete":
        turn.complete()
    else:
        turn.cut(reason)
    return turn


def ask_to_json(ask: Ask) -> dict[str, Any]:
    """How a turn was asked: what asking it again needs. Fields that are empty are empty."""
    cell = {"id": plain(ask.place.cell), "number": ask.place.number, "count": ask.place.count} if ask.place else {}
    return {
        "prompt": plain(ask.prompt),
        "typed": plain(ask.typed),
        "model": plain(ask.model),
        "system": plain(ask.system),
        "parameters": plain(ask.parameters),
        "context": message_to_json(ask.context) if ask.context else None,
        "cell": without_empty(cell),
    }


def ask_from_json(record: Mapping[str, Any]) -> Ask:
    """The ask that :func:`ask_to_json` wrote, ready to be put again."""
    cell = record_of(record, "cell")
    number, count = (int(number_of(cell, name) or 0) for name in ("number", "count"))
    return Ask(
        text_of(record, "prompt"),
        typed=text_of(record, "typed"),
        model=text_of(record, "model"),
        system=text_of(record, "system") if isinstance(record.get("system"), str) else None,
        parameters=record_of(record, "parameters"),
        context=_context_from_json(record.get("context")),
        place=Place(text_of(cell, "id"), number, count) if cell else None,
        is_filled=True,
    )


def _context_from_json(value: Any) -> Message | None:
    """What went along with a prompt, which is data of the person: no system prompt, call or result of a call."""
    message = message_from_json(value)
    return Message("user", message.content) if message and message.role == "user" and message.content else None


def check_version(value: Any, what: str) -> Mapping[str, Any]:
    """``value``, if it is an object of a version that can be read; ``what`` names it in the error."""
    version = value.get("version") if isinstance(value, Mapping) else None
    if type(version) is not int or version < 1:
        raise LiaraUsageError(f"This is no {what} that liara_magic wrote.")
    if version > VERSION:
        raise LiaraUsageError(
            f"This {what} was written by a newer liara_magic (format {version}; this one reads {VERSION}).",
            hint="pip install -U liara_magic",
        )
    return cast(Mapping[str, Any], value)


def message_to_json(message: Message) -> dict[str, Any]:
    """A message with whatever it holds, images too, in the API's own form."""
    return cast(dict[str, Any], plain(message.to_json()))


def message_from_json(value: Any) -> Message | None:
    """The message that :func:`message_to_json` wrote; ``None`` for what is no message."""
    if not isinstance(value, Mapping) or value.get("role") not in _ROLES:
        return None
    content = value.get("content")
    return Message(
        cast(Role, value["role"]),
        text_of(value, "content") if isinstance(content, str) else records_of(value, "content") or None,
        name=text_of(value, "name") or None,
        tool_calls=records_of(value, "tool_calls") or None,
        tool_call_id=text_of(value, "tool_call_id") or None,
        refusal=text_of(value, "refusal") or None,
    )


def messages_from_json(values: Any) -> list[Message]:
    """The messages of a list; what is no message is left out."""
    found = (message_from_json(value) for value in (values if isinstance(values, list) else ()))
    return [message for message in found if message is not None]


def row_to_json(row: LedgerRow) -> dict[str, Any]:
    """What the ledger knows of the turn's request."""
    fields = {
        "model": plain(row.model),
        "started": row.started.isoformat(),
        "seconds": plain(row.seconds),
        "state": row.state,
        "usage": usage_to_json(row.usage),
        "reserved": plain(row.reserved),
        "chat": plain(row.chat),
        "cell": row.cell or None,
    }
    return without_empty(fields)


def row_from_json(record: Mapping[str, Any]) -> LedgerRow:
    """The row that :func:`row_to_json` wrote. A request that was running then may have cost something: it is cut."""
    row = LedgerRow(text_of(record, "model"))
    row.started = time_of(record, "started") or row.started
    state = text_of(record, "state")
    known = cast(State, state if state in ("complete", "refused", "replayed") else "cut")
    row.reserved = number_of(record, "reserved")
    row.chat, row.cell = text_of(record, "chat"), int(number_of(record, "cell") or 0)
    row.settle(usage_from_json(record_of(record, "usage")), number_of(record, "seconds") or 0.0, known)
    return row
