"""The usage line under a reply: numbers, toman, directions."""

from __future__ import annotations

import math

from ..protocol.foreign_text import clean
from ..protocol.reply import Reply
from ..protocol.usage import Totals, Usage
from .formulas import inert

TOMAN = "تومان"
# Marks that keep a piece of text from reordering its neighbours: a Persian word would pull the numbers after it along.
_ISOLATE, _END_ISOLATE = "\u2066", "\u2069"
_STYLE = (
    "margin-top:0.4em;padding-top:0.2em;border-top:1px solid rgba(128,128,128,0.25);font-size:0.85em;"
    "color:var(--jp-ui-font-color2,#6b6b6b);text-align:left"
)

_NOTICE_STYLE = (
    "margin-top:0.4em;padding-left:0.6em;border-left:3px solid var(--jp-warn-color1,#d97706);text-align:left"
)


def footer(reply: Reply, totals: Totals, reason: str = "", charged: bool = True) -> str:
    """The line as plain text; ``reason`` says why a reply ended early, ``charged`` whether it may cost something."""
    parts = [f"{'✗' if reason else '✓'} {clean(reply.model)}", f"{reply.seconds:.1f} s"]
    parts += [_tokens(reply.usage), _cost(reply.usage)] if charged else ["nothing charged"]
    if reason and reply.text:
        parts.append(f"{len(reply.text):,} characters kept")
    parts.append(_conversation(totals))
    return " · ".join(part for part in parts if part)


def footer_html(reply: Reply, totals: Totals, reason: str = "", charged: bool = True) -> str:
    """The line as HTML that needs no stylesheet."""
    line = inert(footer(reply, totals, reason, charged))
    line = line.replace(_ISOLATE, '<bdi dir="ltr">').replace(_END_ISOLATE, "</bdi>")
    return f'<div dir="ltr" style="{_STYLE}">{line}</div>'


def without_isolates(text: str) -> str:
    """``text`` for a terminal, which may show the isolating marks as boxes."""
    return text.replace(_ISOLATE, "").replace(_END_ISOLATE, "")


def notices_html(notices: list[str]) -> str:
    """What the person should know about the reply, a line each."""
    lines = "".join(f"<div>{inert(clean(notice))}</div>" for notice in notices)
    return f'<div dir="ltr" style="{_NOTICE_STYLE}">{lines}</div>' if lines else ""


def status_html(model: str, what: str, seconds: float) -> str:
    """The quiet line that stands until the first word comes."""
    after = f" · {seconds:.0f} s" if seconds >= 1 else ""
    return f'<div dir="ltr" style="{_STYLE}">{inert(clean(model))} · {inert(clean(what))}{after}</div>'


def toman(value: float) -> str:
    """``value`` toman as text that keeps its place in a line of either direction."""
    return f"{_ISOLATE}{number(value)} {TOMAN}{_END_ISOLATE}"


def number(value: float) -> str:
    """``value`` with as many decimals as say something: 1,240 · 42.1 · 0.99 · 0.0082."""
    if value >= 100:
        return f"{value:,.0f}"
    if value >= 10:
        return f"{value:.1f}"
    if value <= 0:
        return "0"
    return f"{value:.{min(max(0, 1 - math.floor(math.log10(value))), 8)}f}"


def _tokens(usage: Usage) -> str:
    if usage.prompt_tokens is None and usage.completion_tokens is None:
        return "tokens unknown"
    sides = ("?" if count is None else f"{count:,}" for count in (usage.prompt_tokens, usage.completion_tokens))
    return " → ".join(sides) + " tokens"


def _cost(usage: Usage) -> str:
    if usage.total_cost_toman is not None:
        return ("≈ " if usage.is_estimate else "") + toman(usage.total_cost_toman)
    return "cost unknown"


def _conversation(totals: Totals) -> str:
    turns = f"conversation {totals.requests} turn{'' if totals.requests == 1 else 's'}"
    unknown = f" + {totals.unknown} unknown" if totals.unknown else ""
    return f"{turns}, {toman(totals.toman)}{unknown}"
