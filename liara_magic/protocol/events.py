"""What happens while a reply comes, one kind of event each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .usage import Usage

if TYPE_CHECKING:
    from .rounds import ToolRun


@dataclass(slots=True)
class TextDelta:
    """The next piece of a choice's answer."""

    text: str
    choice: int = 0


@dataclass(slots=True)
class ReasoningDelta:
    """The next piece of what the model thought before its answer."""

    text: str
    choice: int = 0


@dataclass(slots=True)
class RefusalDelta:
    """The next piece of the model's refusal."""

    text: str
    choice: int = 0


@dataclass(slots=True)
class ListDelta:
    """More entries of a list of a choice.

    ``name`` is ``images``, ``annotations``, ``tool_calls``, ``logprobs`` or ``reasoning_details``. The entries are the
    API's own objects; those of ``tool_calls`` may be fragments.
    """

    name: str
    entries: list[dict[str, Any]]
    choice: int = 0


@dataclass(slots=True)
class Finish:
    """A choice ended: ``stop``, ``length``, ``content_filter``, ``tool_calls`` or a provider's own word."""

    reason: str
    choice: int = 0


@dataclass(slots=True)
class UsageReport:
    """What the request used; the last one counts."""

    usage: Usage


@dataclass(slots=True)
class Facts:
    """Fields of the response beside choices and usage: id, model, created, provider and whatever else came."""

    fields: dict[str, Any]


@dataclass(slots=True)
class ServerFault:
    """An error that the server put into the stream. The reply ends here."""

    message: str
    code: str = ""


@dataclass(slots=True)
class Unreadable:
    """An event that is no JSON object; it was skipped."""


@dataclass(slots=True)
class Waiting:
    """The request is sent again in ``seconds``: it was refused for ``reason`` before any work began."""

    seconds: float
    reason: str


@dataclass(slots=True)
class Notice:
    """Something the person should know about the reply, one sentence."""

    text: str


@dataclass(slots=True)
class CallStarted:
    """A tool that the model asked for is about to be run, or refused; ``run`` tells how it goes."""

    run: ToolRun


@dataclass(slots=True)
class CallEnded:
    """A tool has run, or was refused; ``run`` holds its result and how long it took."""

    run: ToolRun


Delta = TextDelta | ReasoningDelta | RefusalDelta | ListDelta
Event = Delta | Finish | UsageReport | Facts | ServerFault | Unreadable | Waiting | Notice | CallStarted | CallEnded
