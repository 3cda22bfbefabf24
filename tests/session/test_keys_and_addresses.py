"""What happens without a key, with one in the wrong place, and without an address."""

import pytest
from loopback import Loopback

from liara_magic import Chat, LiaraCredentialsError, LiaraWorkspaceError

WORKSPACE = "0123456789abcdef01234567"


def hello(line, request):
    line.reply("hello")


def test_without_a_key_three_ways_are_named(kernel):
    with pytest.raises(LiaraCredentialsError) as caught:
        Chat(model="openai/gpt-5", workspace=WORKSPACE).ask("hi")
    for way in ("/login", "LIARA_API_KEY", "keyring", "sandbox/tutor"):
        assert way in str(caught.value)
    assert kernel.ledger.rows == []


def test_without_anything_the_key_comes_first(kernel):
    with pytest.raises(LiaraCredentialsError):
        Chat().ask("hi")


def test_a_key_without_an_address_says_where_the_workspace_is(kernel, monkeypatch, canary_key):
    monkeypatch.setenv("LIARA_API_KEY", canary_key)
    with pytest.raises(LiaraWorkspaceError, match="LIARA_WORKSPACE_ID"):
        Chat(model="openai/gpt-5").ask("hi")


def test_the_sandbox_needs_neither(kernel):
    assert Chat(model="sandbox/echo").ask("hi").text == "hi"


def test_the_sandbox_never_sees_the_key(kernel, monkeypatch, canary_key):
    monkeypatch.setenv("LIARA_API_KEY", canary_key)
    chat = Chat(model="sandbox/echo")
    assert chat._session.connection("sandbox/echo").key is None


def test_a_server_on_this_machine_needs_no_key(chat_at):
    with Loopback(hello) as gateway:
        assert chat_at(gateway).ask("hi").text == "hello"
        assert "authorization" not in gateway.requests[0].headers


def test_a_key_in_the_environment_is_read_anew_each_time(chat_at, monkeypatch):
    with Loopback(hello) as gateway:
        chat = chat_at(gateway)
        for key in ("first-key", "second-key"):
            monkeypatch.setenv("LIARA_API_KEY", f' "Bearer {key}" ')
            chat.ask("hi")
        assert [request.headers["authorization"] for request in gateway.requests] == [
            "Bearer first-key",
            "Bearer second-key",
        ]


@pytest.mark.parametrize("key", ["clé-with-accent", "snowman-☃", "tab\x07bell"])
def test_a_key_that_cannot_be_one_names_the_position_and_not_the_key(chat_at, monkeypatch, key):
    monkeypatch.setenv("LIARA_API_KEY", key)
    with Loopback(hello) as gateway:
        with pytest.raises(LiaraCredentialsError, match=r"Character \d+ of the key") as caught:
            chat_at(gateway).ask("hi")
        assert gateway.requests == []
    assert key not in str(caught.value)


SHAPES = ["eyJhbGciOiJIUzI1NiJ9.eyJrZXkiOiJjYW5hcnkifQ.canary-canary-canary", "sk-abcdefghijklmnopqrstuvwxyz012345"]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("prompt", ["{}", "my key is {}.", "curl -H 'Authorization: Bearer {}' \\\n  https://x"])
def test_a_key_in_the_prompt_is_refused_before_anything_is_sent(chat_at, kernel, shape, prompt):
    with Loopback(hello) as gateway:
        with pytest.raises(LiaraCredentialsError) as caught:
            chat_at(gateway).ask(prompt.format(shape))
        assert gateway.requests == []
    assert shape not in str(caught.value)
    assert "make a new key" in str(caught.value)
    assert kernel.ledger.rows == []


@pytest.mark.parametrize("asked_before", [False, True])
def test_the_key_in_use_is_refused_whatever_its_shape(chat_at, monkeypatch, asked_before):
    monkeypatch.setenv("LIARA_API_KEY", "local-gateway-password-1")
    with Loopback(hello) as gateway:
        chat = chat_at(gateway)
        if asked_before:
            chat.ask("hi")
        with pytest.raises(LiaraCredentialsError):
            chat.ask("why does local-gateway-password-1 not work?")
        assert gateway.posts == int(asked_before)


@pytest.mark.parametrize("where", [{"system": SHAPES[0]}, {"user": SHAPES[0]}])
def test_a_key_in_another_part_of_the_request_is_refused(chat_at, where):
    with Loopback(hello) as gateway:
        with pytest.raises(LiaraCredentialsError):
            chat_at(gateway).ask("hi", **where)
        assert gateway.requests == []


@pytest.mark.parametrize("word", ["sk-learn", "eyJ", "risk-averse-and-other-long-words-here", "key", "sk-short"])
def test_words_that_only_resemble_a_key_are_sent(chat_at, word):
    with Loopback(hello) as gateway:
        assert chat_at(gateway).ask(f"what is {word}?").text == "hello"


def test_what_is_printed_of_a_chat_holds_no_key(chat_at, monkeypatch, canary_key):
    monkeypatch.setenv("LIARA_API_KEY", canary_key)
    with Loopback(hello) as gateway:
        chat = chat_at(gateway)
        reply = chat.ask("hi")
    shown = [repr(chat), repr(reply), repr(reply.__dict__), repr(vars(chat._session)), repr(chat._session.key())]
    assert canary_key not in "".join(shown)
