"""What of a reply is shown: the answer, and what came beside it, as Markdown."""

import pytest
from screens import PNG_URL, reply_of

from liara_magic.protocol.events import ListDelta, ReasoningDelta, RefusalDelta, TextDelta
from liara_magic.screen.document import MOST_SHOWN, document, live_text
from liara_magic.screen.markdown import Markdown
from liara_magic.screen.page import reply_html


def page(url, title=None):
    return {"type": "url_citation", "url_citation": {"url": url, "title": title}}


def test_an_answer_is_shown_as_it_was_written():
    assert document(reply_of("# Title\n\n", "words  \n")) == "# Title\n\nwords  \n"
    assert document(reply_of()) == live_text(reply_of()) == ""


def test_reasoning_is_no_part_of_the_document():
    assert document(reply_of(ReasoningDelta("hmm"), "words")) == "words"


def test_sources_are_a_numbered_list_of_links_without_repetition():
    cited = [page("https://a.example/x", "Page\nA"), page("https://b.example"), page("https://a.example/x", "Page A")]
    source = document(reply_of("words", ListDelta("annotations", cited)))
    assert source == (
        "words\n\n**Sources**\n\n1. [Page A](<https://a.example/x>)\n2. [https://b.example](<https://b.example>)"
    )


@pytest.mark.parametrize("title", ["a]b[c", "*x* _y_ `z`", "<b>", "$x$ $y$", "a|b", "a\\", "![x](y)", "~~x~~", "&lt;"])
def test_a_title_of_a_source_is_shown_as_it_is(title):
    html = Markdown().render(document(reply_of(ListDelta("annotations", [page("https://a.example/x y", title)]))))
    shown = html.replace("<span>$</span>", "$").replace("<span>\\</span>", "\\")
    assert 'href="https://a.example/x%20y"' in html
    assert ">" + title.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") + "</a>" in shown


def test_an_image_is_a_line_that_says_where_its_data_is():
    source = document(reply_of("words", ListDelta("images", [{"image_url": {"url": PNG_URL}}] * 2)))
    first, second = source.split("\n")[-2:]
    assert first.startswith("- image 1: `image/png`, 69 bytes") and first.endswith("in `reply.images[0]`")
    assert second.endswith("in `reply.images[1]`")
    assert PNG_URL[-40:] not in source


def test_an_image_elsewhere_is_called_a_link_and_not_loaded():
    source = document(reply_of(ListDelta("images", [{"image_url": {"url": "https://a.example/x.png"}}])))
    assert "it is a link, and nothing is fetched" in source and "<img" not in Markdown().render(source)


@pytest.mark.parametrize("kind", ["image/png\n\n# x", "`image/png`", "", "\n\n- x"])
def test_an_image_that_is_not_shown_is_one_line(kind):
    source = document(reply_of(ListDelta("images", [{"image_url": {"url": f"data:{kind};base64,AAAA"}}])))
    html = Markdown().render(source)
    assert html.count("<li>") == 1 and "<h1" not in html and "is not shown" in html


def test_calls_are_a_line_each_with_their_arguments():
    calls = [
        {"index": 0, "id": "a", "function": {"name": "rows", "arguments": '{"n":\n  5}'}},
        {"index": 1, "id": "b", "function": {"name": "`x`", "arguments": ""}},
    ]
    source = document(reply_of("words", ListDelta("tool_calls", calls)))
    assert source == "words\n\n- asks for `rows({\"n\": 5})`\n- asks for `'x'()`"


def test_a_refusal_is_marked_and_shown_while_it_comes():
    reply = reply_of(RefusalDelta("I will "), RefusalDelta("not."))
    assert live_text(reply) == "I will not."
    assert document(reply) == "**The model declined:** I will not."
    assert document(reply_of("half", RefusalDelta("No."))) == "half\n\n**The model declined:** No."


def test_tokens_are_a_table_with_their_chances_and_alternatives():
    entries = [
        {
            "token": "Yes",
            "logprob": -0.0513,
            "top_logprobs": [{"token": "Yes", "logprob": -0.0513}, {"token": "No", "logprob": -3.0}],
        },
        {"token": "|", "logprob": 0, "top_logprobs": []},
        {"token": "a`\n", "logprob": -9999.0},
    ]
    source = document(reply_of("words", ListDelta("logprobs", entries)))
    assert "| `Yes` 95% | `Yes` 95% · `No` 5% |" in source
    assert "| `\\|` 100% |  |" in source
    assert "| `a'⏎` 0% |  |" in source
    assert Markdown().render(source).count("<tr>") == 4


