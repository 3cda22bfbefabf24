"""How the end of a growing text is read: as what it will be, and to the letter where it is to the letter."""

import re
import time

import pytest

from liara_magic.screen.markdown import MOST_PROBABLE, Markdown
from liara_magic.screen.painter import Painter
from liara_magic.screen.unfinished import completed


def growing(source):
    return "".join(block.html(growing=True) for block in Markdown().blocks(source))


@pytest.mark.parametrize(
    ("cut", "complete"),
    [
        ("a\n\n| region | wh", "a\n\n| region | wh |\n| --- | --- |"),
        ("| a | b |\n", "| a | b |\n| --- | --- |"),
        ("| a | b |\n| -", "| a | b |\n| --- | --- |"),
        ("words:\n| a | b", "words:\n| a | b |\n| --- | --- |"),
        ("a | b\n--", "a | b\n--- | ---"),
        ("- x\n  | a | b", "- x\n  | a | b |\n  | --- | --- |"),
        ("see [the text](https://exam", "see the text"),
        ("see ![a picture](https://exam", "see a picture"),
        ("see [the te", "see the te"),
        ("an **old wo", "an **old wo**"),
        ("an **old**", "an **old**"),
        ("an **old*", "an **old**"),
        ("an **", "an"),
        ("an *old wo", "an *old wo*"),
        ("~~ol", "~~ol~~"),
        ("**so `co", "**so `co`**"),
        ("call `f(x", "call `f(x`"),
        ("call `f( [x", "call `f( [x`"),
        ("- a\n- **b", "- a\n- **b**"),
        ("a\n\n-", "a"),
        ("a\n\n---", "a"),
        ("a\n-", "a"),
        ("> a\n> -", "> a"),
        ("- a\n- ", "- a"),
        ("a\n\n1.", "a"),
        ("a\n\n##", "a"),
        ("```\na\n``", "```\na\n"),
        ("| a |\n|---|\n| `x", "| a |\n|---|\n| `x` |"),
        ("| a | b |\n|---|---|\n| **x", "| a | b |\n|---|---|\n| **x** |"),
        ("سلام **دنیا", "سلام **دنیا**"),
    ],
)
def test_it_is_read_as_what_it_will_be(cut, complete):
    assert growing(cut) == growing(complete)


@pytest.mark.parametrize(
    "source",
    [
        "```\n| a",
        "```\n**a",
        "```py\nx = y[0",
        "$$\n| a\n",
        "\\[ **a",
        "2 * 3 * 4",
        "a * b",
        "a[0",
        "x**2",
        "a ** b",
        "snake*case",
        "\\*\\*not bold",
        "**whole** words",
        "| a | b |\n|---|---|\n| **b |",
        "done.\n\n",
        "1986",
        "a\n\n---\n",
        "    **code",
    ],
)
def test_it_stands_as_it_came_where_nothing_is_open(source):
    assert completed(source, Markdown().tokens(source)).rstrip() == source.rstrip()


@pytest.mark.parametrize("source", ["-", "- ", "**", "1.", "# ", "|", "> ", "```"])
def test_a_reply_that_begins_with_a_mark_is_not_blank(source):
    shown = []

    class Canvas:
        def tail(self, html):
            shown.append(html)
            return 0

    Painter(Canvas(), clock=lambda: 1.0).show(source)
    assert shown[0].strip()


@pytest.mark.parametrize(
    "unit", ["[a](b", "**a ", "*a", "`a ", "[", "![", "~~a", "|", "| ", "> ", "- ", "$$", "](", "\\|", "a ", "-"]
)
def test_looking_at_the_end_takes_a_moment_whatever_stands_there(unit):
    source = "x " + unit * (MOST_PROBABLE // len(unit) - 2)
    tokens = Markdown().tokens(source)
    start = time.thread_time()
    completed(source, tokens)
    assert time.thread_time() - start < 0.05  # a pattern that tries again from each letter takes seconds


def test_a_reply_that_is_stopped_shows_its_last_words_as_they_came():
    now = [0.0]

    class SlowCanvas:
        def tail(self, html):
            now[0] += 1.0
            return 0

    painter, text = Painter(SlowCanvas(), clock=lambda: now[0]), "see [the text](https://example.org/half"
    painter.show(text)
    assert "https://example.org/half" in painter.hurried(text)


@pytest.mark.parametrize(
    "unit",
    ["a\n" + " " * 14_000 + "x", "a\n" + " \t" * 7_000 + "x", "a|b\n" + " " * 14_000 + "x", "a\n" + "|" * 14_000],
)
def test_a_long_line_of_spaces_or_bars_takes_a_moment(unit):
    tokens = Markdown().tokens(unit)
    start = time.thread_time()
    completed(unit, tokens)
    assert time.thread_time() - start < 0.05


@pytest.mark.parametrize(
    "source",
    [
        "see https://exam",
        "see https://example.",
        "(see https://exam",
        "see <https://exam",
        "see **https://exam",
        "see www.example.co",
        "| a |\n|---|\n| https://exam",
        "- https://exam",
        "[a][1]\n\n[1]: https://exam",
        "> [a][1]\n>\n> [1]: https://exam",
        "[![a](https://b.com/c.png)](https://exam",
    ],
)
def test_half_an_address_leads_nowhere(source):
    assert "https://exam" not in "".join(re.findall('href="([^"]*)"', growing(source)))
    assert "https://www" not in growing(source)


@pytest.mark.parametrize(
    ("source", "address"),
    [
        ("see https://a.com now", "https://a.com"),
        ("see <https://a.com>", "https://a.com"),
        ("see [a](https://a.com)", "https://a.com"),
        ("https://a.com\n", "https://a.com"),
        ("https://a.com and https://exam", "https://a.com"),
        ("[a][1]\n\n[1]: https://a.com\n", "https://a.com"),
        ("[a][1]\n\n[1]: https://a.com\n[2]: https://exam", "https://a.com"),
    ],
)
def test_an_address_that_is_whole_leads_there_at_once(source, address):
    assert re.findall('href="([^"]*)"', growing(source)) == [address]


@pytest.mark.parametrize(
    "source",
    ["see [the text](https://exam", "the answer:\n\n42", "[a][1]\n\n[1]: https://exam", "a | b\n--- words", "so **bo"],
)
@pytest.mark.parametrize("before", [0, MOST_PROBABLE // 4])
def test_a_slow_reply_that_is_stopped_has_all_its_words(source, before):
    class Canvas:
        def tail(self, html):
            return 0

    times = iter(range(0, 1000, 5))
    painter = Painter(Canvas(), clock=lambda: next(times), has_room=lambda: False)
    text = "a word\n\n" * before + source
    painter.show(text)
    words = re.sub("<[^>]*>", " ", painter.hurried(text + " and more"))
    for word in re.findall(r"[\w:/]+", source + " and more"):
        assert word in words
