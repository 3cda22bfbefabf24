"""What is refused before anything is sent: prompts, options and settings that cannot be."""

import pytest
from loopback import Loopback

from liara_magic import Chat, LiaraUsageError


def echo(line, request):
    line.reply("re: " + request.json["messages"][-1]["content"])


@pytest.mark.parametrize("prompt", ["", "   ", "\n\t\n"])
def test_an_empty_prompt_is_refused(chat_at, kernel, prompt):
    with Loopback(echo) as gateway:
        chat = chat_at(gateway)
        for call in (chat.ask, lambda prompt: list(chat.stream(prompt))):
            with pytest.raises(LiaraUsageError, match="The prompt is empty"):
                call(prompt)
        assert gateway.requests == []
    assert (chat.turns, kernel.ledger.rows) == ([], [])


@pytest.mark.parametrize("prompt", [None, 5, b"hi", ["hi"]])
def test_a_prompt_is_text(kernel, prompt):
    with pytest.raises(LiaraUsageError, match="must be text"):
        Chat(model="sandbox/echo").ask(prompt)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"temprature": 1}, "Did you mean temperature"),
        ({"temperature": 3}, "from 0 to 2"),
        ({"max_tokens": 5, "max_completion_tokens": 5}, "exclude each other"),
        ({"messages": []}, "no option called messages"),
    ],
)
def test_an_option_that_cannot_be_is_refused(chat_at, kernel, options, said):
    with Loopback(echo) as gateway:
        with pytest.raises(LiaraUsageError, match=said):
            chat_at(gateway).ask("hi", **options)
        assert gateway.requests == []
    assert kernel.ledger.rows == []


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"temprature": 1}, "Did you mean temperature"),
        ({"modle": "x"}, "Did you mean model"),
        ({"zzzzz": 1}, "/set lists all"),
        ({"temperature": 3}, "from 0 to 2"),
    ],
)
def test_a_chat_with_a_setting_that_cannot_be(kernel, settings, said):
    with pytest.raises(LiaraUsageError, match=said):
        Chat(**settings)


def test_an_ask_that_is_interrupted_before_it_leaves_is_in_nobody_s_way(chat_at, kernel):
    """Its turn does not go on running, and it reserves nothing."""

    def interrupt(turn):
        watchers.remove(interrupt)
        raise KeyboardInterrupt

    with Loopback(echo) as gateway:
        chat = chat_at(gateway)
        watchers = chat._session.watchers
        watchers.append(interrupt)
        with pytest.raises(KeyboardInterrupt):
            chat.ask("hi")
        assert gateway.requests == []
        (turn,) = chat.turns
        assert (turn.state, turn.reason, turn.row.state) == ("cut", "stopped", "refused")
        chat._session.conversation.remove(turn)
        assert chat.ask("again").text == "re: again"
    assert "running" not in {row.state for row in kernel.ledger.rows}
