"""Fields that exclude or need each other, and settings under what is given for one prompt."""

import pytest

from liara_magic.protocol.checks import check_together, layered
from liara_magic.protocol.errors import LiaraUsageError


@pytest.mark.parametrize(
    "pair", [("max_tokens", "max_completion_tokens"), ("reasoning", "reasoning_effort")], ids="-".join
)
def test_fields_that_exclude_each_other_are_refused_together(pair):
    for values in (dict.fromkeys(pair, 0), dict.fromkeys(reversed(pair), "")):
        with pytest.raises(LiaraUsageError) as refused:
            check_together(values)
        assert all(name in refused.value.message for name in pair)
    for name in pair:
        check_together({name: 0})


@pytest.mark.parametrize(("name", "needed"), [("top_logprobs", "logprobs"), ("stream_options", "stream")])
def test_a_field_that_depends_on_another_is_refused_without_it(name, needed):
    for values in ({name: 0}, {name: 0, needed: False}):
        with pytest.raises(LiaraUsageError, match=f"--{name.replace('_', '-')} needs --{needed}"):
            check_together(values)
    check_together({name: 0, needed: True})


def test_names_that_the_page_does_not_list_are_left_alone():
    check_together({"provider": {}, "top_kk": 1})


def test_what_is_given_stands_over_the_defaults():
    defaults = {"temperature": 1.0, "seed": 3}
    assert layered(defaults, {"temperature": 0, "store": False, "user": ""}) == {
        "temperature": 0, "seed": 3, "store": False, "user": "",
    }  # fmt: skip
    assert layered(defaults, {}) == defaults


@pytest.mark.parametrize(
    ("default", "given"),
    [
        ({"max_tokens": 5}, {"max_completion_tokens": 9}),
        ({"max_completion_tokens": 5}, {"max_tokens": 9}),
        ({"reasoning": {}}, {"reasoning_effort": "low"}),
        ({"reasoning_effort": "low"}, {"reasoning": {}}),
    ],
)
def test_what_is_given_displaces_a_default_that_it_excludes(default, given):
    assert layered({**default, "seed": 1}, given) == {**given, "seed": 1}


@pytest.mark.parametrize(
    ("defaults", "given"),
    [
        ({"logprobs": True, "top_logprobs": 5}, {"logprobs": False}),
        ({"stream_options": {"include_usage": True}}, {"stream": False}),
    ],
)
def test_what_is_given_displaces_a_default_that_it_leaves_without_its_need(defaults, given):
    check_together(layered(defaults, given))


def test_layering_changes_neither_side():
    defaults, given = {"max_tokens": 5}, {"max_completion_tokens": 9}
    layered(defaults, given)
    assert (defaults, given) == ({"max_tokens": 5}, {"max_completion_tokens": 9})
