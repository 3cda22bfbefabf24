"""What went wrong and the next step, as HTML in the panel's language."""

from __future__ import annotations

from ..protocol.errors import (
    LiaraBudgetError,
    LiaraContextLengthError,
    LiaraCredentialsError,
    LiaraCreditError,
    LiaraError,
    LiaraFormatError,
    LiaraModelError,
    LiaraNetworkError,
    LiaraRateLimitError,
    LiaraRequestError,
    LiaraServerError,
    LiaraStreamError,
    LiaraUsageError,
    LiaraWorkspaceError,
)
from .texts import Texts

#: For each kind of error what it is, and what helps, where its own sentences are not known in the language.
IN_GENERAL: dict[type[LiaraError], tuple[str, str]] = {
    LiaraUsageError: ("What was typed is not right.", "Correct it; /help shows commands and flags."),
    LiaraCredentialsError: ("There is no key, or it is not accepted.", "Run %liara /login in a cell."),
    LiaraWorkspaceError: ("The workspace or the address is not right.", "Look at the workspace id: /set workspace ID"),
    LiaraCreditError: (
        "The credit is used up, or the plan does not hold the model.",
        "Top up the credit in the console, or choose another model.",
    ),
    LiaraBudgetError: ("The request could pass the budget.", "/budget shows and changes it."),
    LiaraModelError: ("There is no such model here.", "/models lists those that there are."),
    LiaraContextLengthError: (
        "The conversation is too long for the model.",
        "Begin anew with /reset, or choose another model.",
    ),
    LiaraRequestError: ("The gateway did not accept the request.", "Look at the settings: /set"),
    LiaraRateLimitError: ("There were too many requests.", "Wait a moment, then ask again."),
    LiaraServerError: (
        "The gateway or the provider of the model failed.",
        "Ask again later; something may have been charged.",
    ),
    LiaraNetworkError: ("The gateway was not reached.", "Look at the network, a filter and the proxy; then ask again."),
    LiaraStreamError: ("The reply ended before it was whole.", "What came is in the conversation; you may ask again."),
    LiaraFormatError: (
        "The reply did not come as it was asked for.",
        "Its text is in the conversation; another model may do better.",
    ),
    LiaraError: ("Something went wrong.", "Try again."),
}
_UNFORESEEN = ("An error came that nobody foresaw.", "Try again; if it comes again, report its text.")


def trouble_html(error: Exception, kept: bool, texts: Texts) -> str:
    """The error and what to do; ``kept`` says that the person's text is in the box again."""
    voice = texts.voice
    if isinstance(error, LiaraError):
        message, hint = error.message, error.hint
        what, step = next(IN_GENERAL[kind] for kind in type(error).__mro__ if kind in IN_GENERAL)
    else:
        message, hint, (what, step) = f"{type(error).__name__}: {error}", "", _UNFORESEEN
    said = [
        f"<strong>{voice.sentence(message, what)}</strong>",
        voice.sentence(hint, step) if hint else "" if voice.knows(message) else voice.sentence(step),
        texts("kept") if kept else "",
    ]
    return f'<span class="liara-trouble" dir="{texts.direction}">{" ".join(filter(None, said))}</span>'
