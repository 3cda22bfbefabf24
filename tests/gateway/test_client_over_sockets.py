"""One POST over real sockets: what leaves, what comes back whole, and every way in which a reply can break off."""

import json
import threading

import pytest
from calls import KEY, ask, collect, prompt, to
from loopback import USAGE, Loopback

from liara_magic import LiaraStreamError
from liara_magic.gateway.connection import Connection


def whole(text="all at once", **more):
    message = {"role": "assistant", "content": text}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    return {"id": "l0g", "model": "test/model", "choices": [choice], "usage": USAGE, **more}


def test_the_request_that_leaves(engine):
    with Loopback(lambda line, request: line.reply("hello")) as gateway:
        outcome = ask(engine, to(gateway), prompt("¿qué? سلام", temperature=0.5, seed=7))
    assert outcome.error is None
    (request,) = gateway.requests
    assert (request.method, request.path) == ("POST", "/v1/chat/completions")
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert request.headers["accept-encoding"] == "identity"
    assert request.headers["content-type"] == "application/json"
    assert request.json == {
        "model": "test/model",
        "messages": [{"role": "user", "content": "¿qué? سلام"}],
        "temperature": 0.5,
        "seed": 7,
        "stream": True,
        "stream_options": {"include_usage": True},
    }


def test_no_key_means_no_authorization_header(engine):
    with Loopback(lambda line, request: line.reply("hello")) as gateway:
        ask(engine, Connection(to(gateway).address))
    assert "authorization" not in gateway.requests[0].headers


def test_a_streamed_reply(engine):
    with Loopback(lambda line, request: line.reply("Hel", "lo, ", "دنیا 😀")) as gateway:
        outcome = ask(engine, to(gateway))
    assert outcome.error is None
    assert outcome.text == "Hello, دنیا 😀"
    assert (outcome.reply.finish_reason, outcome.reply.model, outcome.reply.id) == ("stop", "test/model", "l0g")
    assert outcome.reply.usage.total_cost_toman == 0.98


@pytest.mark.parametrize("content_type", ["application/json", "application/json; charset=utf-8", "text/plain"])
def test_a_reply_as_a_whole(engine, content_type):
    def script(line, request):
        line.head(content_type=content_type)
        line.send(json.dumps(whole()).encode())

    with Loopback(script) as gateway:
        outcome = ask(engine, to(gateway), prompt(stream=False))
    assert outcome.error is None
    assert "stream_options" not in gateway.requests[0].json
    assert (outcome.text, outcome.reply.finish_reason) == ("all at once", "stop")
    assert outcome.reply.usage.total_tokens == 28


def test_a_server_that_answers_a_stream_with_a_whole_reply(engine):
    with Loopback(lambda line, request: line.answer_json(whole())) as gateway:
        assert ask(engine, to(gateway)).text == "all at once"


def small_stream():
    """About 1 KB of a reply, and where each of its events ends."""
    pieces = ["First ", "words, ", "سلام ", "دنیا ", "😀\n\n", "- a list\n", "- of two\n"]
    chunks = [{"id": "l0g", "choices": [{"index": 0, "delta": {"content": piece}}]} for piece in pieces]
    parts = [b": OPENROUTER PROCESSING\n\n"]
    parts += [f"data: {json.dumps(chunk, ensure_ascii=False)}\n\n".encode() for chunk in chunks]
    finish = [b'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n', b"data: [DONE]\n\n"]
    ends, offset = [], len(parts[0])
    for piece, part in zip(pieces, parts[1:], strict=True):
        offset += len(part)
        ends.append((offset, piece))
    return b"".join([*parts, *finish]), ends, offset + len(finish[0])


STREAM, ENDS, FINISHED = small_stream()
CHUNKED = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"


