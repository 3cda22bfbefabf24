"""From a response to the events of a reply, or to its whole body."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import httpx

from ..protocol.chunks import ChunkReader
from ..protocol.errors import LiaraError, LiaraServerError
from ..protocol.events import Finish, ListDelta, RefusalDelta, ServerFault, TextDelta
from ..protocol.sse import EventStreamDecoder, EventTooLarge
from .connection import Connection
from .failures import from_response, not_a_reply
from .progress import MAY_BE_CHARGED, Progress

# Seconds to wait for the end of a response after its [DONE]; it usually comes in the same packet.
_TRAILER_TIMEOUT = 0.05
_CONTENT = (TextDelta, RefusalDelta, ListDelta, Finish, ServerFault)


async def refusal(response: httpx.Response, connection: Connection, model: str) -> LiaraError:
    """The error that a response without success stands for."""
    # What nobody asked to be packed is not unpacked, and what it says is not shown.
    packed = response.headers.get("content-encoding", "identity") != "identity"
    body = b"" if packed else await whole(response, 64 * 1024, strict=False)
    return from_response(response.status_code, response.headers, body, connection, model)


async def read_reply(response: httpx.Response, progress: Progress) -> None:
    """Hand what an accepted response says to ``progress``, as it comes if it is streamed."""
    content_type = response.headers.get("content-type", "").lower()
    if content_type.startswith("text/event-stream"):
        await _read_stream(response, progress)
        return
    body = await whole(response, progress.connection.limits.reply_bytes)
    progress.heard()
    events = ChunkReader().read([body.decode("utf-8", "replace")]) if "html" not in content_type else []
    if not any(isinstance(event, _CONTENT) for event in events):
        raise not_a_reply(response.status_code, content_type, body, progress.connection)
    progress.take(events)


async def _read_stream(response: httpx.Response, progress: Progress) -> None:
    limits = progress.connection.limits
    decoder, reader = EventStreamDecoder(limits.event_bytes, limits.image_event_bytes), ChunkReader()
    received, limit = 0, limits.reply_bytes
    try:
        pieces = response.aiter_raw()
        async for piece in pieces:
            progress.heard()
            received += len(piece)
            if received > limit:
                raise progress.ended_early(f"The reply grew past {limit // 2**20} MB")
            data = decoder.feed(piece)
            done = "[DONE]" in data
            progress.take(reader.read(data[: data.index("[DONE]")] if done else data))
            if done:
                await _read_to_end(pieces)
                return
    except EventTooLarge as error:
        raise progress.ended_early(str(error)) from None


async def _read_to_end(pieces: AsyncIterator[bytes]) -> None:
    """Let a response that is over end by itself, so that its connection serves the next ask: a handshake is saved.

    A server that keeps the line open, or goes on sending, is not waited for.
    """

    async def read() -> None:
        async for _ in pieces:
            pass

    with suppress(asyncio.TimeoutError):  # the built-in TimeoutError only since 3.11
        await asyncio.wait_for(read(), timeout=_TRAILER_TIMEOUT)


async def whole(response: httpx.Response, limit: int, strict: bool = True) -> bytes:
    """The body, as far as ``limit`` bytes; beyond it an error if ``strict``."""
    pieces, size = [], 0
    async for piece in response.aiter_raw():
        pieces.append(piece)
        size += len(piece)
        if size > limit and strict:
            raise LiaraServerError(f"The answer grew past {limit // 2**20} MB and was dropped.", hint=MAY_BE_CHARGED)
        if size > limit:
            break
    return b"".join(pieces)[:limit]
