"""Eight replies stream into one conversation at the same time: every turn stays whole, and in its place."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from loopback import USAGE, Loopback

from liara_magic.protocol.events import TextDelta

MANY, WORDS = 8, 100
PATIENCE = 60


def words_of(prompt):
    return "".join(f"{prompt}-{number} " for number in range(WORDS))


def in_step(many=MANY):
    """Replies that all come at once: each sends a word only when every other is about to send one."""
    step = threading.Barrier(many)

    def script(line, request):
        prompt = request.json["messages"][-1]["content"]
        if prompt == "last":
            line.reply("done")
            return
        line.head()
        for number in range(WORDS):
            step.wait(PATIENCE)
            line.delta(f"{prompt}-{number} ")
        line.finish(usage={**USAGE, "completion_tokens": int(prompt.removeprefix("ask"))})

    return script


def asked(chat, prompt):
    return chat.ask(prompt).text


def streamed(chat, prompt):
    return "".join(event.text for event in chat.stream(prompt) if isinstance(event, TextDelta))


def half_and_half(chat, prompt):
    return (asked if int(prompt.removeprefix("ask")) % 2 else streamed)(chat, prompt)


@pytest.mark.parametrize("call", [asked, streamed, half_and_half])
def test_every_turn_is_whole(chat_at, kernel, call):
    prompts = [f"ask{number}" for number in range(MANY)]
    with Loopback(in_step()) as gateway, ThreadPoolExecutor(MANY) as pool:
        chat = chat_at(gateway)
        answers = list(pool.map(lambda prompt: call(chat, prompt), prompts, timeout=PATIENCE))
        turns = chat.turns
        assert answers == [words_of(prompt) for prompt in prompts]
        assert gateway.posts == MANY
        assert sorted(turn.prompt for turn in turns) == prompts
        assert {turn.state for turn in turns} == {"complete"}
        assert [turn.reply.text for turn in turns] == [words_of(turn.prompt) for turn in turns]
        assert [f"ask{turn.reply.usage.completion_tokens}" for turn in turns] == [turn.prompt for turn in turns]
        assert [turn.row.usage for turn in turns] == [turn.reply.usage for turn in turns]
        assert [row.state for row in kernel.ledger.rows] == ["complete"] * MANY
        # None of them saw another that was still running; the next one sees all, each with its own answer.
        assert {len(request.json["messages"]) for request in gateway.requests} == {1}
        chat.ask("last")
        sent = [(message["role"], message["content"]) for message in gateway.requests[-1].json["messages"]]
    pairs = [(role, text) for turn in turns for role, text in (("user", turn.prompt), ("assistant", turn.reply.text))]
    assert sent == [*pairs, ("user", "last")]


def test_those_that_are_cut_leave_the_others_whole(chat_at):
    """Every second line breaks in the middle of its reply."""
    step = threading.Barrier(MANY)

    def script(line, request):
        prompt = request.json["messages"][-1]["content"]
        line.head()
        for number in range(WORDS):
            if number < WORDS // 2:
                step.wait(PATIENCE)
            elif int(prompt.removeprefix("ask")) % 2:
                return
            line.delta(f"{prompt}-{number} ")
        line.finish()

    with Loopback(script) as gateway, ThreadPoolExecutor(MANY) as pool:
        chat = chat_at(gateway)
        asking = [pool.submit(chat.ask, f"ask{number}") for number in range(MANY)]
        failed = [task.exception(PATIENCE) is not None for task in asking]
        assert gateway.posts == MANY
    assert failed == [bool(number % 2) for number in range(MANY)]
    for turn in chat.turns:
        whole = words_of(turn.prompt)
        cut = int(turn.prompt.removeprefix("ask")) % 2
        assert turn.state == ("cut" if cut else "complete")
        assert turn.reply.text == (whole[: whole.index(f"{turn.prompt}-{WORDS // 2} ")] if cut else whole)
