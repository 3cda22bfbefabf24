"""A reply as HTML: what the model thought, folded, above each answer; what came beside it, below."""

from __future__ import annotations

from collections.abc import Callable

from ..protocol.foreign_text import clean
from ..protocol.reply import Choice, Reply
from .calls import rounds_html
from .document import AS_MARKDOWN, MOST_SHOWN, answer, beside
from .markdown import Markdown
from .probabilities import reply_tokens, shaded
from .voice import ENGLISH, Voice, side_of

#: Around every piece of a page. `text-align: start` is inherited; every block below resolves it by its own direction.
OPEN, CLOSE = '<div dir="ltr" style="text-align:start;overflow-wrap:break-word">', "</div>"
#: Characters of reasoning that are shown while it comes: the last paragraphs, as much as a person can follow.
LIVE_REASONING = 1200
_SUMMARY = "font-size:0.85em;opacity:0.75"
_THOUGHTS = "margin:0.3em 0;padding-{side}:0.8em;border-{side}:3px solid #8885;opacity:0.8"


def reply_html(reply: Reply, render: Callable[[str], str], voice: Voice = ENGLISH) -> str:
    """The HTML of ``reply``; ``render`` makes that of an answer's Markdown."""
    rounds = rounds_html(reply.rounds, voice=voice)
    pages = [
        thoughts(reply, choice, voice)
        + OPEN
        + answer_html(reply, choice, render, voice)
        + CLOSE
        + shaded(reply_tokens(choice.logprobs), voice)
        for choice in reply.choices
    ]
    if len(pages) < 2:
        return rounds + "".join(pages)
    return rounds + "".join(f'<h3 dir="ltr">{number}</h3>{page}' for number, page in enumerate(pages, 1))


def answer_html(reply: Reply, choice: Choice, render: Callable[[str], str], voice: Voice = ENGLISH) -> str:
    """The HTML of one choice's answer, without what stands above and below it."""
    if reply.format in AS_MARKDOWN:
        words = answer(choice, voice)
        return render(words) if len(words) <= MOST_SHOWN else render(words[:MOST_SHOWN]) + _left_out(words, voice)
    return render(clean(choice.text)) + Markdown().render(beside(choice, voice))


def _left_out(words: str, voice: Voice) -> str:
    count = f"{len(words) - MOST_SHOWN:,}"
    said = voice.figures(f"({count} more characters are not shown here; reply.text has them)")
    return f'<p dir="{voice.direction}"><small>{said}</small></p>'


def thoughts(reply: Reply, choice: Choice, voice: Voice = ENGLISH) -> str:
    """What the model thought before an answer, folded, with its tokens and seconds where they are known.

    Nothing where the person does not want to see it.
    """
    if not choice.reasoning or reply.hide_reasoning:
        return ""
    count = reply.usage.reasoning_tokens if len(reply.choices) < 2 else None
    said = [f"{count:,} tokens" if count else "", f"{reply.thought:.1f} s" if reply.thought else ""]
    summary = " · ".join(["reasoning", *filter(None, said)])
    return _folded(summary, Markdown().render(clean(choice.reasoning[:MOST_SHOWN])), "details", voice)


def live_reasoning(text: str, seconds: float, voice: Voice = ENGLISH) -> str:
    """The last of what the model has thought so far, unfolded."""
    summary = f"reasoning · {seconds:.0f} s · {len(text):,} characters"
    return _folded(summary, Markdown().render(_last(text)), 'details open=""', voice)


def _folded(summary: str, html: str, tag: str, voice: Voice) -> str:
    said, style = voice.figures(summary), _THOUGHTS.format(side=side_of(voice.direction))
    return (
        f'<{tag} style="margin-bottom:0.6em"><summary dir="{voice.direction}" style="{_SUMMARY}">{said}</summary>'
        f'<div dir="ltr" style="{style};text-align:start;overflow-wrap:break-word">{html}</div></details>'
    )


def _last(text: str) -> str:
    """The end of ``text``, from where a paragraph, a line or a word begins."""
    if len(text) <= LIVE_REASONING:
        return text
    for mark in ("\n\n", "\n", " "):
        start = text.find(mark, len(text) - LIVE_REASONING)
        if 0 <= start < len(text) - LIVE_REASONING // 4:
            return text[start + len(mark) :]
    return text[-LIVE_REASONING:]
