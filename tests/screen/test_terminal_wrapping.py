"""Styled text in lines: counted in a terminal's columns, broken where a reader would break it."""

import pytest
from wcwidth import wcswidth

from liara_magic.screen.wrapping import Span, columns, painted, wrap

FAMILY = "👨\u200d👩\u200d👧"


def lines(text, width, most=0):
    return ["".join(span.text for span in line) for line in wrap([Span(text)], width, most)]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("plain", 5),
        ("می\u200cخواهم", 7),
        ("سَلامٌ", 4),
        ("中文", 4),
        ("e\u0301", 1),
        ("🍎", 2),
        (FAMILY, 2),
        ("👍🏽", 2),
        ("🇮🇷", 2),
        ("ه\u200d.ش", 3),  # a joiner after a Persian letter hides nothing
        ("\u200f\u061c\u200b", 0),
        ("", 0),
    ],
)
def test_columns(text, count):
    assert columns(text) == count


def test_lines_end_at_spaces():
    assert lines("one two  three\tfour", 9) == ["one two", "three", "four"]
    assert lines("one two", 7) == ["one two"]


def test_a_line_end_stays():
    assert lines("one\ntwo\n\nthree", 20) == ["one", "two", "", "three"]


def test_no_text_has_no_lines():
    assert lines("", 10) == lines("  ", 10) == []


@pytest.mark.parametrize("width", [4, 5, 11, 20])
@pytest.mark.parametrize(
    "text",
    [
        "a persian word is می\u200cخواهم and more",
        "中文没有空格，所以换行。中文",
        f"families {FAMILY * 9} and {'e' + chr(0x301)} {'ا' * 30}",
        "x" * 50,
    ],
)
def test_no_line_is_wider_and_nothing_is_lost(text, width):
    got = lines(text, width)
    assert all(wcswidth(line) <= width for line in got)
    assert "".join(got).replace(" ", "") == text.replace(" ", "")


def test_a_letter_is_never_parted_from_its_marks():
    assert lines(FAMILY * 3, 5) == [FAMILY * 2, FAMILY]
    assert lines("سَسَسَ", 2) == ["سَسَ", "سَ"]


def test_wide_letters_are_broken_anywhere_but_before_their_marks():
    assert lines("中文中文。中", 8) == ["中文中", "文。中"]
    assert lines("ab中文", 4) == ["ab中", "文"]


def test_a_long_word_has_a_line_of_its_own_as_far_as_it_may():
    url = "https://example.com/" + "a" * 15
    assert lines(f"see {url}. now", 20, 40) == ["see", f"{url}.", "now"]
    assert lines(f"see {url} now", 20, 30) == ["see", url[:20], url[20:] + " now"]


def test_a_word_of_several_styles_stays_together():
    line = [Span("one "), Span("bo", "1"), Span("ld,", ""), Span(" two")]
    assert ["".join(span.text for span in line) for line in wrap(line, 8)] == ["one", "bold,", "two"]


def test_a_painted_line_closes_what_it_opens():
    line = [Span("a", "1"), Span("b", "1"), Span("c"), Span("", "4")]
    assert painted(line, True) == "\x1b[1mab\x1b[0mc"
    assert painted(line, False) == "abc"


@pytest.mark.parametrize("hostile", ["\x1b[2J", "\x9b2J", "\r", "\x08", "\x07", "\n", "\u202e", "\x7f", "\x0c", "\x85"])
def test_a_painted_line_has_no_control_characters(hostile):
    text = painted([Span(f"a{hostile}b", "1")], True)
    assert text.removeprefix("\x1b[1m").removesuffix("\x1b[0m").isprintable()
