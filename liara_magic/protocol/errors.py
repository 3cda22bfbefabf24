"""What can go wrong, sorted by what the person can do about it.

::

    LiaraError
    ├── LiaraUsageError          what was typed: a flag, a command, a value, an empty prompt
    ├── LiaraCredentialsError    no key, a wrong key, a key file that others can read
    ├── LiaraWorkspaceError      the workspace id or the address
    ├── LiaraCreditError         the plan does not hold the model, or the credit is used up
    ├── LiaraBudgetError         more than the person's own limit on the cost
    ├── LiaraModelError          no such model here
    ├── LiaraRequestError        the gateway did not accept the request
    │   └── LiaraContextLengthError   too long for the model
    ├── LiaraRateLimitError      too many requests; wait
    ├── LiaraServerError         the gateway or the model's provider failed
    ├── LiaraNetworkError        the gateway was not reached
    ├── LiaraStreamError         the reply ended early; its text is kept
    └── LiaraFormatError         the reply came whole, but not in the format asked for; its text is kept
"""

from __future__ import annotations

import difflib
import traceback
from collections.abc import Iterable
from typing import Any

from .foreign_text import clean


class LiaraError(Exception):
    """The root of all errors raised by this package.

    The facts are attributes, each ``None`` or empty when unknown:

    ``hint``         the next step, one sentence
    ``status``       the HTTP status
    ``code``         the server's own code
    ``request_id``   the gateway's id for the request
    ``retry_after``  seconds to wait, as the server said
    ``body``         the server's answer, scrubbed of the key, at most 2 KB

    No attribute ever holds a key.
    """

    #: Whether the request may have been paid for although it failed.
    may_be_charged = False

    def __init__(
        self,
        message: str,
        *,
        hint: str = "",
        status: int | None = None,
        code: str = "",
        request_id: str = "",
        retry_after: float | None = None,
        body: str = "",
    ) -> None:
        # What a model, a server or a file said may stand in it, and a terminal obeys control characters.
        message, hint = clean(message), clean(hint)
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.status = status
        self.code = code
        self.request_id = request_id
        self.retry_after = retry_after
        self.body = body
        #: Show the Python traceback too (the setting ``full_traceback``).
        self.full_traceback = False

    def __str__(self) -> str:
        return f"{self.message}\n{self.hint}" if self.hint else self.message

    def _render_traceback_(self) -> list[str]:
        """IPython's hook: a failing cell shows these lines instead of a stack of our frames."""
        if self.full_traceback:
            return "".join(traceback.format_exception(type(self), self, self.__traceback__)).splitlines()
        lines = [f"{type(self).__name__}: {self.message}"]
        if self.hint:
            lines.append(f"→ {self.hint}")
        if self.request_id:
            lines.append(f"  (request {self.request_id})")
        return lines


class LiaraUsageError(LiaraError):
    """What was typed cannot be understood or is out of range."""


class LiaraCredentialsError(LiaraError):
    """There is no usable API key (also status 401)."""


class LiaraWorkspaceError(LiaraError):
    """The workspace id or the address is missing or wrong (also status 403)."""


class LiaraCreditError(LiaraError):
    """The plan does not include the model, or the credit is used up (status 402)."""


class LiaraBudgetError(LiaraError):
    """A request could cost more than what its person allows, or its reply did; all amounts are toman.

    ``limit`` is what is allowed, ``spent`` what is known to be used of it, ``reserved`` what others may still cost,
    ``needed`` what this one may cost (``None``: unknown).
    """

    def __init__(
        self,
        message: str,
        *,
        limit: float = 0.0,
        spent: float = 0.0,
        reserved: float = 0.0,
        needed: float | None = None,
        **facts: Any,
    ) -> None:
        super().__init__(message, **facts)
        self.limit = limit
        self.spent = spent
        self.reserved = reserved
        self.needed = needed

    @property
    def remaining(self) -> float:
        """Toman that are neither used nor reserved."""
        return max(0.0, self.limit - self.spent - self.reserved)


class LiaraModelError(LiaraError):
    """The model is unknown to the gateway (status 404, and 400 that says so)."""


class LiaraRequestError(LiaraError):
    """The gateway refused the request as it stands (status 400, 409, 413, 422)."""


class LiaraContextLengthError(LiaraRequestError):
    """The conversation is longer than the model can read."""


class LiaraRateLimitError(LiaraError):
    """Too many requests in a short time (status 429)."""


class LiaraServerError(LiaraError):
    """The gateway or the provider behind it failed (status 408 and 5xx), or answered something that is no reply."""

    may_be_charged = True


class LiaraNetworkError(LiaraError):
    """The gateway was not reached; nothing was charged. A ``transient`` one may pass by itself."""

    transient = False


class LiaraStreamError(LiaraError):
    """The reply began and did not end as it should. What came is kept in the conversation."""

    may_be_charged = True


class LiaraFormatError(LiaraError):
    """The reply came whole and is not what was asked for: no JSON, not valid by its schema, no code.

    ``text`` is what the model said.
    """

    may_be_charged = True
    text = ""


def near(word: str, candidates: Iterable[str], most: int = 1) -> list[str]:
    """The candidates that are spelled almost like ``word``, small or large letters, the nearest first."""
    folded = {candidate.casefold(): candidate for candidate in candidates}
    return [folded[one] for one in difflib.get_close_matches(word.casefold(), list(folded), most, cutoff=0.7)]


def nearest(word: str, candidates: Iterable[str]) -> str:
    """Return ``Did you mean X?`` for the candidate closest to ``word``, or an empty string."""
    close = difflib.get_close_matches(word, list(candidates), n=1, cutoff=0.5)
    return f"Did you mean {close[0]}?" if close else ""
