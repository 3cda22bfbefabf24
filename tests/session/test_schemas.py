"""Type hints as JSON Schema, values against it, and values back into what the hint says."""

import datetime
import enum
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Generic, Literal, NamedTuple, NewType, Optional, TypedDict, TypeVar, Union

import pytest
from loopback import Loopback

from liara_magic import LiaraUsageError
from liara_magic.session.building import built
from liara_magic.session.schemas import schema_of
from liara_magic.session.validation import check_schema, check_value


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


class Odd(enum.Enum):
    A = (1, 2)
    B = object()


@dataclass
class Point:
    """A place on the map."""

    x: float
    y: float = 0.0


@dataclass
class Tree:
    value: int
    children: "list[Tree]" = field(default_factory=list)


@dataclass
class Line:
    start: Point
    end: Point
    colour: Colour = Colour.RED


class Movie(TypedDict, total=False):
    title: str
    year: int


class Pair(NamedTuple):
    left: int
    right: str = "r"


T = TypeVar("T")


@dataclass
class Box(Generic[T]):
    content: T


UserId = NewType("UserId", int)

POINT = {
    "type": "object",
    "properties": {"x": {"type": "number"}, "y": {"type": "number", "default": 0.0}},
    "required": ["x"],
    "additionalProperties": False,
    "description": "A place on the map.",
}


@pytest.mark.parametrize(
    ("hint", "schema"),
    [
        (str, {"type": "string"}),
        (int, {"type": "integer"}),
        (float, {"type": "number"}),
        (bool, {"type": "boolean"}),
        (None, {"type": "null"}),
        (Any, {}),
        ("int", {"type": "integer"}),
        (UserId, {"type": "integer"}),
        (datetime.date, {"type": "string", "format": "date"}),
        (datetime.datetime, {"type": "string", "format": "date-time"}),
        (Literal["a", "b"], {"type": "string", "enum": ["a", "b"]}),
        (Literal["a", 1, None], {"enum": ["a", 1, None]}),
        (Literal[Colour.RED], {"type": "string", "enum": ["red"]}),
        (Colour, {"type": "string", "enum": ["red", "blue"]}),
        (Level, {"type": "integer", "enum": [1, 2]}),
        (Odd, {"type": "string", "enum": ["A", "B"]}),
        (Optional[int], {"anyOf": [{"type": "integer"}, {"type": "null"}]}),  # noqa: UP045  # the older way to write it
        (int | str, {"anyOf": [{"type": "integer"}, {"type": "string"}]}),
        (Union[int, str], {"anyOf": [{"type": "integer"}, {"type": "string"}]}),  # noqa: UP007
        (list, {"type": "array", "items": {}}),
        (list[int], {"type": "array", "items": {"type": "integer"}}),
        (Sequence[str], {"type": "array", "items": {"type": "string"}}),
        (set[int], {"type": "array", "items": {"type": "integer"}, "uniqueItems": True}),
        (tuple, {"type": "array", "items": {}}),
        (tuple[int, ...], {"type": "array", "items": {"type": "integer"}}),
        (
            tuple[int, str],
            {"type": "array", "prefixItems": [{"type": "integer"}, {"type": "string"}], "minItems": 2, "maxItems": 2},
        ),
        (dict, {"type": "object"}),
        (dict[str, int], {"type": "object", "additionalProperties": {"type": "integer"}}),
        (Mapping[str, Any], {"type": "object", "additionalProperties": {}}),
        (
            dict[Literal["a"], int],
            {
                "type": "object",
                "additionalProperties": {"type": "integer"},
                "propertyNames": {"type": "string", "enum": ["a"]},
            },
        ),
        (Annotated[int, "how many"], {"type": "integer", "description": "how many"}),
        (Point, POINT),
        ({"type": "string"}, {"type": "string"}),
    ],
)
def test_each_hint_has_its_schema(hint, schema):
    found = schema_of(hint, "x")
    assert found == schema
    check_schema(found, "x")


def test_classes_that_are_used_twice_become_definitions():
    schema = schema_of(Line, "x")
    assert schema["properties"]["start"] == schema["properties"]["end"] == {"$ref": "#/$defs/Point"}
    assert schema["$defs"] == {"Point": POINT}
    assert schema["properties"]["colour"] == {"type": "string", "enum": ["red", "blue"], "default": "red"}


def test_a_class_may_hold_itself():
    schema = schema_of(Tree, "x")
    assert schema["type"] == "object"
    assert schema["properties"]["children"]["items"] == {"$ref": "#/$defs/Tree"}
    assert check_value({"value": 1, "children": [{"value": 2}]}, schema) == []
    assert check_value({"value": 1, "children": [{"value": "2"}]}, schema) == [
        "children[0].value: '2' is not of type 'integer'"
    ]


