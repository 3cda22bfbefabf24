"""What the sandbox answers when it is asked for JSON or for code: valid by the schema, and about what came along."""

import dataclasses
import datetime
import enum
import json
from typing import Annotated, Literal, TypedDict

import jsonschema
import pytest

from liara_magic.gateway.sandbox_code import EXAMPLE
from liara_magic.gateway.sandbox_replies import answer
from liara_magic.session.formats import FORMATS
from liara_magic.session.schemas import schema_of

SALES = """[0f] sales
`sales`: pandas DataFrame, 3 rows × 3 columns
Columns:
- month (datetime64[ns]): 3 distinct
- city name (object): 3 distinct: "a" 33%
- revenue (float64): 1 … 3.5, mean 2.16667
|  | month | city name | revenue |
|---|---|---|---|
| 0 | Mehr | Yazd | 1 |
| 1 | Aban | Qom | 2 |
| 2 | Azar | Ahvaz | 3.5 |
[0f] end"""


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


@dataclasses.dataclass
class City:
    name: str
    people: Annotated[int, dataclasses.field]
    founded: datetime.date
    colour: Colour
    mayor: str | None = None


@dataclasses.dataclass
class Tree:
    name: str
    children: list["Tree"]


class Pair(TypedDict):
    key: Literal["a", "b"]
    value: float | None


SCHEMAS = [
    schema_of(hint, "x", {"Tree": Tree})
    for hint in (City, list[City], Pair, dict[str, int], tuple[int, str], set[str], bool, None, Tree)
] + [
    {},
    {"type": "integer", "minimum": 7, "maximum": 8},
    {"type": "integer", "exclusiveMinimum": 7, "multipleOf": 5},
    {"type": "number", "maximum": -3},
    {"type": "string", "minLength": 30, "maxLength": 40},
    {"type": "string", "format": "date"},
    {"type": "string", "pattern": "^[A-Z]+-[0-9]+$"},
    {"type": "array", "items": {"type": "string"}, "minItems": 5, "uniqueItems": True},
    {"type": "array", "items": {"type": "string"}, "maxItems": 1},
    {"type": ["null", "string"]},
    {"const": {"a": [1]}},
    {"allOf": [{"type": "object"}, {"properties": {"a": {"type": "boolean"}}, "required": ["a"]}]},
    {"type": "object", "required": ["not described"]},
]


def body(prompt, *, context="", system="", model="sandbox/tutor", **parameters):
    messages = [{"role": "system", "content": system}] if system else []
    messages += [{"role": "user", "content": context}] if context else []
    return {"model": model, "messages": [*messages, {"role": "user", "content": prompt}], **parameters}


def as_asked(schema):
    return {"type": "json_schema", "json_schema": {"name": "x", "schema": schema, "strict": False}}


@pytest.mark.parametrize("schema", SCHEMAS, ids=str)
@pytest.mark.parametrize("model", ["sandbox/json", "sandbox/tutor"])
def test_a_value_fits_its_schema(schema, model):
    value = json.loads(answer(body("hello", model=model, context=SALES, response_format=as_asked(schema))))
    jsonschema.Draft202012Validator(schema).validate(value)


def test_without_a_schema_it_is_an_object_about_the_request():
    value = json.loads(answer(body("hello there", model="sandbox/json")))
    assert value == {"sandbox": True, "prompt": "hello there", "messages": 1}
    assert json.loads(answer(body("hi", response_format={"type": "json_object"})))["prompt"] == "hi"


def test_rows_come_from_the_table_that_came_along():
    row = schema_of(TypedDict("Row", {"city name": str, "revenue": float}), "row")
    value = json.loads(answer(body("rows", context=SALES, response_format=as_asked({"type": "array", "items": row}))))
    assert value == [
        {"city name": "Yazd", "revenue": 1},
        {"city name": "Qom", "revenue": 2},
        {"city name": "Ahvaz", "revenue": 3.5},
    ]


def test_the_echo_stays_an_echo():
    assert answer(body("hi", model="sandbox/echo", response_format={"type": "json_object"})) == "hi"


def code(prompt, context=""):
    text = answer(body(prompt, context=context, system=f"Be terse.\n\n{FORMATS['code'].told}"))
    assert text.startswith("```python\n") and text.endswith("\n```")
    return text.removeprefix("```python\n").removesuffix("\n```")


def test_code_alone_is_code_alone():
    assert code("hello") == EXAMPLE


def test_code_uses_the_columns_of_the_table_and_runs():
    pandas = pytest.importorskip("pandas")
    written = code("totals, please", SALES)
    sales = pandas.DataFrame({"month": ["x", "y"], "city name": ["Qom", "Yazd"], "revenue": [1.0, 2.0]})
    space = {"sales": sales}
    exec(written, space)
    assert space["totals"].to_dict() == {"Yazd": 2.0, "Qom": 1.0}


def test_a_plot_is_a_plot():
    assert ".plot.bar(title='revenue by city name'" in code("plot it", SALES)
    assert ".plot.bar(" in code("نمودار بکش", SALES)


def test_the_lesson_names_the_columns_and_uses_them():
    text = answer(body("what is this?", context=SALES))
    assert "The table `sales` came along, with the columns `month`, `city name`, `revenue`." in text
    assert "sales.groupby('city name')['revenue']" in text
    assert "ستون‌های `month`" in answer(body("این چیست؟", context=SALES))


def failed(cell, error):
    types = "Variables in the failing line:\n- d: dict"
    return f"[0f] error of cell [3]\nCell:\n{cell}\n\nError:\nTraceback:\n{error}\n\n{types}\n[0f] end"


@pytest.mark.parametrize(
    ("cell", "error", "fixed"),
    [
        ("total = 1\npritn(total)", "NameError: name 'pritn' is not defined", "total = 1\nprint(total)"),
        ("total = 1\ntotla + 1", "NameError: name 'totla' is not defined", "total = 1\ntotal + 1"),
        ('sales["revenu"].sum()', "KeyError: 'revenu'", 'sales["revenue"].sum()'),
        ("d = {'alpha': 1}\nd['alhpa']", "KeyError: 'alhpa'", "d = {'alpha': 1}\nd['alpha']"),
        ("df.grupby('a')", "AttributeError: 'DataFrame' object has no attribute 'grupby'", "df.groupby('a')"),
    ],
)
def test_a_misspelt_name_in_a_cell_that_failed_is_corrected(cell, error, fixed):
    assert code("correct it", SALES + "\n\n" + failed(cell, error)) == fixed


def test_what_it_cannot_correct_it_says():
    written = code("correct it", failed("1 / 0", "ZeroDivisionError: division by zero"))
    assert written.endswith("\n1 / 0") and "A real model" in written
