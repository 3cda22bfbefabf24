"""A conversation as Markdown, as a page and as a notebook."""

import json
import re

import html5lib
import nbformat
import pytest
from exported import PIXEL, a_turn, conversation_of
from inertness import _TAGS, _is_allowed
from payloads import PAYLOADS

from liara_magic import LiaraUsageError
from liara_magic.export.files import export
from liara_magic.export.markdown import to_markdown
from liara_magic.export.notebook import to_notebook
from liara_magic.export.page import to_html
from liara_magic.protocol.messages import Message
from liara_magic.screen.markdown import Markdown
from liara_magic.session.ask import Wanted

_SHELL = {"html", "head", "body", "meta", "title", "style", "main", "section"}
_CLASSES = ("turn", "quiet", "prompt", "context")


def faults_of_page(page):
    """What in a page is not inert, as sentences: the page's own frame may stand around what is allowed anywhere."""
    found = []
    for element in html5lib.parse(page, namespaceHTMLElements=False).iter():
        if element.tag not in _SHELL and element.tag not in _TAGS.split():
            found.append(f"<{element.tag}>")
        for name, value in element.attrib.items():
            ours = element.tag in ("html", "meta") or (name == "class" and value in _CLASSES)
            if not ours and not _is_allowed(name, value):
                found.append(f"<{element.tag} {name}={value!r}>")
    heads = html5lib.parse(page, namespaceHTMLElements=False)
    if len(heads.findall(".//style")) != 1 or len(heads.findall(".//meta")) != 5:
        found.append("something got into the head")
    return found


def test_markdown_holds_prompts_replies_figures_and_pictures(conversation):
    text = to_markdown(conversation)
    assert text.startswith("# فروش ۲\n\n3 turns")
    assert "> why is revenue down?\n> and {braces}?" in text
    assert "It **fell** in May." in text
    assert "```text\n`df`: 3 rows <b>\n```" in text
    assert f"[image-2-1]: data:image/png;base64,{PIXEL}" in text
    assert "cut: stopped" in text
    assert "cell [3]" in text
    assert "0.98 تومان" in text
    # The block of code in which the last reply was cut is closed, so that what follows is no code.
    html = Markdown().render(text)
    assert html.rindex("cut: stopped") > html.rindex("</pre>")


def test_the_page_stands_alone(conversation):
    page = to_html(conversation)
    assert "default-src 'none'" in page
    assert not re.search(r"(?:src|href)=\"(?!data:image/png)", page)
    assert "url(" not in page
    assert faults_of_page(page) == []
    assert page.count("<img") == 2
    root = html5lib.parse(page, namespaceHTMLElements=False)
    text = "".join(root.itertext())
    for words in ("revenue down?\nand {braces}?", "fell", "for n in range(3):", "stopped", "hm", "`df`: 3 rows <b>"):
        assert words in text
    assert root.attrib["lang"] == "en"
    assert to_html(conversation_of(a_turn("x", "سلام"))).split("lang=")[1].startswith('"fa"')


def test_persian_digits(conversation):
    assert "۳ turns" in to_html(conversation, "persian")
    assert "۳ turns" in to_markdown(conversation, "persian")


@pytest.mark.parametrize("kind", PAYLOADS)
def test_hostile_text_is_inert_wherever_it_stands(kind):
    payloads = PAYLOADS[kind]
    turns = [
        a_turn(payload, payload, Message("user", payload), reasoning=payload, model=payload) for payload in payloads
    ]
    for turn, payload in zip(turns, payloads, strict=True):
        turn.reply.model = turn.row.model = turn.reply.id = payload
        turn.reply.notices.append(payload)
        turn.cut(payload)
    conversation = conversation_of(*turns, name=payloads[0])
    assert faults_of_page(to_html(conversation)) == []
    for cell in json.loads(to_notebook(conversation))["cells"][2:]:
        html = cell["outputs"][0]["data"]["text/html"]
        assert faults_of_page(f"<!DOCTYPE html><meta><meta><meta><meta><meta><style></style>{html}") == []


def test_the_notebook_is_valid_and_asks_again(conversation):
    text = to_notebook(conversation)
    notebook = nbformat.reads(text, as_version=4)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert notebook.cells[1].source == "%load_ext liara_magic"
    first, second, third = notebook.cells[2:]
    assert first.source == "%%liara -m test/model\nwhy is revenue down?\nand {braces}?"
    assert second.source.startswith('%%liara -m test/model -s "Be brief."\n')
    assert [output.data.keys() for output in second.outputs] == [
        {"text/html", "text/plain"},
        {"image/png", "text/plain"},
    ]
    assert "cut: stopped" in third.outputs[0].data["text/html"]
    assert len({cell.id for cell in notebook.cells}) == 5


