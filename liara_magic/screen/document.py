"""What of a reply is shown, as Markdown source."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

from ..protocol.foreign_text import clean
from ..protocol.json_text import json_in
from ..protocol.reply import Choice, Reply
from .calls import rounds_text
from .images import Picture, pictures
from .markdown import closed, plain
from .probabilities import probability_table, reply_tokens
from .voice import ENGLISH, Voice

#: Characters of an answer that a page shows: 300,000 tokens, more than a browser likes.
MOST_SHOWN = 1_250_000
#: Formats whose text is Markdown.
AS_MARKDOWN = ("markdown", "code", "image")


def live_text(reply: Reply) -> str:
    """What is shown while the reply comes: the first choice's answer, or its refusal, without control characters."""
    return clean((reply.text or reply.refusal)[:MOST_SHOWN])


def document(reply: Reply) -> str:
    """The whole reply as text: the tools it asked for, then its answer with all that came beside it."""
    rounds, text = rounds_text(reply), answers(reply)
    return f"{rounds}\n\n{text}" if rounds and text else rounds or text


def answers(reply: Reply) -> str:
    """The answer as text, or each of several under a number, with all that came beside it."""
    name = "reply" if len(reply.choices) < 2 else "reply.choices[{}]"
    parts = []
    for number, choice in enumerate(reply.choices, 1):
        own = name.format(choice.index)
        table = probability_table(reply_tokens(choice.logprobs), f"reply.choices[{choice.index}].logprobs")
        images = _images(pictures(choice.images), own)
        words = answer(choice) if reply.format in AS_MARKDOWN else as_text(reply.format, choice)
        text = _joined(words, images, table)
        parts.append(text if len(reply.choices) < 2 else f"### {number}\n\n{closed(text)}")
    return "\n\n".join(parts)


def answer(choice: Choice, voice: Voice = ENGLISH) -> str:
    """A choice's answer: its words, what it refuses, its sources, the calls it asks for, images that are not shown."""
    return _joined(clean(choice.text), *_beside(choice, voice))


def as_text(format: str, choice: Choice) -> str:
    """A choice's answer in a format that is no Markdown, as text; JSON on lines of its own."""
    text = clean(choice.text)
    if format == "json":
        with suppress(ValueError, RecursionError):
            text = json.dumps(json_in(text), ensure_ascii=False, indent=2)
    return "\n\n".join(part for part in (text, beside(choice)) if part)


def beside(choice: Choice, voice: Voice = ENGLISH) -> str:
    """What came beside a choice's words."""
    return _joined("", *_beside(choice, voice))


def _beside(choice: Choice, voice: Voice) -> tuple[str, ...]:
    refusal = f"**{voice.label('The model declined:')}** {clean(choice.refusal)}" if choice.refusal else ""
    hidden = [picture for picture in pictures(choice.images) if picture.fault]
    return refusal, _sources(choice, voice), _not_shown(hidden, voice), _calls(choice, voice)


def _joined(first: str, *others: str) -> str:
    """Pieces of Markdown, each of which keeps to itself."""
    text = first
    for other in others:
        if other:
            text = closed(text) + ("\n\n" if text else "") + other
    return text


def _sources(choice: Choice, voice: Voice) -> str:
    """The pages that the answer cites, as a numbered list."""
    cited = [entry.get("url_citation") for entry in choice.annotations]
    pages = {str(page["url"]): page for page in cited if isinstance(page, dict) and page.get("url")}
    lines = [f"{number}. [{_label(page)}](<{_target(url)}>)" for number, (url, page) in enumerate(pages.items(), 1)]
    return f"**{voice.label('Sources')}**\n\n" + "\n".join(lines) if lines else ""


def _label(page: dict[str, Any]) -> str:
    words = " ".join(clean(str(page.get("title") or page["url"])).split())
    return plain(words)


def _target(url: str) -> str:
    return clean(url).replace("<", "%3C").replace(">", "%3E").replace("\n", "").replace("\\", "%5C")


def _images(found: list[Picture], name: str) -> str:
    """A line for each image that a page shows; the data is in ``reply.images``."""
    shown = [(picture, f"`{name}.images[{picture.number - 1}]`") for picture in found if not picture.fault]
    return "\n".join(f"- image {one.number}: `{one.mime_type}`, {one.size:,} bytes, in {at}" for one, at in shown)


def _not_shown(found: list[Picture], voice: Voice) -> str:
    said = (voice.label(f"image {picture.number} is not shown: {picture.fault}") for picture in found)
    return "\n".join(f"- {words}" for words in said)


def _calls(choice: Choice, voice: Voice) -> str:
    lines = (f"{clean(call.name)}({clean(call.arguments)})".replace("`", "'") for call in choice.tool_calls)
    return "\n".join(f"- {voice.label('asks for')} `{' '.join(line.split())}`" for line in lines)
