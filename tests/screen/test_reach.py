"""What scrolls sideways can be reached by the keyboard; what never does has no bytes for it."""

import pytest

from liara_magic.screen.code import code_block
from liara_magic.screen.markdown import Markdown

REACHED = ' tabindex="0"'


@pytest.mark.parametrize(
    ("code", "can_be_wide"), [("x = 1", False), ("x" * 30, False), ("x" * 31, True), ("x\n" + "y" * 40 + "\nz", True)]
)
def test_code_with_a_long_line_is_reached(code, can_be_wide):
    assert (REACHED in code_block(code, "python")) == can_be_wide
    assert REACHED not in code_block(code, "python", coloured=False)


@pytest.mark.parametrize(
    ("rows", "can_be_wide"),
    [
        (("a | b", "--- | ---", "1 | 2"), False),
        (("a | b", "--- | ---", "words that are wrapped where they have no room | 2"), False),
        (("a | b", "--- | ---", "a_name_that_is_no_longer | 2", "1 | wrapped"), True),  # widest in different rows
        ((" | ".join("abcdefghijk"), " | ".join(["---"] * 11), " | ".join("abcdefghijk")), True),
        (("نام | فروش", "--- | ---", "تهران | ۳۱"), False),
    ],
)
def test_a_table_that_may_be_wide_is_reached(rows, can_be_wide):
    source = "".join(f"| {row} |\n" for row in rows)
    assert (REACHED in Markdown().render(source)) == can_be_wide
    assert not any(REACHED in block.html(growing=True) for block in Markdown().blocks(source))


@pytest.mark.parametrize(
    ("tex", "can_be_wide"), [("e = mc^2", False), ("\\\\frac{1}{n} \\\\sum x_i + " * 4 + "1", True)]
)
def test_a_long_formula_is_reached(tex, can_be_wide):
    source = f"$$\n{tex}\n$$\n"
    assert (REACHED in Markdown().render(source)) == can_be_wide
    assert not any(REACHED in block.html(growing=True) for block in Markdown().blocks(source))


def test_the_second_table_is_measured_by_itself():
    wide = "| " + " | ".join("abcdefghijk") + " |\n" + "| --- " * 11 + "|\n"
    html = Markdown().render("| a |\n| --- |\n\n" + wide + "\n| a |\n| --- |\n")
    assert [REACHED in box for box in html.split("<table>")[:3]] == [False, True, False]
