"""Where the flags end and the prompt begins, on a line and on a cell's first line."""

import json

import pytest

from liara_magic.magics.options import parse_cell, parse_line
from liara_magic.protocol.errors import LiaraUsageError

PROMPTS = [
    "hello",
    "why is revenue down in {df}?",
    '{"a": 1} and {} and {{x}}',
    "costs $5, or $HOME and ${PATH}",
    "'quoted' and \"quoted\"",
    '"quoted from end to end"',
    "it's Bob's, don't",
    'say "hi',
    "a  b\tc   d",
    "back\\slash \\n \\\" \\'",
    "f(x) = -x -t 0 --fresh?",
    "use --temperature 0 -- or not",
    "a -m b c",
    "50% of 2 + 2 = ?",
    "/ is no command here",
    "چرا {df} کم‌تر است؟",
    "😀 👩‍👩‍👧",
    "`code` **bold** # heading",
    "x = 5; !ls; %timeit; ?",
    "=x",
    "{",
]


@pytest.mark.parametrize("prompt", PROMPTS)
@pytest.mark.parametrize(
    "flags", ["", "--fresh ", "-t 0 ", "-t=0 --stop 'a b' ", '--logit-bias {"1": 2} ', "-- ", "-t 0 -- "]
)
def test_a_prompt_stays_exactly_as_it_was_typed(flags, prompt):
    assert parse_line(flags + prompt).prompt == prompt


@pytest.mark.parametrize("prompt", ["-5 + 3?", "--fresh is a flag", "- one", "— one", "--", "-"])
def test_after_two_hyphens_everything_is_prompt(prompt):
    ask = parse_line(f"-t 0 -- {prompt}")
    assert (ask.prompt, ask.fresh) == (prompt, False)


@pytest.mark.parametrize("prompt", ["- one\u00a0item", "– one", "— one", "−", "‐ one"])
def test_a_dash_that_stands_alone_begins_a_prompt(prompt):
    assert parse_line(prompt).prompt == prompt


def test_spaces_around_a_prompt_are_no_part_of_it():
    assert parse_line("  -t 0    hello  there  \n").prompt == "hello  there"
    assert parse_line("   ").prompt == ""


@pytest.mark.parametrize("line", ["-5 + 3?", "-x is what?"])
def test_a_prompt_that_begins_with_a_hyphen_says_how_to_write_it(line):
    with pytest.raises(LiaraUsageError) as refused:
        parse_line(line)
    assert refused.value.message.startswith("There is no flag -")
    assert refused.value.hint


# Values


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("word", "word"),
        ('"two words"', "two words"),
        ("'two words'", "two words"),
        ('""', ""),
        ("''", ""),
        ('"it\'s"', "it's"),
        ("'say \"hi\"'", 'say "hi"'),
        (r'"say \"hi\""', 'say "hi"'),
        (r"'it\'s'", "it's"),
        (r'"back\\slash"', "back\\slash"),
        (r'"\n"', r"\n"),
        (r"C:\temp\n", r"C:\temp\n"),
        ("don't", "don't"),
        ("o'brien", "o'brien"),
        ('5"', '5"'),
        ("a=b", "a=b"),
        ('" spaces "', " spaces "),
        ("{df}", "{df}"),
        ("$HOME", "$HOME"),
        ("«نقل»", "«نقل»"),
        ("—", "—"),
    ],
)
def test_a_value_is_a_word_or_stands_in_quotes(typed, value):
    for line in (f"--user {typed} hi", f"--user={typed} hi", f"--user   {typed}   hi"):
        ask = parse_line(line)
        assert (ask.parameters, ask.prompt) == ({"user": value}, "hi")


@pytest.mark.parametrize(
    ("line", "user", "prompt"),
    [
        ("--user o'brien what's new?", "o'brien", "what's new?"),
        ("--user 5\" is a 3\" pipe", '5"', 'is a 3" pipe'),
    ],
)  # fmt: skip
def test_an_apostrophe_inside_a_word_reaches_for_no_other(line, user, prompt):
    ask = parse_line(line)
    assert (ask.parameters, ask.prompt) == ({"user": user}, prompt)


