"""Probabilities of tokens: whole characters, shades that need no colours told apart, figures that are real."""

import math

import pytest
from inertness import faults

from liara_magic.screen.probabilities import MOST_ROWS, MOST_SHADED, probability_table, reply_tokens, shaded


def entry(token, probability=0.5, others=(), codes=None):
    record = {"token": token, "logprob": math.log(probability), "top_logprobs": list(others)}
    return record if codes is None else {**record, "bytes": codes}


def test_a_character_that_was_cut_into_tokens_is_put_together():
    first, second = "س".encode()
    tokens = reply_tokens([entry("\\xd8", 0.5, codes=[first]), entry("\\xb3", 0.4, codes=[second]), entry(" x", 0.9)])
    assert [(token.text, round(token.probability, 2)) for token in tokens] == [("س", 0.2), (" x", 0.9)]


def test_bytes_that_never_become_a_character_are_shown_as_they_came():
    tokens = reply_tokens([entry("a", codes=[0xD8])] * 4 + [entry("b", codes=[98])])
    assert [token.text for token in tokens] == ["aaaa", "b"]


@pytest.mark.parametrize("value", [None, "0.5", True, 0.5, math.nan, math.inf, [], {}])
def test_a_probability_that_is_none_is_unknown(value):
    (token,) = reply_tokens([{"token": "a", "logprob": value}])
    assert token.probability is None
    assert 'title="unknown">a' in shaded([token]) and probability_table([token], "x").endswith("| `a` |  |")


@pytest.mark.parametrize(("value", "expected"), [(0, 1.0), (-math.inf, 0.0), (-1e308, 0.0), (-0.0, 1.0)])
def test_the_ends_of_the_scale_are_figures(value, expected):
    assert reply_tokens([{"token": "a", "logprob": value}])[0].probability == expected


def test_the_shade_grows_as_the_probability_falls():
    shades = [shaded(reply_tokens([entry("a", value)])).rpartition("rgba(")[2] for value in (0.99, 0.8, 0.6, 0.3, 0.1)]
    strengths = [float(shade.split(",")[3].partition(")")[0]) for shade in shades]
    assert strengths == sorted(strengths) and len(set(strengths)) == 5


def test_what_else_could_have_stood_there_shows_on_hover_and_in_the_table():
    tokens = reply_tokens([entry("a", 0.7, [{"token": "b|\n", "logprob": math.log(0.2)}, {"token": "c"}, "junk"])])
    assert 'title="70%\nb|⏎ 20%\nc"' in shaded(tokens)
    assert probability_table(tokens, "x").splitlines()[2] == "| `a` 70% | `b\\|⏎` 20% · `c` |"


def test_many_tokens_are_cut_and_counted():
    tokens = reply_tokens([entry("a ")] * (MOST_SHADED + 7))
    assert shaded(tokens).count(">a <") == MOST_SHADED and "and 7 more tokens" in shaded(tokens)
    table = probability_table(tokens, "reply.choices[0].logprobs")
    assert table.count("`a `") == MOST_ROWS and table.endswith("more tokens in `reply.choices[0].logprobs`")


def test_no_tokens_show_nothing():
    assert shaded([]) == probability_table([], "x") == ""


@pytest.mark.parametrize("text", ['"><script>alert(1)</script>', "$\\href{javascript:x}{y}$", "\x1b[31m\u202e", "<b>"])
def test_hostile_tokens_are_inert(text):
    html = shaded(reply_tokens([entry(text, 0.5, [{"token": text, "logprob": -1}])]))
    assert not faults(html) and "\x1b" not in html and "\u202e" not in html
