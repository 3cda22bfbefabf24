"""The background thread with its event loop. What it is asked to do fills a :class:`Stream`.

The network lives on this thread alone; whoever asked drains events on their own thread. An interrupt cancels the task
on the loop, which closes the socket within milliseconds, whether data flows or not.
"""

from __future__ import annotations

import asyncio
import atexit
import importlib
import os
import sys
import threading
import weakref
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from ..protocol.request import ChatRequest
from .connection import Connection
from .stream import Stream

if TYPE_CHECKING:
    from .client import Client

# Seconds after which a cancelled task that still runs is cancelled again, on Pythons where the first may be lost.
_INSIST = 1.0
_LOSES_CANCELS = sys.version_info < (3, 11)


class Engine:
    """One daemon thread, one event loop, one HTTP client, started by the first use and again after a fork.

    ``transport`` is an httpx transport that replaces the network, for tests.
    """

    def __init__(self, transport: Any = None) -> None:
        self._transport = transport
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._client: Client | None = None
        self._tasks: dict[asyncio.Task[None], Stream] = {}
        self._owner = 0  # the process that started the thread
        atexit.register(_close, weakref.ref(self))

    def chat(self, connection: Connection, request: ChatRequest, stream: Stream | None = None) -> Stream:
        """Send ``request``; the stream is returned at once and fills as the reply comes.

        Whoever must be able to stop it at any moment brings the ``stream``: one that is cancelled sends nothing.
        """
        stream = stream or Stream()
        self._launch(stream, lambda client: client.chat(connection, request, stream.put))
        return stream

    def run(self, work: Callable[[], Coroutine[Any, Any, Any]], seconds: float) -> Stream:
        """Await a coroutine of others, such as an async tool, for at most ``seconds``; the stream ends with its result.

        What it raises is the stream's error, ``asyncio.TimeoutError`` when the time is over.
        """
        stream = Stream()

        async def wait(_: Client) -> None:
            try:
                stream.result = await asyncio.wait_for(work(), seconds)
            except (KeyboardInterrupt, SystemExit) as error:  # on a loop these would end the thread
                raise RuntimeError(f"{type(error).__name__}: {error}") from error

        self._launch(stream, wait)
        return stream

    def models(self, connection: Connection, patience: float = 30.0) -> list[dict[str, Any]]:
        """The gateway's model list; waits for it and can be interrupted."""
        stream, found = Stream(), []

        async def fetch(client: Client) -> None:
            found.extend(await client.models(connection))

        self._launch(stream, fetch)
        try:
            while not stream.finished:
                stream.drain(patience=patience)
        except BaseException:
            stream.cancel()
            raise
        if stream.error:
            raise stream.error
        return found

    def close(self) -> None:
        """Cancel what runs, close the connections and end the thread. The next use starts anew."""
        with self._lock:
            loop, thread, self._loop = self._loop, self._thread, None
        if loop is None or self._owner != os.getpid() or thread is None:
            return
        loop.call_soon_threadsafe(loop.stop)
        thread.join(timeout=2)

    def _launch(self, stream: Stream, work: Callable[[Client], Coroutine[Any, Any, None]]) -> None:
        async def run() -> None:
            if stream.cancelled:
                raise asyncio.CancelledError
            await work(self._open_client())

        def start() -> None:
            task = loop.create_task(run())
            tasks[task] = stream
            stream._cancel = lambda: _from_any_thread(loop, lambda: _insist(loop, task))
            # By a callback and not in the coroutine: a task that is cancelled before it ran ends its stream too.
            task.add_done_callback(end)

        def end(task: asyncio.Task[None]) -> None:
            tasks.pop(task, None)
            error = None if task.cancelled() else task.exception()
            stopped = task.cancelled() or stream.cancelled  # whatever else came of it then
            stream.end(None if stopped else error, stopped)

        with self._lock:  # else close() could come between, and nobody would end the stream
            loop, tasks = self._running_loop(), self._tasks
            loop.call_soon_threadsafe(start)

    def _open_client(self) -> Client:
        if self._client is None:
            from .client import Client

            self._client = Client(self._transport)
        return self._client

    def _running_loop(self) -> asyncio.AbstractEventLoop:
        if self._loop is None or self._owner != os.getpid():  # a forked child has no thread of ours
            self._owner = os.getpid()
            self._client = None
            self._tasks = {}
            self._loop = asyncio.new_event_loop()
            self._thread = threading.Thread(target=self._serve, args=(self._loop,), name="liara", daemon=True)
            self._thread.start()
        return self._loop

    def _serve(self, loop: asyncio.AbstractEventLoop) -> None:
        asyncio.set_event_loop(loop)
        with suppress(ImportError):  # said by the request that needs it
            importlib.import_module(".client", __package__)  # httpx takes a while, and nothing waits on this thread yet
        try:
            loop.run_forever()
            for task, stream in list(self._tasks.items()):
                stream.cancelled = True
                _insist(loop, task)
            loop.run_until_complete(asyncio.gather(*self._tasks, return_exceptions=True))
            client, self._client = self._client, None
            if client is not None:
                loop.run_until_complete(client.close())
            loop.run_until_complete(loop.shutdown_asyncgens())
        finally:
            asyncio.set_event_loop(None)
            loop.close()


def _insist(loop: asyncio.AbstractEventLoop, task: asyncio.Task[None]) -> None:
    """Cancel, and once more where that was not heard: anyio loses one that comes as a connection is made, on 3.10.

    A second one would interrupt the closing that the first began and leave the connection open, so it comes only when
    that must be over, and only on 3.10.
    """
    if not task.done():
        task.cancel()
        if _LOSES_CANCELS:
            loop.call_later(_INSIST, _insist, loop, task)


def _from_any_thread(loop: asyncio.AbstractEventLoop, callback: Callable[[], object]) -> None:
    with suppress(RuntimeError):  # the loop is closed: there is nothing left to cancel
        loop.call_soon_threadsafe(callback)


def _close(engine: weakref.ref[Engine]) -> None:
    living = engine()
    if living is not None:
        living.close()
