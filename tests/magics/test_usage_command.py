"""``/usage`` as a person sees it."""

import pytest

from liara_magic import LiaraUsageError
from liara_magic.magics.commands import run_command
from liara_magic.protocol.usage import Usage
from liara_magic.screen.voice import ENGLISH, Voice
from liara_magic.session.ledger import LedgerRow


def cells(text):
    """The cells of each table's rows, without separators."""
    lines = [line for line in text.splitlines() if line.startswith("|") and "---" not in line]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


@pytest.fixture
def used(kernel):
    """A kernel that has used two models."""
    for model, toman in (("openai/gpt-5", 40.0), ("test/model", 10.0), ("test/model", None)):
        row = kernel.ledger.open(model)
        row.chat, row.cell = "main", 3
        row.settle(Usage(prompt_tokens=1200, completion_tokens=5, total_cost_toman=toman, cost=0.0004), 1.5, "complete")
    return kernel.session


def test_a_table_of_requests_and_of_periods(used):
    shown = run_command(used, "/usage")
    rows = cells(shown.markdown)
    assert rows[1][1:] == ["[3]", "`openai/gpt-5`", "1,200", "5", "40.0", "0.000400", "1.5 s", "complete"]
    assert rows[3][5] == "unknown"
    assert [row[0] for row in rows[5:]] == ["this kernel", "today", "this month"]
    assert rows[5][1:] == ["3", "3,600", "15", "50.0 + 1 unknown"]


def test_by_model(used):
    shown = run_command(used, "/usage by model")
    assert cells(shown.markdown) == [
        ["model", "requests", "tokens sent", "received", "this kernel", "today", "this month"],
        ["`openai/gpt-5`", "1", "1,200", "5", "40.0", "40.0", "40.0"],
        ["`test/model`", "2", "2,400", "10", "10.0 + 1 unknown", "10.0 + 1 unknown", "10.0 + 1 unknown"],
    ]


@pytest.mark.parametrize(("line", "label"), [("by chat", "main"), ("chat", "main"), ("BY Models", "openai/gpt-5")])
def test_a_chart_stands_under_the_table_as_a_picture_and_as_text(used, line, label):
    shown = run_command(used, f"/usage {line}")
    html = shown.page(ENGLISH)
    assert html.count("<svg") == 1 and f">{label}</text>" in html
    assert "<table" in html and "```" not in html
    assert "█" in shown.markdown and label in shown.markdown.split("```")[1]


def test_by_day(used):
    row = LedgerRow("test/model")
    assert f"{row.started:%Y-%m-%d}" in run_command(used, "/usage by day").markdown


@pytest.mark.parametrize("word", ["by weather", "x y z", "by modle"])
def test_an_unknown_group_is_refused_with_the_right_ones(used, word):
    with pytest.raises(LiaraUsageError) as caught:
        run_command(used, f"/usage {word}")
    assert "model" in caught.value.hint


def test_digits_follow_the_setting(used):
    used.settings.digits = "persian"
    shown = run_command(used, "/usage by model")
    assert "۱٬۲۰۰" in shown.markdown and ">۴۰٫۰</text>" in shown.page(Voice("persian"))
    assert "`openai/gpt-5`" in shown.markdown


def test_many_requests_are_cut_to_the_last(used):
    for _ in range(40):
        used.ledger.open("test/model").settle(Usage(total_cost_toman=1.0), 1.0, "complete")
    text = run_command(used, "/usage").markdown
    assert "13 earlier requests are in the sums alone" in text and text.count("`test/model`") == 30


def test_play_money_is_named(ipython):
    ipython.run("%liara one")
    assert "are the sandbox's, which nobody pays" in ipython.run("%liara /usage")


def test_nothing_was_used(ipython):
    assert "Nothing was used" in ipython.run("%liara /usage by model")


def test_a_chat_that_python_made_stands_for_itself(ipython):
    ipython.run("%liara one\nimport liara_magic as liara\nliara.Chat().ask('two')\n%liara --fresh three")
    rows = cells(ipython.run("%liara /usage by chat"))
    assert {row[0] for row in rows[1:]} == {"main", "main (Python)", "outside every chat"}


def test_days_have_the_digits_of_the_setting_in_the_chart_too(used):
    used.settings.digits = "persian"
    shown = run_command(used, "/usage by day")
    assert ">۲۰" in shown.page(Voice("persian")) and "20" not in shown.markdown.split("```")[1]
