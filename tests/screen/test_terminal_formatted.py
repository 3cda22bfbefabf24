"""A reply as a person sees it in a terminal: formatted block by block, reasoning first, nothing printed twice."""

import pytest
from ansi import seen, style_of
from screens import TOTALS, reply_of

from liara_magic.protocol.events import ReasoningDelta, TextDelta
from liara_magic.screen.terminal import TerminalScreen, show_document
from liara_magic.screen.terminal_text import Look

BLOCKS = [
    "# Title", "words and `code`", "- one\n- two", "```python\nx = 1\n\ny = 2\n```", "| a |\n|---|\n| 1 |", "> quote",
    "end",
]  # fmt: skip
SOURCE = "\n\n".join(BLOCKS) + "\n"
THOUGHTS = "First **this**.\n\nThen that.\n"


class Terminal:
    def __init__(self, colours=True):
        self.written = []
        self.screen = TerminalScreen(self.written.append, Look(True, colours))
        self.reply = reply_of()

    @property
    def text(self):
        return "".join(self.written)

    def flow(self, text, size=1000, event=TextDelta):
        for start in range(0, len(text), size):
            self.reply.add(event(text[start : start + size]))
            self.screen.show(self.reply)

    def finished(self):
        self.screen.finish(self.reply, TOTALS)
        return seen(self.text)


@pytest.fixture(autouse=True)
def eighty_columns_with_colours(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)


@pytest.fixture
def terminal():
    return Terminal()


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_the_pieces_in_which_a_reply_comes_make_no_difference(terminal, size):
    terminal.flow(THOUGHTS, size, ReasoningDelta)
    terminal.flow(SOURCE, size)
    assert terminal.finished().partition("✓")[0] == (
        "reasoning\n\nFirst this.\n\nThen that.\n\nanswer\n\n"
        "Title\n\nwords and code\n\n• one\n• two\n\npython\nx = 1\n\ny = 2\n\na\n─\n1\n\n│ quote\n\nend\n\n"
    )


def test_a_block_is_printed_when_it_is_finished(terminal):
    terminal.flow("*first*\n")
    assert terminal.text == ""
    terminal.flow("\nsecond\n")
    assert terminal.text == "\x1b[3mfirst\x1b[0m\n\n"
    terminal.flow("\n```\nx\n\ny\n")
    terminal.flow("```\n\nend")
    assert seen(terminal.text).endswith("second\n\nx\n\ny\n\n")


def test_reasoning_is_dim_and_comes_before_the_answer(terminal):
    terminal.flow("I think **hard** in `code`.\n\nmore", event=ReasoningDelta)
    assert seen(terminal.text) == "reasoning\n\nI think hard in code.\n\n"
    for words in ("reasoning", "I think", "hard", "code"):
        assert "2" in style_of(terminal.text, words)
    terminal.flow("the answer")
    assert seen(terminal.text) == "reasoning\n\nI think hard in code.\n\nmore\n\nanswer\n\n"
    assert terminal.finished().startswith(seen(terminal.text)[:60])
    assert style_of(terminal.text, "the answer") == set()


def test_reasoning_that_comes_with_the_answer_is_first(terminal):
    terminal.reply.add(TextDelta("words"))
    terminal.reply.add(ReasoningDelta("thoughts"))
    assert terminal.finished().startswith("reasoning\n\nthoughts\n\nanswer\n\nwords\n\n✓")


def test_a_reply_cut_in_its_reasoning_shows_it(terminal):
    terminal.flow("half a thou", event=ReasoningDelta)
    terminal.screen.fail(terminal.reply, TOTALS, "The connection was lost.", True)
    assert seen(terminal.text).startswith("reasoning\n\nhalf a thou\n\n✗ test/model")


def test_without_reasoning_nothing_says_so(terminal):
    terminal.flow("words")
    assert terminal.finished().startswith("words\n\n✓ test/model")


def test_a_reference_works_across_blocks(terminal):
    terminal.flow("[r]: https://a.example\n\nsee [one][r]\n\nthen [two][r]\n\nend", 5)
    assert "one (https://a.example)\n\nthen two (https://a.example)" in terminal.finished()


