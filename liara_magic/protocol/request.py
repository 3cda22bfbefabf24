"""A request as a value, and the JSON body it becomes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .checks import check, check_together
from .errors import LiaraUsageError
from .messages import Message
from .parameters import BY_NAME, REQUIRED


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """One ask: model, messages and the parameters that the person set, checked when it is made.

    ``parameters`` may also hold names that the API page does not list; they are sent as they are.
    """

    model: str
    messages: Sequence[Message]
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, value in self.parameters.items():
            if name in REQUIRED:
                raise LiaraUsageError(f"{name} is not a parameter: the prompt and the chosen model make it.")
            if name in BY_NAME:
                check(BY_NAME[name], value)
        check_together({"stream": self.stream, **self.parameters})

    @property
    def stream(self) -> bool:
        """Whether the reply is sent while it is written. It is, unless the person says no."""
        return bool(self.parameters.get("stream", True))

    def body(self) -> dict[str, Any]:
        """The JSON object to post: only what was set, and for streams always the wish for usage."""
        body: dict[str, Any] = {
            "model": self.model,
            "messages": [message.to_json() for message in self.messages],
            **self.parameters,
            "stream": self.stream,
        }
        if self.stream:
            body["stream_options"] = {"include_usage": True, **self.parameters.get("stream_options", {})}
        return body
