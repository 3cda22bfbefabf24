"""One row per field of the API page's request body.

Flags, checks, settings, ``/set`` and the sandbox's validation derive from :data:`PARAMETERS`.

Sources: the reference page (``page``); where it leaves a range open, the contract of OpenRouter, to which the gateway
passes requests on (``OpenRouter``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "texts", "integer", "number", "boolean", "object", "objects", "choices", "choice", "any"]

_ARTICLES: dict[Kind, str] = {
    "text": "text",
    "texts": "text or a list of texts",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "object": "a JSON object",
    "objects": "a JSON list of objects",
    "choices": "a list",
    "choice": "a word or a JSON object",
    "any": "any JSON value",
}


@dataclass(frozen=True, slots=True)
class Parameter:
    """A field of the request body: what it is called, what it may hold, how it is typed.

    ``choices`` are the words it knows (a text may be another one: the API grows), ``short`` is its one-letter flag,
    ``alias`` a second long one, ``at_most`` the longest list allowed. A parameter that ``excludes`` another may not be
    sent with it; one that ``needs`` another is only sent with it.
    """

    name: str
    kind: Kind
    help: str
    short: str = ""
    alias: str = ""
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()
    at_most: int | None = None
    excludes: str = ""
    needs: str = ""
    source: str = "page"

    @property
    def flag(self) -> str:
        """The flag of the same name, such as ``--top-p``; ``-n`` for a name of one letter."""
        return ("--" if len(self.name) > 1 else "-") + self.name.replace("_", "-")

    @property
    def flags(self) -> tuple[str, ...]:
        """Every spelling of the flag."""
        return tuple(flag for flag in (self.short, self.flag, self.alias) if flag)

    @property
    def expected(self) -> str:
        """What a value must be, for messages and help: ``a number from 0 to 2``."""
        said = _ARTICLES[self.kind]
        if self.minimum is not None and self.maximum is not None:
            said += f" from {self.minimum:g} to {self.maximum:g}"
        elif self.minimum is not None:
            said += f" from {self.minimum:g} up"
        if self.choices:
            said += f" ({', '.join(self.choices)})"
        if self.at_most is not None:
            said += f", {self.at_most} at most"
        return said


#: Fields that every request carries and no flag of the same name sets: the prompt and the chosen model make them.
REQUIRED = ("model", "messages")

# fmt: off
PARAMETERS: tuple[Parameter, ...] = (
    Parameter("model", "text", "The model's id, such as openai/gpt-5.", short="-m"),
    Parameter("messages", "objects", "The conversation. Made from the prompts; never set by hand."),
    Parameter("stream", "boolean", "Send the reply while it is being written."),
    Parameter("stream_options", "object", "Options of the stream; the usage is always asked for.", needs="stream"),
    Parameter("max_tokens", "integer", "The longest reply, in tokens.", minimum=1, excludes="max_completion_tokens"),
    Parameter("max_completion_tokens", "integer", "The longest reply with its reasoning, in tokens.",
              minimum=1, excludes="max_tokens"),
    Parameter("temperature", "number", "How freely words are chosen: 0 always the likeliest.",
              short="-t", minimum=0, maximum=2),
    Parameter("top_p", "number", "Choose among the likeliest words that make up this share.",
              minimum=0, maximum=1, source="OpenRouter"),
    Parameter("top_k", "integer", "Choose among this many likeliest words.", minimum=0, source="OpenRouter"),
    Parameter("frequency_penalty", "number", "Above 0: repeat words less the more they came.", minimum=-2, maximum=2),
    Parameter("presence_penalty", "number", "Above 0: prefer words that have not come yet.", minimum=-2, maximum=2),
    Parameter("repetition_penalty", "number", "Above 1: repeat the prompt's words less.",
              minimum=0, maximum=2, source="OpenRouter"),
    Parameter("seed", "integer", "The same seed asks for the same reply."),
    Parameter("n", "integer", "How many replies to write.", alias="--choices", minimum=1),
    Parameter("stop", "texts", "Stop writing before this text; may be given again.", at_most=4, source="OpenRouter"),
    Parameter("logit_bias", "object", "Token id to bias from -100 to 100, as JSON.", source="OpenRouter"),
    Parameter("logprobs", "boolean", "Return how likely each token was."),
    Parameter("top_logprobs", "integer", "How many likely alternatives to return for each token.",
              minimum=0, maximum=20, needs="logprobs", source="OpenRouter"),
    Parameter("min_p", "number", "Leave out words less likely than this share of the likeliest.",
              minimum=0, maximum=1, source="OpenRouter"),
    Parameter("top_a", "number", "Leave out words below this share of the likeliest, squared.",
              minimum=0, maximum=1, source="OpenRouter"),
    Parameter("reasoning", "object", 'Reasoning, as JSON: {"effort": "low"} or {"max_tokens": 2000}.',
              excludes="reasoning_effort"),
    Parameter("reasoning_effort", "text", "How long to think.",
              excludes="reasoning", choices=("minimal", "low", "medium", "high", "xhigh", "none")),
    Parameter("modalities", "choices", "What the reply may hold.", choices=("image", "text")),
    Parameter("functions", "objects", "Function definitions in their older form, as JSON."),
    Parameter("tools", "objects", "Tool definitions, as JSON."),
    Parameter("tool_choice", "choice", "Whether a tool must be called.", choices=("none", "auto", "required")),
    Parameter("parallel_tool_calls", "boolean", "Allow several tool calls at once."),
    Parameter("response_format", "object", 'The form of the reply, as JSON: {"type": "json_object"}.'),
    Parameter("prediction", "object", "Text expected in the reply, to make it faster, as JSON."),
    Parameter("metadata", "any", "Your own notes on the request, as JSON or text."),
    Parameter("store", "boolean", "Let the provider keep the reply."),
    Parameter("service_tier", "text", "The provider's service level."),
    Parameter("user", "text", "Your own name for the person who asks."),
)
# fmt: on

BY_NAME: dict[str, Parameter] = {parameter.name: parameter for parameter in PARAMETERS}

#: What a person may set: every field but the two that the prompt and the model make.
SETTABLE: tuple[Parameter, ...] = tuple(row for row in PARAMETERS if row.name not in REQUIRED)
