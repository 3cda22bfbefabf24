"""A redirect is never followed: neither the key nor the prompt reach where it points to, whatever that is."""

import socket
import subprocess

import pytest
from calls import KEY, ask, prompt, to
from encryption import Encrypted, make_certificates
from loopback import Loopback

from liara_magic import LiaraServerError
from liara_magic.gateway.address import Address
from liara_magic.gateway.api_key import ApiKey
from liara_magic.gateway.connection import Connection

STATUSES = [301, 302, 303, 307, 308]
PROMPT = "the words of a secret prompt"
TARGETS = {
    "the same host": "http://127.0.0.1:{own}/v2/chat/completions",
    "another host": "http://localhost:{other}/v1/chat/completions",
    "no scheme": "//127.0.0.1:{other}/v1/chat/completions",
    "a relative path": "../v2/chat/completions",
    "a file": "file:///etc/hostname",
    "a script": "javascript:fetch('http://127.0.0.1:{other}/')",
    "a script with a host": "javascript://127.0.0.1:{other}/%0aalert(1)",
    "data": "data:text/event-stream,data: stolen",
    "a port that is none": "http://127.0.0.1:port/",
    "key and prompt": "http://user:{key}@127.0.0.1:{other}/{key}?key={key}&prompt={prompt}#{key}",
    "the key as a port": "http://127.0.0.1:{key}/",
    "nowhere": None,
}


class Target(Loopback):
    """Where a redirect points to; ``connections``: how often somebody came."""

    def __init__(self):
        super().__init__(lambda line, request: line.reply("stolen"))
        self.connections = 0

    def _answer(self, connection: socket.socket) -> None:
        self.connections += 1
        super()._answer(connection)


def moved(status, location):
    """Answers with a redirect; its page repeats what was sent, as those of some servers do."""

    def script(line, request):
        headers = {} if location is None else {"location": location}
        line.head(f"{status} Moved", "text/html", **headers)
        line.send(f"<html>{request.headers['authorization']} {request.body.decode()}</html>".encode())

    return script


def check(outcome, status, target):
    error = outcome.error
    assert type(error) is LiaraServerError, outcome
    assert (error.status, outcome.text, target.connections) == (status, "", 0)
    assert f"answered with a redirect (status {status}), which is never followed" in error.message
    assert "%liara /set base_url URL" in error.hint
    assert KEY not in repr(vars(error)) + str(error)
    assert PROMPT not in error.message + error.hint + str(error)
    assert "javascript" not in str(error) and "stolen" not in str(error)


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("where", TARGETS)
def test_it_is_not_followed(engine, status, where):
    with Target() as target, Loopback(moved(status, None)) as gateway:
        location = TARGETS[where]
        if location is not None:
            location = location.format(own=gateway.port, other=target.port, key=KEY, prompt=PROMPT)
        gateway.script = moved(status, location)
        outcome = ask(engine, to(gateway), prompt(PROMPT))
        assert (gateway.posts, len(gateway.requests)) == (1, 1)
        check(outcome, status, target)
        if where in ("another host", "no scheme", "key and prompt"):
            host = "localhost" if where == "another host" else "127.0.0.1"
            assert f"The address moved to {host}:{target.port}." in outcome.error.message


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("certificates")
    try:
        make_certificates(folder, "localhost")
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"no certificates could be made with openssl: {error}")
    return folder


@pytest.mark.parametrize("status", STATUSES)
def test_one_from_encryption_to_none_is_not_followed(engine, made, monkeypatch, status):
    monkeypatch.setenv("SSL_CERT_FILE", str(made / "authority.pem"))
    with Target() as target:
        script = moved(status, f"http://localhost:{target.port}/v1/chat/completions")
        with Encrypted(script, made, "good") as gateway:
            address = Address(f"https://localhost:{gateway.port}/v1")
            outcome = ask(engine, Connection(address, ApiKey(KEY, "the test")), prompt(PROMPT))
            assert gateway.posts == 1
        check(outcome, status, target)


@pytest.mark.parametrize("status", STATUSES)
def test_the_key_as_a_host_is_not_repeated(engine, status):
    """Not in small letters either, which is how host names are read."""
    with Loopback(moved(status, f"http://{KEY}.example/")) as gateway:
        error = ask(engine, to(gateway)).error
    assert KEY.lower() not in str(error).lower()
