"""What a connection takes from the settings, and what must never go over it."""

from __future__ import annotations

from collections.abc import Callable

from ..gateway.address import SANDBOX
from ..gateway.api_key import ApiKey, key_in_a_cell, looks_like_key
from ..gateway.connection import Connection, Limits
from ..protocol.errors import LiaraError
from ..protocol.messages import Message
from ..protocol.request import ChatRequest
from ..settings import Liara


def connection_limits(settings: Liara) -> Limits:
    """The limits on times and sizes that are set."""
    megabytes = (settings.reply_limit, settings.event_limit, settings.image_limit)
    sizes = (int(size * 2**20) for size in megabytes)
    return Limits(settings.connect_timeout, settings.idle_timeout, settings.content_timeout, *sizes)


def without_need(connect: Callable[[], Connection]) -> Connection:
    """The way to the gateway for an ask that need not go there: where there is no key or no address, the sandbox's."""
    try:
        return connect()
    except LiaraError:
        return Connection(SANDBOX)


def refuse_key(request: ChatRequest, with_context: bool, key: ApiKey | None) -> None:
    """Raise :class:`LiaraCredentialsError` if ``request`` would carry ``key``, or its new part what looks like one.

    New are the system prompt, the parameters, the prompt and, ``with_context``, the message before it. What looks like
    a key in older messages was looked at when it was new, or is a model's own example.
    """
    messages, last = request.messages, 2 if with_context else 1
    opening = [message for message in messages[:1] if message.role == "system"]
    new = [message.to_json() for message in (*opening, *messages[-last:])]
    holds = holds_key(f"{request.model} {new} {request.parameters}", key)
    if holds or (key is not None and any(key.is_in(_text(message)) for message in messages[:-last])):
        raise key_in_a_cell()


def _text(message: Message) -> str:
    return message.content if isinstance(message.content, str) else f"{message.to_json()}"


def holds_key(text: str, key: ApiKey | None) -> bool:
    """Whether ``text`` holds ``key``, or anything that looks like one."""
    return looks_like_key(text) or (key is not None and key.is_in(text))
