"""What a request used: what is missing, impossible or absurd is unknown, never 0."""

import json
import math

import pytest

from liara_magic.protocol.usage import Usage

TOKENS = ("prompt_tokens", "completion_tokens", "total_tokens")
COSTS = ("total_cost_toman", "cost")
NO_FIGURES = [
    None, True, False, math.nan, math.inf, -math.inf, -1, -0.5, 1e999, 10**400, 1e300, -(10**400), "", "many", "NaN",
    "-1", "1e999", "9" * 5000, [], [1], {}, {"value": 1},
]  # fmt: skip


@pytest.mark.parametrize("record", [None, [], "x", 5, True, math.nan, {}, {"unknown": 1}])
def test_what_is_no_record_of_usage_says_nothing(record):
    assert Usage.from_json(record) == Usage()


def test_nothing_known_is_none_and_not_0():
    usage = Usage()
    assert {usage.prompt_tokens, usage.completion_tokens, usage.total_tokens} == {None}
    assert {usage.cached_tokens, usage.reasoning_tokens, usage.total_cost_toman, usage.cost} == {None}


@pytest.mark.parametrize("value", NO_FIGURES, ids=lambda value: f"{type(value).__name__} {str(value)[:12]}")
@pytest.mark.parametrize("name", [*TOKENS, *COSTS])
def test_an_impossible_figure_is_unknown(name, value):
    assert getattr(Usage.from_json({name: value}), name) is None


@pytest.mark.parametrize("value", NO_FIGURES, ids=lambda value: f"{type(value).__name__} {str(value)[:12]}")
def test_an_impossible_figure_spoils_no_other(value):
    usage = Usage.from_json({"prompt_tokens": value, "completion_tokens": 9, "total_cost_toman": 0.5, "cost": value})
    assert (usage.completion_tokens, usage.total_cost_toman) == (9, 0.5)


@pytest.mark.parametrize("details", [None, [], "x", 5, {}, {"cached_tokens": None}, {"reasoning_tokens": -1}])
def test_odd_details_say_nothing(details):
    usage = Usage.from_json({"prompt_tokens_details": details, "completion_tokens_details": details, "cost": 1})
    assert (usage.cached_tokens, usage.reasoning_tokens, usage.cost) == (None, None, 1)


def test_details_are_read():
    usage = Usage.from_json(
        {"prompt_tokens_details": {"cached_tokens": 3}, "completion_tokens_details": {"reasoning_tokens": 0}}
    )
    assert (usage.cached_tokens, usage.reasoning_tokens) == (3, 0)


@pytest.mark.parametrize(("value", "tokens"), [(19, 19), (19.0, 19), ("19", 19), (0, 0), (2**31, 2**31)])
def test_a_count_is_a_whole_number_however_it_came(value, tokens):
    counted = Usage.from_json({"prompt_tokens": value}).prompt_tokens
    assert counted == tokens
    assert type(counted) is int


@pytest.mark.parametrize(("value", "toman"), [(0.98, 0.98), ("0.98", 0.98), (12, 12.0), (1e-9, 1e-9)])
def test_a_price_is_a_number_however_it_came(value, toman):
    assert Usage.from_json({"total_cost_toman": value}).total_cost_toman == toman


@pytest.mark.parametrize(
    "tokens", [{"prompt_tokens": 1}, {"completion_tokens": 1}, {"total_tokens": 1}, dict.fromkeys(TOKENS, 5)]
)
@pytest.mark.parametrize("nothing", [0, 0.0, -0.0, "0"])
def test_a_price_of_0_for_real_tokens_is_unknown(tokens, nothing):
    usage = Usage.from_json({**tokens, "total_cost_toman": nothing, "cost": nothing})
    assert (usage.total_cost_toman, usage.cost) == (None, None)


def test_a_price_of_0_for_no_tokens_is_0():
    usage = Usage.from_json({**dict.fromkeys(TOKENS, 0), "total_cost_toman": 0, "cost": 0})
    assert (usage.total_cost_toman, usage.cost) == (0, 0)


def test_dollars_are_never_shown_as_toman():
    usage = Usage.from_json({"cost": 0.5, "prompt_tokens": 1})
    assert (usage.total_cost_toman, usage.cost) == (None, 0.5)


@pytest.mark.parametrize(
    ("record", "dollars"),
    [
        ({"cost": 0.5}, 0.5),
        ({"total_cost": 0.5}, 0.5),
        ({"cost": 0.5, "total_cost": 0.7}, 0.5),
        ({"cost": None, "total_cost": 0.7}, 0.7),
    ],
)
def test_dollars_go_by_two_names(record, dollars):
    assert Usage.from_json(record).cost == dollars


@pytest.mark.parametrize(
    ("record", "total"),
    [
        ({"prompt_tokens": 19, "completion_tokens": 9}, 28),
        ({"prompt_tokens": 19, "completion_tokens": 9, "total_tokens": 30}, 30),
        ({"prompt_tokens": 19}, None),
        ({"prompt_tokens": 19, "completion_tokens": -9}, None),
    ],
)
def test_the_total_is_the_sum_where_it_was_left_out(record, total):
    assert Usage.from_json(record).total_tokens == total


def test_json_s_own_impossible_numbers_are_unknown():
    record = json.loads('{"prompt_tokens": NaN, "completion_tokens": -Infinity, "total_cost_toman": 1e999}')
    assert Usage.from_json(record) == Usage()