def test_a_reference_that_comes_late_is_explained(terminal):
    terminal.flow("see [one][R 1]\n\nmore\n\n[r 1]: https://a.example\n\nthen [two][r 1]", 5)
    assert terminal.finished().startswith(
        "see [one][R 1]\n\nmore\n\nthen two (https://a.example)\n\n[r 1]: https://a.example\n\n✓"
    )


def test_a_formula_is_not_printed_before_it_is_closed(terminal):
    terminal.flow("$$\na_1\n- b_2 \\\\\n\n", 3)
    assert terminal.text == ""
    terminal.flow("c\n$$\n\nend", 3)
    assert terminal.finished().startswith("$$\na_1\n- b_2 \\\\\n\nc\n$$\n\nend")


def test_two_dollar_signs_do_not_hold_the_reply_back(terminal):
    terminal.flow("it costs $$ a lot\n\n" + "words and words\n\n" * 200, 100)
    assert seen(terminal.text).startswith("it costs $$ a lot\n\nwords")


def test_the_footer_is_dim_and_a_notice_has_a_mark(terminal):
    terminal.flow("words")
    terminal.reply.notices.append("The reply ended at the token limit. " + "word " * 20)
    assert "words\n\n! The reply ended at the token limit." in terminal.finished()
    assert style_of(terminal.text, "✓ test/model") == {"2"}
    assert style_of(terminal.text, "!") == {"1", "35"}


def test_an_amount_keeps_its_unit(terminal, monkeypatch):
    for columns in range(20, 80):
        monkeypatch.setenv("COLUMNS", str(columns))
        assert terminal.finished().count("0.98\u00a0تومان") == 2
        terminal = Terminal()


def test_several_choices_are_printed_numbered_and_whole(terminal):
    terminal.flow("one a\n\none b")
    terminal.reply.add(TextDelta("two", 1))
    assert "1\n\none a\n\none b\n\n2\n\ntwo\n\n✓" in terminal.finished()


def test_the_width_is_the_one_at_the_time(terminal, monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    terminal.flow("word " * 20 + "\n\n")
    terminal.flow("word " * 20)
    monkeypatch.setenv("COLUMNS", "20")
    lines = [len(line) for line in terminal.finished().split("\n")]
    assert max(lines[:3]) == 39 and max(lines[4:]) <= 20


def test_without_colours_there_is_no_escape_sequence():
    terminal = Terminal(colours=False)
    terminal.flow(THOUGHTS, event=ReasoningDelta)
    terminal.flow(SOURCE)
    assert "\x1b" not in terminal.finished() and terminal.text == seen(terminal.text)


@pytest.mark.parametrize(
    ("environment", "colours"),
    [({}, True), ({"NO_COLOR": "1"}, False), ({"NO_COLOR": ""}, True), ({"TERM": "dumb"}, False)],
)
def test_what_a_terminal_calls_for(monkeypatch, environment, colours):
    class Tty:
        def isatty(self):
            return True

    monkeypatch.setattr("sys.stdout", Tty())
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert Look.of_output() == Look(True, colours)


def test_what_a_pipe_calls_for(monkeypatch, tmp_path):
    with open(tmp_path / "out", "w") as file:
        monkeypatch.setattr("sys.stdout", file)
        assert Look.of_output() == Look(False, False)
    monkeypatch.setattr("sys.stdout", object())  # whatever a program puts there
    assert Look.of_output() == Look(False, False)


def test_a_text_of_our_own(monkeypatch, capsys):
    show_document("**0.98 \u2066تومان\u2069**")
    assert capsys.readouterr().out == "**0.98 تومان**\n"
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    show_document("**0.98 \u2066تومان\u2069**")
    assert seen(capsys.readouterr().out) == "0.98 تومان\n\n"


def test_a_pipe_gets_the_markdown_of_the_answer_alone(capsys):
    screen, reply = TerminalScreen(), reply_of()
    reply.add(ReasoningDelta(THOUGHTS))
    screen.show(reply)
    reply.add(TextDelta(SOURCE))
    screen.show(reply)
    screen.finish(reply, TOTALS)
    assert capsys.readouterr().out.startswith(SOURCE + "\n✓ test/model")
