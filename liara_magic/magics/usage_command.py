"""``/usage``: what was used, as a table with a small chart."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import partial

from ..protocol.errors import LiaraUsageError, nearest
from ..protocol.usage import Totals
from ..screen.chart import Bar, bars_svg, bars_text
from ..screen.figures import TOMAN, in_digits, number, toman
from ..screen.markdown import Markdown, plain
from ..screen.page import CLOSE, OPEN
from ..screen.voice import Voice
from ..session.ledger import LedgerRow
from ..session.limits import day_of
from ..session.session import Session
from ..session.usage import GROUPS, Periods, Usages
from .registry import Shown, code, command, table

#: The longest list of requests, and the most bars of a chart.
LONGEST_LIST, MOST_BARS = 30, 31
_BY = re.compile(r"(?:by\s+)?(.+)", re.IGNORECASE | re.DOTALL)


@command("/usage [by model|chat|day]", "What was used: here, today and this month, as a table and a chart.")
def _usage(session: Session, rest: str) -> Shown:
    usages, digits = Usages(session.ledger), session.settings.digits
    group = _group(rest)
    periods = usages.periods()
    if not periods.kernel.requests and not periods.month.requests:
        return Shown("Nothing was used yet.")
    found = usages.by(group or "model")
    tables = [_grouped(group, found)] if group else [*_requests(usages.own), _periods(periods)]
    tables.append(_notes(usages.play(), periods))
    shown = in_digits("\n\n".join(filter(None, tables)), digits)
    bars = _bars(found, digits if group == "day" else "latin")
    if not bars:
        return Shown(shown)
    title = f"Toman by {group or 'model'}, this month"
    text = f"{shown}\n\n```text\n{title}\n{bars_text(bars, digits)}\n```"
    return Shown(text, partial(_page, shown, title, bars))


def _page(shown: str, title: str, bars: list[Bar], voice: Voice) -> str:
    """The tables, and below them the bars as an image."""
    chart = bars_svg(title, bars, voice)
    tables = f"{OPEN}{Markdown().render(voice.markdown(shown))}{CLOSE}"
    return f'{tables}<div dir="{voice.direction}" style="margin-top:0.6em">{chart}</div>'


def _group(rest: str) -> str:
    """By what to put together; empty for a list of requests."""
    if not rest:
        return ""
    found = _BY.fullmatch(rest)
    name = found[1].lower().removesuffix("s") if found else rest
    if name not in GROUPS:
        raise LiaraUsageError(
            f"Usage cannot be put together by {name:.40}.", hint=nearest(name, GROUPS) or "By model, chat or day."
        )
    return name


def _requests(rows: list[LedgerRow]) -> Iterable[str]:
    """The kernel's requests, the last of them if they are many."""
    if not rows:
        return
    left_out = len(rows) - LONGEST_LIST
    head = ("time", "cell", "model", "tokens sent", "received", TOMAN, "dollars", "took", "state")
    yield table(head, [_request(row) for row in rows[-LONGEST_LIST:]], numbers=head[3:8])
    if left_out > 0:
        yield f"{left_out} earlier requests are in the sums alone."


def _request(row: LedgerRow) -> tuple[str, ...]:
    usage, today = row.usage, datetime.now().date()
    cost = "unknown" if row.cost_is_unknown else ("≈ " * usage.is_estimate) + number(usage.total_cost_toman or 0)
    return (
        f"{row.started:{'%H:%M:%S' if day_of(row) == today else '%Y-%m-%d %H:%M'}}",
        f"[{row.cell}]" if row.cell else "",
        code(row.model),
        _count(usage.prompt_tokens),
        _count(usage.completion_tokens),
        cost,
        "" if usage.cost is None else f"{usage.cost:.6f}",
        f"{row.seconds:.1f} s",
        row.state,
    )


def _periods(periods: Periods) -> str:
    head = ("", "requests", "tokens sent", "received", TOMAN)
    named = (("this kernel", periods.kernel), ("today", periods.today), ("this month", periods.month))
    rows = [
        (name, f"{one.requests:,}", f"{one.prompt_tokens:,}", f"{one.completion_tokens:,}", _toman(one))
        for name, one in named
    ]
    return table(head, rows, numbers=head[1:])


def _grouped(group: str, found: Mapping[str, Periods]) -> str:
    head = (group, "requests", "tokens sent", "received", "this kernel", "today", "this month")
    rows = [
        (
            code(name) if group == "model" else plain(name),
            f"{one.month.requests:,}",
            f"{one.month.prompt_tokens:,}",
            f"{one.month.completion_tokens:,}",
            *(_toman(period) for period in (one.kernel, one.today, one.month)),
        )
        for name, one in found.items()
    ]
    return table(head, rows, numbers=head[1:])


def _notes(play: float, periods: Periods) -> str:
    said = ["Costs are toman by the gateway's list price; other notebooks count as far as their logs say."]
    if play:
        said.append(f"{toman(play)} of this month's are the sandbox's, which nobody pays.")
    if periods.month.unknown:
        said.append("Unknown: the gateway did not say what a request cost.")
    return " ".join(said)


def _bars(found: Mapping[str, Periods], digits: str) -> list[Bar]:
    """The month's toman of what costs something, under names in ``digits``."""
    bars = (Bar(in_digits(name, digits), one.month.toman, _toman(one.month)) for name, one in found.items())
    return [bar for bar in bars if bar.value][:MOST_BARS]


def _toman(totals: Totals) -> str:
    return number(totals.toman) + (f" + {totals.unknown} unknown" if totals.unknown else "")


def _count(tokens: int | None) -> str:
    return "unknown" if tokens is None else f"{tokens:,}"
