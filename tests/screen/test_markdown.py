"""Markdown to HTML: structure, formulas, money and directions."""

import re

import html5lib
import pytest

from liara_magic.screen.elements import host_of
from liara_magic.screen.markdown import Markdown


def shown(source):
    return html5lib.parseFragment(Markdown().render(source), namespaceHTMLElements=False)


def tags(source):
    return [element.tag for element in shown(source).iter() if isinstance(element.tag, str)][1:]


def first(source, tag):
    return next(element for element in shown(source).iter(tag))


def direction(source, tag):
    """The direction that the first ``tag`` has, by itself or by what it stands in; a reply stands in left to right."""

    def within(element, around):
        for child in element:
            own = child.attrib.get("dir", around)
            found = own if child.tag == tag else within(child, own)
            if found:
                return found
        return ""

    return within(shown(source), "ltr")


def text_of(source, tag):
    return "".join(first(source, tag).itertext())


def words(source):
    return "".join(shown(source).itertext())


@pytest.mark.parametrize("level", range(1, 7))
def test_headings_have_their_level(level):
    heading = first("#" * level + " words", f"h{level}")
    assert heading.text == "words" and not heading.attrib


@pytest.mark.parametrize("indent", [2, 4])
def test_lists_nest_by_two_or_four_spaces(indent):
    source = f"- a\n{' ' * indent}- b\n{' ' * indent * 2}- c\n- d"
    assert tags(source) == ["ul", "li", "ul", "li", "ul", "li", "li"]


@pytest.mark.parametrize(
    ("source", "kind"), [("text:\n- a\n- b", "ul"), ("text:\n* a\n* b", "ul"), ("t:\n1. a\n2. b", "ol")]
)
def test_a_list_needs_no_blank_line_before_it(source, kind):
    assert tags(source) == ["p", kind, "li", "li"]


def test_a_numbered_list_starts_where_it_says():
    assert first("3. c\n4. d", "ol").attrib["start"] == "3"


def test_tables_keep_their_alignment():
    source = "| a | b | c | d |\n|:--|:-:|--:|---|\n| 1 | 2 | 3 | 4 |"
    aligned = [cell.attrib["style"] for cell in shown(source).iter("td")]
    assert aligned == [f"text-align:{side}" for side in ("left", "center", "right", "start")]
    assert tags(source)[:3] == ["div", "table", "thead"]


def test_a_fence_inside_a_list_is_code_of_its_item():
    source = "- a\n\n  ```py\n  x < 1\n  ```\n- b"
    assert tags(source) == ["ul", "li", "p", "div", "small", "pre", "code", "span", "li", "p"]
    assert text_of(source, "code") == "x < 1\n"


@pytest.mark.parametrize("source", ["```python\nx = 1 < 2\n", "```\nx = 1 < 2\n```", "    x = 1 < 2\n"])
def test_code_is_shown_as_written_and_runs_from_the_left(source):
    assert text_of(source, "code") == "x = 1 < 2\n"
    assert direction(f"> سلام\n\n{source}", "pre") == "ltr"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("~~old~~", ["p", "s"]),
        ("~home~", ["p"]),
        ("*a* **b**", ["p", "em", "strong"]),
        ("a  \nb", ["p", "br"]),
        ("---", ["hr"]),
        ("> a\n>\n> > b", ["blockquote", "p", "blockquote", "p"]),
        ("<b>x</b>", ["p"]),
        ("![alt](https://e.example/x.png)", ["p", "a"]),
    ],
)
def test_other_marks_become_their_elements(source, expected):
    assert tags(source) == expected


def test_a_link_leaves_the_page():
    link = first('[words](https://example.org/a?b=1&c "a title")', "a")
    assert link.attrib["href"] == "https://example.org/a?b=1&c"
    assert link.attrib["rel"] == "noopener noreferrer" and link.attrib["target"] == "_blank"


def test_an_image_is_a_link_that_says_what_and_where():
    assert words("![a *cat*](https://e.example/x.png)").strip() == "[image: a cat] e.example"


@pytest.mark.parametrize(
    ("url", "host"),
    [("https://a.example:8/x", "a.example"), ("mailto:a@b.example?subject=x", "a@b.example"), ("http://[", "")],
)
def test_the_host_of_a_link_is_named(url, host):
    assert host_of(url) == host


@pytest.mark.parametrize(
    ("source", "formula"),
    [
        ("so $x_1^2$ is", "$x_1^2$"),
        ("so $$x_1*y*$$ is", "$$x_1*y*$$"),
        (r"so \(x_1\) is", "$x_1$"),
        ("$$\nx_1\n$$", "$$\nx_1\n$$"),
        ("so:\n\n\\[\nx_1\n\\]\n\nend", "$$\nx_1\n$$"),
        ("\\[\nx_1\n\\]", "$$\nx_1\n$$"),
        ("\\[ x_1 \\]\n\nend", "$$x_1$$"),
        ("so:\n\\[\nx_1\n\\]\nend", "$$\nx_1\n$$"),
        ("- so \\[x_1\\] is", "$$x_1$$"),
        ("| a |\n|---|\n| $x_1$ |", "$x_1$"),
        ("> $$\n> x_1\n> $$", "$$\nx_1\n$$"),
    ],
)
def test_formulas_reach_the_front_end_whole_and_from_the_left(source, formula):
    found = [
        element
        for element in shown(source).iter("span")
        if "".join((element.text or "").split()) == "".join(formula.split())
    ]
    assert len(found) == 1 and found[0].attrib == {"dir": "ltr"}


