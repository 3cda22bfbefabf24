"""A request as it would leave: every part with its size, where something was hidden, and nothing active in it."""

import base64
import struct
import zlib

import pytest
from inertness import faults
from payloads import PAYLOADS

from liara_magic.protocol.carried import OPENING, Carried, CarriedPart
from liara_magic.protocol.messages import Message
from liara_magic.protocol.request import ChatRequest
from liara_magic.screen.preview import Preview

EVERY_SEVENTH = [payload for payloads in PAYLOADS.values() for payload in payloads][::7]


def png(width, height):
    def chunk(name, content):
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\0\0\0" * width) * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def image(data):
    return {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{base64.b64encode(data).decode()}"}}


def preview(*messages, **more):
    parameters = more.pop("parameters", {})
    return Preview(ChatRequest("test/model", list(messages), parameters), **more)


DOCUMENT = {"type": "file", "file": {"filename": "a.pdf", "file_data": "data:application/pdf;base64,AAAA"}}
SOUND = {"type": "input_audio", "input_audio": {"data": "AAAAAA==", "format": "mp3"}}


def test_each_message_has_its_role_size_tokens_and_cost():
    shown = preview(Message("system", "x" * 40), Message("user", "سلام"), price=0.5)
    text = shown.text().replace("\u2066", "").replace("\u2069", "")
    assert text.startswith("test/model: 2 messages, 48 bytes, about 12 tokens to send, cost about 6.0 تومان")
    assert "**1 · system · 40 bytes, about 10 tokens, 5.0 تومان**" in text
    assert "**2 · user · 8 bytes, about 2 tokens, 1.0 تومان**" in text


def test_without_a_price_the_cost_is_said_to_be_unknown():
    assert "cost unknown until the catalogue and a price are known" in preview(Message("user", "hi")).text()


def test_each_part_is_shown_as_what_it_is():
    content = [{"type": "text", "text": "look"}, image(png(30, 20)), DOCUMENT, SOUND]
    shown = preview(Message("user", content))
    for said in ("image, 30 × 20 pixels", "file a.pdf, 3 bytes, tokens unknown", "mp3 sound, 4 bytes, tokens unknown"):
        assert said in shown.text() and said in shown.html()
    assert "1 × image, 1 × file a.pdf, 1 × mp3 sound" in shown.text()
    assert 'src="data:image/png;base64,' in shown.html() and "max-width:160px" in shown.html()


def test_a_picture_by_its_address_is_not_fetched():
    part = {"type": "image_url", "image_url": {"url": "https://a.example/x.png"}}
    html = preview(Message("user", [part])).html()
    assert "https://a.example/x.png" in html and "<img" not in html


def test_a_picture_that_a_notebook_cannot_hold_is_named_and_not_shown():
    html = preview(Message("user", [image(b"\x89PNG\r\n\x1a\nbroken")])).html()
    assert "<img" not in html and "image, " in html


def test_what_goes_along_is_a_table_with_what_is_missing():
    parts = (
        CarriedPart("df", "text", 400, 100, "Left out: 9 of 10 rows."),
        CarriedPart("a.pdf", "PDF", 70_000),
    )
    carried = Carried(parts, {"password": 2}, ("cell [1]: the context is full",))
    text = preview(Message("user", "hi"), carried=carried, price=0.01, notes=("{x} stays as typed.",)).text()
    assert "| df | text | 400 | ≈ 100 | \u20661.0 تومان\u2069 | Left out: 9 of 10 rows. |" in text
    assert "| a.pdf | PDF | 70,000 | unknown |  |  |" in text
    assert "hidden before sending, and marked below: 2 × password" in text
    assert "left out: cell [1]: the context is full" in text and "{x} stays as typed." in text


def test_what_was_hidden_is_marked_where_it_stood():
    html = preview(Message("user", "url = postgres://me:[hidden: password 1]@db")).html()
    assert '">[hidden: password 1]</span>@db' in html and "background:" in html


def test_persian_words_keep_the_order_of_a_table_and_a_persian_prompt_runs_from_the_right():
    data = f"{OPENING} ...\n| تهران بزرگ | 12 | می‌نو |"
    html = preview(Message("user", data), Message("user", "چرا؟\nwhy?")).html()
    assert '<div dir="ltr">| <bdi>تهران بزرگ</bdi> | 12 | <bdi>می‌نو</bdi> |</div>' in html
    assert '<div dir="auto">چرا؟</div><div dir="auto">why?</div>' in html


def test_figures_of_ours_are_in_persian_digits_on_request_and_the_texts_are_not():
    html = preview(Message("user", "12 cats"), digits="persian").html()
    assert "۷ bytes" in html and "12 cats" in html


def test_calls_and_parameters_are_part_of_what_leaves():
    call = {"id": "c", "type": "function", "function": {"name": "rows", "arguments": '{"n": 5}'}}
    shown = preview(Message("assistant", None, tool_calls=[call]), parameters={"temperature": 0.2})
    for text in (shown.text(), shown.html()):
        assert "temperature=0.2" in text and "rows" in text


@pytest.mark.parametrize("payload", EVERY_SEVENTH)
def test_nothing_that_leaves_is_active_when_it_is_shown(payload):
    parts = (CarriedPart(payload, payload, 1, 1, payload),)
    carried = Carried(parts, {payload: 1}, (payload,))
    file = {"type": "file", "file": {"filename": payload, "file_data": payload}}
    pictures = {"type": "image_url", "image_url": {"url": payload}}
    messages = [
        Message("user", payload),
        Message("user", [{"type": "text", "text": f"{OPENING}{payload}"}, file, pictures, {"type": payload}]),
        Message("tool", payload, name=payload, tool_call_id=payload),
    ]
    request = ChatRequest(payload, messages, {"stop": payload})
    assert not faults(Preview(request, carried, (payload,), 1.0).html())
