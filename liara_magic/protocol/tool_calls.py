"""Tool calls, put together from the fragments of a stream."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from .checks import read_json

#: How many calls may be open at once: of thousands, each fragment would have to look at all of them.
_OPEN = 128


#: Under which name the model finds its arguments again that were no JSON object.
NO_OBJECT = "not_a_json_object"


@dataclass
class ToolCall:
    """A function that the model asks for. ``arguments`` is JSON text as the model wrote it, valid or not."""

    id: str = ""
    name: str = ""
    arguments: str = ""
    index: int | None = None

    def to_json(self) -> dict[str, Any]:
        """The call as the model made it, in the API's form."""
        return self._with(self.arguments)

    def to_send(self) -> dict[str, Any]:
        """The call as it goes back to the gateway, without the index that its validator refuses.

        Gateways and providers that read the arguments refuse the request if these are no JSON object. What a model
        wrote instead is then the text in one, so that it sees what it did.
        """
        if not self.arguments.strip():
            return self._with("{}")
        try:
            is_object = isinstance(read_json(self.arguments), dict)
        except ValueError:
            is_object = False
        written = self.arguments if is_object else json.dumps({NO_OBJECT: self.arguments}, ensure_ascii=False)
        return self._with(written)

    def _with(self, arguments: str) -> dict[str, Any]:
        return {"id": self.id, "type": "function", "function": {"name": self.name, "arguments": arguments}}


def merge(calls: list[ToolCall], fragment: Mapping[str, Any]) -> None:
    """Add a fragment to the call it belongs to, or begin a new one.

    The last call of its index and id takes it. Some providers give no index, some number every whole call 0: then the
    id alone tells calls apart, and a fragment without one goes to the call before it.
    """
    function = fragment.get("function")
    function = function if isinstance(function, Mapping) else {}
    index, call_id = fragment.get("index"), _text(fragment.get("id"))
    call = _call_of(calls, index if type(index) is int else None, call_id)
    call.id = call.id or call_id
    call.name = call.name or _text(function.get("name"))
    call.arguments += _text(function.get("arguments"))


def _call_of(calls: list[ToolCall], index: int | None, call_id: str) -> ToolCall:
    for call in islice(reversed(calls), _OPEN):
        if index not in (None, call.index):
            continue
        if not call_id or call.id in ("", call_id):
            return call
    calls.append(ToolCall(index=index))
    return calls[-1]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