def test_typed_dicts_know_which_keys_may_be_missing():
    space: dict = {}
    code = (
        "from __future__ import annotations\n"
        "from typing_extensions import NotRequired, Required, TypedDict\n"
        "class Quoted(TypedDict, total=False):\n    title: Required[str]\n    year: int\n"
        "class Whole(TypedDict):\n    title: str\n    year: NotRequired[int]\n"
    )
    exec(code, space)
    assert "required" not in schema_of(Movie, "x")
    assert schema_of(space["Quoted"], "x", space)["required"] == ["title"]
    assert schema_of(space["Whole"], "x", space)["required"] == ["title"]


def test_named_tuples_and_generic_classes_are_objects():
    assert schema_of(Pair, "x")["required"] == ["left"]
    assert schema_of(Box[int], "x")["properties"] == {"content": {"type": "integer"}}
    assert built({"content": {"x": 1}}, Box[Point]) == Box(Point(1.0))


def test_names_in_quotes_are_looked_up_in_the_notebook():
    assert schema_of("Row", "x", {"Row": Point}) == POINT
    assert schema_of("list[Row] | None", "x", {"Row": int})["anyOf"][0]["items"] == {"type": "integer"}
    with pytest.raises(LiaraUsageError, match=r"parameter rows of f has a type hint that cannot be resolved: .*Row"):
        schema_of("list[Row]", "parameter rows of f")


@pytest.mark.parametrize("hint", [bytes, complex, object(), 5, dict[int, str], list[bytes], type, Literal[b"x"], range])
def test_what_cannot_be_described_is_named(hint):
    with pytest.raises(LiaraUsageError, match="parameter n of rows"):
        schema_of(hint, "parameter n of rows")


def test_the_place_in_a_nested_hint_is_named():
    @dataclass
    class Holder:
        inner: dict[str, list[bytes]]

    with pytest.raises(LiaraUsageError, match=r"parameter h of f\.inner\[\]\[\] is of type bytes"):
        schema_of(Holder, "parameter h of f")


def test_pydantic_describes_and_builds_its_own_models():
    pydantic = pytest.importorskip("pydantic")

    class Item(pydantic.BaseModel):
        name: str
        size: int = pydantic.Field(ge=1)

    class Order(pydantic.BaseModel):
        items: list[Item]
        first: Item | None = None

    @dataclass
    class Sale:
        order: Order
        note: Annotated[str, pydantic.Field(description="why", min_length=2)] = "no"

    assert schema_of(Order, "x")["$defs"].keys() == {"Item"}
    schema = schema_of(Sale, "x")
    assert schema["properties"]["note"] == {"type": "string", "description": "why", "minLength": 2, "default": "no"}
    assert check_value({"order": {"items": [{"name": "a", "size": 0}]}}, schema) == [
        "order.items[0].size: 0 is less than the minimum of 1"
    ]
    sale = built({"order": {"items": [{"name": "a", "size": 2}]}}, Sale)
    assert sale.order.items == [Item(name="a", size=2)]
    with pytest.raises(LiaraUsageError, match=r"(?s)value\.order was refused: .*size"):
        built({"order": {"items": [{"name": "a", "size": 0}]}}, Sale)


def test_the_first_version_of_pydantic_is_understood_too():
    pydantic = pytest.importorskip("pydantic.v1") if _has_pydantic_v1() else pytest.skip("no first version here")

    class Item(pydantic.BaseModel):
        name: str

    class Order(pydantic.BaseModel):
        items: list[Item]

    assert schema_of(Order, "x")["properties"]["items"]["items"]["properties"]["name"]["type"] == "string"
    assert built({"items": [{"name": "a"}]}, Order).items == [Item(name="a")]


def _has_pydantic_v1():
    import sys
    from importlib.util import find_spec

    return sys.version_info < (3, 14) and find_spec("pydantic") and find_spec("pydantic.v1")


def test_two_classes_of_one_name_stay_apart():
    @dataclass
    class Inner:
        a: Point
        b: Point

    other = dataclass(type("Point", (), {"__annotations__": {"z": int}}))
    schema = schema_of(tuple[Inner, other, other], "x")
    assert schema["$defs"].keys() == {"Point", "Point_2"}


