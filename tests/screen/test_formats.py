"""Replies in other formats than Markdown: what is shown is what was asked for, and is as inert."""

import json

import html5lib
import pytest
from inertness import faults
from payloads import PAYLOADS
from screens import PNG_URL, TOTALS, RecordingPublisher, reply_of

from liara_magic.protocol.events import ListDelta, TextDelta
from liara_magic.protocol.json_text import json_in
from liara_magic.screen.code_blocks import unfenced
from liara_magic.screen.document import document
from liara_magic.screen.json_tree import LONGEST_TEXT, MOST_ENTRIES, MOST_VALUES, json_tree
from liara_magic.screen.markup import markup_of, tex_of
from liara_magic.screen.notebook import NotebookScreen, reply_bundle
from liara_magic.screen.reply_images import reply_images
from liara_magic.screen.sanitiser import LONGEST, sanitised
from liara_magic.screen.stopwatch import TooIntricate
from liara_magic.screen.terminal import TerminalScreen
from liara_magic.screen.terminal_text import Look

FORMATS = ["text", "code", "json", "html", "math"]
# Elements of HTML that Markdown never makes; as inert as the others.
_MORE = ("sub", "caption", "dl", "dt", "dd")


def wrong(html):
    """What is not inert, beside elements and attributes that only the format ``html`` has."""
    also = [f"<{tag}>" for tag in _MORE] + ["colspan='", "rowspan='"]
    return [fault for fault in faults(html) if not fault.startswith(tuple(also))]


def text_of(html):
    return "".join(html5lib.parseFragment(html, namespaceHTMLElements=False).itertext())


# Inert


@pytest.mark.parametrize("family", PAYLOADS)
@pytest.mark.parametrize("format", FORMATS)
def test_hostile_text_is_inert_in_every_format(family, format):
    found = {}
    for payload in PAYLOADS[family]:
        for source in (payload, json.dumps({payload: [payload]}), f"<p>{payload}</p>", f"<td title='{payload}'>x</td>"):
            if fault := wrong(markup_of(format).render(source)):
                found[source] = fault
    assert not found


@pytest.mark.parametrize("family", PAYLOADS)
def test_hostile_html_is_inert_at_every_step_while_it_comes(family):
    for payload in PAYLOADS[family][::6]:
        for format in ("html", "json", "text"):
            for end in range(0, len(payload) + 1, 3):
                html = "".join(part.html(growing=True) for part in markup_of(format).blocks(payload[:end]))
                assert not wrong(html), (format, payload[:end])


# HTML


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        ("<p>a &amp; b", "<p>a &amp; b</p>"),
        ("<p>a<p>b", "<p>a</p><p>b</p>"),
        ("<B>x</B>", "<strong>x</strong>"),
        ("<ul><li>a<li>b</ul>", "<ul><li>a</li><li>b</li></ul>"),
        ("<em>a</p>b", "<em>ab</em>"),
        ("a</div>b", "ab"),
        ("<section><h2>x</h2></section>", "<div><h2>x</h2></div>"),
        ("1 < 2 and 3 > 2 <3", "1 &lt; 2 and 3 &gt; 2 &lt;3"),
        ("<custom-tag>kept</custom-tag>", "kept"),
        ("<script>gone()</script><style>p{}</style>kept", "kept"),
        ("<!DOCTYPE html><html><head><title>t</title></head><body>x</body></html>", "x"),
        ('<td colspan=2 colspan="9">x', '<td colspan="2" style="text-align:start">x</td>'),
        ('<ol start="3"><li>x</ol>', '<ol start="3"><li>x</li></ol>'),
        ("<br/><hr>", "<br><hr>"),
        ("<details open><summary>s</summary>x</details>", '<details open=""><summary>s</summary>x</details>'),
        ("<p>سلام</p>", '<p dir="rtl" style="text-align:start">سلام</p>'),
        ('<p dir="rtl">x', '<p dir="rtl" style="text-align:start">x</p>'),
        ("<!-- <b>x</b> -->y", "y"),
        ("costs $5 or $6", "costs <span>$</span>5 or <span>$</span>6"),
    ],
)
def test_html_keeps_its_structure(html, shown):
    assert sanitised(html) == shown


