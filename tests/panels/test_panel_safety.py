"""Nothing of a model's is alive in a widget, no key is in one, and a closed panel leaves nothing behind."""

import gc
import json
import sys
import threading
import weakref
from pathlib import Path

import html5lib
import pytest
from by_hand import until

sys.path.append(str(Path(__file__).parents[1] / "screen"))

from inertness import faults
from payloads import PAYLOADS

TEXTS = [payload for family in PAYLOADS.values() for payload in family]


def own_elements(html):
    """Elements and attributes beside those that the panel itself writes around a person's or a server's text."""
    own = {"div", "br", "span", "strong", "bdi", "em", "html", "head", "body"}
    root = html5lib.parse(html, namespaceHTMLElements=False)
    return [one.tag for one in root.iter() if one.tag not in own or set(one.attrib) - {"class", "dir"}]


def inside(html):
    """What stands in the block of a widget, as in a cell."""
    return html.replace(' data-lm-suppress-shortcuts=""', "")


def shown_html(front_end, name):
    return [one.value for box in front_end.all(name) for one in front_end.widgets(box) if hasattr(one, "placeholder")]


def test_no_state_of_a_hostile_reply_is_alive(front_end, replies):
    text = "\n\n".join(TEXTS[::3])
    pieces = [text[start : start + 400] for start in range(0, len(text), 400)]
    turn = threading.Semaphore(0)

    def script(line):
        line.head()
        for piece in pieces:
            turn.acquire(timeout=20)
            line.delta(piece)
        line.finish()

    replies["go"] = script
    front_end.enter("go")
    seen = {}
    for _ in pieces:
        turn.release()
        until(lambda: {one.value for one in front_end.all("block")} - seen.keys())
        seen.update({one.value: faults(inside(one.value)) for one in front_end.all("block")})
    until(front_end.is_idle)
    seen.update({one.value: faults(inside(one.value)) for one in front_end.all("block")})
    assert len(seen) >= len(pieces)
    assert not [wrong for wrong in seen.values() if wrong]


@pytest.mark.parametrize("payload", TEXTS[::9])
def test_a_hostile_prompt_and_error_are_text(front_end, replies, payload):
    prompt = f"say: {payload}".strip()
    replies[prompt] = lambda line: line.answer_json({"error": {"message": payload}}, "400 Bad Request")
    front_end.enter(prompt)
    until(lambda: front_end.turns() and "Ready" not in front_end.text("state") and not front_end.panel._asking.current)
    for html in [*shown_html(front_end, "prompt-row"), front_end.one("state").value]:
        assert own_elements(html) == []


def test_a_hostile_model_name_is_text(front_end, session):
    session.settings.model = "<img src=x onerror=alert(1)>"
    front_end.ask("hello")
    for html in shown_html(front_end, "footer"):
        assert "<img" not in html


def test_no_widget_ever_holds_the_key(front_end, session, replies, canary_key, monkeypatch):
    monkeypatch.setenv("LIARA_API_KEY", canary_key)
    replies["who"] = lambda line: line.answer_json({"error": {"message": f"bad key {canary_key}"}}, "401 Unauthorized")
    front_end.ask("hello")
    front_end.click("Settings")
    front_end.enter("who")
    until(lambda: "key" in front_end.text("state"))
    states = [json.dumps(one.get_state(), default=str) for one in front_end.widgets()]
    assert not [state for state in states if canary_key in state]


def test_one_thread_changes_what_is_painted(front_end, replies):
    writers, turn = set(), threading.Semaphore(0)

    def script(line):
        line.head()
        for number in range(3):
            line.delta(f"word {number}")
            turn.acquire(timeout=20)
        line.finish()

    replies["long"] = script
    front_end.enter("long")
    until(lambda: front_end.all("block"))
    for one in [*front_end.all("block"), front_end.one("state"), front_end.one("meter")]:
        one.observe(lambda _: writers.add(threading.current_thread().name), "value")
    turn.release(3)
    until(front_end.is_idle)
    assert writers == {"liara-panel"}


def living_widgets():
    from ipywidgets.widgets import widget

    registered = getattr(widget, "_instances", None)  # of release 8
    return len(widget.Widget.widgets if registered is None else registered)


def test_a_closed_panel_leaves_nothing_behind(open_panel, session):
    first = open_panel()
    first.ask("hello")
    first.panel.close()
    listeners = list(session.conversations.listeners)
    widgets, threads = living_widgets(), {one.name for one in threading.enumerate()}
    closed = []
    for _ in range(5):
        front_end = open_panel()
        front_end.click("Settings")
        until(lambda front_end=front_end: front_end.has("Temperature"))
        front_end.click("فارسی")
        until(lambda front_end=front_end: front_end.all("mirrored"))
        session.settings.language = "en"
        front_end.panel.close()
        closed.append(weakref.ref(front_end.panel))
    assert living_widgets() == widgets
    assert {one.name for one in threading.enumerate()} <= threads
    assert (session.watchers, session.conversations.listeners) == ([], listeners)
    del front_end
    opened = open_panel.__closure__ or ()
    for cell in opened:
        if isinstance(cell.cell_contents, list):
            cell.cell_contents.clear()
    gc.collect()
    assert [one for one in closed if one() is not None] == []


def test_threads_end_when_nothing_goes_on(front_end):
    front_end.ask("hello")
    until(lambda: not [one for one in threading.enumerate() if one.name in ("liara-panel", "liara-asking")])


def test_without_ipywidgets_it_says_what_to_install(session, monkeypatch):
    import liara_magic

    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    with pytest.raises(liara_magic.LiaraUsageError, match="ipywidgets") as failed:
        liara_magic.panel()
    assert "pip install 'liara_magic[panel]'" in failed.value.hint
