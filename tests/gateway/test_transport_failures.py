"""Failures without a response: what is known about the charge, how long to wait, which proxy it was."""

import time
from email.utils import formatdate

import httpx
import pytest

from liara_magic.gateway.address import resolve
from liara_magic.gateway.connection import Connection
from liara_magic.gateway.failures import from_response, from_transport, proxy_cure, retry_after, unusable_proxy
from liara_magic.protocol.errors import LiaraNetworkError, LiaraStreamError

CONNECTION = Connection(resolve("6922b3240bbead6ac2126c0a"))


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (httpx.ConnectTimeout(""), "ai.liara.ir did not answer within 10 s."),
        (
            httpx.ConnectError("[Errno -2] Name or service not known"),
            "could not be reached: [Errno -2] Name or service not",
        ),
        (httpx.ConnectError("All connection attempts failed"), "could not be reached: All connection attempts failed."),
        (
            httpx.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED] self-signed certificate"),
            "encrypted connection to ai.liara.ir",
        ),
        (httpx.ConnectError("[SSL: WRONG_VERSION_NUMBER] wrong version number"), "encrypted connection to ai.liara.ir"),
        (httpx.ProxyError("407 Proxy Authentication Required"), "proxy did not let the request through: 407 Proxy"),
    ],
)
def test_what_was_never_sent_is_not_charged(error, said):
    failure = from_transport(error, CONNECTION)
    assert type(failure) is LiaraNetworkError
    assert said in failure.message
    assert failure.hint and not failure.may_be_charged


@pytest.mark.parametrize(
    "error",
    [
        httpx.ReadError(""),
        httpx.ReadError("[Errno 104] Connection reset by peer"),
        httpx.WriteError("[Errno 32] Broken pipe"),
        httpx.ReadTimeout(""),
        httpx.RemoteProtocolError("Server disconnected without sending a response."),
        httpx.ReadError("[SSL: DECRYPTION_FAILED_OR_BAD_RECORD_MAC] decryption failed or bad record mac"),
        httpx.ReadError("[SSL: UNEXPECTED_EOF_WHILE_READING] EOF occurred in violation of protocol"),
    ],
)
def test_what_broke_after_the_request_left_may_be_charged(error):
    failure = from_transport(error, CONNECTION)
    assert type(failure) is LiaraStreamError
    assert failure.may_be_charged
    assert "may have been charged" in failure.hint


@pytest.mark.parametrize("error", [httpx.ReadError(""), httpx.ConnectError(" \n")])
def test_an_error_without_words_is_named_by_its_kind(error):
    assert type(error).__name__ in from_transport(error, CONNECTION).message


def test_a_long_reason_is_cut():
    assert len(from_transport(httpx.ConnectError("x" * 5000), CONNECTION).message) < 300


# Retry-After


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0),
        ("1", 1),
        ("121", 121),
        (" 2 ", 2),
        ("1.5", 1.5),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0),
        ("", None),
        (" ", None),
        ("-10", None),
        ("inf", None),
        ("nan", None),
        ("1e9", None),
        ("Zun", None),
        ("soon", None),
        ("10 s", None),
        ("9" * 400, None),
        ("Wed, 99 Oct 2015 07:28:00 GMT", None),
        ("Wed, 21 Oct 99999 07:28:00 GMT", None),
        ("Wed, 21 Oct 2015 07:28:00 +9999999", None),
        ("\x00", None),
        ("," * 100, None),
    ],
)
def test_the_wait_is_read_from_seconds_or_a_date_and_garbage_is_none(value, seconds):
    assert retry_after(value) == seconds


def test_a_date_ahead_is_the_seconds_until_then():
    assert 55 < retry_after(formatdate(time.time() + 60, usegmt=True)) <= 60


def test_the_wait_and_the_request_s_id_come_from_the_headers():
    error = from_response(429, {"retry-after": "7", "x-request-id": "r1"}, b"", CONNECTION, "a/b")
    assert (error.retry_after, error.request_id) == (7, "r1")
    error = from_response(429, httpx.Headers({"Retry-After": "7", "X-Request-Id": "r1"}), b"", CONNECTION, "a/b")
    assert (error.retry_after, error.request_id) == (7, "r1")
    error = from_response(429, {}, b"", CONNECTION, "a/b")
    assert (error.retry_after, error.request_id) == (None, "")


# Proxies


@pytest.mark.parametrize(
    "variable", ["ALL_PROXY", "all_proxy", "HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"]
)
def test_a_proxy_that_does_harm_is_named_with_its_cure(monkeypatch, variable):
    monkeypatch.setenv(variable, "socks5://127.0.0.1:1")
    error = unusable_proxy(ValueError("Unknown scheme for proxy URL"))
    assert error.message == f"The proxy set in {variable} cannot be used: Unknown scheme for proxy URL."
    assert variable in error.hint and "%liara /set use_proxies false" in error.hint
    assert variable in from_transport(httpx.ProxyError("407"), CONNECTION).hint


def test_without_a_variable_the_cure_still_reads_as_a_sentence():
    assert proxy_cure().startswith("Set the proxy setting to an http:// address")
