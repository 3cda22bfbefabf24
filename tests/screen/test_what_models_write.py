"""Task lists, bare links, numbered references, and links that say where they lead."""

import re
from html import unescape

import pytest
from inertness import faults

from liara_magic.protocol.foreign_text import hidden_characters
from liara_magic.screen.markdown import Markdown


def html_of(source):
    return Markdown().render(source)


def text_of(source):
    return re.sub(r"<[^>]*>", "", html_of(source)).strip()


def links(source):
    return re.findall(r'<a href="([^"]*)"[^>]*>(.*?)</a>', html_of(source))


@pytest.mark.parametrize("mark", ["x", "X"])
def test_tasks_are_boxes_in_place_of_bullets(mark):
    source = f"- [ ] open\n- [{mark}] done\n\n1. [ ] numbered\n"
    assert text_of(source).split("\n")[:2] == ["☐ open", "☑ done"]
    assert html_of(source).count('<li style="list-style:none">') == 3 and "input" not in html_of(source)


@pytest.mark.parametrize(
    "source", ["- [x](https://a.example)", "- [y] no", "- [] no", "[x] no", "- `[x]` no", "- a [x] b"]
)
def test_what_is_no_task_has_no_box(source):
    assert "☐" not in text_of(source) and "☑" not in text_of(source)


@pytest.mark.parametrize(
    ("source", "address"),
    [
        ("see https://a.example/b_c_d?e=1&f=2#g now", "https://a.example/b_c_d?e=1&amp;f=2#g"),
        ("https://a.example.", "https://a.example"),
        ("(https://a.example/x)", "https://a.example/x"),
        ("https://a.example/x_(y)", "https://a.example/x_(y)"),
        ("**https://a.example/**", "https://a.example/"),
        ("https://a.example/راه، سپس", "https://a.example/%D8%B1%D8%A7%D9%87"),
        ("نشانی https://a.example/x؛ ببینید", "https://a.example/x"),
        ("«https://a.example/x»", "https://a.example/x"),
        ("HTTPS://A.example/x", "https://a.example/x"),
        ("www.a.example/x!", "https://www.a.example/x"),
        ("| https://a.example/x |\n|---|", "https://a.example/x"),
    ],
)
def test_an_address_in_running_text_is_a_link_without_the_marks_around_it(source, address):
    ((found, _),) = links(source)
    assert found.lower() == address.lower()


@pytest.mark.parametrize(
    "source",
    ["`https://a.example`", "ftp://a.example", "xhttps://a.example", "javascript://a.example", "https://", "http://a@b.c",
     "```\nhttps://a.example\n```", "a@www.b.example"],
)  # fmt: skip
def test_what_is_no_address_of_the_web_is_no_link(source):
    assert not links(source)


def test_an_address_runs_from_the_left_in_persian_text():
    assert '<a href="https://a.example/x" dir="ltr"' in html_of("نشانی https://a.example/x است")


@pytest.mark.parametrize(
    "words", ["here", "https://good.example", "good.example/evil.example", "evil.example.good", "ا"]
)
def test_a_link_whose_words_do_not_name_its_host_has_it_behind(words):
    assert '</a> <small dir="ltr">(evil.example)</small>' in html_of(f"[{words}](https://evil.example/path)")


@pytest.mark.parametrize(
    "words", ["evil.example", "https://evil.example", "https://evil.example/other", "EVIL.example"]
)
def test_a_link_that_names_its_host_says_it_once(words):
    assert "<small" not in html_of(f"[{words}](https://evil.example/path)")


def test_a_foreign_alphabet_that_looks_like_another_is_told_apart():
    assert "xn--80ak6aa92e.com" in text_of("[apple.com](https://аррӏе.com)")


@pytest.mark.parametrize(
    "url", ["https://google.com@evil.example", "http://user:pass@evil.example", "http:evil", "mailto:", "https:///x"]
)
def test_a_link_with_a_user_name_or_without_a_host_stays_text(url):
    assert not links(f"[x]({url})") and not links(f"<{url}>")


def test_a_mail_address_shows_itself():
    assert "(a@b.example)" in text_of("[write](mailto:a@b.example?subject=x)")


def test_numbered_references_are_raised_and_their_notes_are_text():
    source = "so it is.[^1]\n\n[^1]: https://a.example/x is the source.\n"
    assert html_of(source).count("<sup>1</sup>") == 2
    assert text_of(source).split("\n")[-1] == "1: https://a.example/x is the source."
    assert "<sup>۲</sup>" in html_of("چنین است.[^۲]")


@pytest.mark.parametrize("source", ["[^a-z]", "[^]", "[^1", "`[^1]`", "[^12345]"])
def test_other_brackets_with_a_caret_stay_text(source):
    assert "<sup>" not in html_of(source)


@pytest.mark.parametrize("rows", [3, 50])
def test_a_table_that_would_grow_far_beyond_its_text_is_text(rows):
    wide = "|" + "a|" * 60 + "\n|" + "-|" * 60 + "\n"
    assert "<table" in html_of(wide + ("|" + "words|" * 60 + "\n") * rows)
    assert "<table" not in html_of(wide + "|b\n" * 500)
    assert len(html_of(wide + "|b\n" * 5000)) < 60_000


@pytest.mark.parametrize("mark", ["[", "![", "[a](", "<![", "[[", "*a **", "$", "|a", "&"])
def test_many_unclosed_marks_are_shown_as_they_are(mark):
    source = mark * (20_000 // len(mark))
    assert source.strip() in unescape(text_of(source)) and not faults(html_of(source[:2000]))


@pytest.mark.parametrize("mark", ["> ", ">", "- ", "1. ", "> - "])
def test_words_that_nest_too_deep_are_not_lost(mark):
    assert "words" in text_of(mark * 24 + "words")
    html = html_of(mark * 500 + "words")
    assert "words" in html and "could not be formatted" in html


@pytest.mark.parametrize("mark", ["<br>", "<br/>", "<br />", "<BR>"])
def test_a_line_break_in_a_cell_breaks_the_line(mark):
    assert "a<br />" in html_of(f"| a{mark}b |\n|---|") and "&lt;" not in html_of(f"a {mark} b")


@pytest.mark.parametrize("mark", ["<br onload=x>", "<brx>", "<br", "</br>", "`<br>`"])
def test_what_is_no_line_break_stays_text(mark):
    assert "<br" not in html_of(f"a {mark} b")


@pytest.mark.parametrize("entity", ["&#x202e;", "&#8294;", "&#xE0041;", "&#27;", "&#x9b;"])
def test_an_entity_brings_no_character_back_that_was_taken_out(entity):
    for source in (
        f"a {entity}b",
        f"![a{entity}b](https://x.example)",
        f"[a{entity}](https://x.y)",
    ):
        html = html_of(source).replace("\N{REPLACEMENT CHARACTER}", "")
        assert html == html_of(source.replace(entity, "")) or "%" in html
        assert not hidden_characters(unescape(html))
