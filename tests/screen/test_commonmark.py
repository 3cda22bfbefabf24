"""The structure of what is shown is CommonMark's, with the tables of GitHub Flavored Markdown.

The examples are the specification's own; see commonmark/README.md. Where this package chose otherwise stands below, by
the numbers of the examples, and exactly these differ.
"""

import json
import re
from pathlib import Path

import markdown_it
import pytest
from structure import structure_of_ours, structure_of_theirs

from liara_magic.screen.markdown import Markdown

ALL = json.loads((Path(__file__).parent / "commonmark" / "examples.json").read_text(encoding="utf-8"))
#: Raw HTML in a reply is text, always: what these examples show cannot be the same.
EXAMPLES = {example["number"]: example for example in ALL if not example.get("raw_html")}


def numbers(ranges):
    """``1-3 7`` as {1, 2, 3, 7}."""
    pairs = [part.partition("-")[::2] for part in ranges.split()]
    return {number for first, last in pairs for number in range(int(first), int(last or first) + 1)}


#: Chosen: links lead to http, https and mailto alone, and what these lead to is relative or of another scheme.
OF_OTHER_ADDRESSES = numbers("""
    22-23 32-33 192-196 198 200 202-208 210 214-218 317 404 419 422 433 473-474 482-484 486-487 489 492 495-496 498-507
    509-510 512 514-522 527-535 537-545 549-550 553-589 591-593 596 598-599 601
""")
CHOSEN = {
    12: r"`\[` to `\]` is a formula; it stands here between backslash escapes",
    485: "a link to nowhere is its words alone",
    602: "a bare address is a link, also inside of brackets that make none of it",
    608: "a bare address is a link, also inside of brackets that make none of it",
    611: "a bare address is a link",
}
#: Before 4.0, markdown-it followed CommonMark 0.30, where a currency sign was no punctuation.
OF_THE_PARSER = {354: "£ and € beside emphasis"} if int(markdown_it.__version__.split(".")[0]) < 4 else {}
#: The same examples with addresses of a kind that may be a link: all but these are CommonMark's then.
CHOSEN_FOR_ADDRESSES = dict.fromkeys((596, 598, 599, 601), "a bare address of another scheme is text")
_ALLOWED = "mailto:a@b/"


def differs(markdown, html):
    return structure_of_ours(Markdown().render(markdown)) != structure_of_theirs(html)


def with_an_allowed_address(example):
    """The example with every relative address behind one that may be a link, in the Markdown and in the HTML."""
    destination = re.compile(r"(\](?:\((?!not a link)\s*|:\s*)<?)(?!https?:)")
    markdown = destination.sub(rf"\g<1>{_ALLOWED}", example["markdown"])
    html = re.sub(r'((?:href|src)="|\]\(<?)(?!https?:|mailto:)', rf"\g<1>{_ALLOWED}", example["html"])
    return markdown, html


def test_the_structure_of_the_specifications_examples(capsys):
    found = {number for number, example in EXAMPLES.items() if differs(example["markdown"], example["html"])}
    assert found == OF_OTHER_ADDRESSES | CHOSEN.keys() | OF_THE_PARSER.keys()
    with capsys.disabled():
        print(f"\nCommonMark 0.31.2: {len(EXAMPLES) - len(found)} of {len(EXAMPLES)} examples as they stand", end=", ")
        print(f"{len(ALL) - len(EXAMPLES)} with raw HTML aside")


def test_the_structure_of_links_once_they_lead_to_an_allowed_address(capsys):
    changed = {number: with_an_allowed_address(EXAMPLES[number]) for number in OF_OTHER_ADDRESSES}
    found = {number for number, example in changed.items() if differs(*example)}
    assert found == CHOSEN_FOR_ADDRESSES.keys()
    with capsys.disabled():
        print(
            f"\nCommonMark 0.31.2: {len(changed) - len(found)} of the {len(changed)} with addresses that are", end=" "
        )
        print("no links here, once the addresses are of an allowed kind")


def cells(tag, *words, alignments=("",) * 9):
    aligned = (f' align="{each}"' if each else "" for each in alignments)
    return "".join(f"<{tag}{align}>{word}</{tag}>" for word, align in zip(words, aligned, strict=False))


def table(head, *rows, alignments=("",) * 9):
    body = "".join(f"<tr>{cells('td', *row, alignments=alignments)}</tr>" for row in rows)
    body = f"<tbody>{body}</tbody>" if rows else ""
    return f"<table><thead><tr>{cells('th', *head, alignments=alignments)}</tr></thead>{body}</table>"


#: What the section on tables of GitHub Flavored Markdown 0.29 says, an example for each of its rules.
TABLES = {
    "a table": ("| a | b |\n| --- | --- |\n| 1 | 2 |\n", table("ab", "12")),
    "aligned, without pipes at its ends": (
        "| left | mid | right |\n:-- | :-: | --:\none | two | three\n",
        table(("left", "mid", "right"), ("one", "two", "three"), alignments=("left", "center", "right")),
    ),
    "a pipe in a cell, also in code and in bold": (
        "| a\\|b |\n| --- |\n| c `\\|` d |\n| e **\\|** f |\n",
        table(("a|b",), ("c <code>|</code> d",), ("e <strong>|</strong> f",)),
    ),
    "ended by another block": (
        "| a | b |\n| --- | --- |\n| 1 | 2 |\n> 3\n",
        table("ab", "12") + "<blockquote><p>3</p></blockquote>",
    ),
    "with a line that has no pipe, ended by an empty one": (
        "| a | b |\n| --- | --- |\n| 1 | 2 |\n3\n\n4\n",
        table("ab", "12", ("3", "")) + "<p>4</p>",
    ),
    "no table, when the marks are fewer than the head's cells": (
        "| a | b |\n| --- |\n| 1 |\n",
        "<p>| a | b |\n| --- |\n| 1 |</p>",
    ),
    "rows with too few and too many cells": (
        "| a | b |\n| --- | --- |\n| 1 |\n| 2 | 3 | 4 |\n",
        table("ab", ("1", ""), "23"),
    ),
    "a head alone": ("| a | b |\n| --- | --- |\n", table("ab")),
    "in a list and in a quote": (
        "- x\n\n  | a |\n  | - |\n  | 1 |\n\n> | b |\n> | - |\n",
        f"<ul><li><p>x</p>{table('a', '1')}</li></ul><blockquote>{table('b')}</blockquote>",
    ),
    "behind a paragraph's line": ("x\n| a |\n| - |\n| 1 |\n", f"<p>x</p>{table('a', '1')}"),
    "no blocks inside of cells": ("| a |\n| --- |\n| - b |\n| # c |\n", table("a", ("- b",), ("# c",))),
}


@pytest.mark.parametrize("name", TABLES)
def test_the_structure_of_tables(name):
    markdown, html = TABLES[name]
    assert structure_of_ours(Markdown().render(markdown)) == structure_of_theirs(html)


def test_differences_are_found():
    assert differs("# a", "<h2>a</h2>") and differs("*a*", "<p>a</p>") and differs("`a  b`", "<p><code>a b</code></p>")
    assert differs("[a](https://b.example)", '<p><a href="https://c.example">a</a></p>')
    assert differs("3. a", "<ol><li>a</li></ol>") and differs("```py\n```", "<pre><code></code></pre>")
    assert not differs("[a](https://b.example 'title') $5\n", '<p><a href="https://b.example">a</a> $5</p>')
