"""What the sandbox refuses of a request, as the API page has it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..protocol.checks import check, check_together
from ..protocol.parameters import BY_NAME

_ROLES = ("system", "user", "assistant", "tool", "developer")


def check_body(body: Any, models: Sequence[str]) -> None:
    """Refuse what the API page does not allow, and a model that is none of ``models``.

    Raises :class:`LiaraUsageError` or :class:`ValueError`.
    """
    if not isinstance(body, dict):
        raise ValueError("the body must be a JSON object")
    for name in ("model", "messages"):
        if not body.get(name):
            raise ValueError(f"{name} must not be empty")
    for name, value in body.items():
        if name in BY_NAME:
            check(BY_NAME[name], value)
    check_together(body)
    for position, message in enumerate(body["messages"]):
        _check_message(message, f"messages[{position}]")
    if body["model"] not in models:
        raise ValueError(f"{body['model']} is not a valid model ID; the sandbox has {', '.join(models[:8])}")


def _check_message(message: dict[str, Any], where: str) -> None:
    if message.get("role") not in _ROLES:
        raise ValueError(f"{where}.role must be one of {', '.join(_ROLES)}")
    if not isinstance(message.get("content"), (str, list, type(None))):
        raise ValueError(f"{where}.content must be a string or a list of parts")
    for name in ("name", "tool_call_id", "refusal"):
        if name in message and not isinstance(message[name], str):
            raise ValueError(f"{where}.{name} must be a string")
