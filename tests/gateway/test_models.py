"""The model catalogue as values: read from whatever a gateway sends, kept for its lifetime, searched."""

import threading

import pytest
from calls import KEY, to, to_sandbox
from loopback import Loopback

from liara_magic import LiaraServerError
from liara_magic.gateway.models import Catalogue, Catalogues, Model
from liara_magic.gateway.sandbox import MODELS
from liara_magic.protocol.parameters import BY_NAME

ENTRY = {
    "id": "openai/gpt-4o-mini",
    "name": "OpenAI: GPT-4o-mini",
    "description": "Small and quick.",
    "context_length": 128000,
    "architecture": {"input_modalities": ["text", "image"], "output_modalities": ["text"]},
    "pricing": {"prompt": "0.00000015", "completion": "0.0000006", "image": "0.000217"},
    "top_provider": {"context_length": 128000, "max_completion_tokens": 16384, "is_moderated": True},
    "supported_parameters": ["temperature", "max_tokens", "tools"],
}


def test_an_entry_as_the_gateway_sends_it():
    assert Model.from_json(ENTRY) == Model(
        id="openai/gpt-4o-mini",
        name="OpenAI: GPT-4o-mini",
        description="Small and quick.",
        context_length=128_000,
        max_completion_tokens=16_384,
        prompt_price=0.00000015,
        completion_price=0.0000006,
        input_modalities=("text", "image"),
        output_modalities=("text",),
        supported_parameters=("temperature", "max_tokens", "tools"),
    )


@pytest.mark.parametrize("record", [None, [], "a/b", 5, {}, {"id": ""}, {"id": None}, {"id": ["a"]}, {"id": " \x00 "}])
def test_an_entry_that_names_no_model_is_none(record):
    assert Model.from_json(record) is None


@pytest.mark.parametrize("odd", [None, [], {}, "", "x", True, float("nan"), float("inf"), -1, 1e300, {"a": {}}, [None]])
@pytest.mark.parametrize("field", [name for name in ENTRY if name != "id"])
def test_a_field_that_makes_no_sense_is_as_if_it_were_missing(field, odd):
    model = Model.from_json({**ENTRY, field: odd})
    whole, missing = Model.from_json(ENTRY), Model.from_json({k: v for k, v in ENTRY.items() if k != field})
    if isinstance(odd, str) and odd:
        assert model.id == whole.id
    elif field == "context_length":
        assert model.context_length == 128_000, "the provider's own figure stands in"
    else:
        assert model == missing


@pytest.mark.parametrize(
    ("prices", "read"),
    [
        ({"prompt": "0.5", "completion": 0.25}, (0.5, 0.25)),
        ({"prompt": "0", "completion": 0}, (0.0, 0.0)),
        ({"prompt": "-1", "completion": "nan"}, (None, None)),  # a router's price is known only afterwards
        ({"prompt": "free", "completion": True}, (None, None)),
        ({"prompt": ["1"], "completion": None}, (None, None)),
        ([1, 2], (None, None)),
    ],
)
def test_prices(prices, read):
    model = Model.from_json({"id": "a/b", "pricing": prices})
    assert (model.prompt_price, model.completion_price) == read


@pytest.mark.parametrize(
    ("field", "value", "read"),
    [
        ("context_length", "8192", 8192),
        ("context_length", 8192.0, 8192),
        ("context_length", 0, None),
        ("supported_parameters", "temperature", ("temperature",)),
        ("supported_parameters", ["seed", 5, None, "two words", "x" * 50], ("seed",)),
        ("name", "a\x1b[2Jb\ud83d\u202e", "a[2Jb\ufffd"),
    ],
)
def test_values_in_other_types(field, value, read):
    assert getattr(Model.from_json({"id": "a/b", field: value}), field) == read


# What a model is known to ignore


@pytest.mark.parametrize(
    ("listed", "parameter", "ignores"),
    [
        (["temperature"], "temperature", False),
        (["temperature"], "seed", True),
        ([], "seed", False),
        (["temperature"], "stream", False),
        (["temperature"], "user", False),
        (["temperature"], "n", False),
        (["temperature"], "an_extra", False),
        (["max_tokens"], "max_completion_tokens", False),
        (["seed"], "max_completion_tokens", True),
        (["reasoning"], "reasoning_effort", False),
        (["tools"], "functions", False),
    ],
)
def test_what_a_model_ignores(listed, parameter, ignores):
    assert Model("a/b", supported_parameters=tuple(listed)).ignores(parameter) is ignores


# A catalogue


def catalogue(*ids):
    return Catalogue(Model(name) for name in ids)


OPENAI = ("openai/gpt-5", "openai/gpt-5-mini", "openai/gpt-4o", "openai/gpt-4o-mini", "anthropic/claude-sonnet-4")


def test_models_are_sorted_and_each_is_there_once():
    models = Catalogue([Model("b/c", "first"), Model("a/b"), Model("b/c", "second")])
    assert [(model.id, model.name) for model in models] == [("a/b", ""), ("b/c", "first")]
    assert (len(models), len(Catalogue())) == (2, 0)


