"""What is no reply: statuses, pages, redirects, dead connections, proxies. Each costs at most one POST."""

import json
import socket
import struct

import httpx
import pytest
from calls import KEY, ask, to
from loopback import Loopback

from liara_magic import (
    LiaraContextLengthError,
    LiaraCredentialsError,
    LiaraCreditError,
    LiaraError,
    LiaraModelError,
    LiaraNetworkError,
    LiaraRateLimitError,
    LiaraRequestError,
    LiaraServerError,
    LiaraStreamError,
    LiaraWorkspaceError,
)
from liara_magic.gateway.address import Address
from liara_magic.gateway.api_key import ApiKey
from liara_magic.gateway.connection import Connection


def failure(engine, script, **limits) -> LiaraError:
    """The error of one request to a gateway that answers with ``script``; it was posted once."""
    with Loopback(script) as gateway:
        outcome = ask(engine, to(gateway, **limits))
        assert gateway.posts == 1
    assert isinstance(outcome.error, LiaraError), outcome
    assert KEY not in repr(vars(outcome.error)) + str(outcome.error)
    return outcome.error


def answer(status, body, content_type="application/json"):
    def script(line, request):
        line.head(status, content_type)
        line.send(body if isinstance(body, bytes) else json.dumps(body).encode())

    return script


PAGE = b"<!doctype html><html><body><h1>Sign in</h1></body></html>"


@pytest.mark.parametrize(
    ("script", "said"),
    [
        (answer("200 OK", PAGE, "text/html; charset=utf-8"), "(text/html, 57 bytes)"),
        (answer("200 OK", b"", "text/html"), "(text/html, 0 bytes)"),
        (answer("200 OK", b"", "application/json"), "(application/json, 0 bytes)"),
        (answer("204 No Content", b"", "application/json"), "(application/json, 0 bytes)"),
        (answer("200 OK", b"hello", "text/plain"), "(text/plain, 5 bytes)"),
        (answer("200 OK", b"[1, 2]"), "(application/json, 6 bytes)"),
        (answer("200 OK", {"choices": []}), "bytes)"),
        (answer("200 OK", b'data: {"choices":[]}\n\n', "text/plain"), "(text/plain, 22 bytes)"),
    ],
)
def test_a_200_that_is_no_reply(engine, script, said):
    error = failure(engine, script)
    assert isinstance(error, LiaraServerError)
    assert "is not a reply from the API" in error.message
    assert said in error.message
    assert "<" not in str(error)


def test_an_empty_event_stream_is_no_reply(engine):
    assert isinstance(failure(engine, answer("200 OK", b"", "text/event-stream")), LiaraStreamError)


@pytest.mark.parametrize("content_type", ["application/json", "text/plain"])
def test_a_200_that_carries_an_error(engine, content_type):
    body = {"error": {"message": f"overloaded, {KEY}", "code": 529}}
    error = failure(engine, answer("200 OK", body, content_type))
    assert "overloaded, [key] (code 529)" in error.message


MODEL_MISSING = "No endpoints found for the model"
STATUSES = [
    (400, "messages[2].refusal must be a string", LiaraRequestError),
    (400, "acme/words is not a valid model ID", LiaraModelError),
    (400, "This endpoint's maximum context length is 8192 tokens", LiaraContextLengthError),
    (401, "Invalid API key", LiaraCredentialsError),
    (402, "Insufficient credits", LiaraCreditError),
    (402, "", LiaraCreditError),
    (403, "access denied", LiaraWorkspaceError),
    (403, "اعتبار کافی نیست", LiaraCreditError),
    (404, MODEL_MISSING, LiaraModelError),
    (408, "timeout", LiaraServerError),
    (409, "conflict", LiaraRequestError),
    (413, "", LiaraContextLengthError),
    (422, "temperature must not be greater than 2", LiaraRequestError),
    (429, "Too many requests", LiaraRateLimitError),
    (429, "quota exceeded: add credit", LiaraCreditError),
    *((status, "", LiaraServerError) for status in (500, 502, 503, 504, 524, 529)),
]
BODIES = {
    "error.message": lambda words: {"error": {"message": words, "code": "c0de"}},
    "error": lambda words: {"error": words},
    "message": lambda words: {"message": words},
    "messages": lambda words: {"message": [words], "statusCode": 400},
    "detail": lambda words: {"detail": words},
    "text": lambda words: words.encode(),
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
@pytest.mark.parametrize(("status", "words", "kind"), STATUSES)
def test_a_status_is_an_error_that_says_what_to_do(engine, status, words, kind, body):
    error = failure(engine, answer(f"{status} x", body(words)))
    assert type(error) is kind
    assert error.status == status
    assert error.hint
    assert words in error.message


@pytest.mark.parametrize("status", [401, 402, 403, 404, 429, 500])
@pytest.mark.parametrize(
    "body", [PAGE, b"x" * 1_000_000, b"\xff\xfe\x00", b"{", b'{"error": null}', b'"words"', b"[[]]"]
)
def test_a_status_with_any_body(engine, status, body):
    error = failure(engine, answer(f"{status} x", body, "text/html"))
    assert error.status == status
    assert len(error.body.encode()) <= 2048
    assert len(str(error)) < 1000
    assert "<h1>" not in str(error)


def test_the_facts_of_a_refusal(engine):
    def script(line, request):
        line.answer_json({"error": {"message": "slow down"}}, "429 x", retry_after="70", x_request_id="r1")

    error = failure(engine, script)
    assert (error.retry_after, error.request_id) == (70.0, "r1")


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 429, 500])
def test_the_key_is_taken_out_of_the_servers_words(engine, status):
    def script(line, request):
        key = request.headers["authorization"]
        said = {"error": {"message": f"bad {key}", "code": key, "metadata": {"raw": key}}}
        line.answer_json(said, f"{status} x", x_request_id=key)

    assert "bad Bearer [key]" in failure(engine, script).message


