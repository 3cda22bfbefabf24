"""A small chart of bars, one under the other: as SVG for a page, as text for a terminal."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass

from ..protocol.foreign_text import clean
from .figures import in_digits, without_isolates
from .voice import ENGLISH, Voice
from .wrapping import columns

_EIGHTHS = "▏▎▍▌▋▊▉█"
_TEXT_WIDTH = 24  # of the longest bar, in characters
_LONGEST_LABEL = 30
# In the SVG's own units, which are pixels where the page is wide enough.
_ROW, _BAR, _LABELS, _BARS, _WIDTH = 24, 14, 210, 240, 560
#: Colours of the theme; where there is none, ones that are readable on light and dark.
_INK = "var(--jp-ui-font-color1,var(--vscode-foreground,currentColor))"
#: Of a bar's name and of what is said of it. From the right, the end of the one and the beginning of the other stand
#: where they are put.
_STYLES = {
    "ltr": ("unicode-bidi:isolate", "unicode-bidi:isolate"),
    "rtl": ("unicode-bidi:isolate;text-anchor:end", "unicode-bidi:isolate;direction:rtl"),
}
_FILL = "var(--jp-brand-color1,var(--vscode-charts-blue,#4a90d9))"


@dataclass(frozen=True)
class Bar:
    """A bar: its ``label``, which may come from elsewhere, its length as a ``value``, and what is ``said`` of it."""

    label: str
    value: float
    said: str


def bars_text(bars: Sequence[Bar], digits: str = "latin") -> str:
    """The chart as lines of text, as long as the longest label and 24 blocks."""
    most = max((bar.value for bar in bars), default=0.0)
    labels = [_short(bar.label) for bar in bars]
    width = max(map(columns, labels), default=0)
    lines = []
    for bar, label in zip(bars, labels, strict=True):
        said = in_digits(without_isolates(bar.said), digits)
        lines.append(f"{label}{' ' * (width - columns(label))}  {_blocks(bar.value, most)} {said}")
    return "\n".join(lines)


def bars_svg(title: str, bars: Sequence[Bar], voice: Voice = ENGLISH) -> str:
    """The chart as an SVG image in HTML: no script, no address, no id.

    What is said of each bar stands beside it, and all of it in the description, for those who do not see it.
    """
    most = max((bar.value for bar in bars), default=0.0)
    height = _ROW * len(bars) + 4
    words = "; ".join(f"{_name(bar, voice)}: {_said(bar, voice)}" for bar in bars)
    rows = "".join(_row(place, bar, most, voice) for place, bar in enumerate(bars))
    return (
        f'<svg role="img" direction="ltr" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}" '
        f'style="max-width:100%;height:auto;font-size:12px" fill="{_INK}">'
        f"<title>{_escaped(voice.label(title))}</title><desc>{_escaped(words)}</desc>{rows}</svg>"
    )


def _row(place: int, bar: Bar, most: float, voice: Voice) -> str:
    top = place * _ROW + 4
    length = max(1.0, _BARS * bar.value / most) if most and bar.value else 0.0
    base = top + _BAR - 3
    name_at, bar_at, said_at = 0.0, float(_LABELS), _LABELS + length + 6
    if voice.direction == "rtl":
        name_at, bar_at, said_at = _WIDTH, _WIDTH - _LABELS - length, _WIDTH - said_at
    name_style, said_style = _STYLES[voice.direction]
    return (
        f'<text x="{name_at:g}" y="{base}" style="{name_style}">{_escaped(_name(bar, voice))}</text>'
        f'<rect x="{bar_at:.1f}" y="{top}" width="{length:.1f}" height="{_BAR}" rx="2" fill="{_FILL}"></rect>'
        f'<text x="{said_at:.1f}" y="{base}" style="{said_style}">{_escaped(_said(bar, voice))}</text>'
    )


def _name(bar: Bar, voice: Voice) -> str:
    """A bar's label; a date has the digits of the voice, a name is nobody's to change."""
    label = _short(bar.label)
    return label if any(map(str.isalpha, label)) else voice.label(label)


def _said(bar: Bar, voice: Voice) -> str:
    return voice.label(without_isolates(bar.said))


def _blocks(value: float, most: float) -> str:
    """A bar in eighths of a character; whatever is not nothing is seen."""
    eighths = max(1, round(_TEXT_WIDTH * 8 * value / most)) if most and value else 0
    whole, rest = divmod(eighths, 8)
    return _EIGHTHS[-1] * whole + (_EIGHTHS[rest - 1] if rest else "")


def _short(label: str) -> str:
    """A label on one line, cut where it is too long for the chart."""
    words = " ".join(clean(label).split()).replace("`", "'")
    return words if len(words) <= _LONGEST_LABEL else words[: _LONGEST_LABEL - 1] + "…"


def _escaped(text: str) -> str:
    """Text of an SVG element; the marks of formulas are entities, which a typesetter reads too, so they go."""
    return html.escape(clean(text)).replace("$", "＄").replace("\\", "＼")