@pytest.mark.parametrize("value", [None, "x", True, float("nan"), float("-inf"), 5, -(10**400), 10**400, [1], {}])
def test_an_odd_chance_loses_no_token_and_no_answer(value):
    source = document(reply_of("words", ListDelta("logprobs", [{"token": "Yes", "logprob": value}])))
    assert source.startswith("words") and "`Yes`" in source


@pytest.mark.parametrize("token", ["", " ", "  ", "\t", "\\", "``", "\r\n", "\x00", "\u202e", "می\u200c"])
def test_every_token_has_its_row(token):
    entry = {"token": token, "logprob": -1, "top_logprobs": [{"token": token, "logprob": -1}]}
    html = Markdown().render(document(reply_of(ListDelta("logprobs", [entry]))))
    assert html.count("<tr>") == 2 and html.count("37%") == 2


def test_a_long_list_of_tokens_says_how_many_are_left_out():
    source = document(reply_of(ListDelta("logprobs", [{"token": "a", "logprob": -1}] * 1500)))
    assert source.count("`a`") == 200
    assert source.endswith("and 1,300 more tokens in `reply.choices[0].logprobs`")


def test_several_choices_are_numbered():
    reply = reply_of(TextDelta("two", 1), "one", TextDelta("three", 2))
    assert document(reply) == "### 1\n\none\n\n### 2\n\ntwo\n\n### 3\n\nthree"
    assert live_text(reply) == "one"


@pytest.mark.parametrize("cut", ["```python\nx = 1", "~~~\nx = 1", "- a\n\n  ```\n  x", "$$\nx"])
def test_a_choice_that_was_cut_inside_code_does_not_swallow_the_next(cut):
    html = Markdown().render(document(reply_of(cut, TextDelta(cut, 1))))
    assert ">1</h3>" in html and ">2</h3>" in html


def test_an_answer_that_was_cut_inside_code_does_not_swallow_its_sources():
    html = Markdown().render(document(reply_of("```\nx = 1", ListDelta("annotations", [page("https://a.example")]))))
    assert '<a href="https://a.example"' in html


@pytest.mark.parametrize(
    "hostile", ["\x1b[2J", "\x00", "\x9b", "\x7f", "\u202e", "\u2066", "\U000e0041", "\x1b]52;c;AA\x07"]
)
def test_control_characters_and_hidden_marks_are_removed_everywhere(hostile):
    reply = reply_of(
        f"a{hostile}b",
        RefusalDelta(hostile),
        ListDelta("annotations", [page("https://a.example/" + hostile, hostile)]),
        ListDelta("tool_calls", [{"function": {"name": hostile, "arguments": hostile}}]),
        ListDelta("images", [{"image_url": {"url": "data:" + hostile}}]),
        ListDelta("logprobs", [{"token": hostile, "logprob": -1}]),
    )
    assert all(letter == "\n" or letter.isprintable() for letter in document(reply) + live_text(reply))
    assert document(reply).startswith("a")


@pytest.mark.parametrize("text", ["می\u200cخواهم\u200f", "\u200eabc\u200f سلام، ۱۲۳٪ «نقل»"])
def test_persian_text_is_left_as_it_is(text):
    assert document(reply_of(text)) == live_text(reply_of(text)) == text


def test_line_ends_become_line_feeds():
    assert document(reply_of("a\r\nb\rc")) == "a\nb\nc"


def test_a_page_shows_the_beginning_of_an_endless_answer_and_says_so():
    words = "some words\n\n" * 120_000
    reply = reply_of(words)
    html = reply_html(reply, lambda source: source)
    assert html.count("some words") == MOST_SHOWN // 12 + (MOST_SHOWN % 12 >= 10)
    assert f"({len(words) - MOST_SHOWN:,} more characters are not shown here; reply.text has them)" in html
    assert len(live_text(reply)) == MOST_SHOWN and document(reply) == words
