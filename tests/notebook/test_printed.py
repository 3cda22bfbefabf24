"""Printed text as a reader gets it."""

import pytest

from liara_magic.notebook.printed import KEPT_AT_EACH_END, Printed, cut_middle, readable


@pytest.mark.parametrize("most", [0, 1, 5, 40, 60, 100, 999, 1000, 1001])
def test_a_cut_text_is_as_short_as_asked(most):
    text = "".join(chr(33 + number % 90) for number in range(1000))
    cut = cut_middle(text, most)
    assert len(cut) <= most or cut == text
    if most >= 60 and cut != text:
        head, note, tail = cut.split("\n")
        assert text.startswith(head)
        assert text.endswith(tail)
        assert note == f"… {1000 - len(head) - len(tail):,} characters left out …"


def test_a_short_text_stays():
    assert cut_middle("short", 5) == "short"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("\x1b[1;31mred\x1b[0m and \x1b]8;;http://x\x1b\\a link\x1b]8;;\x1b\\", "red and a link"),
        ("one\r\ntwo\r\n", "one\ntwo\n"),
        (" 10%\r 50%\r100%\ndone", "100%\ndone"),
        ("10%\r20%\r", "20%"),
        ("loading\r\x1b[Kready\n", "ready\n"),
        ("bar 100%\r        \rnext\n", "next\n"),
        ("bar 100%\r        \r", ""),
        ("a\x1b[2Kb", "b"),
        ("bell\x07 null\x00 back\x08", "bell null back"),
        ("half \ud83d", "half �"),
        ("می‌خواهم", "می‌خواهم"),
        ("\x1b", ""),
        ("\x1b[", "["),
    ],
)
def test_what_a_terminal_obeys_is_left_out(written, read):
    assert readable(written) == read


def test_all_pieces_are_kept_in_order_until_they_are_too_many():
    printed = Printed()
    pieces = [f"{number} " for number in range(3000)]
    for piece in pieces:
        printed.take(piece)
    assert printed.text() == "".join(pieces)


def test_a_bar_in_pieces_is_one_line():
    printed = Printed()
    for number in range(5000):
        printed.take("\r")
        printed.take(f"{number}")
        printed.take(" steps")
    printed.take("\n")
    assert printed.text() == "4999 steps\n"
    assert printed.size < 1000


def test_pieces_that_come_in_the_middle_of_a_fold_are_not_lost():
    printed = Printed()
    printed.take("first")
    with printed._folding:
        for _ in range(1000):
            printed.take("x")
    assert printed.text() == "first" + "x" * 1000


@pytest.mark.parametrize("length", [1, 5000, 40_000, 200_000, 1_000_000])
def test_memory_is_bounded_for_pieces_of_any_length(length):
    printed = Printed()
    piece = "y" * length
    total = max(2_000_000 // length, 3)
    printed.take("head")
    for _ in range(total):
        printed.take(piece)
        assert printed.size <= 8 * KEPT_AT_EACH_END
    printed.take("tail")
    text = printed.text()
    assert text.startswith("head")
    assert text.endswith("tail")
    kept = sum(map(len, text.split("\n"))) - len(text.split("\n")[1]) if "left out" in text else len(text)
    left_out = int(text.split("… ")[1].split()[0].replace(",", "")) if "left out" in text else 0
    assert kept + left_out == total * length + 8


def test_a_flood_of_empty_pieces_is_bounded():
    printed = Printed()
    for _ in range(100_000):
        printed.take("")
    assert len(printed.fresh) < 300