@pytest.mark.parametrize(
    "typed", ['{"a": {"b": "c d"}}', '{"a":"it\'s"}', '{"a": "\\"x\\" \\u0633"}', "{}", '{"a": [1, -2e3, null]}']
)
def test_json_goes_as_far_as_it_goes_without_quotes_around_it(typed):
    ask = parse_line(f"--reasoning {typed} why {{df}}?")
    assert ask.parameters == {"reasoning": json.loads(typed)}
    assert ask.prompt == "why {df}?"


@pytest.mark.parametrize("typed", ['\'{"a": "b c"}\'', '"{\\"a\\": \\"b c\\"}"', '{"a": "b c"}'])
def test_json_may_stand_in_quotes(typed):
    for line in (f"--reasoning {typed} hi", f"--reasoning={typed} hi"):
        assert parse_line(line).parameters == {"reasoning": {"a": "b c"}}


def test_json_nested_too_deeply_is_refused_in_words():
    with pytest.raises(LiaraUsageError):
        parse_line("--reasoning " + "[" * 5000)


# Dashes of chat programs and word processors


@pytest.mark.parametrize(
    "line",
    [
        "—temperature 0 hi",
        "–-temperature 0 hi",
        "––temperature 0 hi",
        "—temperature=0 hi",
        "–t 0 hi",
        "−t 0 hi",
        "‑t=0 hi",
    ],
)
def test_a_dash_does_for_hyphens(line):
    ask = parse_line(line)
    assert (ask.parameters, ask.prompt) == ({"temperature": 0.0}, "hi")


def test_a_dash_inside_a_value_or_a_prompt_stays():
    ask = parse_line("--user a—b c — d")
    assert (ask.parameters, ask.prompt) == ({"user": "a—b"}, "c — d")


def test_a_dash_between_the_words_of_a_flag():
    assert parse_line("—top‑p 0.5 hi").parameters == {"top_p": 0.5}
    assert parse_line("—no—stream hi").parameters == {"stream": False}


# Cells


@pytest.mark.parametrize(
    ("line", "model", "parameters"),
    [
        ("", "", {}),
        ("openai/gpt-5", "openai/gpt-5", {}),
        ("  openai/gpt-5  ", "openai/gpt-5", {}),
        ('"openai/gpt-5"', "openai/gpt-5", {}),
        ("openai/gpt-5 --temperature 0", "openai/gpt-5", {"temperature": 0.0}),
        ("--temperature 0 openai/gpt-5", "openai/gpt-5", {"temperature": 0.0}),
        ("--temperature 0 openai/gpt-5 --seed 1", "openai/gpt-5", {"temperature": 0.0, "seed": 1}),
        ("-t 0 openai/gpt-5 -t 1", "openai/gpt-5", {"temperature": 1.0}),
        ("--stop a openai/gpt-5 --stop b", "openai/gpt-5", {"stop": ["a", "b"]}),
        ("-m openai/gpt-5 --no-stream", "openai/gpt-5", {"stream": False}),
        ("sandbox/tutor", "sandbox/tutor", {}),
    ],
)
def test_a_cell_s_line_takes_a_model_and_flags(line, model, parameters):
    ask = parse_cell(line, "hello\n")
    assert (ask.model, dict(ask.parameters), ask.prompt) == (model, parameters, "hello\n")


def test_flags_before_and_after_the_model_all_count():
    ask = parse_cell("--fresh openai/gpt-5 -s terse", "hello")
    assert (ask.model, ask.fresh, ask.system) == ("openai/gpt-5", True, "terse")


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("openai/gpt-5 and more", "and more"),
        ("-m openai/gpt-5 second", "second"),
        ("a -t 0 b", "b"),
        ("what is this?", "is this?"),
    ],
)
def test_a_second_word_on_a_cell_s_line_is_refused(line, word):
    with pytest.raises(LiaraUsageError) as refused:
        parse_cell(line, "hello")
    assert refused.value.message == f"“{word}” stands on the %%liara line, which takes a model and flags."
    assert "below" in refused.value.hint


@pytest.mark.parametrize(
    "cell", [*PROMPTS, "", "\n\n", "  indented\n", "--fresh\n-t 0", "%%liara\nx", "trailing  \n\n"]
)
def test_a_cell_is_a_prompt_exactly_as_it_was_typed(cell):
    assert parse_cell("openai/gpt-5 -t 0", cell).prompt == cell
