"""The entries of a request's ``messages``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Literal

Role = Literal["system", "user", "assistant", "tool"]


@dataclass(frozen=True, slots=True)
class Message:
    """One entry of the conversation as the gateway accepts it.

    ``content`` is text or a list of parts. The other fields are the API page's; ``None`` means absent, because the
    gateway's validator refuses a null where it expects a string.
    """

    role: Role
    content: str | Sequence[dict[str, Any]] | None = None
    name: str | None = None
    tool_calls: Sequence[dict[str, Any]] | None = None
    tool_call_id: str | None = None
    refusal: str | None = None

    @property
    def text(self) -> str:
        """Its text, without pictures and files."""
        if isinstance(self.content, str):
            return self.content
        return "\n\n".join(part["text"] for part in self.content or () if isinstance(part.get("text"), str))

    def to_json(self) -> dict[str, Any]:
        """The message as a JSON object holding only what is set."""
        values = ((name, getattr(self, name)) for name in _NAMES)
        return {name: value for name, value in values if value is not None}


# Asked for once: a conversation of 1,000 turns has 2,000 messages.
_NAMES = tuple(field.name for field in fields(Message))
