"""``/login`` and ``/logout``: the key is typed unseen, checked, kept outside the notebook, and forgotten."""

import builtins
import getpass
import json
import stat
import sys

import pytest
from loopback import Loopback

from liara_magic import LiaraCredentialsError, LiaraError
from liara_magic.gateway.credentials import find_key, key_file


@pytest.fixture
def typing(monkeypatch):
    """What the person types at the questions, in order: ``typing(workspace, key)``; returns the questions asked."""
    questions = []

    def script(*answers):
        left = list(answers)

        def answer(question=""):
            questions.append(question)
            typed = left.pop(0)
            if isinstance(typed, BaseException):
                raise typed
            return typed

        monkeypatch.setattr(getpass, "getpass", answer)
        monkeypatch.setattr(builtins, "input", answer)
        return questions

    return script


def catalogue(line, request):
    line.answer_json({"data": [{"id": "a/b"}, {"id": "c/d"}]})


def refusing(line, request):
    line.answer_json({"error": {"message": "Invalid API key"}}, "401 Unauthorized")


def test_login_checks_the_key_and_keeps_it(ipython, kernel, typing, canary_key):
    with Loopback(catalogue) as gateway:
        ipython.run(f"%liara /set base_url {gateway.base_url}")
        questions = typing(f" Bearer {canary_key}\n")
        out = ipython.run("%liara /login")
        assert [request.method for request in gateway.requests] == ["GET"]
        assert gateway.requests[0].headers["authorization"] == f"Bearer {canary_key}"
    assert len(questions) == 1
    assert "2 models" in out
    assert str(key_file()) in out
    assert canary_key not in out
    assert find_key().text() == canary_key
    if sys.platform != "win32":
        assert stat.S_IMODE(key_file().stat().st_mode) == 0o600


def test_login_asks_for_the_workspace_when_there_is_none(ipython, kernel, typing, canary_key):
    with Loopback(catalogue) as gateway:
        questions = typing(gateway.base_url, canary_key)
        ipython.run("%liara /login")
        assert len(gateway.requests) == 1
        assert questions == ["Workspace id: ", "API key: "]
        assert json.loads(key_file().read_text())["workspace"] == gateway.base_url
        assert kernel.session.address().base_url == gateway.base_url


def test_a_key_that_is_not_accepted_is_not_kept(ipython, kernel, typing, canary_key):
    with Loopback(refusing) as gateway:
        typing(gateway.base_url, canary_key)
        error = ipython.fails("%liara /login")
    assert isinstance(error, LiaraCredentialsError)
    assert canary_key not in str(error)
    assert not key_file().exists()
    assert kernel.session.key() is None
    assert kernel.settings.workspace == "", "a workspace that may be the wrong one is asked for again"


def test_a_login_that_is_interrupted_keeps_nothing(ipython, kernel, typing):
    typing("0123456789abcdef01234567", KeyboardInterrupt())
    ipython.fails("%liara /login")
    assert not key_file().exists()
    assert kernel.session.key() is None
    assert kernel.settings.workspace == ""


def test_a_front_end_that_cannot_ask(ipython, typing):
    typing("0123456789abcdef01234567", EOFError())
    error = ipython.fails("%liara /login")
    assert isinstance(error, LiaraCredentialsError)
    assert "LIARA_API_KEY" in str(error)


def test_a_key_as_an_argument_is_refused(ipython, typing, canary_key):
    questions = typing()
    for argument in (canary_key, "some-other-key"):
        error = ipython.fails(f"%liara /login {argument}")
        assert isinstance(error, LiaraCredentialsError)
        assert argument not in str(error)
    assert questions == []
    assert not key_file().exists()


def test_a_wrong_workspace_is_said_before_the_key_is_asked_for(ipython, typing):
    questions = typing("my-team")
    assert isinstance(ipython.fails("%liara /login"), LiaraError)
    assert questions == ["Workspace id: "]


def test_logout_forgets_the_key(ipython, kernel, typing, canary_key):
    with Loopback(catalogue) as gateway:
        ipython.run(f"%liara /set base_url {gateway.base_url}")
        typing(canary_key)
        ipython.run("%liara /login")
    assert "removed" in ipython.run("%liara /logout")
    assert not key_file().exists()
    assert kernel.session.key() is None
    assert "No key was kept" in ipython.run("%liara /logout")


def test_logout_names_a_key_that_it_cannot_take_away(ipython, monkeypatch, canary_key):
    monkeypatch.setenv("LIARA_API_KEY", canary_key)
    out = ipython.run("%liara /logout")
    assert "LIARA_API_KEY" in out
    assert canary_key not in out
