"""Bars: as long as their values, readable without colour, and with nothing in them that a label brought along."""

import re

import html5lib
import pytest

from liara_magic.screen.chart import Bar, bars_svg, bars_text
from liara_magic.screen.voice import Voice

BARS = [Bar("openai/gpt-5", 80.0, "80.0"), Bar("test/model", 20.0, "20.0"), Bar("free", 0.0, "0 + 1 unknown")]
ALLOWED = {
    "svg": {"role", "direction", "viewBox", "width", "height", "style", "fill"},
    "title": set(),
    "desc": set(),
    "text": {"x", "y", "style"},
    "rect": {"x", "y", "width", "height", "rx", "fill"},
}
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</svg><b>",
    "&lt;b&gt;",
    "a\u202eb",
    "$x$",
    "\\(x\\)",
    "`x`",
    "\x1b[31m",
]


def elements(svg):
    """Every element of the page, by an HTML5 parser."""
    root = html5lib.parseFragment(svg, namespaceHTMLElements=False)
    return [element for element in root.iter() if element is not root and isinstance(element.tag, str)]


def name(element):
    return element.tag.rpartition("}")[2]


def test_a_bar_is_as_long_as_its_value():
    widths = [float(width) for width in re.findall(r'<rect [^>]*width="([\d.]+)"', bars_svg("t", BARS))]
    assert widths[0] == 4 * widths[1] and widths[2] == 0
    lines = bars_text(BARS).splitlines()
    assert [line.count("█") for line in lines] == [24, 6, 0]
    assert [line.index(bar.said) > 0 for line, bar in zip(lines, BARS, strict=True)] == [True] * 3


def test_what_is_next_to_nothing_is_still_seen():
    bars = [Bar("a", 1e6, "x"), Bar("b", 1e-6, "y")]
    assert "▏" in bars_text(bars).splitlines()[1]
    assert re.findall(r'width="([\d.]+)" height="14"', bars_svg("t", bars))[1] == "1.0"


@pytest.mark.parametrize("bars", [[], [Bar("a", 0.0, "0")]], ids=["none", "nothing"])
def test_nothing_to_draw_is_no_fault(bars):
    assert bars_svg("t", bars).startswith("<svg")
    assert bars_text(bars) == "\n".join(f"{bar.label}   {bar.said}" for bar in bars)


def test_who_does_not_see_it_is_told():
    shown = elements(bars_svg("Toman by model", BARS))
    assert shown[0].attrib["role"] == "img"
    told = {name(element): element.text for element in shown}
    assert told["title"] == "Toman by model"
    assert told["desc"] == "openai/gpt-5: 80.0; test/model: 20.0; free: 0 + 1 unknown"


@pytest.mark.parametrize("label", HOSTILE)
def test_a_label_brings_nothing_along(label):
    svg = bars_svg(label, [Bar(label, 1.0, label)])
    for element in elements(svg):
        assert set(element.attrib) <= ALLOWED[name(element)]
    assert len(elements(svg)) == 6
    assert not set("\u202e\x1b$\\") & set(svg)
    assert "`" not in bars_text([Bar(label, 1.0, "1")])


def test_colours_come_from_the_theme_and_have_a_substitute():
    svg = bars_svg("t", BARS)
    assert set(re.findall(r'fill="([^"]*)"', svg)) == {
        "var(--jp-ui-font-color1,var(--vscode-foreground,currentColor))",
        "var(--jp-brand-color1,var(--vscode-charts-blue,#4a90d9))",
    }


def test_persian_names_and_digits():
    bars = [Bar("گفتگوی نخست", 12.5, "12.5"), Bar("main", 2.0, "2.0")]
    svg = bars_svg("t", bars, Voice("persian"))
    assert ">۱۲٫۵</text>" in svg and ">گفتگوی نخست</text>" in svg
    assert 'direction="ltr"' in svg and svg.count("unicode-bidi:isolate") == 4
    assert "۱۲٫۵" in bars_text(bars, "persian")


def test_a_long_name_is_cut():
    assert "x" * 29 + "…</text>" in bars_svg("t", [Bar("x" * 200, 1.0, "1")])
    assert len(bars_text([Bar("x" * 200, 1.0, "1")])) < 70
