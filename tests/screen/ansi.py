"""What a terminal is given, judged: the text that is seen, and that only styles were set."""

import re

from wcwidth import wcswidth

SGR = re.compile(r"\x1b\[([0-9;]+)m")
#: Neither black nor white nor yellow, which cannot be read on a background of their own kind.
COLOURS = {"31", "32", "35", "36", "94"}
STYLES = {"1", "2", "3", "4", "9"}


def seen(text):
    """``text`` without styles; each line must set them in pairs, and nothing else may act on the terminal."""
    for line in text.split("\n"):
        marks = SGR.findall(line)
        assert marks[1::2] == ["0"] * (len(marks) // 2) and len(marks) % 2 == 0, line
        assert all(set(mark.split(";")) <= STYLES | COLOURS for mark in marks[::2]), line
    plain = SGR.sub("", text)
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", plain), plain
    return plain


def style_of(text, words):
    """The style in which ``words`` are printed."""
    found = re.search(rf"\x1b\[([1-9][0-9;]*)m[^\x1b]*{re.escape(words)}", text)
    return set(found[1].split(";")) if found else set()


def widest(text):
    """The columns that the widest line takes."""
    widths = [wcswidth(line) for line in seen(text).split("\n")]
    assert min(widths) >= 0
    return max(widths)
