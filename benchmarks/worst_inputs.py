"""Texts that are as long to render as could be found, each as a function of its length.

They are what the grammar of CommonMark invites, what broke other renderers, and the slowest of about 60,000 random
mixtures of marks.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator

Maker = Callable[[int], str]
_TABLE = "|a|b|\n|-|-|\n"
_TARGET = "](https://b.example)"
#: What the random mixtures are made of: marks, and marks with the space or the line end that they need.
MARKS = r"""
[ ]( ] ( ) ![ [a] ]: < > <a & &amp; &# * ** *** _ __ ` `` ``` ~~~ ~~ | |-| a| - + # $ $$ \[ \] \( \) \ ! --- === a
http:// https://a.b www. a@b.c : " ' ^ [^1] [^1]: {} 1. سلام 😀
"""
SPACED = (" ", "    ", "\n", "\n\n", "  \n", "- ", "> ", "1. ", "\n> ", "\n- ", _TABLE, "```\n", "$$\n", "[a]: b\n")


def filled(unit: str, before: str = "") -> Maker:
    """``before``, then ``unit`` again and again, to the length that is wanted."""
    return lambda length: (before + unit * (length // len(unit) + 1))[:length]


def _mirrored(opening: str, closing: str, share: float = 1.0) -> Maker:
    """As many of ``opening`` as of ``closing`` after them."""
    return lambda length: "".join(mark * int(share * length / len(opening + closing)) for mark in (opening, closing))


def _stairs(step: str, words: str) -> Maker:
    """Each line one step deeper, as far as the length goes."""

    def make(length: int) -> str:
        lines = itertools.count()
        return "".join(step * next(lines) + words for _ in range(int((2 * length / len(step)) ** 0.5)))[:length]

    return make


def _backticks(length: int) -> str:
    return "a".join("`" * count for count in range(1, int((2 * length) ** 0.5)))[:length]


def _table(columns: int, row: str) -> Maker:
    return filled(row, f"|{'a|' * columns}\n|{'-|' * columns}\n")


def _used(opening: str) -> Maker:
    """One long address, and as many links to it as there is room for."""
    return lambda length: f"[a]: https://b.example/{'x' * (length // 2)}\n\n" + filled(f"{opening}[a]")(length // 2)


def _definitions(length: int) -> str:
    return "".join(f"[a{number}]: https://b.example\n" for number in range(length // 26))[:length]


def _nested(opening: str, closing: str, depth: int, words: str = "a") -> Maker:
    return filled(f"{opening * depth}{words}{closing * depth}\n\n")


INPUTS: dict[str, Maker] = {
    # brackets
    **{
        repr(mark)[1:-1]: filled(mark)
        for mark in ("[", "![", "[a](", "<![", "a](", "[![", "[]()", "[a][b]", "[x] ", "]")
    },
    "[ and as many ]": _mirrored("[", "]"),
    "![ and as many ends": _mirrored("![", _TARGET),
    "[a](((…": filled("(", "[a]("),
    "[a](<b<b…": filled("[a](<b"),
    '[a](b "…': filled('[a](b "'),
    "paragraphs of 48 [": _nested("[", "]", 48),
    "paragraphs of 48 ![": _nested("![", "]", 48),
    "paragraphs of 48 images in each other": _nested("![", _TARGET, 48),
    "40 images around *a": lambda length: "![" * 40 + "*a " * (length // 3 - 300) + _TARGET * 40,
    # emphasis and code
    **{
        mark: filled(mark)
        for mark in ("*a **", "*", "_a ", "**a ", "a**b", "*a _b ", "_*", "*_a_* ", "**a**", "~~a ", "a~~b")
    },
    "*a and as many a*": _mirrored("*a ", " a*"),
    "** and as many": _mirrored("**", "a**"),
    "~~a and as many": _mirrored("~~a", "b~~"),
    "`, ``, ``` and so on": _backticks,
    "`a": filled("`a "),
    "``a`": filled("``a`"),
    # entities, escapes, addresses
    **{
        mark: filled(mark)
        for mark in ("&", "&a", "&#", "&#x1", "&lt;", "\\", "\\*", "<", "<a ", '<a href="', "<!-- ", "<div>\n")
    },
    **{
        mark: filled(mark)
        for mark in ("http://a ", "www.", "www.a ", "<http://a>", "<http://a", "<a@b.c", "https:", "@")
    },
    "an address and )": filled("https://a/" + ")" * 1980 + " "),
    "an address and (": filled("(", "https://a/"),
    "an address of many letters": lambda length: f"[a](https://{''.join(map(chr, _chinese(length)))})",
    "one long address, many links": _used(""),
    "one long address, many images": _used("!"),
    # definitions
    "[a]: b": filled("[a]: b\n"),
    "[a0], [a1], … defined": _definitions,
    "[a] defined and used": filled("[a]", "[a]: https://b.example\n\n"),
    "[a]: <b": filled("[a]: <b\n"),
    "[a]: b 'c": filled("[a]: b 'c\n"),
    "a title without an end": filled("a\n", '[a]: https://b.example "'),
    "a label without an end": filled("[a\n"),
    "[^1]": filled("[^1]"),
    "[^1]: a": filled("[^1]: a\n"),
    # formulas
    **{
        repr(mark)[1:-1]: filled(mark)
        for mark in ("$", "$a ", "$a$1", "$$a ", "$$\na\n", "$$ x\n", "$a\\", "\\(", "\\(a ", "\\[")
    },
    "\\[ lines": filled("\\[\n"),
    "$x^2$": filled("$x^2$ "),
    # blocks in each other
    "> on one line": filled("> "),
    ">>>> on one line": filled(">"),
    "25 > and lines behind": filled("a\n", ">" * 25 + "a\n"),
    "49 > and lines behind": filled("a\n", ">" * 49 + "a\n"),
    "lines of 20 >": filled(">" * 20 + "1\n>\n"),
    "> and lines behind": filled("a\n", "> a\n"),
    "- on one line": filled("- "),
    "> - on one line": filled("> - "),
    "24 - and lines behind": filled("a\n", "- " * 24 + "a\n"),
    "> - twelve times and lines behind": filled("a\n", "> - " * 12 + "a\n"),
    "a list at every depth": _stairs(" ", "- a\n"),
    "a quote at every depth": _stairs(">", " a\n"),
    "lists of three depths": filled("- a\n  - b\n    - c\n"),
    # many small blocks
    **{
        f"lines of {mark}": filled(mark + "\n")
        for mark in ("- a", "- 1", "- [ ] a", "1) a", "# a", "#", '"', "|", "-|", "```", ">\n")
    },
    "lists of two words": filled("- word word\n"),
    "loose lists": filled("- one two\n\n"),
    "bold and italic words": filled("**a** and *b* or "),
    "a link in each item": filled("- [a page](https://a.example/x)\n"),
    "an address in each item": filled("- https://a.example/x\n"),
    "short paragraphs": filled("}\n\n"),
    "headings with a line": filled("a\n=\n"),
    "hard breaks": filled("a  \n"),
    "indented lines": filled("    a\n"),
    "fences": filled("```a\nx\n```\n"),
    # tables
    "a table of small rows": filled("|x|y|\n", _TABLE),
    "a table, rows of one letter": filled("\\\n", _TABLE),
    "a table of 14 columns, rows of one letter": _table(14, "a\n"),
    "a table of 15 columns, rows of one letter": _table(15, "a\n"),
    "a table as wide as it is long": lambda length: _table(length // 8, "|\n")(length),
    "small tables": filled("a|b\n-|-\n\n"),
    "tables in a row": filled(_TABLE),
    # plain
    "one line of one letter": filled("a"),
    "one line of words": filled("word "),
    "empty lines": filled("\n"),
    "spaces": filled(" "),
    "😀": filled("😀"),
}


def _chinese(length: int) -> Iterator[int]:
    """Letters of which few are the same."""
    return (0x4E00 + number * 7919 % 20000 for number in range(length))


def mixtures(count: int, seed: int = 20) -> Iterator[tuple[str, Maker]]:
    """Random mixtures of marks, with their names: a few marks again and again, often behind a few others."""
    chance, marks = random.Random(seed), [*MARKS.split(), *SPACED]
    for _ in range(count):
        before = "".join(chance.choices(marks, k=chance.choice((0, 0, 1, 2, 3))))
        if chance.random() < 0.15:
            before = chance.choice(("> ", ">", "- ", "1. ", "  - ")) * chance.randint(2, 60) + "a\n"
        unit = "".join(chance.choices(marks, k=chance.randint(1, 6)))
        yield f"{before[:30]!r}, then {unit!r} again and again", filled(unit, before)