def test_a_body_that_is_cut_at_any_byte_keeps_the_whole_events(engine):
    cuts = iter(range(len(STREAM)))
    lock = threading.Lock()
    cut_of = {}

    def script(line, request):
        with lock:
            cut = cut_of[request.json["messages"][0]["content"]]
        line.send(CHUNKED + b"%x\r\n%s\r\n" % (cut, STREAM[:cut]) if cut else CHUNKED)

    with Loopback(script) as gateway:
        connection = to(gateway)
        while batch := [cut for _, cut in zip(range(8), cuts, strict=False)]:
            cut_of.update((f"cut {cut}", cut) for cut in batch)
            streams = [engine.chat(connection, prompt(f"cut {cut}")) for cut in batch]
            for cut, stream in zip(batch, streams, strict=True):
                outcome = collect(stream)
                # The blank line's second LF is what ends an event, but the first LF has already ended its data line.
                kept = "".join(piece for end, piece in ENDS if end <= cut)
                assert outcome.text == kept, cut
                if cut >= FINISHED:
                    assert outcome.error is None, cut
                else:
                    assert isinstance(outcome.error, LiaraStreamError), cut
                    assert f"{len(kept)} characters" in str(outcome.error) or not kept
                    assert "may have been charged" in str(outcome.error)
        assert gateway.posts == len(STREAM)


def test_an_end_without_a_finish_reason_is_no_success(engine):
    def script(line, request):
        line.head()
        line.delta("half a reply")

    with Loopback(script) as gateway:
        outcome = ask(engine, to(gateway))
    assert isinstance(outcome.error, LiaraStreamError)
    assert outcome.text == "half a reply"
    assert outcome.error.message == "The reply ended early after 12 characters, which are kept."


def test_done_without_a_finish_reason_is_no_success(engine):
    def script(line, request):
        line.head()
        line.delta("half a reply")
        line.event("[DONE]")

    with Loopback(script) as gateway:
        assert isinstance(ask(engine, to(gateway)).error, LiaraStreamError)


def finish_alone(line):
    line.event({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})


def finish_with_usage(line):
    line.event({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}], "usage": USAGE})


@pytest.mark.parametrize("ending", [finish_alone, finish_with_usage])
def test_a_finish_without_done_is_a_success(engine, ending):
    def script(line, request):
        line.head()
        line.delta("a whole reply")
        ending(line)

    with Loopback(script) as gateway:
        outcome = ask(engine, to(gateway))
    assert (outcome.error, outcome.text) == (None, "a whole reply")
    assert (outcome.reply.usage.total_tokens == 28) is (ending is finish_with_usage)


def test_done_ends_the_reply_although_the_socket_stays_open(engine):
    def script(line, request):
        line.reply("a whole reply")
        line.wait_for_close()

    with Loopback(script) as gateway:
        outcome = ask(engine, to(gateway))
        assert (outcome.error, outcome.text) == (None, "a whole reply")
        assert gateway.lines[0].closed_by_client.wait(2)


def test_data_after_done_is_not_read(engine):
    def script(line, request):
        line.head()
        line.delta("a whole reply")
        finish_alone(line)
        line.event("[DONE]")
        line.delta(" and more")
        line.event({"error": {"message": "too late"}})

    with Loopback(script) as gateway:
        outcome = ask(engine, to(gateway))
    assert (outcome.error, outcome.text) == (None, "a whole reply")


FAULTS = {
    "an event": {"error": {"message": "upstream overloaded", "code": 502}},
    "an event with choices": {
        "error": {"message": "upstream overloaded", "code": "502"},
        "choices": [{"index": 0, "delta": {"content": ""}, "finish_reason": "error"}],
    },
    "in the choice": {
        "choices": [
            {
                "index": 0,
                "delta": {},
                "finish_reason": "error",
                "error": {"code": 502, "message": "upstream overloaded"},
            }
        ]
    },
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_an_error_in_the_middle_of_a_stream(engine, fault):
    def script(line, request):
        line.head()
        line.delta("some words")
        line.event(fault)
        line.event("[DONE]")

    with Loopback(script) as gateway:
        outcome = ask(engine, to(gateway))
    assert isinstance(outcome.error, LiaraStreamError)
    assert outcome.text == "some words"
    assert "upstream overloaded (code 502)" in outcome.error.message
    assert "10 characters" in outcome.error.message
    assert outcome.error.code == "502"


def test_eight_requests_at_once_are_not_mixed(engine):
    everyone = threading.Barrier(8)

    def script(line, request):
        word = request.json["messages"][0]["content"]
        line.head()
        everyone.wait(10)
        for _ in range(50):
            line.delta(word)
        line.finish()

    with Loopback(script) as gateway:
        streams = [engine.chat(to(gateway), prompt(f"<{number}>")) for number in range(8)]
        outcomes = [collect(stream) for stream in streams]
    assert [outcome.error for outcome in outcomes] == [None] * 8
    assert [outcome.text for outcome in outcomes] == [f"<{number}>" * 50 for number in range(8)]
