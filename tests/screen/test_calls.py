"""Calls of tools as they are seen, a line each: in a page, in a text, in a terminal; live and at the end."""

import pytest
from inertness import faults
from payloads import PAYLOADS
from screens import PNG_URL, TOTALS, RecordingPublisher, reply_of

from liara_magic.protocol.events import Finish, ListDelta, TextDelta
from liara_magic.protocol.rounds import close_round
from liara_magic.screen.calls import call_line, rounds_html
from liara_magic.screen.document import document
from liara_magic.screen.notebook import NotebookScreen, reply_bundle
from liara_magic.screen.terminal import TerminalScreen
from liara_magic.screen.terminal_text import Look


def asking(*calls, text="Let me look."):
    """A reply whose model has asked for tools; the round is closed, the calls wait."""
    entries = [
        {"index": index, "id": str(index), "function": {"name": name, "arguments": arguments}}
        for index, (name, arguments) in enumerate(calls)
    ]
    reply = reply_of(text, ListDelta("tool_calls", entries), Finish("tool_calls"))
    return reply, close_round(reply).runs


def done(run, result="42", seconds=0.31, state="done"):
    run.state, run.result, run.seconds = state, result, seconds
    return run


def test_a_call_is_one_line():
    _, (run,) = asking(("rows", '{"name": "df", "n": 5}'))
    assert call_line(run) == '▸ rows(name="df", n=5) · waits …'
    assert call_line(done(run)) == '✓ rows(name="df", n=5) · 0.3 s'
    assert call_line(done(run, state="refused", seconds=0.0)) == '✗ rows(name="df", n=5) · not run'


@pytest.mark.parametrize("arguments", ['{"a": "' + "x" * 50_000 + '"}', "[1", '{"a":' * 5000, "\x1b[31m\u202e"])
def test_whatever_a_model_gives_as_arguments_the_line_stays_a_line(arguments):
    _, (run,) = asking(("rows", arguments))
    line = call_line(run)
    assert len(line) < 250 and "\n" not in line and "\x1b" not in line and "\u202e" not in line


def test_the_text_holds_words_calls_and_answer():
    reply, (run,) = asking(("rows", '{"n": 1}'))
    done(run, "one row\nof two columns")
    reply.add(TextDelta("There it is."))
    assert document(reply) == "Let me look.\n\n- `✓ rows(n=1) · 0.3 s → one row of two columns`\n\nThere it is."


def test_the_page_folds_results_prints_pictures_and_tracebacks():
    reply, (run,) = asking(("rows", "{}"))
    done(run)
    run.printed, run.traceback, run.pictures = "printed here", "Traceback: no", [PNG_URL.partition(",")[2]]
    html = reply_bundle(reply)["text/html"]
    folded = html.partition("<details")[2].partition("</details>")[0]
    assert all(one in folded for one in ("42", "printed here", "Traceback: no", "data:image/png;base64,iVBOR"))
    assert not faults(html)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_nothing_in_a_call_is_active(payload):
    reply, (run,) = asking((payload, payload), text=payload)
    done(run, payload)
    run.printed = run.traceback = payload
    run.pictures = [payload]
    for live in (True, False):
        assert not faults(rounds_html(reply.rounds, live=live))
    assert not faults(reply_bundle(reply)["text/html"])


@pytest.mark.parametrize("owns_cell", [True, False])
def test_calls_are_seen_as_they_happen_and_stay(owns_cell):
    publisher = RecordingPublisher()
    screen = NotebookScreen(publisher, owns_cell=owns_cell)
    reply = reply_of("Let me look.")
    screen.start("test/model")
    screen.show(reply)
    reply.add(ListDelta("tool_calls", [{"index": 0, "id": "1", "function": {"name": "rows", "arguments": "{}"}}]))
    run = close_round(reply).runs[0]
    screen.show(reply)
    assert "Let me look." in publisher.html and "▸ rows()" in publisher.html
    done(run)
    screen.show(reply)
    assert "✓ rows()" in publisher.html and "▸" not in publisher.html
    reply.add(TextDelta("There it is."))
    screen.show(reply)
    assert publisher.html.index("✓ rows()") < publisher.html.index("There it is.")
    screen.finish(reply, TOTALS)
    ((_, data),) = publisher.outputs
    assert data["text/html"].count("Let me look.") == data["text/html"].count("There it is.") == 1
    assert "→ 42" in data["text/plain"]
    assert not faults(data["text/html"])


@pytest.mark.parametrize("formatted", [True, False])
def test_a_terminal_prints_each_call_once(formatted):
    printed = []
    screen = TerminalScreen(printed.append, Look(formatted=formatted))
    reply, (first, second) = asking(("rows", '{"n": 1}'), ("rows", '{"n": 2}'))
    screen.start("test/model")
    screen.show(reply)
    done(first)
    screen.show(reply)
    screen.show(reply)
    done(second, "7")
    screen.show(reply)
    reply.add(TextDelta("There it is."))
    screen.show(reply)
    screen.finish(reply, TOTALS)
    text = " ".join("".join(printed).split())
    assert text.index("Let me look.") < text.index("rows(n=1)") < text.index("rows(n=2)") < text.index("There it is.")
    assert all(text.count(one) == 1 for one in ("Let me look.", "rows(n=1)", "rows(n=2)", "There it is."))


@pytest.mark.parametrize("name", ["f`\n\n# Heading\n\n<b>x</b>", "f" * 500, "f\u2028\x1b[2J\ng"])
def test_whatever_a_model_calls_a_tool_the_line_stays_a_line(name):
    reply, (run,) = asking((name, "{}"))
    assert len(call_line(done(run)).splitlines()) == 1
    assert len(call_line(run)) < 120
    assert len(document(reply).splitlines()) == 3


def test_seconds_stand_in_the_digits_of_the_setting():
    publisher = RecordingPublisher()
    screen = NotebookScreen(publisher, owns_cell=True, digits="persian")
    reply, (run,) = asking(("rows2", '{"n": 1}'))
    done(run)
    screen.start("test/model")
    screen.show(reply)
    screen.finish(reply, TOTALS)
    assert "<code" in publisher.html and "✓ rows2(n=1)</code> · ۰٫۳ s" in publisher.html
