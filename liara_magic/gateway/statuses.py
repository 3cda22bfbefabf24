"""What each HTTP status of the gateway means to a person. No page documents them: as seen, or as OpenRouter says."""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass

from ..protocol.errors import (
    LiaraContextLengthError,
    LiaraCredentialsError,
    LiaraCreditError,
    LiaraError,
    LiaraModelError,
    LiaraRateLimitError,
    LiaraRequestError,
    LiaraServerError,
    LiaraWorkspaceError,
)
from .address import Address
from .progress import MAY_BE_CHARGED


@dataclass(frozen=True)
class _Case:
    """A kind of answer: its statuses, what the server's words must say for it, and what to tell the person."""

    statuses: Container[int]
    kind: type[LiaraError]
    message: str
    hint: str
    words: re.Pattern[str] | None = None
    for_model: bool | None = None  # only for requests that name a model, or only for those that do not

    def fits(self, status: int, words: str, model: str) -> bool:
        if status not in self.statuses or (self.for_model is not None and self.for_model != bool(model)):
            return False
        return self.words is None or bool(self.words.search(words))


_CREDIT = re.compile(
    r"credit|balance|quota|billing|\bnot\b.{0,30}\bplan\b|upgrade.{0,20}\bplan\b|اعتبار|موجودی|پلن", re.IGNORECASE
)
_TOO_LONG = re.compile(r"context.{0,20}(length|window)|maximum context|too long|too many tokens", re.IGNORECASE)
_NO_MODEL = re.compile(
    r"model\b.{0,60}\b(not found|not exist|not available|unknown)|(unknown|invalid|no such|not a valid) model"
    r"|no endpoints",
    re.IGNORECASE,
)
_CREDIT_SAYS = "The workspace may not use {model}: its credit is used up, or its plan does not include the model."
_CREDIT_CURE = (
    "Top up the credit in the console, or choose a model of your plan: %liara /models lists them, /model ID takes one."
)
_MODEL_SAYS = "There is no model {model} at {host}."
_MODEL_CURE = "Choose another with %liara /model ID.{other}"
_LENGTH_SAYS = "The conversation is longer than {model} can read."
_LENGTH_CURE = "Start anew with %liara /reset, ask outside it with --fresh, or choose a model that reads more."

# Read from top to bottom; the first that fits explains the answer.
_CASES = (
    _Case(
        {401}, LiaraCredentialsError, "The gateway does not accept the key.", "%liara /login with a key of the console."
    ),
    _Case({402}, LiaraCreditError, _CREDIT_SAYS, _CREDIT_CURE),
    _Case({403, 429}, LiaraCreditError, _CREDIT_SAYS, _CREDIT_CURE, words=_CREDIT),
    _Case(
        {403},
        LiaraWorkspaceError,
        "The key has no access to this workspace.",
        "Take the workspace id from console.liara.ir/ai/<id>/models (a team id does not do): %liara /set workspace ID",
    ),
    _Case(
        {404},
        LiaraWorkspaceError,
        "There is no gateway at {base}.",
        "Check the workspace id: %liara /set workspace ID.{other}",
        for_model=False,
    ),
    _Case({404}, LiaraModelError, _MODEL_SAYS, _MODEL_CURE),
    _Case({413}, LiaraContextLengthError, _LENGTH_SAYS, _LENGTH_CURE),
    _Case({400, 422}, LiaraContextLengthError, _LENGTH_SAYS, _LENGTH_CURE, words=_TOO_LONG),
    _Case({400}, LiaraModelError, _MODEL_SAYS, _MODEL_CURE, words=_NO_MODEL, for_model=True),
    _Case({429}, LiaraRateLimitError, "Too many requests in a short time.", "Wait a moment, then run the cell again."),
    _Case(
        range(300, 400),
        LiaraServerError,
        "{host} answered with a redirect (status {status}), which is never followed.",
        "The address may have moved: check it with %liara /status, then %liara /set base_url URL.",
    ),
    _Case(
        {408, *range(500, 1000)},
        LiaraServerError,
        "The gateway or the model's provider failed (status {status}).",
        MAY_BE_CHARGED,
    ),
    _Case(
        range(1000),
        LiaraRequestError,
        "The gateway refused the request (status {status}).",
        "Change what it names; %liara /set shows what is set.",
    ),
)


def explain(status: int, words: str, address: Address, model: str) -> tuple[type[LiaraError], str, str]:
    """The error class, the sentence and the next step for a status; ``words`` are the server's own.

    ``model`` is empty for requests that name none.
    """
    other = f" Or the other form: %liara /set base_url {address.other_form}" if address.other_form else ""
    facts = {
        "status": status,
        "model": model or "the model",
        "host": "the sandbox" if address.is_sandbox else address.host,
        "base": address.base_url,
        "other": other,
    }
    case = next(case for case in _CASES if case.fits(status, words, model))
    return case.kind, case.message.format(**facts), case.hint.format(**facts)
