"""How much room there is for what goes along with a prompt."""

from __future__ import annotations

from ..gateway.models import Model
from ..protocol.carried import tokens_of_text
from ..protocol.request import ChatRequest
from .recall import tokens_of_calls

#: The share of a model's context that is filled at most: tokens are estimated, and some models count more.
_FILLED = 0.9
#: The share that is kept for the reply where nothing says how long it may get.
_FOR_THE_REPLY = 0.25


def room_for_context(most: float, request: ChatRequest, model: Model | None) -> int:
    """Tokens that may go along with ``request``: ``most``, or what ``model`` has left if it is known to have less."""
    if model is None or not model.context_length:
        return int(most)
    asked = [request.parameters.get(name) for name in ("max_tokens", "max_completion_tokens")]
    longest = min(model.max_completion_tokens or model.context_length, int(model.context_length * _FOR_THE_REPLY))
    reply = next((count for count in asked if isinstance(count, int)), longest)
    spoken = sum(tokens_of_text(message.text) + tokens_of_calls(message) for message in request.messages)
    return max(0, min(int(most), int(model.context_length * _FILLED) - reply - spoken))
