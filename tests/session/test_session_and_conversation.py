"""What a conversation sends, keeps and counts, whichever way a reply ends."""

import threading

import pytest
from loopback import USAGE, Loopback

from liara_magic import (
    LiaraCredentialsError,
    LiaraError,
    LiaraNetworkError,
    LiaraRequestError,
    LiaraServerError,
    LiaraStreamError,
)


def echo(line, request):
    line.reply("re: " + request.json["messages"][-1]["content"])


def cut(line, request):
    line.head()
    line.delta("half a reply")


def cut_before_a_word(line, request):
    line.head()


def refused(line, request):
    line.answer_json({"error": "no such thing"}, "400 Bad Request")


def failed(line, request):
    line.answer_json({"error": "oops"}, "500 Internal Server Error")


def declined(line, request):
    line.head()
    line.event(
        {"choices": [{"index": 0, "delta": {"refusal": "I will not."}, "finish_reason": "stop"}], "usage": USAGE}
    )
    line.event("[DONE]")


def without_usage(line, request):
    line.head()
    line.delta("words", finish_reason="stop")
    line.event("[DONE]")


def after(*scripts):
    """One script for each request in turn; the last for all that follow."""
    left = list(scripts)

    def script(line, request):
        (left.pop(0) if len(left) > 1 else left[0])(line, request)

    return script


def sent(gateway):
    """What the last request carried, as pairs of role and text."""
    return [(message["role"], message["content"]) for message in gateway.requests[-1].json["messages"]]


