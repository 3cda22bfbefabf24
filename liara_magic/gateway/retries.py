"""When a request is sent again, and how: only after what provably began no work, since a POST is paid."""

from __future__ import annotations

import random
import re
from dataclasses import replace

from ..protocol.errors import LiaraCreditError, LiaraError, LiaraNetworkError, LiaraRequestError
from ..protocol.request import ChatRequest

#: Times a request may be sent again.
MOST_RETRIES = 2
#: Seconds that a server may ask to wait; if it asks for more, the person is told instead.
LONGEST_WAIT = 60.0
#: Seconds before a refused connection is tried again; twice as long the next time.
_FIRST_PAUSE = 0.5
_SHORTEST_WAIT = 0.1
#: Waits are up to this share longer, so that many notebooks do not come back at once.
_JITTER = 0.25
_MANDATORY = re.compile(r"reasoning is mandatory", re.IGNORECASE)
_REASONING_FIELDS = ("reasoning", "reasoning_effort")


def pause(error: LiaraError, retries: int) -> float | None:
    """Seconds to wait before the request is sent again, or ``None``: not at all. ``retries`` is how often it was."""
    if retries >= MOST_RETRIES:
        return None
    if isinstance(error, LiaraNetworkError) and error.transient:
        wait = _FIRST_PAUSE * 2**retries
    elif error.status in (429, 503) and error.retry_after is not None and not isinstance(error, LiaraCreditError):
        wait = max(error.retry_after, _SHORTEST_WAIT)  # "now" would only be refused again
    else:
        return None
    return wait * random.uniform(1, 1 + _JITTER) if wait <= LONGEST_WAIT else None


def demands_reasoning(error: LiaraError) -> bool:
    """Whether the gateway refused a request because the model cannot but reason."""
    return isinstance(error, LiaraRequestError) and bool(_MANDATORY.search(error.message))


def without_reasoning_fields(request: ChatRequest) -> ChatRequest:
    """``request`` without the fields that steer reasoning: the model then reasons as it sees fit."""
    kept = {name: value for name, value in request.parameters.items() if name not in _REASONING_FIELDS}
    return replace(request, parameters=kept)


def forbids_reasoning(request: ChatRequest) -> bool:
    """Whether ``request`` asks the model not to reason."""
    reasoning = request.parameters.get("reasoning") or {}
    switched_off = reasoning.get("effort") == "none" or reasoning.get("enabled") is False
    return switched_off or request.parameters.get("reasoning_effort") == "none"