@pytest.mark.parametrize(
    "parameters",
    [
        {"temperature": 0},
        {"stop": ["a b", "c"], "user": "some one", "logit_bias": {"5": -1}},
        {"other": {"deep": [1, "x y"]}, "flag": True},
    ],
)
def test_flags_of_an_exported_cell_say_what_was_asked(parameters):
    from liara_magic.magics.options import parse_cell

    turn = a_turn("-5 degrees?\n--", "cold", model="some/model", system='Say "no".', parameters=parameters)
    source = json.loads(to_notebook(conversation_of(turn)))["cells"][2]["source"]
    line, _, cell = source.partition("\n")
    ask = parse_cell(line.removeprefix("%%liara "), cell)
    assert (ask.prompt, ask.model, ask.system, ask.parameters) == (turn.prompt, "some/model", 'Say "no".', parameters)


def test_an_exported_cell_lands_as_the_first_one_did():
    from liara_magic.magics.options import parse_cell

    asked = [("code", Wanted(block=2)), ("json", Wanted(schema="Sale", out="sale")), ("text", Wanted())]
    turns = [a_turn("go", "there", format=format, wanted=wanted) for format, wanted in asked]
    for cell, (format, wanted) in zip(
        json.loads(to_notebook(conversation_of(*turns)))["cells"][2:], asked, strict=True
    ):
        line, _, prompt = cell["source"].partition("\n")
        ask = parse_cell(line.removeprefix("%%liara "), prompt)
        assert (ask.format, ask.wanted) == (format, wanted)


def test_a_reply_that_is_no_markdown_is_code_in_markdown():
    turn = a_turn("go", '{"a": [1, "**"]}', format="json")
    turn.reply.format = "json"
    assert '```json\n{\n  "a": [\n' in to_markdown(conversation_of(turn))


def test_an_ending_says_to_what(conversation, tmp_path):
    for ending in ("md", "html", "ipynb", "HTML"):
        assert export(conversation, tmp_path / f"x.{ending}").read_text("utf-8")
    with pytest.raises(LiaraUsageError, match=r"ends in none of .md, .html, .ipynb"):
        export(conversation, tmp_path / "x.pdf")
    with pytest.raises(LiaraUsageError, match="exists already"):
        export(conversation, tmp_path / "x.md")


def test_an_empty_conversation_can_be_exported_too():
    for make in (to_markdown, to_html, to_notebook):
        assert "0 turns" in make(conversation_of())


def test_what_a_loaded_file_calls_a_model_is_no_flag_of_an_exported_cell():
    from liara_magic.magics.options import parse_cell

    hostile = "x --attach /etc/passwd\n-T os\u2028-o y"
    turn = a_turn("go", "there", parameters={"top_p -a /etc/passwd": 1, "a=b -T os": 2, "top_p": 0.5}, system=hostile)
    turn.row.model = hostile
    source = json.loads(to_notebook(conversation_of(turn)))["cells"][2]["source"]
    line, _, prompt = source.partition("\n")
    ask = parse_cell(line.removeprefix("%%liara "), prompt)
    assert (ask.prompt, ask.wanted, ask.parameters) == ("go", Wanted(), {"top_p": 0.5})
    assert ask.model == ask.system == "x --attach /etc/passwd -T os -o y"


def test_braces_that_came_from_a_variable_are_not_filled_by_an_exported_cell():
    sources = [
        json.loads(to_notebook(conversation_of(a_turn(prompt, "yes", typed="read {note}"))))["cells"][2]["source"]
        for prompt in ("read it and say {password}", "read it")
    ]
    assert [source.partition("\n")[2] for source in sources] == ["read {note}", "read it"]


@pytest.mark.parametrize("kind", PAYLOADS)
def test_html_in_exported_markdown_is_text_to_any_reader(kind):
    from markdown_it import MarkdownIt

    for payload in PAYLOADS[kind]:
        for source in (payload, f"`<b>` {payload}", f"- a\n\n  {payload}", f"\\\\{payload}", f"> `a {payload} `b"):
            text = to_markdown(conversation_of(a_turn(source, source)))
            tokens = MarkdownIt("commonmark").enable("table").parse(text)
            flat = [*tokens, *(child for token in tokens for child in token.children or ())]
            assert not [token.content for token in flat if token.type.startswith("html")], source


def test_code_and_links_in_exported_markdown_stay_as_they_were():
    reply = "Use `<b>` or <https://a.example>; 1 < 2.\n\n```html\n<p>hi</p>\n```\n\n`List<int>` beside <i>this</i>."
    text = to_markdown(conversation_of(a_turn("go", reply)))
    assert reply.replace("<i>this</i>", "&lt;i>this&lt;/i>") in text
