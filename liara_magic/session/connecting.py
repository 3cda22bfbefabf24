"""What a connection takes from the settings, and what must never go over it."""

from __future__ import annotations

from collections.abc import Callable

from ..gateway.address import SANDBOX
from ..gateway.api_key import ApiKey, looks_like_key
from ..gateway.connection import Connection, Limits
from ..protocol.errors import LiaraError
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


def holds_key(text: str, key: ApiKey | None) -> bool:
    """Whether ``text`` holds ``key``, or anything that looks like one."""
    return looks_like_key(text) or (key is not None and key.is_in(text))
