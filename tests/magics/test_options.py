"""The flags: each lands where it should, and a prompt stays as it was typed."""

import pytest

from liara_magic.magics.flag_table import FLAGS
from liara_magic.magics.options import parse_cell, parse_line
from liara_magic.protocol.errors import LiaraUsageError
from liara_magic.protocol.parameters import BY_NAME, PARAMETERS, SETTABLE

TYPED = {
    "text": ("low", "low"),
    "texts": ("END", "END"),
    "integer": ("1", 1),
    "number": ("0.5", 0.5),
    "object": ('{"a b": 1}', {"a b": 1}),
    "objects": ('[{"a b": 1}]', [{"a b": 1}]),
    "choices": ("text", ["text"]),
    "choice": ("auto", "auto"),
    "any": ('{"a": null}', {"a": None}),
}
VALUED = [(flag, row) for row in SETTABLE if row.kind != "boolean" for flag in row.flags]
SWITCHES = [row for row in SETTABLE if row.kind == "boolean"]


def parameters(line):
    ask = parse_line(line)
    assert ask.prompt == ""
    return ask.parameters


def refusal(line, cell=None):
    with pytest.raises(LiaraUsageError) as refused:
        parse_line(line) if cell is None else parse_cell(line, cell)
    return refused.value


# Flags of the table


@pytest.mark.parametrize(("flag", "row"), VALUED, ids=[flag for flag, _ in VALUED])
def test_a_parameter_s_flag_sets_the_parameter(flag, row):
    typed, value = TYPED[row.kind]
    assert parameters(f"{flag} {typed}") == {row.name: value}
    ask = parse_line(f"{flag} {typed} why?")
    assert (ask.parameters, ask.prompt) == ({row.name: value}, "why?")


@pytest.mark.parametrize(("flag", "row"), VALUED, ids=[flag for flag, _ in VALUED])
def test_a_parameter_s_flag_takes_its_value_after_an_equals_sign_too(flag, row):
    typed, value = TYPED[row.kind]
    for line in (f"{flag}={typed}", f"{flag}={typed.replace(': ', ':')} why?"):
        assert parse_line(line).parameters == {row.name: value}


@pytest.mark.parametrize("row", SWITCHES, ids=lambda row: row.name)
def test_a_switch_has_a_flag_for_each_side_and_takes_no_value(row):
    assert parameters(row.flag) == {row.name: True}
    assert parameters(f"--no-{row.flag[2:]}") == {row.name: False}
    ask = parse_line(f"{row.flag} true or false?")
    assert (ask.parameters, ask.prompt) == ({row.name: True}, "true or false?")
    assert f"{row.flag} takes no value" in refusal(f"{row.flag}=true").message


def test_every_parameter_has_a_flag_and_every_flag_its_help():
    spellings = [spelling for flag in FLAGS for spelling in flag.spellings]
    assert len(set(spellings)) == len(spellings)
    assert {row.flag for row in PARAMETERS if row.name != "messages"} <= set(spellings)
    assert "--messages" not in spellings
    assert all(len(flag.help) > 10 for flag in FLAGS)


@pytest.mark.parametrize(
    ("typed", "name", "value"),
    [
        ("-t 0", "temperature", 0.0),
        ("-n 2", "n", 2),
        ("--choices 2", "n", 2),
        ("-t ۰٫۵", "temperature", 0.5),
        ("--frequency-penalty -1", "frequency_penalty", -1.0),
        ("--seed -3", "seed", -3),
        ("--no-parallel-tool-calls", "parallel_tool_calls", False),
    ],
)
def test_a_flag_of_the_interface(typed, name, value):
    assert parameters(typed) == {name: value}


def test_flags_that_are_no_parameters():
    ask = parse_line('-m openai/gpt-5 -s "You are terse." --fresh hello')
    assert (ask.model, ask.system, ask.fresh, ask.prompt) == ("openai/gpt-5", "You are terse.", True, "hello")
    assert ask.parameters == {}
    ask = parse_line("--model=a/b --system= hi")
    assert (ask.model, ask.system, ask.prompt) == ("a/b", "", "hi")


def test_without_flags_nothing_is_set():
    ask = parse_line("hello")
    assert (ask.model, ask.system, ask.fresh, dict(ask.parameters)) == ("", None, False, {})


def test_a_flag_that_is_given_again_counts_as_it_was_given_last():
    assert parameters("-t 0 --temperature 1") == {"temperature": 1.0}


@pytest.mark.parametrize(
    ("line", "stops"),
    [
        ("--stop a", "a"),
        ("--stop a --stop b", ["a", "b"]),
        ("--stop a --stop b --stop c --stop d", ["a", "b", "c", "d"]),
        ('--stop ["a","b"] --stop c', ["a", "b", "c"]),
        ('--stop "two words" --stop \'\'', ["two words", ""]),
    ],
)  # fmt: skip
def test_stop_may_be_given_several_times(line, stops):
    assert parameters(line) == {"stop": stops}


def test_a_fifth_stop_is_refused():
    assert "4 at most" in refusal("--stop a --stop b --stop c --stop d --stop e hi").message


