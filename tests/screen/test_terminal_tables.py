"""Tables in a terminal: aligned, wrapped in their cells, or a list of values where there is no room."""

import pytest
from ansi import seen, style_of, widest
from wcwidth import wcswidth

from liara_magic.screen.terminal_blocks import render

PRICES = """| item | price | note |
|:-----|------:|:----:|
| apple | 1,200 | a |
| 苹果 | 12 | `sweet` |
| می\u200cخواهم | | x |
"""
LONG = """| name | description | where |
|---|---|---|
| alpha | a long text that has to be wrapped in its cell, since the terminal is narrow | https://a.example/some/path |
| beta | short | |
"""


def plain(source, width=60):
    return seen(render(source, width, True))


def test_columns_are_aligned():
    assert plain(PRICES) == (
        "item    │ price │ note\n"
        "────────┼───────┼──────\n"
        "apple   │ 1,200 │   a\n"
        "苹果    │    12 │ sweet\n"
        "می\u200cخواهم │       │   x"
    )


def test_bars_stand_below_each_other():
    lines = [line.replace("┼", "│").replace("─│─", " │ ") for line in plain(PRICES).split("\n")]
    places = {tuple(wcswidth(part) for part in line.split(" │ ")[:-1]) for line in lines}
    assert len(places) == 1


def test_the_head_is_bold():
    assert style_of(render(PRICES, 60, True), "price") == {"1"}


def test_cells_are_wrapped_and_rows_then_parted():
    text = plain(LONG, 70)
    assert widest(text) <= 70
    assert text.count("\n─") == 2
    assert "https://a.example/some/path" in text
    assert "alpha │ a long text that" in text


def test_a_table_as_wide_as_the_terminal_stays_whole():
    wide = plain(LONG, 140)
    assert len(wide.split("\n")) == 4
    assert widest(wide) > 100


def test_where_there_is_no_room_each_row_is_a_list():
    assert plain(LONG, 40) == (
        "name: alpha\n"
        "description: a long text that has to\n"
        "  be wrapped in its cell, since the\n"
        "  terminal is narrow\n"
        "where: https://a.example/some/path\n"
        "\n"
        "name: beta\n"
        "description: short\n"
        "where:"
    )


@pytest.mark.parametrize("width", range(20, 90, 3))
@pytest.mark.parametrize("source", [PRICES, LONG, "|a|\n|-|", "|" + "word |" * 12 + "\n|" + "-|" * 12])
def test_no_line_is_wider_than_the_terminal(source, width):
    assert widest(render(source, width, True)) <= width


def test_empty_cells_leave_no_space_at_the_end():
    assert plain("| a | b |\n|--|--:|\n| | |\n| 1 | |") == "a │ b\n──┼──\n  │\n1 │"


def test_a_table_with_a_head_alone():
    assert plain("| a | b |\n|---|---|") == "a │ b\n──┼──"


def test_a_table_in_a_list_and_a_quote():
    assert plain("- a\n\n  | b |\n  |---|\n  | c |") == "• a\n\n  b\n  ─\n  c"
    assert plain("> | b |\n> |---|\n> | c |") == "│ b\n│ ─\n│ c"
