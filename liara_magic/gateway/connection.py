"""Plain values that say how to reach the gateway: address, key, time limits."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..protocol.foreign_text import clean, whole_characters
from .address import Address
from .api_key import ApiKey


@dataclass(frozen=True, slots=True)
class Limits:
    """How long, in seconds, and how much, in bytes, a reply may take.

    ``connect``: until the connection stands. ``idle``: without a single byte. ``content``: with bytes but without
    content, as when a model thinks behind keep-alive comments. The total has no limit. ``reply_bytes``: a whole reply;
    ``event_bytes``: one event of a stream; ``image_event_bytes``: one that carries an image.
    """

    connect: float = 10.0
    idle: float = 60.0
    content: float = 600.0
    reply_bytes: int = 64 * 2**20
    event_bytes: int = 8 * 2**20
    image_event_bytes: int = 64 * 2**20


@dataclass(frozen=True, slots=True)
class Connection:
    """Where a request goes, as whom, and within which limits."""

    address: Address
    key: ApiKey | None = None
    limits: Limits = field(default_factory=Limits)
    use_proxies: bool = True


def fit(text: str, connection: Connection) -> str:
    """A server's text, fit to be shown: no control characters, no half characters, and not our key."""
    text = clean(whole_characters(text))
    return connection.key.scrub(text) if connection.key else text
