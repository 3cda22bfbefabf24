"""The parameter table, held against the API's reference page field by field."""

import json
import re
from dataclasses import fields
from pathlib import Path

import pytest

from liara_magic.protocol.messages import Message
from liara_magic.protocol.parameters import BY_NAME, PARAMETERS, REQUIRED, SETTABLE

PAGE = Path(__file__).parents[3] / "shared" / "seed" / "create-a-chat-completion.txt"
needs_page = pytest.mark.skipif(not PAGE.is_file(), reason=f"the API's reference page is not at {PAGE}")

KIND_OF_TYPE = {
    "string": "text",
    "boolean": "boolean",
    "integer": "integer",
    "number": "number",
    "object": "object",
    "object[]": "objects",
    "enum<string>[]": "choices",
    "any": "any",
}
# The page gives these no type: "Stop sequences", and a list of words that OpenAI's contract lets be an object too.
UNTYPED = {"stop": "texts", "tool_choice": "choice"}
# The page says "number"; OpenRouter, where it ends up, takes whole numbers only.
NARROWER = {"top_k": "integer"}
# The page documents no range for these; the table says so.
FROM_OPENROUTER = {
    "logit_bias", "min_p", "repetition_penalty", "stop", "top_a", "top_k", "top_logprobs", "top_p",
}  # fmt: skip


@pytest.fixture(scope="module")
def body():
    """The page's list of body fields: name to the lines that follow it."""
    text = PAGE.read_text("utf-8")
    lines = text[text.index("\napplication/json\n") : text.index("\nResponse\n")].splitlines()[2:]
    types = {*KIND_OF_TYPE, "required", "Available options:"}
    described, name = {}, ""
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        is_name = re.fullmatch("[a-z_]+", line) and line not in types and following in {*types, ""}
        if is_name and line not in described:
            name = line
            described[name] = []
        elif name:
            described[name].append(line)
    return described


@pytest.fixture(scope="module")
def example():
    """The request that the page shows."""
    text = PAGE.read_text("utf-8")
    return json.loads(text[text.index("--data '") + len("--data '") :].partition("\n'\n")[0])


@needs_page
def test_the_table_has_every_field_of_the_page_in_its_order(body):
    assert [row.name for row in PARAMETERS] == list(body)


@needs_page
def test_the_table_has_every_field_of_the_page_s_example(example):
    assert set(example) <= set(BY_NAME)


@needs_page
def test_every_field_is_of_the_page_s_type(body):
    documented = {name: UNTYPED.get(name) or KIND_OF_TYPE[lines[0]] for name, lines in body.items()}
    assert {row.name: row.kind for row in PARAMETERS} == {**documented, **NARROWER}


@needs_page
def test_only_the_page_s_untyped_fields_are_untyped(body):
    assert {name for name, lines in body.items() if lines[0] not in KIND_OF_TYPE} == set(UNTYPED)


@needs_page
def test_every_range_is_the_page_s_where_it_gives_one(body):
    for name, lines in body.items():
        between = re.search(r"\((-?\d+)(?:-| to )(-?\d+)\)", " ".join(lines))
        from_up = re.search(r"x >= (\d+)", " ".join(lines))
        row = BY_NAME[name]
        if between:
            assert (row.minimum, row.maximum) == (int(between[1]), int(between[2])), name
        if from_up:
            assert (row.minimum, row.maximum) == (int(from_up[1]), None), name
        assert row.source == ("OpenRouter" if name in FROM_OPENROUTER else "page"), name
        assert not (between or from_up) or row.source == "page", name


@needs_page
def test_every_choice_is_the_page_s(body):
    documented = {}
    for name, lines in body.items():
        if "Available options:" in lines:
            options = lines[lines.index("Available options:") + 1 :]
            documented[name] = tuple(option.rstrip(",") for option in options if option)
    assert {row.name: row.choices for row in PARAMETERS if row.choices and row.kind != "text"} == documented


@needs_page
def test_the_required_fields_are_the_page_s(body):
    assert tuple(name for name, lines in body.items() if "required" in lines[:2]) == REQUIRED


@needs_page
def test_a_message_has_the_page_s_fields_and_a_role(example):
    assert {field.name for field in fields(Message)} == {"role", *example["messages"][0]}


@pytest.mark.parametrize(
    ("name", "minimum", "maximum"),
    [
        ("temperature", 0, 2),
        ("top_p", 0, 1),
        ("top_k", 0, None),
        ("min_p", 0, 1),
        ("top_a", 0, 1),
        ("frequency_penalty", -2, 2),
        ("presence_penalty", -2, 2),
        ("repetition_penalty", 0, 2),
        ("top_logprobs", 0, 20),
        ("n", 1, None),
        ("seed", None, None),
        ("max_tokens", 1, None),
        ("max_completion_tokens", 1, None),
    ],
)
def test_a_range_is_the_known_one(name, minimum, maximum):
    assert (BY_NAME[name].minimum, BY_NAME[name].maximum) == (minimum, maximum)


def test_names_and_flags_are_unique():
    spellings = [flag for row in PARAMETERS for flag in row.flags]
    assert len(set(spellings)) == len(spellings)
    assert len(BY_NAME) == len(PARAMETERS)


@pytest.mark.parametrize("row", PARAMETERS, ids=lambda row: row.name)
def test_a_row_says_what_it_is_for(row):
    assert row.help.endswith(".")
    assert 15 <= len(row.help) <= 90
    assert row.expected
    assert row.flag.lstrip("-") == row.name.replace("_", "-")
    for other in (row.excludes, row.needs):
        assert other == "" or other in BY_NAME


def test_exclusion_is_mutual():
    assert all(BY_NAME[row.excludes].excludes == row.name for row in PARAMETERS if row.excludes)


def test_what_may_be_set_is_all_but_the_model_and_the_messages():
    assert {row.name for row in PARAMETERS} - {row.name for row in SETTABLE} == {"model", "messages"}


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("temperature", "a number from 0 to 2"),
        ("n", "a whole number from 1 up"),
        ("seed", "a whole number"),
        ("tool_choice", "a word or a JSON object (none, auto, required)"),
        ("stop", "text or a list of texts, 4 at most"),
        ("reasoning", "a JSON object"),
    ],
)
def test_what_is_expected_is_said_in_words(name, said):
    assert BY_NAME[name].expected == said