@pytest.mark.parametrize(
    "source",
    [
        "it costs $5",
        "$5 or $6",
        "**$5** to **$6**",
        r"\$5 and \$6",
        "[$5](https://a.example) $6",
        "| $5 | $6 |\n|-|-|\n| $ | $7 |",
        "# $5 to $6",
        "&#36;x&#36;",
        "- $5\n- $6",
        "![$5 to $6](https://a.example/x.png)",
        "<https://a.example/$5/$6>",
    ],
)
def test_a_dollar_sign_of_money_stands_alone_in_its_element(source):
    pieces = [piece for piece in shown(source).itertext() if "$" in piece]
    assert pieces and all(piece == "$" for piece in pieces)


@pytest.mark.parametrize(
    "source",
    [
        "\\[x\\] and more",
        "\\[x\\] (as said) and more",
        "\\[x\\] (more)",
        "\\[x\\]\n\n(more)",
        "\\[a\\] and \\[more\\]",
        "$$x$$ and more",
        "$$\nx\n$$ (more)",
        "$$\nx\n$$\nmore",
    ],
)
def test_what_follows_a_formula_is_not_lost(source):
    assert "more" in words(source)


@pytest.mark.parametrize(
    "source", [r"\\(x\\)", r"a \\[x\\] b", r"&bsol;(x&bsol;)", "a \\begin{equation}x\\end{equation} b"]
)
def test_text_that_is_no_formula_never_holds_the_marks_of_one(source):
    assert not any(mark in piece for piece in shown(source).itertext() for mark in ("\\(", "\\[", "\\begin"))


@pytest.mark.parametrize("source", ["`$5 and $6`", "```\n$5 and $6\n```"])
def test_dollar_signs_in_code_stay_in_the_code(source):
    assert first(source, "code").text.strip() == "$5 and $6"


@pytest.mark.parametrize(
    ("source", "tag", "expected"),
    [
        ("words", "p", "ltr"),
        ("سلام", "p", "rtl"),
        ("# سلام", "h1", "rtl"),
        ("12 (5٪) سلام words", "p", "rtl"),
        ("`code` سلام", "p", "rtl"),
        ("123", "p", "ltr"),
        ("> سلام\n>\n> 123", "p", "rtl"),
        ("> سلام\n\nwords", "p", "rtl"),
    ],
)
def test_a_block_takes_its_direction_from_its_own_first_letter(source, tag, expected):
    assert direction(source, tag) == expected


def test_a_latin_paragraph_in_a_persian_quote_runs_from_the_left():
    _, latin = shown("> سلام\n>\n> words").iter("p")
    assert latin.attrib == {"dir": "ltr"}


@pytest.mark.parametrize(
    ("source", "tag"),
    [
        ("- {}", "ul"),
        ("1. {}", "ol"),
        ("> {}", "blockquote"),
        ("| {} |\n|---|\n| x |", "table"),
        ("- **{}**", "ul"),
        ("> - {}", "ul"),
        ("- 5. {}", "ul"),
    ],
)
def test_lists_quotes_and_tables_run_as_their_first_word_does(source, tag):
    assert direction(source.format("خرید و pandas"), tag) == "rtl"
    assert direction(source.format("pandas و خرید"), tag) == "ltr"


def test_an_item_that_begins_with_a_latin_name_stays_in_the_direction_of_its_list():
    inside = list(first("- خرید\n- pandas\n\n  x", "ul").iter())[1:]
    assert {element.tag for element in inside} == {"li", "p"}
    assert all("dir" not in element.attrib for element in inside)


def test_persian_paragraphs_and_cells_start_at_the_right():
    assert first("سلام", "p").attrib["style"] == "text-align:start"
    assert first("| سلام |\n|---|\n| x |", "td").attrib["style"] == "text-align:start"


@pytest.mark.parametrize("source", ["سلام `x = 1`", "- خرید `x = 1`", "> سلام\n>\n> ```\n> x = 1\n> ```"])
def test_code_in_persian_text_runs_from_the_left(source):
    assert text_of(source, "code").strip() == "x = 1"
    assert direction(source, "code") == "ltr"


@pytest.mark.parametrize("mark", ["\u200c", "\u200d", "\u200e", "\u200f"])
def test_joiners_and_direction_marks_of_persian_stay(mark):
    assert words(f"می{mark}خواهم").strip() == f"می{mark}خواهم"


@pytest.mark.parametrize(
    "source", ["این ![نمودار](https://a.example/x.png) است", "[![a](https://a.example/x)](https://b.example)"]
)
def test_what_stands_for_an_image_runs_from_the_left_whatever_the_words_around_it(source):
    html = Markdown().render(source)
    assert re.search(r'<(a|span)[^>]* dir="ltr"[^>]*>\[image: (نمودار|a)\] a\.example</', html)
