"""From a response that is no reply to one sentence and a next step."""

import json

import pytest

from liara_magic.gateway.address import resolve
from liara_magic.gateway.api_key import ApiKey
from liara_magic.gateway.connection import Connection
from liara_magic.gateway.failures import BODY_LIMIT, from_response, not_a_reply
from liara_magic.protocol import errors

ID = "6922b3240bbead6ac2126c0a"
MODEL = "openai/gpt-5"


@pytest.fixture
def connection(canary_key):
    return Connection(resolve(ID), ApiKey(canary_key))


@pytest.fixture
def fail(connection):
    def fail(status, body=b"", model=MODEL, **headers):
        sent = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        return from_response(
            status, {name.replace("_", "-"): text for name, text in headers.items()}, sent, connection, model
        )

    return fail


TABLE = [
    (400, "messages[2].refusal must be a string", "LiaraRequestError", "refused the request"),
    (400, "Reasoning is mandatory for this endpoint and cannot be disabled.", "LiaraRequestError", "refused"),
    (400, "This model does not support temperature", "LiaraRequestError", "refused the request"),
    (400, "temperature is not supported with this model", "LiaraRequestError", "refused the request"),
    (400, "openai/gpt-55 is not a valid model ID", "LiaraModelError", f"no model {MODEL}"),
    (400, "model not found", "LiaraModelError", f"no model {MODEL}"),
    (400, "unknown model openai/gpt-55", "LiaraModelError", f"no model {MODEL}"),
    (400, "This endpoint's maximum context length is 128000 tokens. However, you requested about 200000 tokens.",
     "LiaraContextLengthError", "longer than"),
    (400, "This model's maximum context length is 4097 tokens. Not allowed.", "LiaraContextLengthError", "longer than"),
    (401, "Unauthorized", "LiaraCredentialsError", "does not accept the key"),
    (402, "Payment Required", "LiaraCreditError", f"may not use {MODEL}"),
    (403, "access denied", "LiaraWorkspaceError", "no access to this workspace"),
    (403, "Access denied; see the explanation in the docs", "LiaraWorkspaceError", "no access to this workspace"),
    (403, "Insufficient permissions for this key", "LiaraWorkspaceError", "no access to this workspace"),
    (403, "Insufficient credit", "LiaraCreditError", f"may not use {MODEL}"),
    (403, "اعتبار شما کافی نیست", "LiaraCreditError", f"may not use {MODEL}"),
    (404, "Not Found", "LiaraModelError", f"no model {MODEL}"),
    (408, "", "LiaraServerError", "status 408"),
    (409, "conflict", "LiaraRequestError", "refused the request (status 409)"),
    (413, "", "LiaraContextLengthError", "longer than"),
    (418, "", "LiaraRequestError", "refused the request (status 418)"),
    (422, "n must be an integer", "LiaraRequestError", "refused the request (status 422)"),
    (429, "Too many requests", "LiaraRateLimitError", "Too many requests"),
    (429, "Your plan allows 10 requests per second", "LiaraRateLimitError", "Too many requests"),
    (429, "You exceeded your current quota", "LiaraCreditError", f"may not use {MODEL}"),
    (429, "موجودی کافی نیست", "LiaraCreditError", f"may not use {MODEL}"),
    (500, "", "LiaraServerError", "failed (status 500)"),
    (502, "bad gateway", "LiaraServerError", "failed (status 502)"),
    (503, "credit system is down", "LiaraServerError", "failed (status 503)"),
    (524, "", "LiaraServerError", "failed (status 524)"),
    (529, "", "LiaraServerError", "failed (status 529)"),
    (301, "", "LiaraServerError", "redirect"),
    (307, "", "LiaraServerError", "redirect"),
]  # fmt: skip


@pytest.mark.parametrize(("status", "words", "kind", "said"), TABLE, ids=[f"{row[0]} {row[1][:40]}" for row in TABLE])
def test_a_status_with_its_words_becomes_an_error_with_a_next_step(fail, status, words, kind, said):
    error = fail(status, {"error": {"message": words}} if words else b"")
    assert type(error).__name__ == kind
    assert said in error.message
    assert error.message.endswith(f"The server says: {words}" if words else ".")
    assert error.hint.strip()
    assert error.status == status


@pytest.mark.parametrize(
    ("status", "kinds"),
    [(401, errors.LiaraCredentialsError), (402, errors.LiaraCreditError), (404, errors.LiaraWorkspaceError)],
)
def test_a_failure_of_the_model_list_speaks_of_no_model(fail, status, kinds):
    error = fail(status, model="")
    assert isinstance(error, kinds)
    assert "  " not in error.message and " :" not in error.message


def test_a_402_names_both_remedies(fail):
    error = fail(402)
    assert "credit" in error.message and "plan" in error.message
    assert "Top up" in error.hint and "/model" in error.hint


def test_a_404_names_the_other_form_of_the_address(fail):
    for model in ("", MODEL):
        assert f"https://ai.liara.ir/api/v1/{ID}" in fail(404, model=model).hint


def test_only_a_failure_of_the_server_may_have_been_charged(fail):
    assert {status for status, *_ in TABLE if fail(status).may_be_charged} == {301, 307, 408, 500, 502, 503, 524, 529}


