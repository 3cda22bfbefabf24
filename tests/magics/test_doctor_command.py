"""``/doctor`` as a person types it."""

import platform

import pytest
from loopback import Loopback

from liara_magic import LiaraUsageError


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def rows(out):
    """What was found and the next step, by what was looked at."""
    lines = [line.strip("|").split(" | ") for line in out.splitlines() if line.startswith("|")][2:]
    return {what.strip(): (state.strip(), step.strip()) for what, state, step in lines}


def models(line, request):
    assert request.method == "GET"
    line.answer_json({"data": [{"id": "test/one"}, {"id": "test/two"}]})


def test_offline_nothing_is_missing_but_a_real_model(ipython):
    found = rows(ipython.run("%liara /doctor"))
    assert found["Python"][0].startswith(platform.python_version())
    assert "IPython" in found["kernel"][0]
    assert found["model"] == ("`sandbox/echo`", "A real one: `%liara /model openai/gpt-5`")
    assert found["address"][0].startswith("built in")
    assert found["key"] == ("not needed", "")
    assert found["proxies"] == ("none", "")


def test_what_is_missing_has_its_next_step(ipython):
    ipython.run("%liara /model openai/gpt-5")
    found = rows(ipython.run("%liara /doctor"))
    assert "No workspace is set" in found["address"][0] and found["address"][1]
    assert found["key"] == ("not set", "`%liara /login`")
    assert found["reached"][0] == "not tried"


def test_only_when_it_is_asked_for_one_free_call_goes_out(ipython):
    with Loopback(models) as gateway:
        ipython.run(f"%liara /set base_url {gateway.base_url}\n%liara /model test/one")
        assert rows(ipython.run("%liara /doctor"))["key"] == ("not needed", "")
        assert gateway.requests == []
        assert rows(ipython.run("%liara /doctor online"))["reached"][0].startswith("2 models in ")
        assert [request.method for request in gateway.requests] == ["GET"]
        ipython.run("%liara /model test/three")
        assert "not among them" in rows(ipython.run("%liara /doctor online"))["reached"][1]


def test_what_cannot_be_reached_is_a_row_and_no_error(ipython):
    with Loopback(models) as gateway:
        ipython.run(f"%liara /set base_url {gateway.base_url}\n%liara /model test/one")
    state, step = rows(ipython.run("%liara /doctor online"))["reached"]
    assert "could not be reached" in state and "Check the network" in step


def test_neither_the_key_nor_a_proxys_password_is_shown(ipython, monkeypatch, canary_key):
    monkeypatch.setenv("LIARA_API_KEY", canary_key)
    monkeypatch.setenv("HTTPS_PROXY", "http://me:hunter2@proxy.example:3128")
    out = ipython.run("%liara /doctor")
    assert canary_key not in out and "hunter2" not in out
    assert rows(out)["key"][0] == "from LIARA_API_KEY"
    assert rows(out)["proxies"][0] == "https: `proxy.example:3128`"
    ipython.run("%liara /set use_proxies false")
    assert rows(ipython.run("%liara /doctor"))["proxies"][0].startswith("not used")


def test_the_log_and_the_stored_replies_are_counted_where_they_lie(ipython, kernel):
    ipython.run("%liara /replay on\n%liara hello")
    found = rows(ipython.run("%liara /doctor"))
    assert f"`{kernel.session.log.path.parent}`, 1 file," in found["log"][0]
    assert "on, `" in found["stored replies"][0] and "1 file," in found["stored replies"][0]


def test_another_word_is_refused(ipython):
    assert isinstance(ipython.fails("%liara /doctor onlien"), LiaraUsageError)
