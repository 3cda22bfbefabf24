"""How the gateway's tests ask: plain connections, requests, and one call that collects a whole stream."""

from dataclasses import dataclass, field

from liara_magic.gateway.address import SANDBOX, Address
from liara_magic.gateway.api_key import ApiKey
from liara_magic.gateway.connection import Connection, Limits
from liara_magic.gateway.engine import Engine
from liara_magic.gateway.stream import Stream
from liara_magic.protocol.events import Event
from liara_magic.protocol.messages import Message
from liara_magic.protocol.reply import Reply
from liara_magic.protocol.request import ChatRequest

KEY = "eyJhbGciOiJIUzI1NiJ9.eyJrZXkiOiJjYW5hcnkifQ.canary-canary-canary"


@dataclass
class Outcome:
    """What became of a request."""

    reply: Reply = field(default_factory=Reply)
    events: list[Event] = field(default_factory=list)
    error: BaseException | None = None
    cancelled: bool = False

    @property
    def text(self) -> str:
        return self.reply.text


def to(gateway, **limits) -> Connection:
    """A connection to a loopback gateway, with a key."""
    return Connection(Address(gateway.base_url), ApiKey(KEY, "the test"), Limits(**limits))


def to_sandbox(**limits) -> Connection:
    return Connection(SANDBOX, limits=Limits(**limits))


def prompt(text: str = "hi", model: str = "test/model", **parameters) -> ChatRequest:
    return ChatRequest(model, [Message("user", text)], parameters)


def collect(stream: Stream, outcome: Outcome | None = None, patience: float = 30.0) -> Outcome:
    """Drain a stream to its end."""
    outcome = outcome or Outcome()
    while not stream.finished:
        events = stream.drain(patience=patience)
        assert events or stream.finished, "the stream has gone quiet and never ended"
        outcome.events += events
        for event in events:
            outcome.reply.add(event)
    outcome.error, outcome.cancelled = stream.error, stream.cancelled
    return outcome


def ask(engine: Engine, connection: Connection, request: ChatRequest | None = None) -> Outcome:
    """One request, to its end."""
    return collect(engine.chat(connection, request or prompt()))
