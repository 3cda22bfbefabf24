"""The model list over real sockets: the free call that checks a key."""

import pytest
from calls import KEY, to
from loopback import Loopback

from liara_magic import LiaraCredentialsError, LiaraError, LiaraStreamError, LiaraWorkspaceError


def test_the_model_list(engine):
    def script(line, request):
        line.answer_json({"object": "list", "data": [{"id": "a/b"}, {"id": "c/d"}, "odd"]})

    with Loopback(script) as gateway:
        assert engine.models(to(gateway)) == [{"id": "a/b"}, {"id": "c/d"}]
    (request,) = gateway.requests
    assert (request.method, request.path) == ("GET", "/v1/models")
    assert request.headers["authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"<html></html>", b'{"data": {}}', b'{"error": "x"}'])
def test_a_model_list_that_is_none(engine, body):
    def script(line, request):
        line.head(content_type="application/json")
        line.send(body)

    with Loopback(script) as gateway, pytest.raises(LiaraError):
        engine.models(to(gateway))


def test_a_public_catalogue_names_its_list_differently(engine):
    with Loopback(lambda line, request: line.answer_json({"models": [{"id": "a/b"}]})) as gateway:
        assert engine.models(to(gateway)) == [{"id": "a/b"}]


@pytest.mark.parametrize(
    ("status", "error"),
    [
        ("401 Unauthorized", LiaraCredentialsError),
        ("403 Forbidden", LiaraWorkspaceError),
        ("404 x", LiaraWorkspaceError),
    ],
)
def test_a_model_list_that_is_refused(engine, status, error):
    with Loopback(lambda line, request: line.answer_json({"error": "no"}, status)) as gateway, pytest.raises(error):
        engine.models(to(gateway))


def test_a_model_list_that_never_comes(engine):
    with Loopback(lambda line, request: line.wait_for_close()) as gateway, pytest.raises(LiaraStreamError):
        engine.models(to(gateway, idle=0.2))
