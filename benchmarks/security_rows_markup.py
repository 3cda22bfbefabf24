"""Rows A1, A2, A6, A9 and A13: markup in a reply, while it comes, and in everything around it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any
from unittest import mock

import html5lib
from inertness import faults
from payloads import CONTEXTS, PAYLOADS

from liara_magic.protocol.errors import LiaraError
from liara_magic.protocol.events import Facts, ListDelta, ReasoningDelta, RefusalDelta, TextDelta
from liara_magic.protocol.reply import Reply

from .emitted import at_every_byte, bundles, of_text, wrong
from .fault_row import Figure, Row, Tally
from .rig import Line, Loopback, SeenRequest
from .shown import bundles_in_a_cell

ALL = [payload for family in PAYLOADS.values() for payload in family]
_NAMES = ("id", "name", "class")


def _corpora() -> Figure:
    found, parts = Tally(), 0
    for context, place in CONTEXTS.items():
        for payload in ALL:
            emitted = of_text(place(payload))
            parts += sum(map(len, emitted))
            found.add(f"{context}: {payload!r}", not wrong(emitted))
    happened = (
        f"{len(ALL)} payloads of our own x {len(CONTEXTS)} places; each part of each MIME bundle, live and at the end, "
        "is parsed as HTML5 or looked at for control characters"
    )
    return _none_active(found, happened, f" in {parts:,} parts")


def _none_active(found: Tally, happened: str, more: str = "") -> Figure:
    figure = found.figure(happened)
    return Figure(figure.happened, f"{len(found.missed)} active of {found.count:,}{more}", figure.ok)


def _streamed() -> Figure:
    found = Tally()
    for payload in ALL:
        known: set[str] = set()
        for step, html in enumerate(at_every_byte(f"before\n\n{payload}\n\nafter")):
            found.add(f"{payload!r} after {step} bytes", html in known or not faults(html))
            known.add(html)
    return _none_active(found, f"{len(ALL)} payloads between two paragraphs, painted after every byte", " steps")


def _clobbering() -> Figure:
    marks = ("data-command", " id=", " name=", " class=", "{#", "{.")
    payloads = [payload for payload in ALL if any(mark in payload for mark in marks)]
    found = Tally()
    for context, place in CONTEXTS.items():
        for payload in payloads:
            html = "".join(bundle.get("text/html", "") for bundle in of_text(place(payload)))
            names = {name for element in html5lib.parseFragment(html).iter() for name in element.attrib}
            found.add(f"{context}: {payload!r}", not any(name in _NAMES or "data-" in name for name in names))
    what = f"no id, name, class or data attribute: {len(payloads)} payloads that bring one x {len(CONTEXTS)} places"
    return _none_active(found, what)


@contextlib.contextmanager
def _raising(target: str) -> Iterator[None]:
    with mock.patch(target, side_effect=RuntimeError("broken")):
        yield


def _throwing() -> Figure:
    text = "# a\n\n<b>words</b> and **more**\n\n```python\nx = 1 < 2\n```\n\nthe end"
    found = Tally()
    for target in ("markdown_it.MarkdownIt.parse", "liara_magic.screen.elements.Elements.render"):
        with _raising(target):
            emitted = of_text(text)
        last = [bundle["text/html"] for bundle in emitted if "text/html" in bundle][-2]
        words = "".join(html5lib.parseFragment(last).itertext())
        kept = all(word in words for word in ("<b>words</b>", "**more**", "x = 1 < 2", "the end"))
        found.add(target, kept and "could not be formatted" in words and not wrong(emitted))
    with _raising("pygments.lexer.RegexLexer.get_tokens_unprocessed"):
        emitted = of_text(text)
    words = "".join(html5lib.parseFragment(emitted[-1]["text/html"]).itertext())
    found.add("the colours of code", "x = 1 < 2" in words and "<b>words</b>" in words and not wrong(emitted))
    return found.figure(
        "the parser, the HTML or the colours fail: the text is shown escaped, and what has no format says so"
    )


def _beside(payload: str) -> Reply:
    """A reply with ``payload`` in every field that the API knows."""
    page = {"url": payload, "title": payload, "content": payload}
    call = {"id": payload, "function": {"name": payload, "arguments": payload}}
    token = {"token": payload, "logprob": -0.1, "top_logprobs": [{"token": payload, "logprob": -2}]}
    reply = Reply()
    facts = dict.fromkeys(("model", "id", "provider", "service_tier", "system_fingerprint", "object"), payload)
    for event in (
        Facts(facts),
        ReasoningDelta(payload),
        TextDelta("words"),
        RefusalDelta(payload),
        ListDelta("annotations", [{"type": payload, "url_citation": page}]),
        ListDelta("tool_calls", [call]),
        ListDelta("images", [{"image_url": {"url": url}} for url in (payload, f"data:{payload}")]),
        ListDelta("logprobs", [token]),
    ):
        reply.add(event)
    reply.notices.append(payload)
    return reply


def _script(payload: str, ending: dict[str, Any]) -> Callable[[Line, SeenRequest], None]:
    def script(line: Line, request: SeenRequest) -> None:
        line.head()
        line.event({"id": payload, "model": payload, "provider": payload, "choices": [_choice("words")]})
        line.event({"id": payload, "model": payload, **ending})
        line.event("[DONE]")

    return script


def _choice(text: str, reason: str | None = None) -> dict[str, Any]:
    return {"index": 0, "delta": {"content": text}, "finish_reason": reason}


def _metadata() -> Figure:
    found = Tally()
    for payload in ALL:
        found.add(f"beside an answer: {payload!r}", not wrong(bundles(_beside(payload))))
    for payload in ALL[::4]:
        for ending in ({"choices": [_choice("", payload)]}, {"error": {"message": payload, "code": payload}}):
            with Loopback(_script(payload, ending)) as gateway:
                try:
                    emitted, _ = bundles_in_a_cell(gateway)
                except LiaraError as error:  # it would be a fault of the row
                    raise AssertionError(payload) from error
            found.add(f"{next(iter(ending))}: {payload!r}", bool(emitted) and not wrong(emitted))
    what = (
        f"{len(ALL)} payloads in the model's name, id, provider, reasoning, refusal, sources, calls, images, "
        f"probabilities and notices; {len(ALL[::4])} as finish_reason and as error from a gateway"
    )
    return _none_active(found, what)


ROWS = (
    Row("A1", "hostile markup in every place of a reply", _corpora, "python-markdown: 2,281 of 2,718 active"),
    Row("A2", "the same, streamed, at every byte", _streamed),
    Row("A6", "commands, ids, names and classes of the page", _clobbering),
    Row("A9", "the renderer throws", _throwing),
    Row("A13", "hostile metadata: model, id, error, finish_reason", _metadata),
)
