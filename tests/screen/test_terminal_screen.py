"""What is printed in a terminal: each block once, in order, and nothing that moves the cursor."""

import pytest
from screens import TOTALS, reply_of

from liara_magic.protocol.events import ListDelta, RefusalDelta, TextDelta
from liara_magic.screen.terminal import TerminalScreen

SOURCE = (
    "# Title\n\nwords and `code`\n\n- one\n- two\n\n```python\nx = 1\n```\n\nخرید و pandas\n\n| a |\n|---|\n| 1 |\n"
)


class Terminal:
    def __init__(self):
        self.written = []
        self.screen = TerminalScreen(self.written.append)

    @property
    def text(self):
        return "".join(self.written)


@pytest.fixture
def terminal():
    return Terminal()


def flow(terminal, reply, text, size=1):
    terminal.screen.start("test/model")
    for start in range(0, len(text), size):
        reply.add(TextDelta(text[start : start + size]))
        terminal.screen.show(reply)
    return reply


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_what_is_printed_is_the_source_once_then_the_line(terminal, size):
    reply = flow(terminal, reply_of(), SOURCE, size)
    terminal.screen.finish(reply, TOTALS)
    assert terminal.text.startswith(SOURCE)
    rest = terminal.text[len(SOURCE) :].strip()
    assert rest.startswith("✓ test/model") and "\n" not in rest


def test_a_block_is_printed_when_it_is_finished(terminal):
    reply = reply_of()
    flow(terminal, reply, "first line\n")
    assert terminal.text == ""
    flow(terminal, reply, "\nsecond\n")
    assert terminal.text == "first line\n\n"
    flow(terminal, reply, "\n```\nx\n\ny\n")
    assert terminal.text == "first line\n\nsecond\n\n"
    flow(terminal, reply, "```\n\nend")
    assert terminal.text.endswith("```\n\n")


def test_nothing_is_printed_before_the_first_block(terminal):
    terminal.screen.start("test/model")
    assert terminal.screen.show(reply_of()) == 0.0
    assert terminal.written == []


def test_the_next_look_waits_a_little(terminal):
    assert terminal.screen.show(reply_of("words")) >= 0.1


@pytest.mark.parametrize(
    "hostile",
    [
        "\x1b[2J",
        "\x1b]8;;https://evil.example\x07",
        "\x1b]52;c;AAAA\x07",
        "\x9b2J",
        "\r",
        "\b\b",
        "\x00",
        "\u202e",
        "\u2066",
    ],
)
@pytest.mark.parametrize("place", ["reply", "model"])
def test_nothing_moves_the_cursor_or_reorders_text(terminal, hostile, place):
    reply = reply_of(model=f"test/{hostile}model" if place == "model" else "test/model")
    if place == "reply":
        call = {"function": {"name": hostile, "arguments": hostile}}
        reply.add(RefusalDelta(hostile))
        reply.add(ListDelta("tool_calls", [call]))
        reply.notices.append(f"said {hostile}")
    flow(terminal, reply, f"a{hostile}b\n\nc{hostile}" if place == "reply" else "words")
    terminal.screen.finish(reply, TOTALS)
    assert all(letter == "\n" or letter.isprintable() for letter in terminal.text)


def test_persian_joiners_and_marks_are_printed(terminal):
    reply = flow(terminal, reply_of(), "می\u200cخواهم\u200f")
    terminal.screen.finish(reply, TOTALS)
    assert terminal.text.startswith("می\u200cخواهم\u200f")


def test_the_line_has_no_isolating_marks(terminal):
    terminal.screen.finish(reply_of("words"), TOTALS)
    assert "0.98 تومان" in terminal.text
    assert "\u2066" not in terminal.text and "\u2069" not in terminal.text


def test_notices_come_after_the_reply_and_before_the_line(terminal):
    reply = reply_of("words")
    reply.notices += ["The reply ended at the token limit."]
    terminal.screen.finish(reply, TOTALS)
    assert terminal.text.startswith("words\n\n! The reply ended at the token limit.\n✓ test/model")


def test_a_reply_that_broke_is_printed_as_far_as_it_came(terminal):
    reply = flow(terminal, reply_of(), "one\n\ntwo and ha")
    terminal.screen.fail(reply, TOTALS, "The connection was lost.", True)
    assert terminal.text.startswith("one\n\ntwo and ha\n\n✗ test/model")
    assert "15 characters kept" in terminal.text


def test_an_ask_without_a_word_prints_its_line_alone(terminal):
    terminal.screen.fail(reply_of(), TOTALS, "The key was refused.", False)
    assert terminal.text.startswith("✗ test/model") and terminal.text.count("\n") == 1


def test_calls_and_sources_are_printed_after_the_answer(terminal):
    reply = flow(terminal, reply_of(), "the answer\n\nof two blocks")
    reply.add(ListDelta("tool_calls", [{"function": {"name": "rows", "arguments": "{}"}}]))
    terminal.screen.finish(reply, TOTALS)
    assert terminal.text.startswith("the answer\n\nof two blocks\n\n- asks for `rows({})`\n")


def test_several_choices_are_printed_numbered_and_whole(terminal):
    reply = flow(terminal, reply_of(), "one a\n\none b")
    reply.add(TextDelta("two", 1))
    terminal.screen.finish(reply, TOTALS)
    assert terminal.text.endswith(terminal.text[terminal.text.index("### 1") :])
    assert "### 1\n\none a\n\none b\n\n### 2\n\ntwo\n" in terminal.text
