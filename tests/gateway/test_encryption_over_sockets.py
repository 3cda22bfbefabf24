"""Encryption that is not as it should be: refused before anything is sent, and the error says what it is."""

import os
import re
import socket
import ssl
import subprocess
from pathlib import Path

import pytest
from calls import KEY, ask
from encryption import Encrypted, Outdated, Unencrypted, make_certificates

import liara_magic
from liara_magic import LiaraNetworkError, LiaraStreamError
from liara_magic.gateway.address import Address
from liara_magic.gateway.api_key import ApiKey
from liara_magic.gateway.connection import Connection, Limits

ELSEWHERE = "gateway.test"  # no name server knows it


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("certificates")
    try:
        make_certificates(folder, ELSEWHERE, "localhost")
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"no certificates could be made with openssl: {error}")
    return folder


@pytest.fixture
def certificates(made, monkeypatch):
    """Their authority is trusted, and the system's resolver finds ``ELSEWHERE`` on this machine."""
    monkeypatch.setenv("SSL_CERT_FILE", str(made / "authority.pem"))
    found = socket.getaddrinfo

    def resolve(host, *arguments, **options):
        host = "127.0.0.1" if host in (ELSEWHERE, ELSEWHERE.encode()) else host
        return found(host, *arguments, **options)

    monkeypatch.setattr("socket.getaddrinfo", resolve)
    return made


def answer(line, request):
    line.reply("over a safe line")


def to_name(gateway, name=ELSEWHERE, **limits):
    return Connection(Address(f"https://{name}:{gateway.port}/v1"), ApiKey(KEY, "the test"), Limits(**limits))


def refusal(engine, gateway, name=ELSEWHERE):
    """The error of an ask that was refused before a word of it had left."""
    outcome = ask(engine, to_name(gateway, name))
    assert gateway.requests == []
    assert type(outcome.error) is LiaraNetworkError, outcome
    assert f"The encrypted connection to {name} could not be made" in outcome.error.message
    assert "Nothing was sent." in outcome.error.hint
    assert not outcome.error.may_be_charged
    assert KEY not in str(outcome.error) and outcome.text == ""
    return outcome.error.message


@pytest.mark.parametrize("name", [ELSEWHERE, "localhost"])
def test_a_good_certificate_is_accepted(engine, certificates, name):
    with Encrypted(answer, certificates, "good") as gateway:
        outcome = ask(engine, to_name(gateway, name))
        assert (outcome.error, outcome.text) == (None, "over a safe line")
        assert gateway.requests[0].headers["authorization"] == f"Bearer {KEY}"


WRONG = {
    "self": "self[- ]signed certificate",
    "other": "hostname mismatch, certificate is not valid for '{name}'",
    "expired": "certificate has expired",
}


@pytest.mark.parametrize("name", [ELSEWHERE, "localhost"])  # each has a client of its own
@pytest.mark.parametrize("certificate", WRONG)
def test_a_wrong_certificate_is_refused_and_named(engine, certificates, certificate, name):
    with Encrypted(answer, certificates, certificate) as gateway:
        said = refusal(engine, gateway, name)
    assert re.search(WRONG[certificate].format(name=re.escape(name)), said, re.IGNORECASE)


def test_a_good_certificate_of_an_authority_that_nobody_trusts_is_refused(engine, certificates, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE")
    with Encrypted(answer, certificates, "good") as gateway:
        assert "unable to get local issuer certificate" in refusal(engine, gateway)


@pytest.mark.skipif(not ssl.HAS_TLSv1, reason="there is no server of that age here")
def test_a_protocol_that_is_too_old_is_refused_and_named(engine, certificates):
    with Outdated(answer, certificates) as gateway:
        assert "protocol version" in refusal(engine, gateway)


def test_no_encryption_where_there_should_be_some_is_refused_and_named(engine, certificates):
    with Unencrypted() as gateway:
        said = refusal(engine, gateway)
        received = gateway.received
    assert re.search("wrong version number|record layer failure|http request", said, re.IGNORECASE)
    assert received and b"POST" not in received and b"canary" not in received


def garbled(line, request):
    os.write(line.socket.fileno(), b"no record of any encryption")


def garbled_later(line, request):
    line.head()
    line.delta("some words")
    garbled(line, request)


@pytest.mark.parametrize(("script", "text"), [(garbled, ""), (garbled_later, "some words")])
def test_encryption_that_breaks_after_the_request_left_is_a_broken_line(engine, certificates, script, text):
    with Encrypted(script, certificates, "good") as gateway:
        outcome = ask(engine, to_name(gateway))
        assert gateway.posts == 1
    assert type(outcome.error) is LiaraStreamError, outcome
    assert outcome.error.may_be_charged
    assert outcome.text == text


def test_a_server_that_never_answers_the_greeting_is_given_up(engine, certificates):
    with socket.create_server(("127.0.0.1", 0)) as silent:  # connected by the system, and never greeted
        connection = Connection(Address(f"https://{ELSEWHERE}:{silent.getsockname()[1]}/v1"), None, Limits(connect=0.3))
        outcome = ask(engine, connection)
    assert type(outcome.error) is LiaraNetworkError
    assert outcome.error.message == f"{ELSEWHERE} did not answer within 0.3 s."


def test_the_checks_of_certificates_are_nowhere_switched_off():
    switches = re.compile(r"verify\s*=\s*False|CERT_NONE|check_hostname|verify_mode|_create_unverified_context")
    for path in sorted(Path(liara_magic.__file__).parent.rglob("*.py")):
        assert not switches.search(path.read_text("utf-8")), path
