"""One POST, streamed: what goes out, what comes back, and when to give up on it."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.request import getproxies

import httpx

from ..protocol.checks import read_json
from ..protocol.errors import LiaraError
from ..protocol.events import Notice, Waiting
from ..protocol.request import ChatRequest
from . import retries
from .address import Address
from .api_key import ApiKey
from .connection import Connection, fit
from .failures import from_transport, not_a_reply, unusable_proxy
from .progress import Emit, Progress, within_limits
from .reading import read_reply, refusal, whole
from .sandbox import SandboxTransport

# Seconds that a connection is kept for the next ask: long enough to save a handshake, short enough that no proxy or
# filter on the way has silently dropped it.
_KEEP_ALIVE = 20.0
# Encryption that breaks after the handshake is an error of ssl: httpcore makes only that of the handshake its own.
_BROKEN = (httpx.HTTPError, ssl.SSLError)
_HEADERS = {
    "Accept": "text/event-stream, application/json",
    # A few KB of gzip can unpack to hundreds of MB; a reply is small enough to come as it is.
    "Accept-Encoding": "identity",
    "User-Agent": "liara_magic",
}


class _KeyAuth(httpx.Auth):
    """Puts the key into the header at the last moment; no request of ours is built with it."""

    def __init__(self, key: ApiKey) -> None:
        self._key = key

    def auth_flow(self, request: httpx.Request) -> Iterator[httpx.Request]:  # type: ignore[override]  # plain is enough
        request.headers["Authorization"] = f"Bearer {self._key.text()}"
        yield request


class Client:
    """The HTTP client of one engine. It lives on the engine's event loop.

    ``transport`` replaces the network in tests; the sandbox's own addresses reach the sandbox in any case.
    """

    def __init__(self, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._transport = transport
        self._clients: dict[object, httpx.AsyncClient] = {}
        self._must_reason: set[tuple[Address, str]] = set()  # models that refused to be kept from it

    async def chat(self, connection: Connection, request: ChatRequest, emit: Emit) -> None:
        """Post ``request`` and hand the events of the reply to ``emit`` as they come.

        It is sent again only after a refusal that provably began no work: see :mod:`.retries`. Returns when every
        choice has a finish reason. Raises :class:`LiaraError` otherwise; what was emitted stays.
        """
        model = (connection.address, request.model)
        if model in self._must_reason and retries.forbids_reasoning(request):
            request = self._let_reason(request, emit)
        tried = 0
        while True:
            try:
                return await self._chat_once(connection, request, emit)
            except LiaraError as error:
                if retries.demands_reasoning(error) and model not in self._must_reason:
                    self._must_reason.add(model)
                    request = self._let_reason(request, emit)
                    continue
                wait = retries.pause(error, tried)
                if wait is None:
                    raise
                emit([Waiting(wait, error.message)])
            await asyncio.sleep(wait)
            tried += 1

    def _let_reason(self, request: ChatRequest, emit: Emit) -> ChatRequest:
        emit([Notice(f"{request.model} always reasons, so it was asked without the setting that forbids it.")])
        return retries.without_reasoning_fields(request)

    async def _chat_once(self, connection: Connection, request: ChatRequest, emit: Emit) -> None:
        progress = Progress(connection, emit, request.parameters.get("n", 1))
        try:
            async with (
                within_limits(progress, request.stream),
                self._response(connection, "POST", connection.address.endpoint, request) as response,
            ):
                await read_reply(response, progress)
        except _BROKEN as error:
            if not progress.began:
                raise from_transport(error, connection) from None
            if not progress.finished:
                raise progress.ended_early("The connection was lost") from None
        if not progress.finished:
            raise progress.ended_early("The reply ended early")

    async def models(self, connection: Connection) -> list[dict[str, Any]]:
        """The model list of the workspace. Free, so it also serves to check a key."""
        try:
            async with (
                within_limits(Progress(connection, lambda _: None), streamed=True),
                self._response(connection, "GET", connection.address.models) as response,
            ):
                body = await whole(response, connection.limits.reply_bytes)
        except _BROKEN as error:
            raise from_transport(error, connection) from None
        try:
            listed = read_json(body.decode("utf-8", "replace"))
        except ValueError:
            listed = None
        models = (listed.get("data") or listed.get("models")) if isinstance(listed, dict) else None
        if not isinstance(models, list):
            raise not_a_reply(200, response.headers.get("content-type", ""), body, connection)
        return [model for model in models if isinstance(model, dict)]

    async def close(self) -> None:
        """Close every connection."""
        clients, self._clients = list(self._clients.values()), {}
        for client in clients:
            await client.aclose()

    @asynccontextmanager
    async def _response(
        self, connection: Connection, method: str, url: str, request: ChatRequest | None = None
    ) -> AsyncIterator[httpx.Response]:
        """An accepted response, its body unread. Leaving it early closes the connection."""
        client = self._client(connection)
        auth = _KeyAuth(connection.key) if connection.key else None
        body = request.body() if request else None
        timeout = httpx.Timeout(None, connect=connection.limits.connect)
        built = client.build_request(method, url, json=body, headers=_HEADERS, timeout=timeout)
        response = await client.send(built, auth=auth, stream=True)
        try:
            if not response.is_success:
                raise await refusal(response, connection, request.model if request else "")
            encoding = response.headers.get("content-encoding", "identity")
            if encoding != "identity":  # a few KB may unpack to gigabytes, and nobody asked for it
                kind = f"compressed as {fit(encoding, connection)[:20]}"
                raise not_a_reply(response.status_code, kind, b"", connection)
            yield response
        finally:
            await response.aclose()

    def _client(self, connection: Connection) -> httpx.AsyncClient:
        """The one client; a second one only where the environment's proxies must not be used, as for this machine."""
        use_proxies = connection.use_proxies and not connection.address.is_local
        # The environment may be changed while the kernel runs, as an error about a proxy advises.
        route = tuple(sorted(getproxies().items())) if use_proxies else None
        if route not in self._clients:
            try:
                self._clients[route] = httpx.AsyncClient(
                    transport=self._transport,
                    mounts={"sandbox://": SandboxTransport()},
                    trust_env=use_proxies,
                    verify=httpx.create_ssl_context(),  # with SSL_CERT_FILE, whatever is done about proxies
                    follow_redirects=False,
                    event_hooks={"response": [_keep_from_following]},
                    limits=httpx.Limits(keepalive_expiry=_KEEP_ALIVE),
                )
            except (
                ValueError,
                ImportError,
                httpx.InvalidURL,
            ) as error:  # httpx reads the proxy variables when it is made
                raise unusable_proxy(error) from None
        return self._clients[route]


async def _keep_from_following(response: httpx.Response) -> None:
    """Take the address away from httpx, which reads it even if it is not to follow it, and fails on some."""
    if "location" in response.headers:
        response.headers["x-moved-to"] = response.headers.pop("location")
