"""From what was typed to a value, or a sentence that says why not."""

import json
import math
from contextlib import suppress

import pytest

from liara_magic.protocol.checks import check, latin_digits, parse
from liara_magic.protocol.errors import LiaraUsageError
from liara_magic.protocol.parameters import BY_NAME, PARAMETERS, SETTABLE

TYPED = [
    ("temperature", "0", 0.0),
    ("temperature", " 1.5 ", 1.5),
    ("temperature", "2", 2.0),
    ("temperature", "۰٫۵", 0.5),
    ("temperature", "٠٫٥", 0.5),
    ("frequency_penalty", "-2", -2.0),
    ("frequency_penalty", "-۱٫۵", -1.5),
    ("seed", "-7", -7),
    ("seed", "۱۲۳", 123),
    ("n", "1", 1),
    ("top_logprobs", "20", 20),
    ("store", "true", True),
    ("store", "ON", True),
    ("store", " no ", False),
    ("store", "0", False),
    ("user", "", ""),
    ("user", "  as typed  ", "  as typed  "),
    ("user", "۱۲۳", "۱۲۳"),
    ("user", "5", "5"),
    ("stop", "END", "END"),
    ("stop", "", ""),
    ("stop", "5", "5"),
    ("stop", '"', '"'),
    ("stop", '["a", "b"]', ["a", "b"]),
    ("stop", "[1]", None),
    ("stop", '["a","b","c","d","e"]', None),
    ("stop", "[]", None),
    ("modalities", "image, text", ["image", "text"]),
    ("modalities", '["text"]', ["text"]),
    ("modalities", "smell", None),
    ("modalities", "", None),
    ("tool_choice", "auto", "auto"),
    ("tool_choice", "none", "none"),
    ("tool_choice", '{"type": "function", "function": {"name": "f"}}', {"type": "function", "function": {"name": "f"}}),
    ("tool_choice", "perhaps", None),
    ("tool_choice", "[]", None),
    ("tools", "[]", []),
    ("tools", '[{"type": "function"}]', [{"type": "function"}]),
    ("tools", "{}", None),
    ("tools", '["f"]', None),
    ("functions", '[{"name": "f"}]', [{"name": "f"}]),
    ("reasoning", '{"effort": "low"}', {"effort": "low"}),
    ("reasoning", "{}", {}),
    ("reasoning", "low", None),
    ("reasoning", "[]", None),
    ("reasoning", "{", None),
    ("logit_bias", '{"50256": -100, "11": 100}', {"50256": -100, "11": 100}),
    ("logit_bias", "{}", {}),
    ("logit_bias", '{"1": -101}', None),
    ("logit_bias", '{"1": 100.5}', None),
    ("logit_bias", '{"1": true}', None),
    ("logit_bias", '{"1": "5"}', None),
    ("logit_bias", '{"1": NaN}', None),
    ("metadata", "words", "words"),
    ("metadata", "", ""),
    ("metadata", '{"a": 1}', {"a": 1}),
    ("metadata", "0", 0),
    ("metadata", "false", False),
    ("temperature", "2.01", None),
    ("temperature", "-0.1", None),
    ("temperature", "NaN", None),
    ("temperature", "inf", None),
    ("temperature", "1e999", None),
    ("temperature", "warm", None),
    ("temperature", "", None),
    ("temperature", "1,5", None),
    ("temperature", "true", None),
    ("seed", "1.5", None),
    ("seed", "NaN", None),
    ("seed", "", None),
    ("n", "0", None),
    ("n", "۰", None),
    ("top_p", "1.1", None),
    ("top_logprobs", "21", None),
    ("store", "maybe", None),
    ("store", "", None),
]


@pytest.mark.parametrize(("name", "text", "value"), [row for row in TYPED if row[2] is not None])
def test_what_is_typed_well_becomes_a_value(name, text, value):
    parsed = parse(BY_NAME[name], text)
    assert parsed == value
    assert type(parsed) is type(value)


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, text, value in TYPED if value is None])
def test_what_is_typed_badly_is_refused_with_name_and_expectation(name, text):
    with pytest.raises(LiaraUsageError) as refused:
        parse(BY_NAME[name], text, f"--{name}")
    assert refused.value.message.startswith(f"--{name} is ")
    assert refused.value.message.endswith(f"but must be {BY_NAME[name].expected}.")


