"""``@liara.tool``: a function, its hints and its docstring as a tool, and what cannot be one."""

import functools
from dataclasses import dataclass
from typing import Literal

import pytest

import liara_magic as liara
from liara_magic import LiaraUsageError
from liara_magic.session.docstrings import read_docstring
from liara_magic.session.tools import make_tool, tool_of

GOOGLE = """Find a thing.

    It may take long.

    Args:
        name (str): what it is called,
            on two lines
        n: how many
        *rest: others

    Returns:
        str: n: not a parameter

    Raises:
        ValueError: never
"""
NUMPY = """Find a thing.

    It may take long.

    Parameters
    ----------
    name : str
        what it is called,
        on two lines
    n : int, optional
        how many

    Returns
    -------
    n : str
        not a parameter
"""
REST = """Find a thing.

    It may take long.

    :param str name: what it is called,
        on two lines
    :param n: how many
    :type n: int
    :returns: n: not a parameter
    :raises ValueError: never
"""


@pytest.mark.parametrize("text", [GOOGLE, NUMPY, REST])
def test_three_forms_of_docstrings_are_read(text):
    found = read_docstring(text)
    assert found.summary == "Find a thing.\n\nIt may take long."
    assert found.parameters["name"] == "what it is called, on two lines"
    assert found.parameters["n"] == "how many"


@pytest.mark.parametrize(
    "text", [None, "", "Args:", "Parameters\n---", ":param", "Args:\n    a", "x" * 100_000, "Args:\n" * 500]
)
def test_odd_docstrings_do_no_harm(text):
    read_docstring(text)


def test_the_function_stays_a_function():
    @liara.tool(approval="deny", timeout=2, name="other")
    def add(a: int, b: int = 2) -> int:
        """Add."""
        return a + b

    assert add(1) == 3 and add.__name__ == "add" and add.__doc__ == "Add."
    made = tool_of(add)
    assert (made.name, made.approval, made.timeout, made.description) == ("other", "deny", 2, "Add.")


def test_hints_in_quotes_find_what_stands_beside_the_function():
    @dataclass
    class Local:
        x: int

    @liara.tool
    def use(a: "Local", b: "list[Local] | None" = None) -> str:
        return f"{a.x}"

    made = tool_of(use)
    assert made.parameters["$defs"]["Local"]["properties"] == {"x": {"type": "integer"}}
    assert made.bound({"a": {"x": 4}})() == "4"


def test_values_arrive_as_the_hints_say():
    seen = []

    def use(a: tuple[int, str], /, b: set[int], *, c: Literal["x"] = "x", d: float = None):  # noqa: RUF013  # as people write it
        seen.append((a, b, c, d))

    made = make_tool(use)
    assert made.parameters["required"] == ["a", "b"]
    assert made.parameters["properties"]["d"] == {"anyOf": [{"type": "number"}, {"type": "null"}]}
    made.bound({"a": [1, "z"], "b": [1], "d": None})()
    assert seen == [((1, "z"), {1}, "x", None)]


def test_methods_partials_and_objects_can_be_tools():
    class Shop:
        """A shop."""

        @liara.tool(approval="allow")
        def price(self, fruit: str) -> str:
            """The price."""
            return f"{fruit} at {id(self)}"

        def __call__(self, n: int) -> int:
            """Count."""
            return n

    shop = Shop()
    made = tool_of(shop.price)
    assert made.approval == "allow" and list(made.parameters["properties"]) == ["fruit"]
    assert made.bound({"fruit": "x"})() == f"x at {id(shop)}"
    assert make_tool(shop, name="count").bound({"n": 3})() == 3

    def add(a: int, b: int) -> int:
        return a + b

    assert make_tool(functools.partial(add, 1)).name == "add"


def test_a_raw_schema_stands_in_the_place_of_hints():
    schema = {"type": "object", "properties": {"a": {"type": "integer"}}}

    @liara.tool(parameters=schema)
    def free(**anything):
        return anything

    assert tool_of(free).parameters == schema
    assert tool_of(free).bound({"a": 1})() == {"a": 1}
    with pytest.raises(LiaraUsageError, match="parameters of f is no JSON Schema"):
        liara.tool(parameters={"type": "no"}, name="f")(lambda: 1)


def bad_hint(a: bytes): ...
def no_hint(a): ...
def many(*a: int): ...
def named(**a: int): ...
def nested(a: "dict[str, list[bytes]]"): ...
def unknown(a: "Nowhere"): ...  # noqa: F821


@pytest.mark.parametrize("function", [bad_hint, no_hint, many, named, nested, unknown])
def test_what_cannot_be_described_is_an_error_that_names_the_parameter(function):
    with pytest.raises(LiaraUsageError, match=rf"Parameter a of {function.__name__}"):
        liara.tool(function)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"approval": "yes"}, "approval"),
        ({"timeout": -1}, "timeout"),
        ({"timeout": True}, "timeout"),
        ({"loop": "x"}, "loop"),
        ({"name": "a b"}, "name"),
    ],
)
def test_options_that_cannot_be_are_named(options, said):
    with pytest.raises(LiaraUsageError, match=said):
        liara.tool(**options)(lambda: 1)


def test_a_name_that_no_gateway_takes_asks_for_another():
    def قیمت() -> str:  # noqa: PLC2401
        return ""

    with pytest.raises(LiaraUsageError, match="cannot be the name of a tool"):
        liara.tool(قیمت)
    assert tool_of(liara.tool(name="price")(قیمت)).name == "price"
