"""Proxies of the environment: dead ones are named with their cure, exceptions count, this machine never needs one."""

import socket

import pytest
from calls import KEY, ask, to
from loopback import Loopback

from liara_magic import LiaraNetworkError
from liara_magic.gateway.address import Address
from liara_magic.gateway.api_key import ApiKey
from liara_magic.gateway.connection import Connection

NAME = "gateway.test"  # no name server knows it
AWAY = "192.0.2.1"  # an address for examples; asked for behind a proxy on this machine only


def to_host(host, scheme="http", **more):
    return Connection(Address(f"{scheme}://{host}/v1"), ApiKey(KEY, "the test"), **more)


def direct(line, request):
    line.reply("directly")


def by_proxy(line, request):
    line.reply("by proxy")


@pytest.fixture
def dead():
    """A proxy's address where nobody is: the port is bound, so that no one else gets it, and not listened to."""
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{nobody.getsockname()[1]}"


@pytest.fixture
def by_name(monkeypatch):
    """The system's resolver finds ``NAME`` on this machine, and its own names too, whether it knows them or not."""
    found, here = socket.getaddrinfo, (NAME, "localhost", "a.localhost")

    def resolve(host, *arguments, **options):
        name = host.decode() if isinstance(host, bytes) else host
        return found("127.0.0.1" if name in here else host, *arguments, **options)

    monkeypatch.setattr("socket.getaddrinfo", resolve)


def refusal(outcome):
    """The error of a request that never left."""
    assert type(outcome.error) is LiaraNetworkError, outcome
    assert not outcome.error.may_be_charged
    assert KEY not in str(outcome.error)
    return outcome.error


SCHEMES = [("http", "HTTP_PROXY"), ("http", "http_proxy"), ("https", "HTTPS_PROXY"), ("https", "https_proxy")]
SCHEMES += [(scheme, variable) for scheme in ("http", "https") for variable in ("ALL_PROXY", "all_proxy")]


@pytest.mark.parametrize(("scheme", "variable"), SCHEMES)
def test_a_dead_proxy_is_named_with_its_cure(engine, monkeypatch, dead, scheme, variable):
    monkeypatch.setenv(variable, dead)
    error = refusal(ask(engine, to_host(AWAY, scheme)))
    assert error.message.startswith(f"{AWAY} could not be reached through the proxy set in {variable}: ")
    assert error.hint.startswith(f"Set {variable} to an http:// address, or take it out of the environment")
    assert error.hint.endswith("%liara /set use_proxies false")


def test_of_two_proxies_the_one_that_was_used_is_named(engine, monkeypatch, dead):
    with Loopback(by_proxy) as alive:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{alive.port}")
        monkeypatch.setenv("HTTP_PROXY", dead)
        error = refusal(ask(engine, to_host(AWAY)))
    assert "the proxy set in HTTP_PROXY:" in error.message
    assert error.hint.startswith("Set HTTP_PROXY to")


@pytest.mark.parametrize("cure", ["taken out", "replaced", "switched off"])
def test_the_cure_helps_the_next_request(engine, monkeypatch, by_name, dead, cure):
    monkeypatch.setenv("HTTP_PROXY", dead)
    with Loopback(direct) as gateway, Loopback(by_proxy) as proxy:
        host = f"{NAME}:{gateway.port}"
        refusal(ask(engine, to_host(host)))
        if cure == "taken out":
            monkeypatch.delenv("HTTP_PROXY")
        elif cure == "replaced":
            monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy.port}")
        outcome = ask(engine, to_host(host, use_proxies=cure != "switched off"))
        assert outcome.text == ("by proxy" if cure == "replaced" else "directly"), outcome.error


@pytest.mark.parametrize("exception", [NAME, ".test", "*", f"elsewhere.example,{NAME}"])
@pytest.mark.parametrize("variable", ["NO_PROXY", "no_proxy"])
def test_an_exception_is_asked_directly(engine, monkeypatch, by_name, variable, exception):
    with Loopback(direct) as gateway, Loopback(by_proxy) as proxy:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        monkeypatch.setenv(variable, exception)
        assert ask(engine, to_host(f"{NAME}:{gateway.port}")).text == "directly"
        assert proxy.requests == []


def test_what_is_no_exception_goes_through_the_proxy(engine, monkeypatch):
    with Loopback(by_proxy) as proxy:
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy.port}")
        monkeypatch.setenv("NO_PROXY", NAME)
        assert ask(engine, to_host(AWAY)).text == "by proxy"
        assert [request.path for request in proxy.requests] == [f"http://{AWAY}/v1/chat/completions"]


def test_a_proxy_is_not_blamed_for_an_exception(engine, monkeypatch, by_name, dead):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", NAME)
    error = refusal(ask(engine, to_host(NAME + dead.removeprefix("http://127.0.0.1"))))
    assert error.message.startswith(f"{NAME} could not be reached: ")


@pytest.mark.parametrize("scheme", ["socks", "socks4", "nonsense"])
@pytest.mark.parametrize("variable", ["ALL_PROXY", "HTTP_PROXY", "https_proxy"])
def test_a_scheme_that_cannot_be_used_is_said_plainly(engine, monkeypatch, variable, scheme):
    monkeypatch.setenv(variable, f"{scheme}://127.0.0.1:9")
    error = refusal(ask(engine, to_host(AWAY)))
    assert error.message.startswith(f"The proxy set in {variable} cannot be used: ")
    assert variable in error.hint and "use_proxies false" in error.hint


@pytest.mark.parametrize("proxy", ["socks://name:pass-w0rd@127.0.0.1:9", "http://name:pass-w0rd@127.0.0.1:{port}"])
def test_the_password_of_a_proxy_is_not_shown(engine, monkeypatch, dead, proxy):
    monkeypatch.setenv("HTTP_PROXY", proxy.format(port=dead.rpartition(":")[2]))
    error = refusal(ask(engine, to_host(AWAY)))
    assert "HTTP_PROXY" in error.message and "pass-w0rd" not in repr(vars(error)) + str(error)


def test_of_two_proxies_the_one_that_cannot_be_used_is_named(engine, monkeypatch):
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("HTTPS_PROXY", "socks://127.0.0.1:9")
    assert "The proxy set in HTTPS_PROXY cannot be used" in refusal(ask(engine, to_host(AWAY))).message


@pytest.mark.parametrize("proxy", ["dead", "socks://127.0.0.1:9", "nonsense"])
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "a.localhost"])
def test_this_machine_needs_none(engine, monkeypatch, by_name, dead, proxy, host):
    for name in ("ALL_PROXY", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "http_proxy", "https_proxy"):
        monkeypatch.setenv(name, dead if proxy == "dead" else proxy)
    with Loopback(direct) as gateway:
        assert ask(engine, to(gateway)).text == "directly"
        assert ask(engine, to_host(f"{host}:{gateway.port}")).text == "directly"
