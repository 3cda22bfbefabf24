"""However a reply is written, its HTML, and the work that it makes, stay in proportion to its length."""

import time

import pytest

from liara_magic.screen.code import kinds
from liara_magic.screen.languages import languages
from liara_magic.screen.markdown import Markdown

LONG = f"[a]: https://b.example/{'x' * 10_000}\n\n"
TABLE = "|" + "a|" * 14 + "\n|" + "-|" * 14 + "\n"


@pytest.mark.parametrize(
    "source",
    [LONG + "[a]" * 3000, LONG + "![a]" * 2000, TABLE + "a\n" * 9000, "|a|b|\n|-|-|\n" + "\\\n" * 9000],
    ids=["links to one long address", "images of one long address", "a wide table", "a table of empty cells"],
)
def test_html_does_not_grow_far_beyond_the_text(source):
    assert len(Markdown().render(source)) < 30 * len(source)


@pytest.mark.parametrize(
    "paragraph",
    ["[" * 48 + "a" + "]" * 48, "![" * 48 + "a" + "](https://b.example)" * 48, ">" * 25 + "a\n" + "a\n" * 300],
    ids=["brackets", "images in images", "quotes with lines behind"],
)
def test_many_slow_paragraphs_share_what_they_may_take(paragraph):
    source = (paragraph + "\n\n") * (60_000 // len(paragraph))
    start = time.thread_time()
    Markdown().render(source)
    assert time.thread_time() - start < 2.5  # without a limit for all of them it takes three times as long and more


HOSTILE = ("\\0", "\\\\", "%*", "0", "_", "\t", "\n", " \n", "'", '"', "/*", "<", "$'", "a ", "{{", "<<a\n", ">>> '%0")
OPENINGS = ("", '"', "'", '"""%', "$'", "s!!", "goto/?", "a", "#include", "<a ", "=", "VOLUME", "/*", "match \n")


@pytest.mark.parametrize("language", sorted(languages()))
def test_no_code_keeps_its_colouring_busy(language):
    start = time.thread_time()
    for opening in OPENINGS:
        for unit in HOSTILE:
            code = opening + unit * (4000 // len(unit))
            assert "".join(text for _, text in kinds(code, language)) == code
    assert time.thread_time() - start < 10