def roles_alternate(messages):
    roles = [role for role, _ in messages if role != "system"]
    return roles == ["user", "assistant"] * (len(roles) // 2) + ["user"]


def test_a_conversation_is_carried_on(chat_at):
    with Loopback(echo) as gateway:
        chat = chat_at(gateway, system="Be brief.")
        assert chat.ask(" one \n").text == "re: one"
        chat.ask("two")
        chat.ask("three")
        assert sent(gateway) == [
            ("system", "Be brief."),
            ("user", "one"),
            ("assistant", "re: one"),
            ("user", "two"),
            ("assistant", "re: two"),
            ("user", "three"),
        ]
    assert [(turn.prompt, turn.state) for turn in chat.turns] == [
        (word, "complete") for word in ("one", "two", "three")
    ]


def test_what_goes_back_is_role_and_text_alone(chat_at):
    with Loopback(echo) as gateway:
        chat = chat_at(gateway)
        chat.ask("one")
        chat.ask("two")
        assert [set(message) for message in gateway.requests[-1].json["messages"]] == [{"role", "content"}] * 3


def test_a_model_that_shows_what_a_key_looks_like_does_not_end_the_conversation(chat_at, canary_key):
    with Loopback(
        lambda line, request: line.reply("Such as eyJhbGciOiJIUzI1NiJ9.eyJrIjoibiJ9.c2lnbmF0dXJl")
    ) as gateway:
        chat = chat_at(gateway)
        chat.ask("one")
        chat.ask("two")
        assert len(sent(gateway)) == 3
        with pytest.raises(LiaraCredentialsError):
            chat.ask(f"three {canary_key}")
        assert len(gateway.requests) == 2


def test_the_key_in_use_never_leaves_with_an_old_turn(chat_at, canary_key, monkeypatch):
    with Loopback(lambda line, request: line.reply(f"It is {canary_key}.")) as gateway:
        chat = chat_at(gateway)
        chat.ask("one")
        monkeypatch.setenv("LIARA_API_KEY", canary_key)
        with pytest.raises(LiaraCredentialsError):
            chat.ask("two")
        assert len(gateway.requests) == 1


def test_a_fresh_ask_stands_outside(chat_at):
    with Loopback(echo) as gateway:
        chat = chat_at(gateway)
        chat.ask("one")
        chat.ask("apart", fresh=True)
        assert sent(gateway) == [("user", "apart")]
        chat.ask("two")
        assert sent(gateway) == [("user", "one"), ("assistant", "re: one"), ("user", "two")]
    assert [turn.prompt for turn in chat.turns] == ["one", "two"]


def test_each_chat_has_a_conversation_of_its_own(chat_at):
    with Loopback(echo) as gateway:
        chat_at(gateway).ask("one")
        chat_at(gateway).ask("two")
        assert sent(gateway) == [("user", "two")]


def test_resetting_forgets(chat_at):
    with Loopback(echo) as gateway:
        chat = chat_at(gateway)
        chat.ask("one")
        chat.reset()
        chat.ask("two")
        assert sent(gateway) == [("user", "two")]
    assert len(chat.turns) == 1


def test_options_of_one_ask_count_for_it_alone(chat_at):
    with Loopback(echo) as gateway:
        chat = chat_at(gateway, system="Be brief.", temperature=0.5, max_tokens=10)
        chat.ask("one", model="other/model", system="", temperature=0, max_completion_tokens=5)
        body = gateway.requests[-1].json
        assert (body["model"], body["temperature"], body["max_completion_tokens"]) == ("other/model", 0, 5)
        assert "max_tokens" not in body
        assert sent(gateway) == [("user", "one")]
        chat.ask("two", fresh=True)
        body = gateway.requests[-1].json
        assert (body["model"], body["temperature"], body["max_tokens"]) == ("test/model", 0.5, 10)
        assert sent(gateway) == [("system", "Be brief."), ("user", "two")]


def test_a_cut_reply_is_kept_and_says_so_to_the_model(chat_at):
    with Loopback(after(cut, echo)) as gateway:
        chat = chat_at(gateway)
        with pytest.raises(LiaraStreamError):
            chat.ask("one")
        chat.ask("two")
        messages = sent(gateway)
    assert roles_alternate(messages)
    assert messages[1][1].startswith("half a reply")
    assert "cut off" in messages[1][1]
    assert (chat.turns[0].state, chat.turns[0].reply.text) == ("cut", "half a reply")
    assert "12 characters" in chat.turns[0].reason


@pytest.mark.parametrize("script", [cut_before_a_word, refused, failed])
def test_a_turn_without_a_reply_is_not_sent_again(chat_at, script):
    with Loopback(after(echo, script, script, echo)) as gateway:
        chat = chat_at(gateway)
        chat.ask("one")
        for _ in range(2):
            with pytest.raises(LiaraError):
                chat.ask("lost")
        chat.ask("two")
        assert sent(gateway) == [("user", "one"), ("assistant", "re: one"), ("user", "two")]


def test_a_declined_prompt_goes_back_with_the_models_words(chat_at):
    with Loopback(after(declined, echo)) as gateway:
        chat = chat_at(gateway)
        assert chat.ask("one").refusal == "I will not."
        chat.ask("two")
        assert sent(gateway) == [("user", "one"), ("assistant", "I will not."), ("user", "two")]


def test_every_request_has_its_row(chat_at, kernel):
    with Loopback(after(echo, refused, failed, cut, without_usage, echo)) as gateway:
        chat = chat_at(gateway)
        chat.ask("fine")
        for error in (LiaraRequestError, LiaraServerError, LiaraStreamError):
            with pytest.raises(error):
                chat.ask("not fine")
        chat.ask("no usage")
        chat.ask("apart", fresh=True)
    rows = kernel.ledger.rows
    assert [row.state for row in rows] == ["complete", "refused", "cut", "cut", "complete", "complete"]
    assert [row.cost_is_unknown for row in rows] == [False, False, True, True, True, False]
    assert all(row.model == "test/model" and row.seconds > 0 for row in rows)
    totals = kernel.ledger.totals()
    assert (totals.requests, totals.unknown) == (6, 3)
    assert totals.toman == pytest.approx(2 * 0.98)
    assert (totals.prompt_tokens, totals.completion_tokens) == (38, 18)


def test_the_conversations_own_totals(chat_at):
    with Loopback(after(echo, refused, cut, echo)) as gateway:
        chat = chat_at(gateway)
        chat.ask("fine")
        for _ in range(2):
            with pytest.raises(LiaraError):
                chat.ask("not fine")
        chat.ask("apart", fresh=True)
    assert (chat.totals.requests, chat.totals.unknown) == (2, 1)
    assert chat.totals.toman == pytest.approx(0.98)


def test_a_gateway_that_nobody_runs_costs_nothing(chat_at, kernel):
    with Loopback(echo) as gateway:
        chat = chat_at(gateway)
    with pytest.raises(LiaraNetworkError):
        chat.ask("hi")
    assert (kernel.ledger.rows[0].state, kernel.ledger.totals().unknown) == ("refused", 0)


def test_two_threads_ask_at_once(chat_at):
    both = threading.Barrier(2)

    def script(line, request):
        if len(request.json["messages"]) == 1:
            both.wait(10)
        echo(line, request)

    with Loopback(script) as gateway:
        chat, answers = chat_at(gateway), {}
        workers = [
            threading.Thread(target=lambda word=word: answers.update({word: chat.ask(word).text}))
            for word in ("one", "two")
        ]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(20)
        assert answers == {"one": "re: one", "two": "re: two"}
        chat.ask("three")
        assert roles_alternate(sent(gateway))
        assert len(sent(gateway)) == 5
    assert [turn.reply.text for turn in chat.turns] == [f"re: {turn.prompt}" for turn in chat.turns]