def test_the_table_of_typed_values_covers_every_kind():
    assert {BY_NAME[name].kind for name, _, _ in TYPED} == {row.kind for row in PARAMETERS}


WRONG_VALUES = {
    "text": [None, 5, True, b"bytes", ["a"], {}],
    "texts": [None, 5, True, [5], [], ["a", None], {}],
    "integer": [None, True, False, 1.0, "1", math.nan, math.inf, [1]],
    "number": [None, True, False, "1", math.nan, math.inf, -math.inf, 1j, [1]],
    "boolean": [None, 0, 1, "true", []],
    "object": [None, "{}", [], 5],
    "objects": [None, {}, "[]", ["a"], [None]],
    "choices": [None, "text", ["smell"], [1], {}],
    "choice": [None, "perhaps", 5, ["auto"]],
}


@pytest.mark.parametrize("row", [row for row in SETTABLE if row.kind in WRONG_VALUES], ids=lambda row: row.name)
def test_a_value_of_another_kind_is_refused(row):
    for value in WRONG_VALUES[row.kind]:
        with pytest.raises(LiaraUsageError, match=row.name):
            check(row, value)


@pytest.mark.parametrize("row", [row for row in SETTABLE if row.minimum is not None], ids=lambda row: row.name)
def test_the_ends_of_a_range_are_in_it_and_what_lies_beyond_is_not(row):
    assert check(row, row.minimum) == row.minimum
    with pytest.raises(LiaraUsageError):
        check(row, row.minimum - 1)
    if row.maximum is not None:
        assert check(row, row.maximum) == row.maximum
        with pytest.raises(LiaraUsageError):
            check(row, row.maximum + 1)


@pytest.mark.parametrize("sign", ["", "-"])
@pytest.mark.parametrize("name", ["temperature", "n", "seed", "max_tokens"])
def test_an_enormous_number_is_accepted_or_refused_in_words(name, sign):
    try:
        assert parse(BY_NAME[name], sign + "9" * 400) == int(sign + "9" * 400)
    except LiaraUsageError as error:
        assert len(str(error)) < 300


@pytest.mark.parametrize("name", ["metadata", "stop", "reasoning"])
def test_json_nested_too_deeply_is_text_or_refused(name):
    try:
        assert isinstance(parse(BY_NAME[name], "[" * 5000), str)
    except LiaraUsageError as error:
        assert len(str(error)) < 300


@pytest.mark.parametrize(
    ("name", "text"),
    [("metadata", "NaN"), ("metadata", '{"a": [Infinity]}'), ("reasoning", '{"max_tokens": NaN}')],
)
def test_what_json_cannot_hold_is_not_sent(name, text):
    with suppress(LiaraUsageError):
        json.dumps(parse(BY_NAME[name], text), allow_nan=False)


@pytest.mark.parametrize("value", [{(1, 2): 3}, object(), {"a": {1}}])
def test_a_value_that_is_no_json_is_refused_in_words(value):
    with pytest.raises(LiaraUsageError, match=r"n is .* but must be a whole number"):
        check(BY_NAME["n"], value)


@pytest.mark.parametrize("value", [2.0000001, 2.00000000000001, -1e-9])
def test_the_value_in_the_message_is_the_one_that_was_given(value):
    with pytest.raises(LiaraUsageError) as refused:
        check(BY_NAME["temperature"], value)
    shown = refused.value.message.removeprefix("temperature is ").partition(",")[0]
    assert float(shown) == value


def test_a_long_value_is_cut_in_the_message():
    with pytest.raises(LiaraUsageError) as refused:
        parse(BY_NAME["n"], "x" * 5000)
    assert len(refused.value.message) < 200


def test_a_message_names_flag_value_and_range():
    with pytest.raises(LiaraUsageError) as refused:
        parse(BY_NAME["temperature"], "۳", "-t")
    assert refused.value.message == "-t is 3, but must be a number from 0 to 2."


def test_persian_and_arabic_digits_become_latin_ones():
    assert latin_digits("۰۱۲۳۴۵۶۷۸۹ ٠١٢٣٤٥٦٧٨٩ ۱٫۵ سلام x") == "0123456789 0123456789 1.5 سلام x"
