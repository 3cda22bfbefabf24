"""Replay: a request that was answered before is answered from the stored reply, at no cost.

Two requests are identical when model, messages, attachments by their content, parameters and the host are. How the
reply is sent (as a stream or not) is no part of it, nor are the marks around what goes along from the notebook, which
are new each time.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from ..gateway.address import LIARA_HOST
from ..gateway.api_key import ApiKey
from ..gateway.connection import Connection
from ..gateway.stream import Stream
from ..protocol.errors import LiaraError, LiaraUsageError
from ..protocol.events import (
    Event,
    Facts,
    Finish,
    ListDelta,
    ReasoningDelta,
    RefusalDelta,
    TextDelta,
    UsageReport,
)
from ..protocol.reply import Replayed, Reply
from ..protocol.request import ChatRequest
from ..protocol.rounds import summed
from ..protocol.usage import Usage
from ..settings import Liara
from .ask import Ask
from .replay_store import ReplayStore, StoredReply

_NOT_ASKED = ("stream", "stream_options")
# The context message names its mark once (notebook/context.py).
_MARK = re.compile(r"Each piece stands between two lines that begin with (\[[0-9a-f]{12}\])")
_LISTS = ("images", "annotations", "logprobs", "reasoning_details")
#: What a replayed request uses.
_NOTHING = Usage(0, 0, 0, total_cost_toman=0.0, cost=0.0)


@dataclass(frozen=True)
class Identity:
    """What makes a request the same as another: a ``key``, and the ``marks`` that it leaves out, in their order."""

    key: str
    marks: tuple[str, ...]


def identity(request: ChatRequest, host: str) -> Identity:
    """The identity of ``request`` where ``host`` is to answer it."""
    body = {name: value for name, value in request.body().items() if name not in _NOT_ASKED}
    text = json.dumps([host, body], sort_keys=True, default=repr)
    marks = tuple(dict.fromkeys(_MARK.findall(text)))
    for number, mark in enumerate(marks):
        text = text.replace(mark, f"[mark {number}]")
    return Identity(hashlib.sha256(text.encode()).hexdigest(), marks)


class Replay:
    """Stored replies for one turn. ``mode`` is that of the setting, or ``anew``: ask, and store what comes.

    ``who`` names the ask where replay is required and there is nothing to replay; ``scrub`` takes the key out of what
    is stored, should a server repeat it.
    """

    def __init__(
        self,
        store: ReplayStore,
        mode: str = "off",
        host: str = "",
        *,
        who: Callable[[], str] = str,
        scrub: Callable[[str], str] = str,
    ) -> None:
        self._store = store
        self._mode = mode
        self._host = host
        self._who = who
        self._scrub = scrub
        self._found: StoredReply | None = None
        self._identity = Identity("", ())

    @property
    def found(self) -> bool:
        """Whether the last request is answered from a stored reply."""
        return self._found is not None

    def find(self, request: ChatRequest) -> bool:
        """Whether there is a reply to ``request``, which :meth:`stream` then gives.

        Raises :class:`LiaraUsageError` where replay is required and there is none.
        """
        self._found = None
        if self._mode == "off":
            return False
        self._identity = identity(request, self._host)
        if self._mode != "anew":
            self._found = self._store.find(self._identity.key, self._identity.marks)
        if self._mode == "require" and self._found is None:
            raise LiaraUsageError(
                f"There is no stored reply to {self._who()}, and replay is required.",
                hint="Run it once with replay on where it may be sent, or set LIARA_REPLAY to on.",
            )
        return self._found is not None

    def stream(self) -> Stream | None:
        """The reply that was found, as if it came now; none if it has to be asked for."""
        if self._found is None:
            return None
        stream = Stream()
        stream.put(_events(self._found.reply))
        stream.end(None)
        return stream

    def settle(self, reply: Reply) -> bool:
        """Note on ``reply`` that it was replayed, and that it cost nothing; whether it was."""
        if self._found is None:
            return False
        cost = self._found.reply.usage
        before = [reply.replayed.usage] if reply.replayed else []  # of the requests that asked for tools
        reply.replayed = Replayed(self._found.date, summed([*before, cost]))
        reply.usage = replace(_NOTHING, prompt_tokens=cost.prompt_tokens, completion_tokens=cost.completion_tokens)
        return True

    def keep(self, request: ChatRequest, reply: Reply) -> None:
        """Store a reply that came whole, if replay is on. What cannot be stored is said with it."""
        if self._mode == "off" or self._found is not None or not _says_something(reply):
            return
        prompt = request.messages[-1].content
        try:
            text = prompt if isinstance(prompt, str) else ""
            self._store.keep(self._identity.key, self._identity.marks, text, reply, self._scrub)
        except (OSError, RuntimeError) as error:
            why = getattr(error, "strerror", None) or error
            reply.notices.append(f"The reply is not stored for replay ({why}).")


class Replays:
    """The stored replies as the session with these ``settings`` uses them."""

    def __init__(self, settings: Liara, store: ReplayStore) -> None:
        self.store = store
        self._settings = settings

    def of(self, ask: Ask, connect: Callable[[], Connection]) -> Replay:
        """The way to a stored reply for ``ask``. Where replay is required, flags change nothing."""
        setting = self._settings.replay
        mode = setting
        if setting != "require" and ask.replay is not None:
            mode = "on" if ask.replay else "anew"
        if mode == "off":
            return Replay(self.store)
        host, key = _host_and_key(connect)
        return Replay(self.store, mode, host, who=lambda: _who(ask), scrub=key.scrub if key else str)


def _host_and_key(connect: Callable[[], Connection]) -> tuple[str, ApiKey | None]:
    """Who answers. Workspaces of the gateway are one host; so it is where nobody has given a key or an address."""
    try:
        connection = connect()
        return urlsplit(connection.address.base_url).netloc, connection.key
    except LiaraError:
        return LIARA_HOST, None


def _who(ask: Ask) -> str:
    words = " ".join(ask.prompt.split())
    cell = f"cell [{ask.place.count}], " if ask.place and ask.place.count else ""
    return f"{cell}“{words[:60]}{'…' if len(words) > 60 else ''}”"


def _says_something(reply: Reply) -> bool:
    return reply.finished and bool(reply.text or reply.refusal or reply.images or reply.tool_calls)


def _events(reply: Reply) -> list[Event]:
    """What came when the reply was given, each choice in one piece."""
    events: list[Event] = [Facts(reply.raw)]
    for choice in reply.choices:
        for kind, text in (
            (ReasoningDelta, choice.reasoning),
            (TextDelta, choice.text),
            (RefusalDelta, choice.refusal),
        ):
            if text:
                events.append(kind(text, choice.index))
        events += [ListDelta(name, getattr(choice, name), choice.index) for name in _LISTS if getattr(choice, name)]
        calls = [{"index": index, **call.to_json()} for index, call in enumerate(choice.tool_calls)]
        if calls:
            events.append(ListDelta("tool_calls", calls, choice.index))
        events.append(Finish(choice.finish_reason, choice.index))
    return [*events, UsageReport(reply.usage)]