# Refusals


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("--temperature 3 hi", "--temperature is 3, but must be a number from 0 to 2."),
        ("-t -1 hi", "-t is -1, but must be a number from 0 to 2."),
        ("--top-p=1.5 hi", "--top-p is 1.5, but must be a number from 0 to 1."),
        ("--choices 0 hi", "--choices is 0, but must be a whole number from 1 up."),
        ("--seed x hi", "--seed is x, but must be a whole number."),
        ("--reasoning low hi", "--reasoning is low, but must be a JSON object."),
        ("--modalities smell hi", '--modalities is ["smell"], but must be a list (image, text).'),
        ("-p top_p=2 hi", "-p is 2, but must be a number from 0 to 1."),
    ],
)
def test_a_value_out_of_range_names_flag_value_and_range(line, message):
    assert refusal(line).message == message


@pytest.mark.parametrize(
    ("line", "nearest"),
    [
        ("--temprature 0 hi", "--temperature"),
        ("--max_tokens 5 hi", "--max-tokens"),
        ("--frsh hi", "--fresh"),
        ("--modle=x hi", "--model"),
        ("—temprature 0 hi", "--temperature"),
    ],
)
def test_an_unknown_flag_names_the_nearest_one(line, nearest):
    error = refusal(line)
    assert error.message.startswith("There is no flag ")
    assert error.hint == f"Did you mean {nearest}?"


def test_a_flag_that_is_near_to_none_points_to_the_help():
    error = refusal("--zzzzzz hi")
    assert error.message == "There is no flag --zzzzzz."
    assert "%liara /help" in error.hint and "--" in error.hint


@pytest.mark.parametrize("flag", [one for flag in FLAGS if flag.values and not flag.usual for one in flag.spellings])
def test_a_flag_without_its_value_is_refused(flag):
    for line in (flag, f"{flag}  ", f"--fresh {flag}"):
        assert refusal(line).message == f"{flag} needs a value."


@pytest.mark.parametrize(
    ("line", "count", "prompt"),
    [
        ("--cells why?", 5, "why?"),
        ("-c 2 why?", 2, "why?"),
        ("--cells=3 why?", 3, "why?"),
        ("-c ۴ why?", 4, "why?"),
        ("--cells 2nd try", 5, "2nd try"),
        ("--cells", 5, ""),
    ],
)
def test_cells_may_stand_with_a_number_or_without(line, count, prompt):
    ask = parse_line(line)
    assert (ask.wanted.cells, ask.prompt) == (count, prompt)


@pytest.mark.parametrize("line", ["--cells 0 x", "--cells=-1 x", "--cells=two x"])
def test_a_number_of_cells_that_is_none_is_refused(line):
    assert "must be a whole number from 1 up" in refusal(line).message


def test_what_goes_along_is_noted_in_its_order():
    wanted = parse_line("-a df --attach 'my file.txt' --error --plot --dry-run hello").wanted
    assert wanted.attach == ("df", "my file.txt") and wanted.error and wanted.plot and wanted.dry_run


# -p


@pytest.mark.parametrize(
    ("typed", "name", "value"),
    [
        ("-p x=1", "x", 1),
        ("-p x=text", "x", "text"),
        ("-p x=", "x", ""),
        ("-p x=a=b", "x", "a=b"),
        ("--param x=true", "x", True),
        ("--param=x=1.5", "x", 1.5),
        ('-p x="two words"', "x", "two words"),
        ("-p 'x=two words'", "x", "two words"),
        ("""-p 'x={"a": [1, "b"]}'""", "x", {"a": [1, "b"]}),
        ("""-p x='{"a": [1, "b"]}'""", "x", {"a": [1, "b"]}),
        ('-p x={"a":[1,"b"]}', "x", {"a": [1, "b"]}),
        ('-p x={"a": [1, "b"]}', "x", {"a": [1, "b"]}),
        ('-p x=["a","b"]', "x", ["a", "b"]),
        ("-p min_p=0.1", "min_p", 0.1),
        ("-p min_p=۰٫۱", "min_p", 0.1),
        ("-p store=no", "store", False),
        ("-p user=5", "user", "5"),
    ],
)
def test_param_sets_anything_else_as_json_or_text(typed, name, value):
    assert parameters(typed) == {name: value}
    assert parse_line(f"{typed} why?").prompt == "why?"


@pytest.mark.parametrize("typed", ["x", "=1", "="])
def test_param_without_key_and_value_is_refused(typed):
    assert refusal(f"-p {typed} hi").message == f"-p {typed} is not KEY=VALUE."


@pytest.mark.parametrize("name", ["messages", "model"])
def test_param_cannot_replace_what_the_prompt_and_the_model_make(name):
    try:
        ask = parse_line(f"-p {name}=[] hi")
    except LiaraUsageError:
        return
    assert name not in ask.parameters


def test_what_param_leaves_as_text_is_no_broken_json():
    assert BY_NAME.keys().isdisjoint(parse_line("-p x={a} hi").parameters)
    assert parse_line("-p x={a} hi").parameters == {"x": "{a}"}
