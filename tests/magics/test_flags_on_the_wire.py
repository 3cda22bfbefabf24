"""Every flag, at the request body that leaves the socket."""

import json

import pytest
from loopback import Loopback

from liara_magic.gateway.engine import Engine
from liara_magic.gateway.models import Catalogues
from liara_magic.magics.options import parse_cell, parse_line
from liara_magic.protocol.parameters import SETTABLE
from liara_magic.screen.silent import SilentScreen
from liara_magic.session.budget import Budget
from liara_magic.session.ledger import Ledger
from liara_magic.session.replay_store import ReplayStore
from liara_magic.session.session import Session
from liara_magic.session.shared import Shared
from liara_magic.session.store import Log
from liara_magic.settings import Liara

SAMPLES = {
    "text": "low",
    "integer": 3,
    "number": 0.5,
    "object": {"a": {"b": [1, "c d"]}},
    "objects": [{"type": "function", "function": {"name": "f"}}],
    "choices": ["text"],
    "choice": "auto",
    "any": {"note": "x y"},
    "texts": "END",
}
# What a flag cannot be sent without.
COMPANIONS = {"top_logprobs": "--logprobs"}


@pytest.fixture
def asked(engine: Engine):
    """Ask with a line's flags; gives the JSON body that left the socket."""

    def ask(parsed):
        with Loopback(answer) as gateway:
            session = session_with(engine, base_url=gateway.base_url)
            session.ask(parsed, SilentScreen())
            return gateway.requests[0].json

    return ask


def answer(line, request):
    if request.json["stream"]:
        line.reply("x")
    else:
        line.answer_json(ANSWER)


def session_with(engine, **settings):
    own, ledger = Liara(model="test/model", **settings), Ledger()
    shared = Shared(engine, ledger, Catalogues(engine.models), Budget(own, ledger), Log(), ReplayStore())
    return Session(own, shared)


ANSWER = {"choices": [{"message": {"content": "x"}, "finish_reason": "stop"}]}


def typed(value):
    return value if isinstance(value, str) else json.dumps(value)


@pytest.mark.parametrize("row", [row for row in SETTABLE if row.kind != "boolean"], ids=lambda row: row.name)
@pytest.mark.parametrize("between", [" ", "="])
def test_a_flag_s_value_arrives(asked, row, between):
    value = {"a": 1} if row.name == "logit_bias" else SAMPLES[row.kind]
    for flag in row.flags:
        line = f"{flag}{between}{typed(value)} {COMPANIONS.get(row.name, '')} hello"
        body = asked(parse_line(line))
        expected = {"include_usage": True, **value} if row.name == "stream_options" else value
        assert body[row.name] == expected
        assert body["messages"] == [{"role": "user", "content": "hello"}]


@pytest.mark.parametrize("row", [row for row in SETTABLE if row.kind == "boolean"], ids=lambda row: row.name)
@pytest.mark.parametrize("value", [True, False])
def test_a_switch_arrives_on_and_off(asked, row, value):
    flag = row.flag if value else "--no-" + row.flag[2:]
    assert asked(parse_cell(flag, "hello"))[row.name] is value


ZERO = [("-t 0", "temperature", 0), ("--seed 0", "seed", 0), ("--user ''", "user", "")]


@pytest.mark.parametrize(("flag", "name", "value"), ZERO)
def test_zero_and_the_empty_text_count_as_set(asked, flag, name, value):
    assert asked(parse_line(f"{flag} hello"))[name] == value


def test_what_is_not_set_is_not_sent(asked):
    assert set(asked(parse_line("hello"))) == {"model", "messages", "stream", "stream_options"}


def test_anything_else_arrives_as_json_or_text(asked):
    body = asked(parse_line("""-p transforms=["middle-out"] -p route=fallback -p n2=0 hello"""))
    assert (body["transforms"], body["route"], body["n2"]) == (["middle-out"], "fallback", 0)


def test_a_setting_arrives_and_a_flag_wins_over_it(engine):
    with Loopback(lambda line, request: line.reply("x")) as gateway:
        session = session_with(engine, base_url=gateway.base_url, temperature=0.1, max_tokens=9)
        session.ask(parse_line("-t 0 --max-completion-tokens 5 hello"), SilentScreen())
        body = gateway.requests[0].json
    assert (body["temperature"], body["max_completion_tokens"], "max_tokens" in body) == (0, 5, False)


def test_the_model_and_the_system_prompt_arrive(asked):
    body = asked(parse_cell("openai/gpt-5 -s 'Be terse.'", "hello"))
    assert body["model"] == "openai/gpt-5"
    assert body["messages"][0] == {"role": "system", "content": "Be terse."}