def test_many_faults_are_told_in_few_words():
    faults = check_value([1, "a", "b", "c", "d" * 5000], schema_of(list[int], "x"), root="rows")
    assert faults[0] == "rows[1]: 'a' is not of type 'integer'"
    assert faults[3] == "and 1 more"
    (long,) = check_value("d" * 5000, {"type": "integer"})
    assert len(long) <= 200


def test_of_alternatives_the_nearest_is_told():
    assert check_value({"x": "far"}, schema_of(Point | None, "x")) == ["x: 'far' is not of type 'number'"]


def test_a_schema_that_points_elsewhere_fetches_nothing():
    with Loopback(lambda line, request: line.answer_json({"type": "string"})) as gateway:
        for pointer in ("$ref", "$dynamicRef"):
            for schema in (
                {pointer: gateway.base_url + "/x.json"},
                {"$id": gateway.base_url, pointer: "y.json"},
                {"properties": {"a": {pointer: gateway.base_url + "/x.json"}}},
                {"$schema": "http://json-schema.org/draft-07/schema#", "$ref": gateway.base_url + "/z.json"},
            ):
                if pointer == "$dynamicRef" and "$schema" in schema:
                    continue
                with pytest.raises(LiaraUsageError, match="not in it"):
                    check_value({"a": 1}, schema)
        assert check_value("x", {"$schema": gateway.base_url + "/meta.json", "type": "integer"})
        assert gateway.requests == []


def test_a_file_is_not_read_either(tmp_path):
    (tmp_path / "x.json").write_text('{"type": "string"}')
    with pytest.raises(LiaraUsageError, match="not in it"):
        check_value(1, {"$ref": (tmp_path / "x.json").as_uri()})


def test_what_is_no_schema_is_refused():
    with pytest.raises(LiaraUsageError, match="The tool rows is no JSON Schema: type: 'strnig' is not valid"):
        check_schema({"type": "strnig"}, "The tool rows")


@pytest.mark.parametrize(
    ("value", "hint", "made"),
    [
        ({"x": 1}, Point, Point(1.0)),
        ({"start": {"x": 1}, "end": {"x": 2, "y": 3}}, Line, Line(Point(1.0), Point(2.0, 3.0))),
        ({"value": 1, "children": [{"value": 2}]}, Tree, Tree(1, [Tree(2)])),
        ("blue", Colour, Colour.BLUE),
        ("A", Odd, Odd.A),
        ("red", Literal[Colour.RED], Colour.RED),
        ({"title": "x"}, Movie, {"title": "x"}),
        ({"left": 1}, Pair, Pair(1)),
        ([1, "a"], tuple[int, str], (1, "a")),
        ([1, 2], set[int], {1, 2}),
        (["2026-01-02"], list[datetime.date], [datetime.date(2026, 1, 2)]),
        (
            "2026-01-02T03:04:05Z",
            datetime.datetime,
            datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc),
        ),
        ("5", int | str, "5"),
        (1, float | int, 1),
        (2.0, int, 2),
        (None, Point | None, None),
        ({"a": {"x": 1}}, dict[str, Point], {"a": Point(1.0)}),
        ({"anything": [1]}, {"type": "object"}, {"anything": [1]}),
    ],
)
def test_values_become_what_the_hint_says(value, hint, made):
    result = built(value, hint)
    assert result == made
    assert type(result) is type(made)
    if not isinstance(hint, dict):
        assert check_value(json.loads(json.dumps(value)), schema_of(hint, "x")) == []


@pytest.mark.parametrize(
    ("value", "hint", "said"),
    [
        ("x", int, "value is 'x', but must be a whole number"),
        (True, int, "value is True, but must be a whole number"),
        ({}, Point, "value lacks x"),
        ({"x": 1, "z": 2}, Point, "value has 'z', which is no field of it"),
        ({"start": 1, "end": {"x": 1}}, Line, "value.start is 1, but must be an object"),
        ([1], tuple[int, str], "value has 1 entries, but must have 2"),
        ("green", Colour, "value is 'green', but must be one of 'red', 'blue'"),
        ("someday", datetime.date, "value was refused: Invalid isoformat string"),
        ([1, "a"], list[int], r"value\[1\] is 'a', but must be a whole number"),
    ],
)
def test_what_does_not_fit_is_named(value, hint, said):
    with pytest.raises(LiaraUsageError, match=said):
        built(value, hint)


def test_what_a_class_refuses_is_told():
    @dataclass
    class Age:
        years: int

        def __post_init__(self):
            if self.years < 0:
                raise ValueError("years cannot be negative")

    with pytest.raises(LiaraUsageError, match="value was refused: years cannot be negative"):
        built({"years": -1}, Age)
