"""The sandbox: the real API's shape, answered inside the process."""

import pytest
from calls import ask, prompt, to_sandbox

from liara_magic import (
    LiaraCredentialsError,
    LiaraCreditError,
    LiaraModelError,
    LiaraRateLimitError,
    LiaraServerError,
    LiaraStreamError,
    LiaraWorkspaceError,
)
from liara_magic.gateway.sandbox import COMPLETION_PRICE, MODELS, PROMPT_PRICE
from liara_magic.gateway.sandbox_replies import picture
from liara_magic.protocol.messages import Message
from liara_magic.protocol.request import ChatRequest
from liara_magic.screen.images import pictures
from liara_magic.screen.probabilities import reply_tokens

PERSIAN = "سلام، حال شما چطور است؟"


def sandbox(engine, name, text="hi", limits=None, **parameters):
    return ask(engine, to_sandbox(**(limits or {})), prompt(text, f"sandbox/{name}", **parameters))


@pytest.mark.parametrize("streamed", [True, False])
@pytest.mark.parametrize("name", ["tutor", "echo"])
def test_a_reply_has_everything_a_real_one_has(engine, name, streamed):
    outcome = sandbox(engine, name, stream=streamed)
    assert outcome.error is None
    assert outcome.text
    reply = outcome.reply
    assert (reply.model, reply.finish_reason, len(reply.id)) == (f"sandbox/{name}", "stop", 24)
    usage = reply.usage
    assert usage.prompt_tokens and usage.completion_tokens
    assert usage.total_tokens == usage.prompt_tokens + usage.completion_tokens
    expected = usage.prompt_tokens * PROMPT_PRICE + usage.completion_tokens * COMPLETION_PRICE
    assert usage.total_cost_toman == pytest.approx(expected)
    assert usage.cost == pytest.approx(expected / 100_000)


@pytest.mark.parametrize("streamed", [True, False])
def test_reasoning_comes_before_the_answer_and_is_counted(engine, streamed):
    reply = sandbox(engine, "reasoning", stream=streamed).reply
    assert reply.reasoning.startswith("The sandbox does not think") and reply.text.startswith("This is the **sandbox**")
    assert 0 < reply.usage.reasoning_tokens < reply.usage.completion_tokens


@pytest.mark.parametrize("streamed", [True, False])
def test_an_image_is_a_picture(engine, streamed):
    reply = sandbox(engine, "image", stream=streamed).reply
    (picture,) = pictures(reply.images)
    assert (picture.mime_type, picture.fault) == ("image/png", "") and reply.text


@pytest.mark.parametrize("streamed", [True, False])
def test_probabilities_come_when_they_are_asked_for(engine, streamed):
    reply = sandbox(engine, "echo", "سلام world", stream=streamed, logprobs=True, top_logprobs=2).reply
    tokens = reply_tokens(reply.choices[0].logprobs)
    assert "".join(token.text for token in tokens) == "سلام world"
    assert all(0 < token.probability <= 1 and len(token.alternatives) == 2 for token in tokens)
    assert not sandbox(engine, "echo", stream=streamed).reply.choices[0].logprobs


def test_streamed_and_whole_say_the_same(engine):
    assert sandbox(engine, "tutor").text == sandbox(engine, "tutor", stream=False).text


def test_the_same_request_gets_the_same_reply(engine):
    first, second = (sandbox(engine, "tutor", stream=False) for _ in range(2))
    assert (first.text, first.reply.id) == (second.text, second.reply.id)


def test_the_tutor_teaches_about_what_arrived(engine):
    text = sandbox(engine, "tutor", "What is a mean?", temperature=0.5, stop=["|||"], stream=False).text
    assert text.startswith("This is the **sandbox**")
    assert "What is a mean?" in text
    for mark in ("| messages | 1 |", "temperature=0.5", "\n- ", "$\\bar{x}", "```python\n"):
        assert mark in text


def test_the_tutor_answers_persian_in_persian(engine):
    text = sandbox(engine, "tutor", PERSIAN, stream=False).text
    assert PERSIAN in text
    assert "درگاه آزمایشی" in text
    assert "sandbox" in text
    for mark in ("| پیام‌ها | 1 |", "\n- ", "$\\bar{x}", "```python\n"):
        assert mark in text