@pytest.mark.parametrize("url", ["https://ok.example/a?b=c&d", "http://ok.example", "mailto:a@ok.example"])
def test_a_link_stays_and_says_where_it_leads(url):
    html = sanitised(f'<a href="{url}" onclick="x()" class="y">here</a>')
    (link,) = html5lib.parseFragment(html, namespaceHTMLElements=False).iter("a")
    assert link.attrib == {"href": url, "rel": "noopener noreferrer", "target": "_blank"}
    assert "ok.example)</small>" in html


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "java\tscript:alert(1)",
        "\x01javascript:alert(1)",
        "vbscript:x",
        "data:text/html,x",
        "//evil.example",
        "https://a@evil.example",
        "https:\\\\evil.example",
        "https://evil.example/ x",
        "x",
        "#id",
    ],
)
def test_a_link_that_may_not_be_one_is_its_words(url):
    assert sanitised(f'<a href="{url}">here</a>') == "<span>here</span>"


def test_an_image_is_not_loaded():
    html = sanitised('<img src="https://evil.example/x.png" alt="cat" srcset="//e 2x" onerror=alert(1)>')
    assert "<img" not in html and "[image: cat]" in html and "(evil.example)" in html


BOMBS = ["<a" * 20_000, '<a title=">" ' * 8_000, "</a" * 20_000, "<div>" * 20_000, "<table>" + "<td>" * 20_000]
BOMBS += ["<!--" * 10_000, "<![CDATA[" * 8_000, '<a title="' + ">" * 20_000, "<script>" + "</scrip" * 20_000]


@pytest.mark.parametrize("bomb", BOMBS, ids=range(len(BOMBS)))
def test_html_bombs_become_text(bomb):
    assert not wrong(markup_of("html").render(bomb))


