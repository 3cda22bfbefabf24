"""Code blocks: coloured where the language is known, the same text always, and never a fault of the code's."""

import re
from html import unescape

import pytest
from inertness import faults

from liara_magic.screen.code import code_block, kinds
from liara_magic.screen.languages import languages

PYTHON = '''@cache
def mean(values: list[float], name="a\\n") -> float:
    """The mean."""
    # of all
    return sum(values) / len(values) if values else 0.5
'''
HOSTILE = [
    "",
    "\n\n",
    "\r\nx\r\n",
    "\ufeffx",
    "x\ty  \n",
    "</code></pre><script>alert(1)</script>",
    "&lt;b&gt; &amp;",
    '"' * 999,
    "'''",
    "/*" * 500,
    "(" * 2000,
    "\\" * 999,
    "<?php <% {{ ${ #{ `",
    "سلام = «درآمد»\u200c‌ها",
    "\x00\x1b[31m",
    "a" * 5000,
]


def text_of(html):
    return unescape(re.sub(r"<[^>]*>", "", html.partition('pre">')[2].rpartition("</code>")[0]))


def kind_of(word, code, language):
    return next(kind for kind, text in kinds(code, language) if text.strip() == word)


@pytest.mark.parametrize(
    ("word", "kind"),
    [("@cache", "b"), ("mean", "d"), ('"""The mean."""', "s"), ("# of all", "c"), ("return", "k"), ("0.5", "n")],
)
def test_the_words_of_a_language_have_their_kind(word, kind):
    assert kind_of(word, PYTHON, "python") == kind


@pytest.mark.parametrize("language", sorted(languages()))
def test_every_language_on_the_list_has_a_lexer_and_keeps_every_letter(language):
    for code in (PYTHON, *HOSTILE):
        assert "".join(text for _, text in kinds(code, language)) == code
        assert {kind for kind, _ in kinds(code, language)} <= set("bcdiknrs") | {""}


@pytest.mark.parametrize("info", ["python", "Python", "{.python}", "python title='a'", "python,linenos", "py"])
def test_the_language_is_read_from_what_stands_behind_the_fence(info):
    assert "color:var(--k)" in code_block("def f(): pass", info)


@pytest.mark.parametrize("info", ["", "   ", "klingon", "../../python", "<b>", "__class__"])
def test_code_of_a_language_that_is_not_known_is_plain(info):
    html = code_block("def f(): pass", info)
    assert "color:" not in html and text_of(html) == "def f(): pass"


def test_each_colour_is_the_theme_s_with_one_of_its_own_where_there_is_no_theme():
    html = code_block(PYTHON, "python")
    defined = dict(re.findall(r"--(\w):var\((--jp-[\w-]+,#[0-9a-f]{6})\)", html))
    assert set(defined) == set(re.findall(r"color:var\(--(\w)\)", html)) == {"b", "c", "d", "k", "n", "s"}


@pytest.mark.parametrize("language", ["diff", "json", "yaml", "bash", "sql", "r", "html"])
def test_languages_of_data_analysis_are_coloured(language):
    code = {
        "diff": "-old\n+new\n",
        "json": '{"a": 1}',
        "yaml": "a: 1\n",
        "bash": "echo 'a' # b\n",
        "sql": "select 1",
        "r": 'x <- "a"',
        "html": "<b>x</b>",
    }[language]
    assert any(kind for kind, _ in kinds(code, language))


@pytest.mark.parametrize("language", ["python", "html", "php", "javascript", "bash", "json"])
@pytest.mark.parametrize("code", HOSTILE)
def test_a_block_is_inert_and_its_text_is_the_code(code, language):
    html = code_block(code, language)
    assert text_of(html) == code and not faults(html.replace("\x00", "").replace("\x1b", ""))


def test_long_lines_scroll_and_the_language_stays_out_of_what_is_copied():
    html = code_block("x", "python")
    assert '<pre style="overflow-x:auto;' in html and '<code style="white-space:pre">' in html
    assert '<small style="opacity:.7;user-select:none">python</small>' in html