@pytest.mark.parametrize("text", ["hi", PERSIAN, "a\n\n  b\tc ", "😀" * 50, "</script>", "x" * 300])
def test_the_echo_is_exact(engine, text):
    assert sandbox(engine, "echo", text).text == text


def test_the_long_reply_is_long(engine):
    outcome = sandbox(engine, "long")
    assert outcome.error is None
    assert 100_000 <= len(outcome.text.encode()) < 105_000
    assert "sandbox" in outcome.text[:100]


def test_the_slow_reply_comes_whole(engine):
    outcome = sandbox(engine, "slow", max_tokens=8)
    assert outcome.error is None
    assert outcome.reply.seconds == 0.0
    assert len(outcome.events) > 4


@pytest.mark.parametrize("field", ["max_tokens", "max_completion_tokens"])
def test_a_limit_ends_the_reply_by_its_length(engine, field):
    outcome = sandbox(engine, "tutor", **{field: 10})
    assert outcome.reply.finish_reason == "length"
    assert 0 < outcome.reply.usage.completion_tokens <= 10
    assert sandbox(engine, "tutor", stream=False).text.startswith("This is the")


def test_a_limit_that_is_not_reached_changes_nothing(engine):
    assert sandbox(engine, "echo", max_tokens=1000).reply.finish_reason == "stop"


@pytest.mark.parametrize("stop", ["three", ["four", "three"], ["never", "three"]])
def test_a_stop_text_ends_the_reply_before_it(engine, stop):
    outcome = sandbox(engine, "echo", "one two three four", stop=stop)
    assert (outcome.text, outcome.reply.finish_reason) == ("one two ", "stop")


@pytest.mark.parametrize("streamed", [True, False])
def test_as_many_choices_as_were_asked_for(engine, streamed):
    outcome = sandbox(engine, "echo", "same words", n=3, stream=streamed)
    assert [(c.index, c.text, c.finish_reason) for c in outcome.reply.choices] == [
        (index, "same words", "stop") for index in range(3)
    ]
    single = sandbox(engine, "echo", "same words").reply.usage
    assert outcome.reply.usage.completion_tokens == 3 * single.completion_tokens


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (401, LiaraCredentialsError),
        (402, LiaraCreditError),
        (403, LiaraWorkspaceError),
        (404, LiaraModelError),
        (429, LiaraRateLimitError),
        (500, LiaraServerError),
    ],
)
def test_a_failure_is_the_error_of_its_status(engine, status, error):
    outcome = sandbox(engine, f"error-{status}")
    assert type(outcome.error) is error
    assert outcome.error.status == status
    assert "this is the sandbox" in outcome.error.message
    assert outcome.error.retry_after == (1.0 if status == 429 else None)


def test_the_cut_keeps_its_first_words(engine):
    outcome = sandbox(engine, "cut")
    assert isinstance(outcome.error, LiaraStreamError)
    assert outcome.text
    assert f"after {len(outcome.text)} characters" in outcome.error.message


def test_the_stall_ends_by_the_idle_limit(engine):
    outcome = sandbox(engine, "stall", limits={"idle": 0.2})
    assert isinstance(outcome.error, LiaraStreamError)
    assert outcome.text
    assert "no data for 0.2 s" in outcome.error.message


def test_an_unknown_model_is_refused_and_names_the_others(engine):
    outcome = sandbox(engine, "nobody")
    assert isinstance(outcome.error, LiaraModelError)
    assert "sandbox/tutor" in outcome.error.message


def test_the_model_list(engine):
    listed = engine.models(to_sandbox())
    assert [model["id"] for model in listed] == list(MODELS)
    for model in listed:
        assert set(model) >= {"id", "name", "description", "context_length", "pricing", "supported_parameters"}
        assert float(model["pricing"]["prompt"]) > 0
        assert "temperature" in model["supported_parameters"]


def test_a_picture_counts_by_its_pixels_and_the_tutor_names_it(engine):
    parts = [{"type": "text", "text": "what is it?"}, picture()]
    messages = [Message("user", parts)]
    with_picture = ask(engine, to_sandbox(), ChatRequest("sandbox/tutor", messages, {})).reply
    without = sandbox(engine, "tutor", "what is it?").reply
    assert "A picture came along, of 240 × 120 pixels" in with_picture.text
    more = with_picture.usage.prompt_tokens - without.usage.prompt_tokens
    assert 39 <= more <= 45  # 240 × 120 / 750, and the list around the text
