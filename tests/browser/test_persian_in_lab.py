"""The Persian panel in a real front end: errors, notices, reasoning, commands and the preview, from the right."""

import re

import pytest
from panel_page import PanelPage

MIRRORED = "element => getComputedStyle(element).direction"
#: What a person who reads Persian alone can do without: names of models, commands, files and code.
ISOLATED = "bdi[dir=ltr], code, pre, .liara-prompt"
REPLY = "میانگین برابر است با `df.mean()`:\n\n| شهر | فروش |\n| --- | ---: |\n| تهران | 31 |\n"


def thinks(line):
    line.head()
    line.event({"choices": [{"index": 0, "delta": {"reasoning": "نخست میانگین را حساب می‌کنم."}}]})
    line.delta(REPLY)
    line.finish("length")


def no_credit(line):
    line.answer_json({"error": {"message": "Insufficient <b>credit</b>", "code": 402}}, "402 Payment Required")


@pytest.fixture(scope="module")
def panel(lab, replies, open_notebook, tmp_path_factory):
    replies["میانگین چیست؟"] = thinks
    replies["گران"] = no_credit
    replies["بریده"] = lambda line: (line.head(), line.delta("نیمی از آن"))
    cells = [
        "%load_ext liara_magic\nnumbers = [1, 2]",
        "%liara /set language fa",
        "%liara /budget 100",
        "%liara /panel",
    ]
    lab.write("persian.ipynb", cells)
    with open_notebook("persian.ipynb") as notebook:
        notebook.run()
        panel = PanelPage(notebook.page, tmp_path_factory.mktemp("pictures"))
        panel.wait()
        yield panel


def latin_words(element):
    """The English that stands in ``element`` where a person should read Persian."""
    text = element.evaluate(
        "(element, names) => { const copy = element.cloneNode(true);"
        "copy.querySelectorAll(names).forEach(one => one.remove()); return copy.textContent; }",
        ISOLATED,
    )
    text = re.sub("\u2066[^\u2069]*\u2069", "", text)
    return re.findall("[A-Za-z]{2,}", text)


def test_a_reply_with_reasoning_and_a_notice(panel):
    panel.ask("میانگین چیست؟")
    turn = panel.turn("میانگین چیست؟")
    assert "استدلال" in turn.locator("details summary").first.inner_text()
    notice = turn.get_by_text("پاسخ در سقف توکن پایان یافت.")
    assert notice.evaluate(MIRRORED) == "rtl"
    assert latin_words(turn) == []
    panel.picture("persian-reply")


def test_an_error_with_its_next_step(panel):
    panel.send("گران")
    panel.state.get_by_text("اعتبارش تمام شده").wait_for()
    trouble = panel.state.locator(".liara-trouble")
    assert trouble.evaluate(MIRRORED) == "rtl"
    assert "Insufficient <b>credit</b>" in trouble.locator("bdi[dir=ltr]").all_inner_texts()
    assert "اعتبار را در کنسول افزایش دهید" in trouble.inner_text() and "متن شما به کادر برگشت" in trouble.inner_text()
    assert latin_words(trouble) == []
    panel.picture("persian-error")
    panel.box.fill("")


def test_a_reply_that_is_cut_says_why(panel):
    panel.send("بریده")
    panel.turn("بریده").locator(".liara-reason").get_by_text("نگه داشته شد").wait_for()
    assert latin_words(panel.turn("بریده")) == []
    panel.picture("persian-cut")


@pytest.mark.parametrize(
    ("command", "said"),
    [("/usage", "این ماه"), ("/history", "وضعیت"), ("/budget", "مانده"), ("/doctor", "گام بعدی"), ("/help", "دستورها")],
)
def test_a_commands_answer(panel, command, said):
    panel.send(command)
    note = panel.panel.locator(".liara-note").filter(has_text=said).last
    note.wait_for()
    table = note.locator("table").first
    assert table.evaluate(MIRRORED) == "rtl"
    assert len(latin_words(note)) < 40  # names of versions, and words that the API knows
    panel.picture(f"persian-{command[1:]}")


def test_the_preview(panel):
    panel.click("افزودن زمینه")
    panel.panel.get_by_role("button", name="پیش‌نمایش").wait_for()
    panel.box.fill("چه می‌فرستی؟")
    panel.click("پیش‌نمایش")
    shown = panel.panel.locator(".liara-shown").last
    shown.get_by_text("برای فرستادن").wait_for()
    assert shown.locator("> * > div").first.evaluate(MIRRORED) == "rtl"
    shown.scroll_into_view_if_needed()
    panel.picture("persian-preview")