def test_the_key_is_taken_out_of_an_error_in_the_stream(engine):
    def script(line, request):
        line.head()
        line.delta("words")
        line.event({"error": {"message": f"bad {KEY}", "code": KEY}})

    assert "bad [key]" in failure(engine, script).message


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(engine, status):
    with Loopback(lambda line, request: line.reply("stolen")) as target:

        def script(line, request):
            line.head(f"{status} Moved", location=f"{target.base_url}/chat/completions")

        error = failure(engine, script)
        assert target.requests == []
    assert error.status == status
    assert "moved" in str(error).lower() or "redirect" in str(error).lower()


def test_nobody_listens(engine):
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    outcome = ask(engine, Connection(Address(f"http://127.0.0.1:{port}/v1"), ApiKey(KEY)))
    assert isinstance(outcome.error, LiaraNetworkError)
    assert "127.0.0.1 could not be reached" in outcome.error.message
    assert "Nothing was sent" in outcome.error.hint


def reset(line, request):
    line.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    line.socket.close()


def reset_mid_stream(line, request):
    line.head()
    line.delta("some words")
    reset(line, request)


def hang_up(line, request):
    line.socket.close()


def garbage(line, request):
    line.send(b"SSH-2.0-OpenSSH_9.6\r\n\r\n")


def half_a_head(line, request):
    line.send(b"HTTP/1.1 200 OK\r\ncontent-")


@pytest.mark.parametrize("script", [reset, reset_mid_stream, hang_up, garbage, half_a_head])
def test_a_connection_that_breaks_after_the_post_is_not_tried_again(engine, script):
    error = failure(engine, script)
    assert isinstance(error, LiaraStreamError)
    assert "may have been charged, so it was not sent again" in error.hint


@pytest.mark.parametrize("variable", ["ALL_PROXY", "all_proxy", "HTTPS_PROXY"])
@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:1080", "socks4://127.0.0.1:1080", "nonsense://x", "127.0.0.1:x"])
def test_a_proxy_that_cannot_be_used_names_its_variable(engine, monkeypatch, variable, proxy):
    monkeypatch.setenv(variable, proxy)
    outcome = ask(engine, Connection(Address("https://ai.liara.ir/api/" + "a" * 24 + "/v1"), ApiKey(KEY)))
    assert isinstance(outcome.error, LiaraNetworkError)
    assert f"The proxy set in {variable} cannot be used" in outcome.error.message
    assert "use_proxies false" in outcome.error.hint


def test_this_machine_is_never_reached_through_a_proxy(engine, monkeypatch):
    with Loopback(lambda line, request: line.reply("by proxy")) as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        with Loopback(lambda line, request: line.reply("directly")) as gateway:
            assert ask(engine, to(gateway)).text == "directly"
        assert proxy.requests == []


def test_other_machines_are_reached_through_the_proxy_unless_it_is_switched_off(engine, monkeypatch):
    with Loopback(lambda line, request: line.reply("by proxy")) as proxy:
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy.port}")
        lan = Address("http://liara-test-gateway.invalid/v1")
        assert ask(engine, Connection(lan, ApiKey(KEY))).text == "by proxy"
        outcome = ask(engine, Connection(lan, ApiKey(KEY), use_proxies=False))
    assert isinstance(outcome.error, LiaraNetworkError)
    assert len(proxy.requests) == 1


def test_no_error_of_the_http_library_gets_out(engine):
    class Broken(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request):
            raise httpx.ReadError("broken")

    engine._transport = Broken()
    with Loopback(lambda line, request: None) as gateway:
        assert isinstance(ask(engine, to(gateway)).error, LiaraStreamError)
