"""The usage line under a reply with its details, and the lines around a reply that are our own."""

from __future__ import annotations

from ..protocol.foreign_text import clean
from ..protocol.reply import Reply
from ..protocol.usage import Totals, Usage
from .figures import in_digits, number, toman
from .formulas import inert
from .voice import ENGLISH, Voice, isolated, side_of

_QUIET = "font-size:0.85em;color:var(--jp-ui-font-color2,#6b6b6b);text-align:left"
_STYLE = f"margin-top:0.4em;padding-top:0.2em;border-top:1px solid rgba(128,128,128,0.25);{_QUIET}"
_NOTICE_STYLE = (
    "margin-top:0.4em;padding-{side}:0.6em;border-{side}:3px solid var(--jp-warn-color1,#d97706);text-align:{side}"
)


def footer(reply: Reply, totals: Totals, reason: str = "", charged: bool = True, digits: str = "latin") -> str:
    """The line as plain text; ``reason`` says why a reply ended early, ``charged`` whether it may cost something."""
    parts = spent(reply, charged)
    if reply.replayed:
        parts.append(f"replayed from {reply.replayed.date:%Y-%m-%d %H:%M}")
    if reason and reply.text:
        parts.append(f"{len(reply.text):,} characters kept")
    parts.append(_conversation(totals))
    ours = in_digits(" · ".join(part for part in parts if part), digits)
    return " · ".join(part for part in (f"{'✗' if reason else '✓'} {clean(reply.model)}".strip(), ours))


def spent(reply: Reply, charged: bool = True) -> list[str]:
    """What the reply took: seconds, tokens, cost."""
    return [f"{reply.seconds:.1f} s", *([_tokens(reply.usage), _cost(reply)] if charged else ["nothing charged"])]


def footer_html(reply: Reply, totals: Totals, reason: str = "", charged: bool = True, digits: str = "latin") -> str:
    """The line with its details folded behind it, as HTML that needs no stylesheet.

    They are unfolded where the person wants to see them.
    """
    line = isolated(footer(reply, totals, reason, charged, digits))
    is_open = ' open=""' if reply.verbose else ""
    more = "<br>".join(f"{inert(in_digits(name, digits))}: {isolated(value)}" for name, value in details(reply, digits))
    return (
        f'<details{is_open} dir="ltr" style="{_STYLE}"><summary>{line}</summary>'
        f'<div style="padding-left:1em">{more}</div></details>'
    )


def details(reply: Reply, digits: str = "latin") -> list[tuple[str, str]]:
    """What the line rounds or leaves out: names and values, of which the server's are as it sent them."""
    usage = reply.usage
    ours = [
        ("tokens sent", _count(usage.prompt_tokens, usage.cached_tokens, "from the cache")),
        ("tokens received", _count(usage.completion_tokens, usage.reasoning_tokens, "for reasoning")),
        ("cost", _exact_cost(usage)),
        ("cost when it was asked", _exact_cost(reply.replayed.usage) if reply.replayed else ""),
        ("asked", f"{reply.started:%Y-%m-%d %H:%M:%S}" if reply.started else ""),
        ("first word after", "" if reply.first_word is None else f"{reply.first_word:.2f} s"),
        *((clean(name), clean(value)) for name, value in reply.details),
    ]
    theirs = [
        ("ended with", ", ".join(choice.finish_reason for choice in reply.choices if choice.finish_reason)),
        *((name.replace("_", " "), reply.raw.get(name)) for name in ("provider", "service_tier", "system_fingerprint")),
        ("id", reply.id),
    ]
    said = [(name, in_digits(value, digits)) for name, value in ours if value]
    return said + [(name, clean(value)[:200]) for name, value in theirs if isinstance(value, str) and value]


def notices_html(notices: list[str], voice: Voice = ENGLISH) -> str:
    """What the person should know about the reply, a line each."""
    lines = "".join(f"<div>{voice.sentence(notice, 'A notice about this reply:')}</div>" for notice in notices)
    style = _NOTICE_STYLE.format(side=side_of(voice.direction))
    return f'<div dir="{voice.direction}" style="{style}">{lines}</div>' if lines else ""


def status_html(model: str, what: str, seconds: float) -> str:
    """The quiet line that stands until the first word comes."""
    after = f" · {seconds:.0f} s" if seconds >= 1 else ""
    return f'<div dir="ltr" style="{_STYLE}">{inert(clean(model))} · {inert(clean(what))}{after}</div>'


def so_far_html(estimate: Usage, digits: str = "latin", model: str = "") -> str:
    """The line with a reply that is still coming: about how many tokens, and toman where the price is known.

    Under it, it stands in every paint, so it is short; with its ``model`` it takes the place of the status line and is
    as high. Empty while there is nothing to say.
    """
    if not estimate.completion_tokens:
        return ""
    cost = "" if estimate.total_cost_toman is None else f" · ≈ {toman(estimate.total_cost_toman)}"
    line = in_digits(f"≈ {estimate.completion_tokens:,} tokens{cost} so far", digits)
    if model:
        return f'<div dir="ltr" style="{_STYLE}">{inert(clean(model))} · {isolated(line)}</div>'
    return f'<div dir="ltr" style="font-size:0.85em;opacity:0.7">{isolated(line)}</div>'


def _tokens(usage: Usage) -> str:
    if usage.prompt_tokens is None and usage.completion_tokens is None:
        return "tokens unknown"
    sides = ("?" if count is None else f"{count:,}" for count in (usage.prompt_tokens, usage.completion_tokens))
    return " → ".join(sides) + " tokens"


def _cost(reply: Reply) -> str:
    usage, so_far = reply.usage, reply.estimate.total_cost_toman
    if usage.total_cost_toman is not None:
        return ("≈ " if usage.is_estimate else "") + toman(usage.total_cost_toman)
    return "cost unknown" + (f", about {toman(so_far)} by what came" if so_far else "")


def _count(tokens: int | None, part: int | None, where: str) -> str:
    if tokens is None:
        return "unknown"
    return f"{tokens:,}" + (f", {part:,} of them {where}" if part else "")


def _exact_cost(usage: Usage) -> str:
    if usage.total_cost_toman is None:
        toman_said = "unknown: the gateway did not say"
    elif usage.is_estimate:
        toman_said = f"≈ {_plain(usage.total_cost_toman)} toman, from the dollars at the rate of an earlier reply"
    else:
        toman_said = f"{_plain(usage.total_cost_toman)} toman, the gateway's list price"
    return toman_said + (f"; {_plain(usage.cost)} dollars" if usage.cost is not None else "")


def _plain(value: float) -> str:
    """A figure as exact as it came, without an exponent."""
    return f"{value:,.8f}".rstrip("0").rstrip(".")


def _conversation(totals: Totals) -> str:
    turns = f"conversation {totals.turns} turn{'' if totals.turns == 1 else 's'}"
    unknown = f" + {totals.unknown} unknown" if totals.unknown else ""
    budget = "" if totals.budget is None else f" · budget {number(totals.budget_used)} of {toman(totals.budget)}"
    return f"{turns}, {toman(totals.toman)}{unknown}{budget}"
