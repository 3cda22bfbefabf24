"""How many tokens a request has and what they may cost, before the gateway has counted them.

Models count differently, so there are two figures: the usual one, for what is shown, and a careful one, for what is
reserved. ``docs/costs.md`` says what each stands on.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..protocol.messages import Message
from ..protocol.request import ChatRequest

#: Bytes of text that make a token: English has four; digits, code, and Persian with older models come near two.
USUAL, CAREFUL = 4, 2
#: Tokens of an image: what most models count for a large one, at the most.
IMAGE_TOKENS = 1600
#: Tokens of a file that is given by its address, and so has no size here.
FAR_FILE_TOKENS = 10_000
#: Bytes that make a token, of a PDF and of sound.
FILE_BYTES, SOUND_BYTES = 8, 50
#: Tokens around each message.
_AROUND = 8
# Fields that the model reads like a part of the prompt.
_READ_ALONG = ("tools", "functions", "response_format", "prediction")


@dataclass(frozen=True, slots=True)
class Price:
    """Toman for a token that is sent and for one that comes back.

    ``longest`` is how many tokens the model can write at the most and ``context`` how many it can read and write
    together; ``None``: unknown.
    """

    prompt: float
    completion: float
    longest: int | None = None
    context: int | None = None

    def of(self, sent: float, received: float) -> float:
        """Toman for so many tokens."""
        return sent * self.prompt + received * self.completion

    def scaled(self, factor: float) -> Price:
        """The same model at ``factor`` times the price."""
        return Price(self.prompt * factor, self.completion * factor, self.longest, self.context)


def prompt_tokens(request: ChatRequest, bytes_per_token: int = CAREFUL, context: int | None = None) -> int:
    """About how many tokens ``request`` sends; a model that can read ``context`` refuses more than these."""
    along = {name: request.parameters[name] for name in _READ_ALONG if name in request.parameters}
    text = len(json.dumps(along, ensure_ascii=False, default=str).encode("utf-8", "replace")) if along else 0
    tokens = -(-text // bytes_per_token)
    tokens += sum(_AROUND + _message_tokens(message, bytes_per_token) for message in request.messages)
    return tokens if context is None else min(tokens, context)


def output_limit(request: ChatRequest) -> int | None:
    """The tokens that the person lets one choice have; ``None`` if there is no such limit."""
    limits = (request.parameters.get(name) for name in ("max_tokens", "max_completion_tokens"))
    return next((int(limit) for limit in limits if limit is not None), None)


def choices(request: ChatRequest) -> int:
    """How many replies are asked for."""
    return int(request.parameters.get("n", 1))


def worst_case(request: ChatRequest, price: Price) -> float | None:
    """Toman that ``request`` can cost at the most; ``None`` where nobody says how long a reply can get."""
    sent = prompt_tokens(request, context=price.context)
    longest = output_limit(request) or price.longest or (price.context and max(1, price.context - sent))
    if longest is None:
        return None if price.completion else price.of(sent, 0)
    return price.of(sent, longest * choices(request))


def _message_tokens(message: Message, bytes_per_token: int) -> int:
    content = message.content
    tokens = 0
    if isinstance(content, str):
        tokens = -(-_size(content) // bytes_per_token)
    elif content is not None:
        tokens = sum(_part_tokens(part, bytes_per_token) for part in content)
    if message.tool_calls:
        tokens += _size(json.dumps(list(message.tool_calls), ensure_ascii=False, default=str)) // bytes_per_token
    return tokens


def _part_tokens(part: Mapping[str, Any], bytes_per_token: int) -> int:
    kind = part.get("type")
    if kind == "image_url":
        return IMAGE_TOKENS
    if kind == "file":
        data = str(_inner(part, "file", "file_data"))
        return _decoded_size(data) // FILE_BYTES if data.startswith("data:") else FAR_FILE_TOKENS
    if kind == "input_audio":
        return _decoded_size(str(_inner(part, "input_audio", "data"))) // SOUND_BYTES
    return -(-_size(str(part.get("text", part))) // bytes_per_token)


def _inner(part: Mapping[str, Any], outer: str, name: str) -> Any:
    value = part.get(outer)
    return value.get(name, "") if isinstance(value, Mapping) else ""


def _size(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-8", "replace"))


def _decoded_size(data: str) -> int:
    """Bytes behind base64."""
    return len(data) * 3 // 4
