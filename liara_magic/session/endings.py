"""What a person should know about how a reply ended, one sentence each."""

from __future__ import annotations

from ..protocol.errors import LiaraError, LiaraStreamError
from ..protocol.foreign_text import hidden_characters
from ..protocol.reply import Reply
from ..protocol.request import ChatRequest

_LIMITS = ("max_tokens", "max_completion_tokens")


def notices(reply: Reply, request: ChatRequest) -> list[str]:
    """The sentences for ``reply``, which answered ``request``."""
    said = [_of_reason(reply, request)]
    asked, came = request.parameters.get("n", 1), len(reply.choices)
    if 0 < came < asked:
        said.append(f"{asked} replies were asked for and {came} came: the model's provider may not write several.")
    if reply.skipped:
        said.append(
            f"{reply.skipped} piece{'s' * (reply.skipped > 1)} of the reply could not be read and were left out."
        )
    hidden = sum(hidden_characters(choice.text + choice.refusal) for choice in reply.choices)
    if hidden:
        said.append(
            f"{hidden:,} control or invisible character{'s' * (hidden > 1)} that could hide or reorder text "
            f"{'were' if hidden > 1 else 'was'} left out; reply.text has {'them' if hidden > 1 else 'it'}."
        )
    return [sentence for sentence in said if sentence]


def stopped(charged: bool = True) -> LiaraStreamError:
    """The error of an ask that was stopped; ``charged`` says whether its request may have left."""
    error = LiaraStreamError("The reply was stopped.", hint="What came of it is kept in the conversation.")
    error.may_be_charged = charged
    return error


def reason_of(error: BaseException, interrupted: bool = False) -> str:
    """Why a turn ended early, in a few words; ``interrupted`` while whoever listened did something else."""
    if isinstance(error, KeyboardInterrupt) or (interrupted and isinstance(error, GeneratorExit)):
        return "stopped"
    if isinstance(error, LiaraError):
        return error.message
    return "no longer read" if isinstance(error, GeneratorExit) else f"{type(error).__name__}: {error}"


def _of_reason(reply: Reply, request: ChatRequest) -> str:
    reason = reply.finish_reason
    if reason == "length":
        return _of_the_limit(reply, request)
    if reason == "content_filter":
        return "The provider's content filter ended the reply. Another wording, or another model, may help."
    if reason in ("tool_calls", "function_call"):
        names = ", ".join(call.name for call in reply.tool_calls) or "a function"
        return f"The model asks to call {names}. Nothing was called."
    if reason and not (reply.text or reply.refusal or reply.images or reply.tool_calls):
        return "The model answered with nothing."
    return ""


def _of_the_limit(reply: Reply, request: ChatRequest) -> str:
    limit = next((request.parameters[name] for name in _LIMITS if name in request.parameters), None)
    if reply.text:
        return "The reply ended at the token limit" + (f" of {limit:,}; --max-tokens raises it." if limit else ".")
    spent = reply.usage.reasoning_tokens or reply.usage.completion_tokens or limit
    if not (reply.reasoning or reply.usage.reasoning_tokens) or not spent:
        return "The token limit was used up before the first word. Raise it with --max-tokens."
    enough = _enough(spent)
    return f"Reasoning used up the limit ({spent:,} tokens) before the answer began: use --max-tokens {enough} or more."


def _enough(spent: int) -> int:
    """Twice what reasoning took, and room for an answer, in round numbers."""
    return -(-(2 * spent + 500) // 500) * 500
