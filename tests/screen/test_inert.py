"""Whatever a model, a server or a person writes, what is shown holds nothing active and loads nothing."""

import json

import pytest
from inertness import faults, looks_broken
from payloads import CONTEXTS, PAYLOADS

from liara_magic.protocol.events import Facts, ListDelta, ReasoningDelta, RefusalDelta, TextDelta
from liara_magic.protocol.reply import Reply
from liara_magic.protocol.usage import Totals
from liara_magic.screen.document import document
from liara_magic.screen.footer import footer_html, notices_html, status_html
from liara_magic.screen.markdown import Markdown
from liara_magic.screen.notebook import reply_bundle

EVERY_FIFTH = [payload for payloads in PAYLOADS.values() for payload in payloads][::5]
WORST = [
    "<script>alert(1)</script>",
    "<img src=//evil.example/x onerror=alert(1)>",
    '"><b onclick="alert(1)">',
    "[x](javascript:alert(1)) ![y](//evil.example/y)",
    "`</code><script>alert(1)</script>`",
    "|\n\n<iframe src=//evil.example></iframe>\n\n```",
    "$\\href{javascript:alert(1)}{x}$",
    "\\(\\mmlToken{mi}[href=javascript:alert(1)]{x}\\)",
    "\u2066<bdi id=document>\u202e",
]


def reply_of(*events):
    reply = Reply()
    for event in events:
        reply.add(event)
    return reply


def test_there_are_enough_payloads_and_no_two_are_the_same():
    payloads = [payload for family in PAYLOADS.values() for payload in family]
    assert len(payloads) == len(set(payloads)) >= 400


@pytest.mark.parametrize("context", CONTEXTS)
@pytest.mark.parametrize("family", PAYLOADS)
def test_hostile_text_is_inert_wherever_it_stands(family, context):
    found = {}
    for payload in PAYLOADS[family]:
        source = CONTEXTS[context](payload)
        wrong = faults(Markdown().render(source))
        if wrong:
            found[source] = wrong
    assert not found


@pytest.mark.parametrize("family", PAYLOADS)
def test_hostile_text_is_inert_at_every_step_while_it_comes(family):
    for payload in PAYLOADS[family][::4]:
        renderer, source = Markdown(), f"before\n\n{payload}\n\nafter"
        for end in range(len(source) + 1):
            growing = "".join(block.html(growing=True) for block in renderer.blocks(source[:end]))
            for html in (renderer.render(source[:end]), growing):
                assert not looks_broken(html), source[:end]
                assert end % 16 or not faults(html), source[:end]


def test_hostile_text_keeps_its_words():
    for payload in ("<script>alert(1)</script>", "<iframe src=x>words</iframe>", "[words](javascript:alert(1))"):
        assert "alert(1)" in Markdown().render(payload) or "words" in Markdown().render(payload)


@pytest.mark.parametrize("payload", WORST)
@pytest.mark.parametrize("place", ["model", "notice", "status", "reason"])
def test_the_lines_around_a_reply_are_inert(payload, place):
    reply = reply_of(TextDelta("words"), Facts({"model": payload if place == "model" else "test/model"}))
    html = {
        "model": lambda: footer_html(reply, Totals()) + status_html(reply.model, "waiting", 2.0),
        "notice": lambda: notices_html([payload, f"The model asks to call {payload}."]),
        "status": lambda: status_html("test/model", f"{payload} Retrying in 4 s", 2.0),
        "reason": lambda: footer_html(reply, Totals(), reason=payload, charged=False),
    }[place]()
    assert html.count("<div") == html.count("</div>") and html.count("<bdi") == html.count("</bdi>")
    assert not faults(html)


@pytest.mark.parametrize("payload", [*WORST, *EVERY_FIFTH[::4]])
def test_everything_that_comes_beside_an_answer_is_inert(payload):
    page = {"url": payload, "title": payload, "content": payload}
    call = {"id": payload, "function": {"name": payload, "arguments": json.dumps({"a": payload})}}
    token = {"token": payload, "logprob": -0.1, "top_logprobs": [{"token": payload, "logprob": -2}]}
    reply = reply_of(
        ReasoningDelta(payload),
        TextDelta("words"),
        RefusalDelta(payload),
        ListDelta("annotations", [{"type": "url_citation", "url_citation": page}]),
        ListDelta("annotations", [{"url_citation": {**page, "url": "https://ok.example/" + payload}}]),
        ListDelta("tool_calls", [call]),
        ListDelta("images", [{"image_url": {"url": url}} for url in (payload, f"data:{payload}")]),
        ListDelta("logprobs", [token]),
        TextDelta(payload, 1),
    )
    assert not faults(Markdown().render(document(reply)))
    assert not faults(reply_bundle(reply)["text/html"])


@pytest.mark.parametrize("name", ["annotations", "images", "tool_calls", "logprobs"])
@pytest.mark.parametrize("value", [None, 5, True, [], {}, "<script>", [{"url": "<script>"}], {"url": {"url": "<b>"}}])
def test_objects_of_a_wrong_shape_are_inert_and_lose_no_answer(name, value):
    fields = ("url_citation", "image_url", "function", "token", "logprob", "top_logprobs")
    reply = reply_of(TextDelta("words"), ListDelta(name, [dict.fromkeys(fields, value)]))
    html = reply_bundle(reply)["text/html"]
    assert "words" in html and not faults(html)


def test_looking_for_faults_finds_them():
    for html in (
        "<script>x</script>",
        '<a href="javascript:x">x</a>',
        '<a href="//x.example">x</a>',
        '<p onclick="x">x</p>',
        '<p id="x">x</p>',
        '<p class="x">x</p>',
        '<img src="x">',
        '<p style="background:url(//x)">x</p>',
        "<span>$\\href{x}{y}$</span>",
        "<p>\\(a<br />\\mmlToken{mi}[href=x]{y}\\)</p>",
    ):
        assert faults(html)
    assert not faults(
        '<p dir="auto"><code dir="ltr">$\\href{x}{y}$</code> <span>$</span>5 <a href="https://x">y</a></p>'
    )
