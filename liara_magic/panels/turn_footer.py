"""The usage line of a turn in the panel's language."""

from __future__ import annotations

from ..protocol.foreign_text import clean
from ..protocol.reply import Reply
from ..protocol.usage import Totals
from ..screen.figures import in_digits, toman
from ..screen.footer import details, footer_html
from ..screen.formulas import inert
from ..screen.voice import isolated
from .texts import Texts


def turn_footer(reply: Reply, totals: Totals, reason: str, charged: bool, texts: Texts) -> str:
    """The line with its details folded behind it; in English it is the one of cells."""
    digits = texts.digits
    if not texts.is_mirrored:
        return footer_html(reply, totals, reason, charged, digits)
    usage, between = reply.usage, texts.voice.between
    parts = [texts("seconds", f"{reply.seconds:.1f}")]
    if not charged:
        parts.append(texts("nothing_charged"))
    else:
        sides = ["?" if count is None else f"{count:,}" for count in (usage.prompt_tokens, usage.completion_tokens)]
        parts.append(texts("sent_and_received", *sides))
        known = usage.total_cost_toman
        parts.append(texts("cost_unknown") if known is None else ("≈ " if usage.is_estimate else "") + toman(known))
    if reply.replayed:
        parts.append(texts("replayed", f"{reply.replayed.date:%Y-%m-%d %H:%M}"))
    parts.append(texts("turns", totals.requests, toman(totals.toman)))
    ours = isolated(in_digits(between.join(parts), digits), "rtl")
    line = f'{"✗" if reason else "✓"} <bdi dir="ltr">{inert(clean(reply.model))}</bdi>{between}{ours}'
    more = "".join(
        f"<div><bdi>{texts.voice.sentence(name)}</bdi>: {texts.voice.sentence(value)}</div>"
        for name, value in details(reply, digits)
    )
    return f'<details dir="rtl" class="liara-usage"><summary>{line}</summary><div>{more}</div></details>'
