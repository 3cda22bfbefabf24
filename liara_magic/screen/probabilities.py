"""How likely each token of a reply was (``--logprobs``): shaded text for a page, a table for everything else."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import Any

from ..protocol.foreign_text import clean
from .formulas import inert
from .voice import ENGLISH, Voice

#: Tokens that are shaded, and rows of the table; more of them make a page heavy and say less.
MOST_SHADED, MOST_ROWS = 2000, 200
# One hue in steps of strength, so that no colour has to be told from another: orange, which reads on light and dark.
_SHADES = ((0.9, 0.0), (0.7, 0.15), (0.5, 0.3), (0.25, 0.45), (0.0, 0.65))
_BYTES_OF_A_CHARACTER = 4


@dataclass(frozen=True)
class ReplyToken:
    """A token with its probability from 0 to 1, if it is known, and what else could have stood there."""

    text: str
    probability: float | None
    alternatives: tuple[tuple[str, float | None], ...] = ()


#: Entries that are read: enough for all that is shown. Of the others only the number is told.
_MOST_READ = 4 * MOST_SHADED
_UNREAD = ReplyToken("", None)


def reply_tokens(entries: list[dict[str, Any]]) -> list[ReplyToken]:
    """The API's ``logprobs`` entries, read.

    Models cut letters beyond ASCII into several tokens; those are put together to the characters that they mean.
    """
    found: list[ReplyToken] = []
    for group in _characters(entries[:_MOST_READ]):
        values = [entry.get("logprob") for entry in group]
        alternatives = _alternatives(group[0]) if len(group) == 1 else ()
        known = [value for value in values if _is_logprob(value)]
        total = _probability(sum(known)) if len(known) == len(values) else None
        found.append(ReplyToken(_text(group), total, alternatives))
    return found + [_UNREAD] * (len(entries) - _MOST_READ)


def shaded(tokens: list[ReplyToken], voice: Voice = ENGLISH) -> str:
    """The HTML of ``tokens``: the less likely one was, the stronger its shade; its figures show on hover."""
    if not tokens:
        return ""
    words = "".join(_shaded(token) for token in tokens[:MOST_SHADED])
    left = len(tokens) - MOST_SHADED
    more = f"<div>{voice.figures(f'and {left:,} more tokens')}</div>" if left > 0 else ""
    scale = "".join(f'<span style="background:{_colour(at)}"> {voice.label(f"{at:.0%}")} </span>' for at, _ in _SHADES)
    said = voice.figures("token probabilities, at least:")
    return (
        f'<details open="" dir="{voice.direction}"><summary>{said} {scale}</summary>'
        f'<div dir="auto" style="white-space:pre-wrap">{words}</div>{more}</details>'
    )


def probability_table(tokens: list[ReplyToken], name: str) -> str:
    """Markdown that says the same; ``name`` is where the rest can be found in Python."""
    if not tokens:
        return ""
    rows = [f"| {_cell(token)} | {' · '.join(map(_cell_of, token.alternatives))} |" for token in tokens[:MOST_ROWS]]
    left = len(tokens) - len(rows)
    more = f"\n\nand {left:,} more tokens in `{name}`" if left > 0 else ""
    return "| token | alternatives |\n| --- | --- |\n" + "\n".join(rows) + more


def _characters(entries: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """The entries in groups whose bytes are whole characters."""
    group: list[dict[str, Any]] = []
    for entry in entries:
        group.append(entry)
        if _decoded(group) is not None or len(group) >= _BYTES_OF_A_CHARACTER:
            yield group
            group = []
    if group:
        yield group


def _decoded(group: list[dict[str, Any]]) -> str | None:
    """The characters that a group's bytes mean; the token's text where there are no bytes; none if they are a part."""
    codes = [code for entry in group for code in _bytes(entry)]
    if not codes:
        return "".join(str(entry.get("token", "")) for entry in group)
    try:
        return bytes(codes).decode()
    except UnicodeDecodeError:
        return None


def _bytes(entry: dict[str, Any]) -> list[int]:
    codes = entry.get("bytes")
    valid = isinstance(codes, list) and all(type(code) is int and 0 <= code < 256 for code in codes)
    return codes if valid and codes is not None else []


def _text(group: list[dict[str, Any]]) -> str:
    decoded = _decoded(group)
    return clean("".join(str(entry.get("token", "")) for entry in group) if decoded is None else decoded)


def _alternatives(entry: dict[str, Any]) -> tuple[tuple[str, float | None], ...]:
    others = entry.get("top_logprobs")
    records = [other for other in others if isinstance(other, dict)] if isinstance(others, list) else []
    return tuple((_text([other]), _probability(other.get("logprob"))) for other in records)


def _is_logprob(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and value <= 0


def _probability(logprob: Any) -> float | None:
    return math.exp(max(logprob, -1000)) if _is_logprob(logprob) else None


def _shaded(token: ReplyToken) -> str:
    others = [f"{_visible(text)} {_percent(value)}".strip() for text, value in token.alternatives]
    title = "\n".join([_percent(token.probability) or "unknown", *others])
    style = "" if token.probability is None else f' style="background:{_colour(token.probability)}"'
    return f'<span title="{escape(title, quote=True)}"{style}>{inert(token.text)}</span>'


def _colour(probability: float) -> str:
    return f"rgba(230,159,0,{next(strength for least, strength in _SHADES if probability >= least)})"


def _percent(probability: float | None) -> str:
    return "" if probability is None else f"{probability:.0%}"


def _visible(text: str) -> str:
    return text.replace("\n", "⏎") or "∅"


def _cell(token: ReplyToken) -> str:
    return _cell_of((token.text, token.probability))


def _cell_of(pair: tuple[str, float | None]) -> str:
    text = pair[0].replace("`", "'").replace("|", "\\|").replace("\n", "⏎") or " "
    return f"`{text}` {_percent(pair[1])}".rstrip()
