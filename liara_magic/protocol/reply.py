"""A reply, put together from events."""

from __future__ import annotations

import time
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from .events import (
    Event,
    Facts,
    Finish,
    ListDelta,
    Notice,
    ReasoningDelta,
    RefusalDelta,
    TextDelta,
    Unreadable,
    UsageReport,
    Waiting,
)
from .tool_calls import ToolCall, merge
from .usage import Usage

if TYPE_CHECKING:
    from .rounds import Round


@dataclass
class Choice:
    """One of the replies that a request asked for.

    ``images``, ``annotations``, ``logprobs`` and ``reasoning_details`` hold the API's own objects as they came.
    Its texts may be read on any thread while it grows.
    """

    index: int = 0
    finish_reason: str = ""
    images: list[dict[str, Any]] = field(default_factory=list, repr=False)
    annotations: list[dict[str, Any]] = field(default_factory=list, repr=False)
    tool_calls: list[ToolCall] = field(default_factory=list, repr=False)
    logprobs: list[dict[str, Any]] = field(default_factory=list, repr=False)
    reasoning_details: list[dict[str, Any]] = field(default_factory=list, repr=False)
    _text: list[str] = field(default_factory=list, repr=False)
    _reasoning: list[str] = field(default_factory=list, repr=False)
    _refusal: list[str] = field(default_factory=list, repr=False)

    @property
    def text(self) -> str:
        """The answer as far as it has come."""
        return "".join(self._text)

    @property
    def reasoning(self) -> str:
        """What the model thought before the answer; empty for most models."""
        return "".join(self._reasoning)

    @property
    def refusal(self) -> str:
        """The model's words when it declined to answer."""
        return "".join(self._refusal)

    def extend(self, name: str, entries: list[dict[str, Any]]) -> None:
        """Add entries to the list ``name``; fragments of tool calls are put together."""
        if name == "tool_calls":
            for fragment in entries:
                merge(self.tool_calls, fragment)
        else:
            getattr(self, name).extend(entries)


def _add(pieces: list[str], piece: str) -> None:
    """Add ``piece`` at the end. Each piece is longer than the one after it, so that there are few to be joined.

    Only the thread that adds changes the list, and in one step: joined on any other thread, it lacks nothing.
    """
    place, size = len(pieces), len(piece)
    while place and len(pieces[place - 1]) <= size:
        place -= 1
        size += len(pieces[place])
    pieces[place:] = ["".join([*pieces[place:], piece])]


@dataclass(frozen=True)
class Replayed:
    """That a reply is a stored one: when it was given, and what it used then."""

    date: datetime
    usage: Usage


@dataclass
class Reply:
    """A model's reply; complete, or as far as it came.

    ``model`` is the one that answered, ``id`` the gateway's log id, ``seconds`` the time from sending to the end,
    ``started`` when it left, ``first_word`` the seconds until anything came, ``thought`` how long the model reasoned,
    ``raw`` every other field of the response, ``skipped`` how many events could not be read, ``notices`` what the
    person should know about it, ``details`` what they may want to look up, as names and values, which ``verbose`` shows
    unfolded, ``waiting`` why and until when (monotonic clock) the request waits to be sent again. ``hide_reasoning``
    keeps what the model thought from being shown. ``estimate`` is about what it has used so far, by the text that has
    come. ``format`` is what was asked for, ``value`` what was made of the answer then: parsed JSON, a validated
    object, a DataFrame, code, safe HTML, TeX, images; ``None`` for Markdown and text.

    Where the model asked for tools, ``rounds`` are the requests before this answer, with each call and its result;
    ``usage`` and ``seconds`` are then those of all of them.
    """

    model: str = ""
    id: str = ""
    choices: list[Choice] = field(default_factory=list)
    usage: Usage = field(default_factory=Usage)
    seconds: float = 0.0
    started: datetime | None = None
    first_word: float | None = None
    thought: float | None = None
    raw: dict[str, Any] = field(default_factory=dict, repr=False)
    skipped: int = 0
    notices: list[str] = field(default_factory=list)
    details: list[tuple[str, str]] = field(default_factory=list, repr=False)
    replayed: Replayed | None = None
    waiting: tuple[str, float] | None = field(default=None, repr=False)
    hide_reasoning: bool = field(default=False, repr=False)
    verbose: bool = field(default=False, repr=False)
    format: str = "markdown"
    value: Any = field(default=None, repr=False)
    estimate: Usage = field(default_factory=Usage, repr=False, compare=False)
    rounds: list[Round] = field(default_factory=list, repr=False)

    #: How a front end shows a reply: a function that gives its MIME bundle. The protocol knows no front end, so the
    #: package's own assembly puts it here.
    mime_bundle: ClassVar[Callable[[Reply], dict[str, str]] | None] = None

    @property
    def text(self) -> str:
        """The first choice's answer, as Markdown source."""
        return self.choices[0].text if self.choices else ""

    @property
    def reasoning(self) -> str:
        """The first choice's reasoning."""
        return self.choices[0].reasoning if self.choices else ""

    @property
    def refusal(self) -> str:
        """The first choice's refusal."""
        return self.choices[0].refusal if self.choices else ""

    @property
    def finish_reason(self) -> str:
        """Why the first choice ended; empty while it has not."""
        return self.choices[0].finish_reason if self.choices else ""

    @property
    def finished(self) -> bool:
        """Whether every choice that began has ended."""
        return bool(self.choices) and all(choice.finish_reason for choice in self.choices)

    @property
    def images(self) -> list[dict[str, Any]]:
        """The first choice's images."""
        return self.choices[0].images if self.choices else []

    @property
    def tool_calls(self) -> list[ToolCall]:
        """The functions that the first choice asks for."""
        return self.choices[0].tool_calls if self.choices else []

    def add(self, event: Event) -> None:
        """Take in the next event of the response."""
        if isinstance(event, TextDelta):
            _add(self._choice(event.choice)._text, event.text)
        elif isinstance(event, ReasoningDelta):
            _add(self._choice(event.choice)._reasoning, event.text)
        elif isinstance(event, RefusalDelta):
            _add(self._choice(event.choice)._refusal, event.text)
        elif isinstance(event, ListDelta):
            self._choice(event.choice).extend(event.name, event.entries)
        elif isinstance(event, Finish):
            self._choice(event.choice).finish_reason = event.reason
        elif isinstance(event, UsageReport):
            self.usage = event.usage
        elif isinstance(event, Unreadable):
            self.skipped += 1
        elif isinstance(event, Notice):
            self.notices.append(event.text)
        elif isinstance(event, Waiting):
            self.waiting = (event.reason, time.monotonic() + event.seconds)
        elif isinstance(event, Facts):
            self.raw.update(event.fields)
            self.id = _word(event.fields.get("id")) or self.id
            self.model = _word(event.fields.get("model")) or self.model

    def _choice(self, index: int) -> Choice:
        if self.choices and self.choices[-1].index == index:
            return self.choices[-1]
        place = bisect_left(self.choices, index, key=lambda choice: choice.index)
        if place == len(self.choices) or self.choices[place].index != index:
            self.choices.insert(place, Choice(index))
        return self.choices[place]

    def __str__(self) -> str:
        return self.text

    def _repr_llm_(self) -> str:
        """What another model reads of it."""
        return self.text

    def __repr__(self) -> str:
        words = " ".join(self.text.split())
        return f"<Reply from {self.model or 'no model'}: {words[:60]}{'…' if len(words) > 60 else ''}>"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        show = type(self).mime_bundle
        return show(self) if show else {"text/plain": self.text}


def _word(value: Any) -> str:
    return value if isinstance(value, str) else ""