def test_find():
    assert catalogue(*OPENAI).find("openai/gpt-5") == Model("openai/gpt-5")
    assert catalogue(*OPENAI).find("OpenAI/gpt-5") is None


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("", ["a/small", "b/large"]),
        ("  ", ["a/small", "b/large"]),
        ("SMALL", ["a/small"]),
        ("quick eyes", ["a/small"]),
        ("eyes a/", ["a/small"]),
        ("quick slow", []),
        ("deep", ["b/large"]),
        ("فارسی", ["b/large"]),
        ("small b/large", []),
    ],
)
def test_search_wants_every_word_somewhere(words, found):
    models = Catalogue([Model("a/small", "Quick", "It has EYES."), Model("b/large", "Slow and Deep", "فارسی می‌داند")])
    assert [model.id for model in models.search(words)] == found


@pytest.mark.parametrize(
    ("typed", "near"),
    [
        ("gpt-5", ["openai/gpt-5", "openai/gpt-5-mini"]),
        ("openia/gpt-5", ["openai/gpt-5", "openai/gpt-5-mini"]),
        ("OpenAI/GPT-5", ["openai/gpt-5", "openai/gpt-5-mini"]),
        ("openai/gpt-4o-mni", ["openai/gpt-4o-mini"]),
        ("claude", ["anthropic/claude-sonnet-4"]),
    ],
)
def test_near_matches_begin_with_the_likeliest(typed, near):
    found = catalogue(*OPENAI).nearest(typed)
    assert found[: len(near)] == near
    assert len(found) <= 3


@pytest.mark.parametrize("typed", ["zzzzzzzz", "", "/", "1"])
def test_nothing_is_near_to_nonsense(typed):
    assert catalogue(*OPENAI).nearest(typed) == []


def test_a_model_is_not_near_to_itself():
    assert "openai/gpt-5" not in catalogue(*OPENAI).nearest("openai/gpt-5")


# Fetching and keeping


def counting(*names):
    """A script that lists one model more each time it is asked."""
    answered = []

    def script(line, request):
        answered.append(request)
        line.answer_json({"data": [{"id": f"a/{number}"} for number in range(len(answered))] + list(names)})

    return script


def test_what_was_never_fetched_is_unknown_and_nobody_is_asked(engine):
    with Loopback(counting()) as gateway:
        assert len(Catalogues(engine.models).known(to(gateway).address)) == 0
        assert gateway.requests == []


def test_a_catalogue_is_fetched_once_in_its_lifetime(engine):
    catalogues = Catalogues(engine.models)
    with Loopback(counting({"id": "b"}, "odd", {"name": "no id"})) as gateway:
        first = catalogues.load(to(gateway), lifetime=3600)
        assert [model.id for model in first] == ["a/0", "b"]
        assert catalogues.load(to(gateway), lifetime=3600) is first
        assert catalogues.known(to(gateway).address) is first
        assert len(gateway.requests) == 1


def test_one_past_its_lifetime_is_fetched_again_and_known_until_then(engine):
    catalogues = Catalogues(engine.models)
    with Loopback(counting()) as gateway:
        first = catalogues.load(to(gateway), lifetime=0)
        assert catalogues.known(to(gateway).address) is first
        assert len(catalogues.load(to(gateway), lifetime=0)) == 2
        assert len(catalogues.known(to(gateway).address)) == 2


def test_every_address_has_its_own(engine):
    catalogues = Catalogues(engine.models)
    with Loopback(counting()) as one, Loopback(counting({"id": "b"})) as other:
        assert [len(catalogues.load(to(gateway), 3600)) for gateway in (one, other, one)] == [1, 2, 1]
    assert {model.id for model in catalogues.load(to_sandbox(), 3600)} == set(MODELS)


def test_what_is_known_stays_when_fetching_fails(engine):
    answers = iter(["200 OK", "500 x", "200 OK"])

    def script(line, request):
        line.answer_json({"data": [{"id": "a/b"}]}, next(answers))

    catalogues = Catalogues(engine.models)
    with Loopback(script) as gateway:
        first = catalogues.load(to(gateway), lifetime=0)
        with pytest.raises(LiaraServerError):
            catalogues.load(to(gateway), lifetime=0)
        assert catalogues.known(to(gateway).address) is first
        assert len(catalogues.load(to(gateway), lifetime=0)) == 1, "a failure leaves no lock behind"


def test_threads_that_want_it_at_once_fetch_it_once(engine):
    may_answer = threading.Event()

    def script(line, request):
        may_answer.wait(10)
        line.answer_json({"data": [{"id": "a/b"}]})

    catalogues, found = Catalogues(engine.models), []
    with Loopback(script) as gateway:
        threads = [
            threading.Thread(target=lambda: found.append(catalogues.load(to(gateway), lifetime=3600))) for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        assert gateway.answering.wait(10)
        assert len(catalogues.known(to(gateway).address)) == 0, "what is known is there without waiting"
        may_answer.set()
        for thread in threads:
            thread.join(10)
        assert len(gateway.requests) == 1
    assert len(found) == 8 and len({id(one) for one in found}) == 1


def test_a_key_that_a_server_repeats_is_taken_out(engine):
    def script(line, request):
        line.answer_json(
            {"data": [{"id": "a/b", "name": f"for {KEY}", "description": request.headers["authorization"]}]}
        )

    with Loopback(script) as gateway:
        (model,) = Catalogues(engine.models).load(to(gateway), 3600)
    assert KEY not in repr(model)
    assert model.name == "for [key]"


def test_the_sandbox_lists_what_it_takes(engine):
    for model in Catalogues(engine.models).load(to_sandbox(), 3600):
        assert not [name for name in BY_NAME if name not in ("model", "messages") and model.ignores(name)]
        assert model.prompt_price and model.context_length and model.output_modalities
