"""``Chat.ask("Summarise", value)``: the same descriptions, redaction and room as in a cell, at the socket."""

import asyncio
from pathlib import Path

import pytest
from loopback import Loopback

from liara_magic import LiaraUsageError


@pytest.fixture
def gateway():
    with Loopback(lambda line, request: line.reply("fine")) as gateway:
        yield gateway


def messages(gateway):
    return [message["content"] for message in gateway.requests[-1].json["messages"]]


def test_values_go_along_described_as_data(chat_at, gateway):
    reply = chat_at(gateway).ask("Summarise", {"a": [1, 2, 3]}, "plain text", temperature=0)
    context, prompt = messages(gateway)
    assert prompt == "Summarise"
    assert "no instruction" in context and "] context 1\n" in context and "dict of 1 item" in context
    assert "] context 2\nplain text\n" in context
    assert gateway.requests[-1].json["temperature"] == 0
    assert dict(reply.details)["from the notebook"].startswith("2 parts, ")


def test_the_other_two_ways_take_context_too(chat_at, gateway):
    chat = chat_at(gateway)
    list(chat.stream("Summarise", [1, 2]))
    assert "list of 2 items" in messages(gateway)[0]
    asyncio.run(chat.aask("Summarise", {3, 4}, fresh=True))
    assert "set of 2 items" in messages(gateway)[0]


def test_a_path_is_its_file_and_text_is_text(chat_at, gateway, tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("درآمد", "utf-8")
    chat_at(gateway).ask("Summarise", path, str(path))
    context, _ = messages(gateway)
    assert "] notes.txt\nدرآمد" in context and f"] context 2\n{path}\n" in context


def test_a_document_goes_as_a_part(chat_at, gateway, tmp_path):
    path = tmp_path / "a.pdf"
    path.write_bytes(b"%PDF-1.7 x")
    chat_at(gateway).ask("Summarise", path)
    assert [part["type"] for part in messages(gateway)[0]] == ["text", "file"]


def test_secrets_are_hidden_and_the_room_is_kept(chat_at, gateway):
    chat = chat_at(gateway, context_tokens=200)
    reply = chat.ask("Summarise", "postgres://me:hunter2secret@db/x " + "word " * 9000)
    context, _ = messages(gateway)
    assert "hunter2secret" not in context and len(context) < 1200
    details = dict(reply.details)
    assert details["hidden before sending"] == "1 × password" and "left out" in details["cut of context 1"]
    chat_at(gateway, redact=False).ask("Summarise", "postgres://me:hunter2secret@db/x")
    assert "hunter2secret" in messages(gateway)[0]


def test_braces_in_a_prompt_from_code_are_the_persons_own(chat_at, gateway):
    chat_at(gateway).ask("what is {x}?", [1])
    assert messages(gateway)[1] == "what is {x}?"


class Raising:
    def __repr__(self):
        raise ValueError("broken")


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (Raising(), "context 1 cannot be sent: its repr raised ValueError: broken."),
        (Path("/nothing/here.txt"), "cannot be read: No such file or directory."),
    ],
)
def test_what_cannot_be_described_sends_nothing(chat_at, gateway, value, said):
    chat = chat_at(gateway)
    for ask in (chat.ask, lambda *given: list(chat.stream(*given)), lambda *given: asyncio.run(chat.aask(*given))):
        with pytest.raises(LiaraUsageError, match=said.replace(".", r"\.")):
            ask("Summarise", value)
    assert gateway.posts == 0 and not chat.turns
