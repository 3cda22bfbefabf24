"""Hostile input of our own, written from the specifications: no other project's collection is copied here.

Event streams from https://html.spec.whatwg.org/multipage/server-sent-events.html, JSON from RFC 8259.
"""

from __future__ import annotations

import json

# Makes the tests' folders known.
from . import rig  # noqa: F401  # isort: skip
from test_hostile_chunks import PLACES, WRONG
from test_sse import STREAMS, by_the_standard

__all__ = ["EXAMPLES", "JSON_TEXTS", "PLACES", "STREAMS", "WRONG", "by_the_standard", "cut_stream"]

#: The four streams that the specification itself gives as examples, with the data that it says they carry.
EXAMPLES = (
    (b"data: YHOO\ndata: +2\ndata: 10\n\n", ["YHOO\n+2\n10"]),
    (
        b": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n",
        ["first event", "second event", " third event"],
    ),
    (b"data\n\ndata\ndata\n\ndata:", ["", "\n"]),
    (b"data:test\n\ndata: test\n\n", ["test", "test"]),
)

#: One text for each rule of RFC 8259 that can be broken or stretched, as the data of an event.
JSON_TEXTS = (
    "", " ", "\t", "{", "}", "[", "]", "{]", "[}", "{}}", "[]]", "{{}}", "{,}", "[,]", "[1,]", "[,1]", "[1 2]",
    "[1,,2]",
    '{"a"}', '{"a":}', '{:1}', '{"a" 1}', '{"a":1,}', '{"a":1 "b":2}', "{a:1}", "{'a':1}", '{1:1}', '{"a":1}x',
    '{"a":1}{"b":2}', '{"a":1}//', '{"a":1}/**/', '{"a":/**/1}', "#", "tru", "True", "nul", "None", "undefined",
    "NaN", "-NaN", "Infinity", "-Infinity", '{"a":NaN}', '{"a":Infinity}', '{"a":-Infinity}', "+1", "-", "--1", "01",
    "-01", "1.", ".1", "1e", "1e+", "1e1.5", "0x10", "1_000", "１", '{"a":01}', '{"a":+1}', '{"a":.5}', '{"a":1.}',
    "1e999", "-1e999", '{"a":1e999}', "9" * 400, '{"a":' + "9" * 5000 + "}", "1e-999", "-0", "0e0", "1E+2",
    '"', '"a', '"\\"', '"\\x"', '"\\u"', '"\\u12"', '"\\u12g4"', '"\\ud800"', '"\\udc00"', '"\\ud800\\ud800"',
    '"\\udc00\\ud800"', '{"\\ud800":1}', '{"id":"\\ud800"}', '"\\u0000"', '"\x01"', '"\x1f"', '"\x7f"', "\x00",
    "\ufeff{}",
    "\u00a0{}", "\u2028{}", '{"a":"\u2028\u2029\u0085"}', '{"a":1,"a":2}', '{"":0}', '{"a":{"b":{"c":{}}}}',
    "[" * 100_000, '{"a":' * 50_000, "[" * 5000 + "]" * 5000, '{"a":' * 900 + "1" + "}" * 900, "[[[[[[[[[[]]]]]]]]]]",
    "<html></html>", "data: {}", "[DONE", "[done]", "{}\n{}", '{\n"a":1\n}', '{"a":\n', "\n\n".join("ab"),
)  # fmt: skip


def cut_stream(size: int) -> tuple[bytes, list[tuple[int, str]], int]:
    """A reply of about ``size`` bytes; where each of its events with text ends; where its finish ends."""
    words = ["First ", "words, ", "سلام ", "دنیا ", "😀\n\n", "- a list\n", "- of two\n"]
    stream, ends = b": OPENROUTER PROCESSING\n\n", []
    while len(stream) < size - 250:
        word = words[len(ends) % len(words)]
        chunk = {"id": "l0g", "choices": [{"index": 0, "delta": {"content": word}}]}
        stream += f"data: {json.dumps(chunk, ensure_ascii=False)}\n\n".encode()
        ends.append((len(stream), word))
    stream += b'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n'
    finished = len(stream)
    usage = {"choices": [], "usage": {"prompt_tokens": 19, "completion_tokens": 9, "total_cost_toman": 0.98}}
    return stream + f"data: {json.dumps(usage)}\n\ndata: [DONE]\n\n".encode(), ends, finished