FORMS = [
    ({"error": {"message": "words", "code": "bad", "type": "t", "metadata": {}}}, "words", "bad"),
    ({"error": {"message": "words", "code": 400}}, "words", "400"),
    ({"error": {"message": "words", "type": "invalid_request"}}, "words", "invalid_request"),
    ({"error": {"message": ["one", "two"]}}, "one; two", ""),
    ({"error": "words"}, "words", ""),
    ({"error": "words", "code": "bad"}, "words", "bad"),
    ({"message": "words"}, "words", ""),
    ({"message": ["one", "two"]}, "one; two", ""),
    ({"statusCode": 422, "error": "Unprocessable Entity", "message": "words"}, "words", ""),
    ({"statusCode": 422, "error": "Unprocessable Entity", "message": ["one", "two"]}, "one; two", ""),
    ({"detail": "words"}, "words", ""),
    ({"detail": [{"loc": ["n"], "msg": "words"}]}, '{"loc": ["n"], "msg": "words"}', ""),
    ("words", "words", ""),
    (["one", "two"], "one; two", ""),
    (b"plain words", "plain words", ""),
    (b"  plain\r\n\r\nwords  ", "plain words", ""),
    ({"error": {"message": "پیام خطا"}}, "پیام خطا", ""),
    (b'{"message": "\\u067e\\u06cc\\u0627\\u0645"}', "پیام", ""),
    (b'{"message": "\\ud83d\\ude00"}', "😀", ""),
    ({"error": {"message": "see below", "metadata": {"raw": "x" * 5000}}}, "see below", ""),
    ({"metadata": {"raw": "x" * 5000}, "message": "see above"}, "see above", ""),
]


@pytest.mark.parametrize(("body", "words", "code"), FORMS, ids=[str(form[0])[:50] for form in FORMS])
def test_the_server_s_words_are_found_in_every_known_form(fail, body, words, code):
    error = fail(422, body)
    assert error.message == f"The gateway refused the request (status 422). The server says: {words}"
    assert error.code == code


@pytest.mark.parametrize(
    "body",
    [b"", b" \n", b"{}", b"[]", b'""', b"null", {"error": {}}, {"error": None}, {"message": ""}, {"message": None}],
)
def test_a_body_that_says_nothing_is_not_quoted(fail, body):
    assert fail(422, body).message == "The gateway refused the request (status 422)."


@pytest.mark.parametrize(
    "body",
    [
        b"<html><body><h1>502 Bad Gateway</h1></body></html>",
        b"\r\n <!DOCTYPE html><title>502</title>",
        b"\xef\xbb\xbf<!doctype html><p>502</p>",
        b"<?xml version='1.0'?><error>502</error>",
        b'{"message": "<html><body>502</body></html>"}',
        b'{"error": {"message": " <!DOCTYPE html><p>502</p>"}}',
    ],
)
def test_html_is_never_quoted(fail, body):
    error = fail(502, body)
    assert error.message == "The gateway or the model's provider failed (status 502)."
    assert "502" in error.body


@pytest.mark.parametrize(
    "body",
    [b"[" * 2000, b'{"error":' * 400, b"\xff\xfe\x00", b'{"message": NaN}', b"1" * 5000],
    ids=lambda body: repr(body[:9]),
)
def test_a_hostile_body_is_no_other_exception(fail, body):
    assert isinstance(fail(500, body), errors.LiaraServerError)


@pytest.mark.parametrize(
    "body", [b'{"message": "\\ud83d"}', b'{"error": {"message": "x", "code": "\\udfff"}}', b"\xed\xa0\x80"]
)
def test_half_a_character_is_replaced(fail, body):
    error = fail(500, body)
    (str(error) + error.code + error.body).encode()


@pytest.mark.parametrize("character", ["\x1b", "\x9b", "\x00", "\x08", "\x7f", "\u202e", "\u2066"])
def test_control_characters_reach_no_terminal(fail, character):
    for body in (
        f"a{character}b".encode(),
        {"message": f"a{character}b"},
        json.dumps({"message": f"a{character}b"}).encode(),
    ):
        error = fail(500, body)
        assert character not in str(error)
        assert "ab" in str(error)


@pytest.mark.parametrize("letter", ["x", "س", "😀"])
def test_a_large_body_is_kept_up_to_2_kb(fail, letter):
    body = letter * (2**20 // len(letter.encode()))
    for sent in (body.encode(), {"message": body}):
        error = fail(500, sent)
        assert BODY_LIMIT - 16 <= len(error.body.encode()) <= BODY_LIMIT == 2048
        assert len(error.message) < 500


# Secrets


@pytest.mark.parametrize(
    "repeat",
    [
        lambda key: f"bad key {key}",
        lambda key: json.dumps({"error": {"message": f"bad key {key}", "code": key}}),
        lambda key: '{"message": "bad key ' + "".join(f"\\u{ord(letter):04x}" for letter in key) + '"}',
        lambda key: f"bad key {key[:9]}\x01{key[9:]}",
        lambda key: f"{key}\n" * 500,
        lambda key: "x" * (BODY_LIMIT - 30) + key,
    ],
    ids=["plain", "twice in JSON", "as JSON escapes", "around a control character", "up to a cut", "at the limit"],
)
def test_a_key_that_the_server_repeats_is_in_neither_body_nor_message(fail, canary_key, repeat):
    error = fail(401, repeat(canary_key).encode())
    shown = " ".join([str(error), error.code, error.body, repr(error), *error._render_traceback_()])
    assert canary_key[:30] not in shown


def test_a_page_that_is_no_reply_is_described_and_kept_without_the_key(connection, canary_key):
    error = not_a_reply(200, "text/html; charset=utf-8", f"<p>{canary_key}</p>".encode(), connection)
    assert (
        error.message == f"What ai.liara.ir sent is not a reply from the API (text/html, {len(canary_key) + 7} bytes)."
    )
    assert canary_key not in error.body
    assert "no content type, 0 bytes" in not_a_reply(200, "", b"", connection).message


def test_a_connection_without_a_key_fails_in_words_too():
    local = Connection(resolve(base_url="http://localhost:1/v1"))
    assert "says: no" in from_response(500, {}, b"no", local, MODEL).message
