"""The built-in offline gateway: an httpx transport that answers inside the process, with the real API's shape.

It checks a request against the parameter table, streams, counts tokens and cost by a tariff of its own, and always says
that it is the sandbox. It is no language model.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx

from ..protocol.errors import LiaraUsageError
from . import sandbox_replies as replies
from . import sandbox_tools as tools
from .sandbox_checks import check_body
from .sandbox_models import COMPLETION_PRICE, ERRORS, MODELS, PROMPT_PRICE, TOMAN_PER_DOLLAR, catalogue_entry
from .sandbox_parts import tokens_of, tokens_of_message

_LONG_BYTES = 100_000
_PACE = {"sandbox/slow": 0.05, "sandbox/long": 0.0}
_USUAL_PACE = 0.004  # seconds between two pieces of a few letters


class SandboxTransport(httpx.AsyncBaseTransport):
    """Answers ``sandbox://`` requests. Nothing leaves the process."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer one request as the gateway would."""
        if request.method == "GET" and request.url.path.endswith("/models"):
            return _json(200, {"object": "list", "data": [catalogue_entry(name) for name in MODELS]})
        try:
            body = json.loads(await request.aread())
            check_body(body, MODELS)
        except (ValueError, LiaraUsageError) as error:
            return _refusal(400, str(error).splitlines()[0])
        model = body["model"]
        if model.startswith("sandbox/error-"):
            status = int(model.rpartition("-")[2])
            headers = {"retry-after": "1"} if status == 429 else {}
            return _refusal(status, f"{ERRORS[status]} (this is the sandbox: {model} always answers so)", headers)
        completion = _Completion(body)
        if not body.get("stream"):
            return _json(200, completion.whole())
        headers = {"content-type": "text/event-stream; charset=utf-8"}
        return httpx.Response(200, headers=headers, stream=_EventStream(completion))


class _Body(httpx.AsyncByteStream):
    def __init__(self, content: bytes) -> None:
        self._content = content

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._content


class _EventStream(httpx.AsyncByteStream):
    def __init__(self, completion: _Completion) -> None:
        self._completion = completion

    async def __aiter__(self) -> AsyncIterator[bytes]:
        model, pace = self._completion.model, _PACE.get(self._completion.model, _USUAL_PACE)
        yield b": SANDBOX PROCESSING\n\n"
        for position, chunk in enumerate(self._completion.chunks()):
            if position == 5 and model == "sandbox/cut":
                raise httpx.RemoteProtocolError("the sandbox dropped the connection, as sandbox/cut does")
            if position == 5 and model == "sandbox/stall":
                await asyncio.Event().wait()
            yield b"data: " + json.dumps(chunk, ensure_ascii=False).encode() + b"\n\n"
            await asyncio.sleep(pace)
        yield b"data: [DONE]\n\n"


class _Completion:
    """What the sandbox says to one request, as chunks or as a whole."""

    def __init__(self, body: dict[str, Any]) -> None:
        self.model: str = body["model"]
        self._body = body
        digest = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
        self._head = {"id": digest[:24], "model": self.model, "created": int(time.time())}
        self._calls = tools.calls_for(body) if self.model == "sandbox/tools" else []
        self._pieces, self._reason = _limited("" if self._calls else _said(body), body)
        self._reason = "tool_calls" if self._calls else self._reason
        self._thoughts = replies.pieces(replies.REASONING) if self.model == "sandbox/reasoning" else []
        self._images = [replies.picture()] if self.model == "sandbox/image" else []

    def chunks(self) -> Iterator[dict[str, Any]]:
        head = {**self._head, "object": "chat.completion.chunk"}
        numbers = range(self._body.get("n", 1))
        for index in numbers:
            yield {**head, "choices": [{"index": index, "delta": {"role": "assistant", "content": ""}}]}
            for delta, piece in self._deltas():
                choice = {"index": index, "delta": delta, "finish_reason": None, **self._logprobs(piece)}
                yield {**head, "choices": [choice]}
            yield {**head, "choices": [{"index": index, "delta": {}, "finish_reason": self._reason}]}
        yield {**head, "choices": [], "usage": self._usage()}

    def whole(self) -> dict[str, Any]:
        message: dict[str, Any] = {"role": "assistant", "content": "".join(self._pieces), "refusal": None}
        message["reasoning"] = "".join(self._thoughts) or None
        if self._images:
            message["images"] = self._images
        if self._calls:
            message["tool_calls"] = [{**call, "index": index} for index, call in enumerate(self._calls)]
        choice = {"message": message, "finish_reason": self._reason, **self._logprobs(*self._pieces)}
        choices = [{"index": index, **choice} for index in range(self._body.get("n", 1))]
        return {**self._head, "object": "chat.completion", "choices": choices, "usage": self._usage()}

    def _deltas(self) -> Iterator[tuple[dict[str, Any], str]]:
        """What a choice brings, piece by piece, with the answer's text in it."""
        yield from (({"reasoning": piece}, "") for piece in self._thoughts)
        yield from (({"content": piece}, piece) for piece in self._pieces)
        yield from tools.fragments(self._calls)
        if self._images:
            yield {"content": "", "images": self._images}, ""

    def _logprobs(self, *pieces: str) -> dict[str, Any]:
        if not self._body.get("logprobs") or not any(pieces):
            return {}
        count = self._body.get("top_logprobs", 0)
        return {"logprobs": {"content": [replies.token_logprob(piece, count) for piece in pieces]}}

    def _usage(self) -> dict[str, Any]:
        prompt = sum(map(tokens_of_message, self._body["messages"]))
        reasoning = sum(tokens_of(piece) for piece in self._thoughts) * self._body.get("n", 1)
        completion = reasoning + sum(tokens_of(piece) for piece in self._pieces) * self._body.get("n", 1)
        completion += sum(tokens_of(json.dumps(call)) for call in self._calls)
        toman = prompt * PROMPT_PRICE + completion * COMPLETION_PRICE
        return {
            "prompt_tokens": prompt,
            "completion_tokens": completion,
            "total_tokens": prompt + completion,
            "total_cost_toman": toman,
            "cost": toman / TOMAN_PER_DOLLAR,
            "prompt_tokens_details": {"cached_tokens": 0},
            "completion_tokens_details": {"reasoning_tokens": reasoning},
        }


def _said(body: dict[str, Any]) -> str:
    """The words of the model that is asked."""
    if body["model"] == "sandbox/tools":
        return tools.results_said(body)
    return replies.long_text(_LONG_BYTES) if body["model"] == "sandbox/long" else replies.answer(body)


def _limited(text: str, body: dict[str, Any]) -> tuple[list[str], str]:
    """The text in small pieces, ended where the request's limit or stop text ends it, and the finish reason."""
    stops = body.get("stop") or []
    for stop in [stops] if isinstance(stops, str) else stops:
        text = text.partition(stop)[0] if stop else text
    pieces = replies.pieces(text)
    limit = body.get("max_tokens") or body.get("max_completion_tokens") or 0
    spent = 0
    for position, piece in enumerate(pieces):
        spent += tokens_of(piece)
        if limit and spent > limit:
            return pieces[:position], "length"
    return pieces, "stop"


def _json(status: int, value: Any, headers: dict[str, str] | None = None) -> httpx.Response:
    headers = {"content-type": "application/json", **(headers or {})}
    return httpx.Response(status, headers=headers, stream=_Body(json.dumps(value).encode()))


def _refusal(status: int, message: str, headers: dict[str, str] | None = None) -> httpx.Response:
    return _json(status, {"error": {"message": message, "code": status}}, headers)
