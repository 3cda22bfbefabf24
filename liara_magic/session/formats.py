"""The formats in which a reply can be asked for: what the model is told, and what the request says of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..gateway.models import Model
    from .ask import Ask


@dataclass(frozen=True)
class Format:
    """A format: its line of help, what the system prompt says for it, and the request parameters that ask for it."""

    help: str
    told: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)


#: Every format by the name that follows ``-f``.
FORMATS: dict[str, Format] = {
    "markdown": Format("the reply as it comes, formatted"),
    "text": Format(
        "plain text, shown to the letter", "Answer in plain text, without Markdown or any other kind of markup."
    ),
    "code": Format(
        "only the code, put into the next cell; code:2 takes the second block",
        "Answer with Python code only, for the next cell of a Jupyter notebook: one fenced code block that begins with "
        "```python, and no words around it. What must be explained stands in comments.",
    ),
    "json": Format(
        "JSON, parsed and shown as a tree",
        "Answer with one JSON object only: no words around it and no code fence.",
        {"response_format": {"type": "json_object"}},
    ),
    "html": Format(
        "HTML, made safe and shown",
        "Answer with a fragment of HTML only: structure and text, no scripts, no styles, no images, nothing that is "
        "loaded, no words around it and no code fence.",
    ),
    "image": Format("an image", parameters={"modalities": ["image", "text"]}),
    "math": Format(
        "a formula, typeset",
        "Answer with one formula in LaTeX only: no words around it, no dollar signs and no code fence.",
    ),
}


_BY_SCHEMA = "Answer with JSON only, valid by this JSON Schema: no words around it and no code fence."


def told(ask: Ask, system: str) -> str:
    """The ``system`` prompt, and below it what it says about the format of the answer: for Markdown nothing.

    A schema stands there too: the request has it as ``response_format``, which some models silently ignore.
    """
    words = FORMATS[ask.format].told
    if ask.shape is not None:
        schema = json.dumps(ask.shape.sent, ensure_ascii=False, separators=(",", ":"))
        words = f"{_BY_SCHEMA}\n{schema}"
    return f"{system}\n\n{words}".strip()


def parameters(ask: Ask, model: Model | None) -> dict[str, Any]:
    """The request parameters that ask for the format, without those that ``model`` is known to ignore."""
    wanted = dict(FORMATS[ask.format].parameters)
    if ask.shape is not None:
        wanted["response_format"] = ask.shape.response_format
    return {name: value for name, value in wanted.items() if model is None or not model.ignores(name)}
