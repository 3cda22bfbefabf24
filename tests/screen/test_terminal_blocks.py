"""Each kind of Markdown as it is printed in a terminal."""

import pytest
from ansi import seen, style_of, widest

from liara_magic.screen.terminal_blocks import render


def plain(source, width=60):
    """What is seen, when colours are on."""
    return seen(render(source, width, True))


@pytest.mark.parametrize(
    ("source", "words", "style"),
    [
        ("# Title", "Title", {"1", "4"}),
        ("## Part", "Part", {"1"}),
        ("a **b** c", "b", {"1"}),
        ("a *b* c", "b", {"3"}),
        ("***b***", "b", {"1", "3"}),
        ("a ~~b~~ c", "b", {"9"}),
        ("a `b` c", "b", {"35"}),
        ("**a `b`**", "b", {"1", "35"}),
        ("$x^2$", "$x^2$", {"35"}),
        ("a[^1]", "[1]", {"2"}),
        ("[a](https://b.example)", "(https://b.example)", {"2"}),
        ("[a](https://b.example)", "a", {"4"}),
    ],
)
def test_styles(source, words, style):
    assert style_of(render(source, 60, True), words) == style


def test_without_colours_marks_say_what_styles_would():
    source = "## Part\n\n**a** *b* ~~c~~ `d` [e](https://f.example)\n\n```py\nx = 1\n```"
    assert render(source, 60, False) == source.replace("[e](https://f.example)", "e (https://f.example)")


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("[a](https://b.example/c?d)", "a (https://b.example/c?d)"),
        ("https://b.example/c", "https://b.example/c"),
        ("<https://b.example/c>", "https://b.example/c"),
        ("[b.example/c](https://b.example/c)", "b.example/c"),
        ("[https://b.example](https://evil.example)", "https://b.example (https://evil.example)"),
        ("<me@b.example>", "me@b.example"),
        ("[**b**](https://b.example)", "b (https://b.example)"),
        ("[](https://b.example)", "https://b.example"),
        ("[x](javascript:alert)", "[x](javascript:alert)"),
        ("[x][r]\n\n[r]: https://b.example", "x (https://b.example)"),
        ("![a chart](https://b.example/c.png)", "[image: a chart] b.example"),
        ("a\nb  \nc\\\nd", "a b\nc\nd"),
        ("a &amp; b", "a & b"),
    ],
)
def test_what_stands_in_a_line(source, shown):
    assert plain(source) == shown


def test_lists_hang():
    source = "- one two three four five\n- six\n  1. a\n  2. b\n     - c"
    assert plain(source, 20) == "• one two three four\n  five\n• six\n  1. a\n  2. b\n     • c"


def test_numbers_stand_below_each_other():
    assert plain("9. a\n10. b") == " 9. a\n10. b"


def test_a_loose_list_has_space():
    assert plain("- a\n\n- b\n\n  c") == "• a\n\n• b\n\n  c"


def test_tasks_have_boxes():
    assert plain("- [ ] to do and more of it\n- [x] done", 20) == "☐ to do and more\n  of it\n☑ done"


def test_a_quote_has_a_bar():
    assert plain("> one two three four five\n>\n> - six\n>\n>> seven", 20) == (
        "│ one two three four\n│ five\n│\n│ • six\n│\n│ │ seven"
    )


def test_a_rule_and_space_between_blocks():
    assert plain("a\n\n---\n\n# b\nc", 20) == "a\n\n" + "─" * 20 + "\n\nb\n\nc"


def test_a_formula_shows_its_tex():
    assert plain("$$\n\\frac{1}{2}\n$$") == plain("\\[\n\\frac{1}{2}\n\\]") == "$$\n\\frac{1}{2}\n$$"


CODE = 'def f(x):\n\treturn "' + "long " * 30 + '"  # end'


@pytest.mark.parametrize("place", ["{}", "- a\n\n  {}", "1. a\n   - b\n\n     {}", "> a\n>\n> {}"])
def test_code_is_copied_as_it_is(place):
    """No bar, no indent, no break."""
    indent = place.rpartition("\n")[2].removesuffix("{}")
    indent = indent if indent.strip() else " " * len(indent)
    fence = f"\n{indent}".join(f"```python\n{CODE}\n```".split("\n"))
    assert f"\n{CODE}" in plain(place.format(fence), 40)


def test_code_says_its_language_and_has_its_colours():
    text = render('```python title="x.py"\ndef f(): return 1  # end\n```\nafter', 60, True)
    assert seen(text) == "python\ndef f(): return 1  # end\n\nafter"
    assert style_of(text, "python") == {"2"}
    assert style_of(text, "def") and style_of(text, "# end")
    assert "\x1b" not in render("```no-such-language-\nx = 1\n```", 60, True).partition("\n")[2]


def test_code_in_a_tight_list_stands_apart():
    assert plain("1. a\n   ```sh\n   ls\n   ```\n2. b") == "1. a\n\nsh\nls\n\n2. b"
    assert plain("-     ls\n- b") == "•\nls\n\n• b"


def test_prose_stays_narrow_where_the_terminal_is_wide():
    text = plain("word " * 100 + "\n\n- " + "word " * 100 + "\n\nhttps://a.example/" + "b" * 120, 180)
    prose, address = text.rsplit("\n\n", 1)
    assert widest(prose) <= 102  # two for the mark of the list
    assert len(address) == 138 and "\n" not in address


def test_lists_in_lists_leave_room_for_words():
    text = render("> - > - > - > 100. > - some words that go on for long", 20, True)
    assert widest(text) <= 20
    assert "some" in text


def test_persian_is_printed_in_logical_order():
    source = "می\u200cخواهم با **pandas** کار کنم"
    assert plain(source) == source.replace("*", "")


def test_what_cannot_be_parsed_is_printed_as_it_is():
    source = "# a\n\n" + "[" * 50_000 + "\n\n*b*\x1b[2J"
    assert seen(render(source, 60, True)).replace("\n", "").count("[") >= 50_000


def test_nothing_is_nothing():
    assert render("", 60, True) == render("\n\n", 60, True) == render("[r]: https://a.example", 60, True) == ""
