"""What was sent, for a person who wants to know exactly: names and values under a reply's usage line."""

from __future__ import annotations

import json

from ..gateway.address import Address
from ..protocol.request import ChatRequest

#: Characters of a parameter's value that are shown.
_LONGEST = 80


def request_facts(request: ChatRequest, address: Address) -> list[tuple[str, str]]:
    """Where the request went, how much it held, and every parameter that it set."""
    count, characters = len(request.messages), len(json.dumps(request.body()["messages"], ensure_ascii=False))
    return [
        ("posted to", "the sandbox, inside this process" if address.is_sandbox else address.endpoint),
        ("messages sent", f"{count:,} message{'' if count == 1 else 's'}, {characters:,} characters of JSON"),
        ("parameters", ", ".join(f"{name} {_shown(value)}" for name, value in request.parameters.items()) or "none"),
        ("the reply came", "as it was written" if request.stream else "in one piece"),
    ]


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
