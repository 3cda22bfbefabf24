"""Exported Markdown, in whatever it is opened: nothing in it is fetched, is HTML, or leads to a script."""

import json
import random
import re
from pathlib import Path

import pytest
from exported import IMAGE, PIXEL, a_turn, conversation_of
from markdown_it import MarkdownIt
from payloads import PAYLOADS

from liara_magic.export.markdown import to_markdown
from liara_magic.protocol.messages import Message
from liara_magic.screen.raw_links import without_requests

EXAMPLES = json.loads((Path(__file__).parents[1] / "screen/commonmark/examples.json").read_text("utf-8"))
FOLLOWED = re.compile(r"(?:https?://[^/?#@]+(?:[/?#].*)?|mailto:.*|(?![^/?#]*:)(?!//).*)", re.IGNORECASE | re.DOTALL)


def viewer():
    """A viewer that shows everything: pictures, HTML, links of any kind."""
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    parser.validateLink = lambda url: True
    return parser


def faults(text):
    """What of ``text`` a viewer would fetch, run or follow; pictures that stand in it are none."""
    tokens = [child for token in viewer().parse(text) for child in (token, *(token.children or ()))]
    for token in tokens:
        if token.type.startswith("html"):
            yield token.content
        elif token.type == "image" and not token.attrs["src"].startswith(f"data:image/png;base64,{PIXEL[:8]}"):
            yield f"image {token.attrs['src']}"
        elif token.type == "link_open" and not FOLLOWED.fullmatch(token.attrs.get("href", "")):
            yield f"link {token.attrs['href']}"


def exported(*texts):
    return to_markdown(conversation_of(*(a_turn(text, text, Message("user", text)) for text in texts)))


@pytest.mark.parametrize("kind", PAYLOADS)
def test_hostile_text_fetches_and_runs_nothing(kind):
    for payload in PAYLOADS[kind]:
        assert list(faults(exported(payload))) == [], payload


def test_the_examples_of_commonmark_fetch_and_run_nothing():
    for example in EXAMPLES:
        text = example["markdown"]
        assert list(faults(exported(text))) == [], text


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("![a](https://e.example/x.png)", "[image: a, e.example](https://e.example/x.png)"),
        ("so ![](<https://e.example/x> 't')!", "so [image: e.example](<https://e.example/x> 't')!"),
        ("![a [b] c](https://e.example)", "[image: a [b] c, e.example](https://e.example)"),
        ("![a][r]\n\n[r]: https://e.example", "[image: a, e.example][r]\n\n[r]: https://e.example"),
        ("![r]\n\n[r]: https://e.example", "[image: r, e.example][r]\n\n[r]: https://e.example"),
        ("> - ![a](https://e.example)", "> - [image: a, e.example](https://e.example)"),
        ("| a |\n|---|\n| ![x](https://e.example) |", "| a |\n|---|\n| [image: x, e.example](https://e.example) |"),
        ("![a](data:image/png;base64,AAAA)", "[image: a]\\(data:image/png;base64,AAAA)"),
        ("[a](javascript:alert(1))", "[a]\\(javascript:alert(1))"),
        ("[a](JavaScript&colon;alert)", "[a]\\(JavaScript&colon;alert)"),
        ("[a](https://you@e.example/)", "[a]\\(https://you@e.example/)"),
        ("<vbscript:x> <https://a.example>", "&lt;vbscript:x> <https://a.example>"),
        ("[a]\n\n[a]: data:text/html,x", "[a]\n\n\\[a]: data:text/html,x"),
        ("[image-1-1]: https://e.example", "\\[image-1-1]: https://e.example"),  # the name of a picture of ours
    ],
)
def test_a_picture_is_a_link_with_its_host_and_an_unsafe_link_is_text(written, shown):
    assert without_requests(written) == shown
    assert list(faults(written)) or "image-1-1" in written
    assert not list(faults(shown))


@pytest.mark.parametrize(
    "text",
    [
        "`![a](https://e.example)` and ``[x](javascript:x)``",
        "```\n![a](https://e.example)\n[r]: javascript:x\n```",
        "    ![a](https://e.example)",
        "$\\left[a\\right](b)$, $E[X](t)$, \\[x\\](as said) and $n![k]$",
        "$$\na[b](c)\n$$",
        "[a](https://a.example), [b](mailto:b@c.example), [c](#below), [d](notes.md), <https://e.example>",
        "[a][r]\n\n[r]: https://a.example 'title'",
        "\\![a](https://a.example) and ![none] and a[0]: int",
    ],
)
def test_code_formulas_and_other_links_stay_as_they_were(text):
    assert without_requests(text) == text


def test_code_beside_a_picture_stays():
    text = "`![a](https://e.example)` is a picture: ![b](https://f.example)"
    assert without_requests(text) == "`![a](https://e.example)` is a picture: [image: b, f.example](https://f.example)"


def test_what_one_reply_defines_gives_no_other_a_picture():
    text = exported("[r]: https://e.example/x.png\n\nsee [r]", "![r] and ![words][r]")
    assert list(faults(text)) == []
    assert "[image: words, e.example][r]" in text


def test_pictures_of_a_reply_stay_and_take_no_others_place():
    text = to_markdown(conversation_of(a_turn("x", "[IMAGE-1-1]: https://e.example/x.png", images=[IMAGE])))
    pictures = [one for token in viewer().parse(text) for one in token.children or () if one.type == "image"]
    assert [one.attrs["src"] for one in pictures] == [f"data:image/png;base64,{PIXEL}"]


def test_parts_of_links_in_any_order_fetch_and_run_nothing():
    dice = random.Random(3)
    parts = ["![", "[", "]", "](", "][", "]: ", ")", "<", ">", "`", "\\", "\n", "\n\n", "> ", "- ", "a", "r", "!", '"']
    parts += ["https://e.example", "javascript:x", "&#106;avascript:x", "<b>", "</b>", "<!--", "-->", "| ", "$", "    "]
    for _ in range(3000):
        text = "".join(dice.choices(parts, k=dice.randint(2, 16)))
        assert list(faults(exported(text, "[r] ![r] ![a][r]"))) == [], text
