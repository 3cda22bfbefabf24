"""The split of Markdown into blocks, which painting stands on; references, odd sources, and a parser that fails."""

import pytest

from liara_magic.screen import parser, stopwatch
from liara_magic.screen.markdown import Markdown

MIXED = """# Title

A *first* paragraph with `code`, $x^2$ and ~~old~~ [a link](https://example.org/a).

گزارش ماهانهٔ درآمد در Excel

- one
    - nested
  continued

  ```python
  print("<in a list>")
  ```
- two

| a | b |
|:--|--:|
| 1 | 2 |

> quoted
> - and a list

1. first
2. second

Setext
------

    indented code

$$
E = mc^2
$$

***

~~~
open < fence
~~~

last words"""


@pytest.mark.parametrize(
    "source", [MIXED, "a", "\n\na\n\n\nb\n", "- a\n\n- b", "[x]\n\n[x]: https://a.example\n", "\\[x\\]\n\na"]
)
def test_the_blocks_together_are_the_whole(source):
    blocks = Markdown().blocks(source)
    assert "".join(block.html() for block in blocks) == Markdown().render(source)
    assert blocks[-1].end == len(source)


def test_each_block_ends_where_the_next_begins():
    ends = [block.end for block in Markdown().blocks(MIXED)]
    assert ends == sorted(set(ends)) and ends[-1] == len(MIXED)
    pieces = [MIXED[start:end] for start, end in zip([0, *ends], ends, strict=False)]
    assert "".join(pieces) == MIXED
    assert "".join(Markdown().render(piece) for piece in pieces) == Markdown().render(MIXED)


@pytest.mark.parametrize(
    "source",
    [
        MIXED,
        MIXED.replace("\n", "\r\n"),
        "a\n\n\\[\nx\n\\]\n\nb\n\n$$\ny\n$$\n\nc",
        "a\n- b\n\n  c\n\n  d\ne\n===\n[x] f",
    ],
    ids=["mixed", "line ends of Windows", "formulas", "loose list"],
)
def test_only_the_last_block_changes_when_a_source_grows(source):
    whole = Markdown().render(source)
    for end in range(len(source) + 1):
        settled = Markdown().blocks(source[:end])[:-1]
        done = settled[-1].end if settled else 0
        assert "".join(block.html() for block in settled) + Markdown().render(source[done:]) == whole, source[:end]


def test_a_reference_defined_later_is_found():
    assert '<a href="https://a.example/x"' in Markdown().render("see [here][1].\n\nmore\n\n[1]: https://a.example/x")


def test_a_renderer_remembers_the_references_of_finished_pieces():
    renderer = Markdown()
    assert not renderer.has_references
    renderer.remember("[1]: https://a.example/x")
    assert 'href="https://a.example/x"' in renderer.render("see [here][1]")
    assert renderer.has_references
    assert renderer.has_references


def test_a_reference_that_was_seen_half_written_is_replaced_by_the_whole_one():
    renderer, source = Markdown(), "see [b]\n\n[b]: https://example.org/page"
    for end in range(len(source)):
        renderer.render(source[:end])
    assert renderer.render(source) == Markdown().render(source)


@pytest.mark.parametrize("source", ["", "\n\n", "[a]: https://a.example", "[a]: https://a.example\n"])
def test_what_has_nothing_to_show_shows_nothing(source):
    assert Markdown().render(source) == ""


def test_line_ends_of_windows_are_line_ends():
    source = "a\r\n\r\n- b\r\n- c\r\n"
    assert Markdown().render(source) == Markdown().render(source.replace("\r\n", "\n"))
    assert [source[: block.end] for block in Markdown().blocks(source)] == ["a\r\n\r\n", source]


def test_a_text_that_is_too_intricate_is_shown_as_it_came(monkeypatch):
    monkeypatch.setattr(stopwatch, "ALLOWANCE", -1)
    monkeypatch.setattr(stopwatch, "ALLOWANCE_PER_CHARACTER", 0)
    (block,) = Markdown().blocks("- a <b> & *c*\n" * 20)
    assert block.end == len("- a <b> & *c*\n" * 20)
    assert block.html().startswith(
        '<pre dir="auto" style="white-space:pre-wrap;font:inherit">- a &lt;b&gt; &amp; *c*\n'
    )
    assert "could not be formatted" in block.html()


def test_what_stands_before_the_block_that_is_too_intricate_keeps_its_format():
    source = "# A *title*\n\n- one\n- two\n\n" + "> " * 500 + "words\n\nand **more**\n"
    blocks = Markdown().blocks(source)
    assert [block.html() for block in blocks[:2]] == [
        "<h1>A <em>title</em></h1>\n",
        "<ul>\n<li>one</li>\n<li>two</li>\n</ul>\n",
    ]
    assert "".join(source[: blocks[1].end]) == "# A *title*\n\n- one\n- two\n\n"
    html = blocks[2].html()
    assert "words\n\nand **more**</pre>" in html and "could not be formatted" in html and len(blocks) == 3


def test_html_that_takes_too_long_leaves_the_block_as_it_came(monkeypatch):
    monkeypatch.setattr(stopwatch, "ALLOWANCE", 0)  # a short text is parsed before its watch is looked at
    monkeypatch.setattr(stopwatch, "ALLOWANCE_PER_CHARACTER", 0)
    (block,) = Markdown().blocks("a <b> *c*\n")
    assert block.html().startswith('<pre dir="auto" style="white-space:pre-wrap;font:inherit">a &lt;b&gt; *c*</pre>')
    assert "could not be formatted" in block.html()


def test_a_renderer_that_fails_leaves_the_text_escaped(monkeypatch):
    monkeypatch.setitem(parser._PARSER.renderer.rules, "text", lambda *_: 1 / 0)
    blocks = Markdown().blocks("a <b> & *c*\n\n- d")
    assert ["a &lt;b&gt; &amp; *c*" in blocks[0].html(), "d" in blocks[1].html()] == [True, True]


@pytest.mark.parametrize(
    "source",
    [
        "[" * 5000,
        "![" * 3000,
        "[a](" * 2000,
        "<![" * 3000,
        "*a **" * 2000,
        "> " * 2000,
        "`" * 3000 + "a",
        "- " * 1000,
        "|a" * 2000 + "\n" + "|-" * 2000,
        "\\[\n" * 2000,
        "\\(" * 3000,
        "$$\n" * 2000,
        "$a " * 2000,
    ],
    ids=lambda source: source[:4].strip(),
)
def test_a_heap_of_marks_ends_soon_and_loses_no_text(source):
    assert Markdown().render(source)