def test_html_that_is_too_long_is_shown_as_its_source():
    long = "<p>x" * (LONGEST // 4 + 1)
    with pytest.raises(TooIntricate):
        sanitised(long)
    assert text_of(markup_of("html").render(long)).count("<p>x") == LONGEST // 4 + 1


def test_a_fence_around_html_is_no_part_of_it():
    assert markup_of("html").render("```html\n<b>x</b>\n```") == "<strong>x</strong>"


# JSON


def test_json_is_read_strictly_and_out_of_what_stands_around_it():
    assert json_in('  {"a": 1}\n') == {"a": 1}
    assert json_in("Sure:\n```json\n[1]\n```\nDone.") == [1]
    assert json_in('Sure:\n{"a": [1]}') == {"a": [1]}
    assert json_in('```\nno\n```\n~~~\n{"a": 1}\n~~~') == {"a": 1}
    assert json_in('["\\ud83d\\ude00 \\ud83d"]') == ["😀 \ufffd"]
    assert json_in("\ufeff1") == 1


@pytest.mark.parametrize("text", ["", " ", "no", "[1", "NaN", "[Infinity]", "1e999", "[" * 100_000, "see [1] there"])
def test_what_is_no_json_is_said(text):
    with pytest.raises(ValueError, match=r"\w"):
        json_in(text)


def test_a_tree_shows_every_value_in_its_own_direction():
    html = json_tree({"نام": "علی", "n": [1, 2.5, None, True], "empty": {}, "text": "<b>$x$"})
    assert "<bdi>علی</bdi>" in html and 'dir="ltr"' in html
    assert text_of(html).count('"') == 12
    for shown in ("1", "2.5", "null", "true", "{}", "<b>$x$", "4 items", "4 fields"):
        assert shown in text_of(html)
    assert html.count("<details open") == 2


def test_a_large_tree_is_folded_and_bounded():
    html = json_tree([{"n": n, "list": list(range(500))} for n in range(5000)])
    assert html.count("<details open") == 1
    assert len(html) < 60 * (MOST_VALUES + 100) + 20_000
    assert "… 400 more" in html and f"… {5000 - MOST_ENTRIES:,} more" not in html


def test_a_long_text_and_a_deep_value_are_cut_and_said():
    assert f"… {500:,} more characters" in json_tree({"a": "x" * (LONGEST_TEXT + 500)})
    deep = json_in('{"a":' * 200 + "1" + "}" * 200)
    assert "too deep to show" in json_tree(deep)


# Text, mathematics, code


def test_plain_text_is_shown_to_the_letter_each_paragraph_in_its_direction():
    source = "# no *heading*\n  indented <b>\n\nسلام English\n\n\nend $x$"
    html = markup_of("text").render(source)
    assert text_of(html) == source
    assert html.count('dir="rtl"') == 1
    assert "<h1" not in html and "<em" not in html


@pytest.mark.parametrize(
    ("text", "tex"),
    [
        ("x^2", "x^2"),
        ("$$x^2$$", "x^2"),
        ("\\[ x^2 \\]", "x^2"),
        ("$x$", "x"),
        ("```latex\n\\frac{1}{2}\n```", "\\frac{1}{2}"),
        ("the mean $x$ of $y$", ""),
        ("a\n\nb", ""),
        ("\\$5", "\\$5"),
    ],
)
def test_the_formula_of_a_reply(text, tex):
    assert tex_of(text) == tex
    assert (f"$${tex}$$" in markup_of("math").render(text).replace("&#x27;", "'")) is bool(tex)


def test_a_formula_that_could_lead_away_is_code():
    assert "<code" in markup_of("math").render("\\href{javascript:alert(1)}{x}")


def test_code_without_a_fence_is_shown_as_code_and_words_are_not():
    assert "<pre" in markup_of("code").render("x = 1  # *not* emphasis\n")
    assert "<pre" not in markup_of("code").render("I cannot do that.")


# On the screens


@pytest.mark.parametrize("owns_cell", [True, False])
def test_json_is_code_while_it_comes_and_a_tree_at_the_end(owns_cell):
    publisher = RecordingPublisher()
    screen = NotebookScreen(publisher, owns_cell, format="json")
    reply = reply_of('{"city": ')
    reply.format = "json"
    screen.start("test/model")
    screen.show(reply)
    assert "<pre" in publisher.html and "<details" not in publisher.html
    reply.add(TextDelta('"Yazd"}'))
    screen.finish(reply, TOTALS)
    ((_, data),) = publisher.outputs
    assert data["text/plain"] == '{\n  "city": "Yazd"\n}'
    assert "1 field" in data["text/html"] and "✓ test/model" in data["text/html"]


@pytest.mark.parametrize("depth", [100, 300, 450, 900, 5000])
def test_json_of_any_depth_is_shown_in_one_way_or_the_other(depth):
    reply = reply_of("[" * depth + "]" * depth)
    reply.format = "json"
    bundle = reply_bundle(reply)
    assert bundle["text/plain"].count("[") == depth
    assert "<details" in bundle["text/html"] or "<pre" in bundle["text/html"]


def test_json_that_is_none_is_shown_as_it_came():
    reply = reply_of('{"city": ')
    reply.format = "json"
    assert document(reply) == '{"city": '
    assert "<pre" in reply_bundle(reply)["text/html"]


def printed(format, text, look):
    lines = []
    screen = TerminalScreen(lines.append, look, format=format)
    reply = reply_of(text[:5])
    reply.format = format
    screen.start("test/model")
    screen.show(reply)
    reply.add(TextDelta(text[5:]))
    screen.finish(reply, TOTALS)
    return "".join(lines)


FOOTER = "✓ test/model"


def test_in_a_terminal_a_format_is_text_and_what_means_nothing_in_part_waits_for_its_end():
    for look in (Look(formatted=False), Look(formatted=True)):
        json_lines = printed("json", '{"a":1}', look).partition(FOOTER)[0].split("\n")
        assert [line.strip() for line in json_lines if '"' in line] == ['"a": 1']
        assert "# no *heading*" in printed("text", "# no *heading*", look)
        assert "<b>x</b>" in printed("html", "<b>x</b>", look)
        assert "x^2" in printed("math", "$$x^2$$", look)
    assert printed("json", '{"a":1}', Look(False)).startswith('{\n  "a": 1\n}\n')


def test_images_are_bytes_that_show_themselves(tmp_path):
    entry = {"type": "image_url", "image_url": {"url": PNG_URL}}
    broken = {"type": "image_url", "image_url": {"url": "https://evil.example/x.png"}}
    (image,) = reply_images(reply_of("x", ListDelta("images", [entry, broken])))
    assert image.mime_type == "image/png" and image.data.startswith(b"\x89PNG")
    assert image._repr_mimebundle_()["image/png"] in PNG_URL
    image.save(tmp_path / "x.png")
    assert (tmp_path / "x.png").read_bytes() == image.data


@pytest.mark.parametrize("mark", ["```", "~~~~"])
@pytest.mark.parametrize(
    ("inside", "text"), [("a\n", "a"), ("", ""), ("a  \n  ", "a  "), ("\n\n", "\n"), ("``\nx\n", "``\nx")]
)
def test_what_stands_in_a_fence_is_taken_out_of_it(mark, inside, text):
    assert unfenced(f"\n {mark}html\n{inside}{mark} \n") == text
    assert unfenced(f"{mark}html\n{inside}{mark}\nmore") == f"{mark}html\n{inside}{mark}\nmore"


@pytest.mark.timeout(20)
@pytest.mark.parametrize("text", ["```\n" + " " * 1_000_000, "```\nx```" + " " * 1_000_000 + "x", "`" * 1_000_000])
def test_a_fence_that_never_ends_takes_no_longer_than_its_length(text):
    assert unfenced(text) == text
