"""Tool calls, put together from the fragments of a stream."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass
class ToolCall:
    """A function that the model asks for. ``arguments`` is JSON text as the model wrote it, valid or not."""

    id: str = ""
    name: str = ""
    arguments: str = ""
    index: int | None = None

    def to_json(self) -> dict[str, Any]:
        """The call as it goes back to the gateway, without the index that its validator refuses."""
        return {"id": self.id, "type": "function", "function": {"name": self.name, "arguments": self.arguments}}


def merge(calls: list[ToolCall], fragment: Mapping[str, Any]) -> None:
    """Add a fragment to the call it belongs to: that of its index, else of its id, else the last one."""
    function = fragment.get("function")
    function = function if isinstance(function, Mapping) else {}
    index, call_id = fragment.get("index"), _text(fragment.get("id"))
    call = _call_of(calls, index if type(index) is int else None, call_id)
    call.id = call.id or call_id
    call.name = call.name or _text(function.get("name"))
    call.arguments += _text(function.get("arguments"))


def _call_of(calls: list[ToolCall], index: int | None, call_id: str) -> ToolCall:
    if index is not None:
        found = next((call for call in calls if call.index == index), None)
        # Some providers number every whole call 0: another id is another call.
        if found and not (call_id and found.id and call_id != found.id):
            return found
    elif calls and call_id in ("", calls[-1].id):
        return calls[-1]
    calls.append(ToolCall(index=index))
    return calls[-1]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
