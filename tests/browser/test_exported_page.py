"""An exported page in a real browser: nothing in it acts or loads, and it is readable in the dark and on paper."""

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[1] / "export"))

from exported import IMAGE, a_turn, conversation_of
from payloads import PAYLOADS

from liara_magic.export.page import to_html


@pytest.fixture
def page(open_page, tmp_path):
    hostile = [a_turn(text, text, reasoning=text) for texts in PAYLOADS.values() for text in texts]
    turns = [a_turn("فروش چرا کم شد؟", "در **اردیبهشت** کم شد.\n\n- نخست", images=[IMAGE]), *hostile]
    file = tmp_path / "page.html"
    file.write_text(to_html(conversation_of(*turns)), "utf-8")
    with open_page(file.as_uri()) as watched:
        watched.open(file.as_uri())
        yield watched


def colours(page):
    style = "getComputedStyle(document.body)"
    return [page.evaluate(f"{style}.{name}") for name in ("backgroundColor", "color")]


def test_it_is_inert_and_readable(page):
    page.page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    page.page.evaluate("rig.poke()")
    assert page.mischief() == []
    assert page.page.evaluate("document.images[0].naturalWidth") == 1
    first = page.page.locator(".turn").first
    assert first.locator(".prompt").evaluate("one => getComputedStyle(one).direction") == "rtl"
    assert first.locator("ul").evaluate("one => getComputedStyle(one).direction") == "rtl"
    page.page.emulate_media(color_scheme="light")
    light = colours(page.page)
    page.page.emulate_media(color_scheme="dark")
    assert colours(page.page)[0] != light[0]
    page.page.emulate_media(color_scheme="dark", media="print")
    assert colours(page.page) == ["rgb(255, 255, 255)", "rgb(0, 0, 0)"]
