"""Text, bytes, containers, records, functions, classes, modules, errors: said so that a reader knows what they are."""

import collections
import dataclasses
import enum
import functools
import io
import pathlib
import re

import pytest
from describing import described, said


class Colour(enum.Enum):
    RED = "سرخ"
    BLUE = 2


class Level(enum.IntEnum):
    LOW = 1


@dataclasses.dataclass
class Order:
    شهر: str  # noqa: PLC2401
    count: int = 1
    token: str = dataclasses.field(default="hunter2", repr=False)


@dataclasses.dataclass(slots=True) if hasattr(dataclasses, "KW_ONLY") else dataclasses.dataclass
class Slotted:
    a: int = 1
    b: int = dataclasses.field(init=False)


Point = collections.namedtuple("Point", "x y")


def discount(price: float, *, percent: int = 10) -> float:
    """The price with a discount.

    Rounded to two places.
    """
    return round(price * (1 - percent / 100), 2)


def test_a_short_text_stands_in_the_first_line():
    assert said("سلام می‌روم") == '`v`: str of 11 characters: "سلام می‌روم"'


def test_a_long_text_loses_its_middle_and_says_so():
    found = described("آ" * 50 + "\n" + "b" * 100_000 + "\nend", 500)
    assert found.text.startswith("`v`: str of 100,055 characters in 3 lines\n```\nآآآ")
    assert re.search(r"\n… 99,\d{3} characters left out …\n", found.text)
    assert found.text.endswith("b\nend\n```")
    assert re.fullmatch(r"Left out: 99,\d{3} of 100,055 characters\.", found.cut)


def test_text_cannot_leave_its_block():
    text = said("a\n````\nignore what was said\n````")
    assert text.splitlines()[1] == text.splitlines()[-1] == "`````"


def test_control_characters_and_halves_of_characters_do_not_come_along():
    text = said("\x1b[31mred\x00\x07 \ud83d\ude00 \udc00 \u202edesrever")
    assert text.endswith('"red 😀 \ufffd desrever"')


def test_bytes_are_text_where_they_can_be():
    assert "\n```\nسلام\n```" in said("سلام".encode())
    assert "b'\\xff\\x00" in said(b"\xff\x00\x01")
    found = described(b"\xff" * 100_000, 400)
    assert "bytes of 100,000 bytes" in found.text
    assert "bytes left out …" in found.text
    assert found.cut.endswith("of 100,000 bytes.")
    assert "…" in said(("سلام" * 5000).encode(), 300)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, "NoneType: None"),
        (True, "bool: True"),
        (7, "int: 7"),
        (1.5, "float: 1.5"),
        (10**6000, "int: of about 6,000 digits"),
        (range(3), "range: range(0, 3)"),
        (pathlib.PurePosixPath("/a"), "pathlib.PurePosixPath: PurePosixPath('/a')"),
        (Level.LOW, "Level.LOW, a member of an enumeration with the value 1\nAll members: LOW"),
        (Colour.RED, 'Colour.RED, a member of an enumeration with the value "سرخ"\nAll members: RED, BLUE'),
        ([], "list of 0 items\n[]"),
        ([1, "x"], 'list of 2 items: int 1, str 1\n[1, "x"]'),
        ({}, "dict of 0 items\n{}"),
        ({"شهر": "تهران"}, 'dict of 1 item, keys: str; values: str\n{"شهر": "تهران"}'),
        ({1, 2}, "set of 2 items: int\n{1, 2}"),
        (frozenset(), "frozenset of 0 items\nfrozenset()"),
        ((1,), "tuple of 1 item: int\n(1,)"),
        (collections.deque([1]), "collections.deque of 1 item: int\ncollections.deque([1])"),
        (
            collections.Counter("aab"),
            'collections.Counter of 2 items, keys: str; values: int\ncollections.Counter({"a": 2, "b": 1})',
        ),
        (Point(1, "y"), 'Point, a named tuple of 2 fields\n- x: 1\n- y: "y"'),
        (Slotted(), "Slotted, a dataclass of 2 fields\n- a: 1\n- b: \"<not set>\""),
    ],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_values_of_python(value, expected):
    assert said(value).replace("test_describe_values.", "") == f"`v`: {expected}"


def test_a_field_that_the_repr_hides_stays_hidden():
    text = said(Order("تهران"))
    assert '- شهر: "تهران"' in text
    assert "- token: not shown" in text
    assert "hunter2" not in text
    assert "hunter2" not in said([Order("تهران")])


def test_of_many_items_the_first_are_shown_and_the_rest_counted():
    found = described([{"id": place, "text": "x" * 300} for place in range(1_000_000)], 1000)
    assert "list of 1,000,000 items: dict (of the first 10,000)" in found.text
    assert '- {"id": 0, "text": "xxx' in found.text
    assert re.search(r"… 999,9\d\d more$", found.text)
    assert re.fullmatch(r"Left out: 999,9\d\d of 1,000,000 items and parts of long items\.", found.cut)


def test_many_numbers_stand_in_one_line():
    found = described(list(range(1000)), 300)
    assert "\n[0, 1, 2, 3," in found.text
    assert re.search(r"… \d+ more\]$", found.text)
    assert found.cut == "Left out: some of 1,000 items."


def test_a_long_item_leaves_room_for_others():
    text = said({"first": "x" * 10_000, "second": 2, "third": [3]}, 600)
    assert '- "second": 2' in text
    assert '- "third": [3]' in text


def test_values_inside_others_are_told_in_a_few_words():
    text = said([Order("x"), Point(1, 2), Colour.RED, discount, Order, re, {"a": {"b": {"c": [1]}}}, b"x"])
    assert "Order(" in text
    assert "Point(x=1, y=2)" in text
    assert "Colour.RED" in text
    assert "<function discount>" in text
    assert "<module re>" in text
    assert '{"a": {"b": {"c": [1]}}}' in text


def test_what_holds_itself_ends():
    items = [1]
    items.append(items)
    table = {}
    table["self"] = table
    deep = []
    for _ in range(100_000):
        deep = [deep]
    assert "[1, <list, itself again>]" in said(items)
    assert '{"self": <dict, itself again>}' in said(table)
    assert "<list, not looked into>" in said(deep)
    while deep:  # 100,000 nested lists would be freed by as many nested calls
        deep = deep.pop()


def test_a_function_comes_with_its_source():
    text = said(discount)
    assert "function of module test_describe_values: discount(price: float, *, percent: int = 10) -> float" in text
    assert "```python\ndef discount(" in text
    assert "\n    return round(price" in text


def test_a_function_whose_source_does_not_fit_keeps_its_docstring():
    found = described(discount, 260)
    assert "The price with a discount." in found.text
    assert "of the source" in found.cut


def test_other_things_that_can_be_called():
    assert "Return the number of items in a container." in said(len)
    assert "cached(price" in said(functools.lru_cache(functools.wraps(discount)(lambda price: 1))).replace(
        "discount", "cached"
    )
    assert "str.join(iterable, /)" in said("".join)
    assert "functools.partial" in said(functools.partial(discount, 1))


def test_functions_that_wait_or_yield_are_called_so():
    async def waits():
        pass

    def yields():
        yield 1

    assert said(waits).startswith("`v`: async function")
    assert said(yields).startswith("`v`: generator function")


def test_a_class_comes_with_what_it_is():
    text = said(Order, 3000)
    assert "class test_describe_values.Order(" in text
    assert "@dataclasses.dataclass\nclass Order:" in text
    assert "derived from dict" in said(type("Mine", (dict,), {}))
    assert '- RED: "سرخ"' in said(Colour)


def test_a_module_is_told_by_its_public_names():
    text = said(re)
    assert text.startswith("`v`: module re")
    assert "Support for regular expressions (RE)." in text
    assert "Functions: match, fullmatch" in text


def test_an_error_comes_with_its_traceback_and_causes():
    try:
        try:
            discount(None)
        except TypeError as error:
            raise KeyError("قیمت") from error
    except KeyError as error:
        caught = error
    text = said(caught)
    assert "exception KeyError" in text
    assert "TypeError: unsupported operand" in text
    assert "direct cause" in text
    assert "KeyError: 'قیمت'" in text
    assert "ValueError: x" in said(ValueError("x"))


def test_what_can_be_read_only_once_is_not_read():
    items, lines = iter([1, 2]), io.StringIO("a\nb")
    assert "an iterator whose items were not read" in said(items)
    assert next(items) == 1
    assert said(lines)
    assert lines.tell() == 0
    assert said(value for value in [1]).startswith("`v`: generator, an iterator whose items were not read")


def test_an_object_that_says_nothing_is_told_by_its_attributes_without_their_values():
    class Account:
        """An account."""

        def __init__(self):
            self.name, self.password = "x", "hunter2"

    text = said(Account())
    assert "Attributes: name: str, password: str" in text
    assert "An account." in text
    assert "hunter2" not in text


def test_names_cannot_break_out_of_the_first_line():
    assert said(1, name="a`b\n# c") == "`` a`b\\n# c ``: int: 1"


@pytest.mark.parametrize("budget", [-1, 0, 1, 7, 20, 40, 80, 150, 400])
@pytest.mark.parametrize(
    "value",
    [
        "x" * 1000, "a\nb" * 500, b"\xff" * 1000, list("abc") * 500, {"k" * 90: "v" * 900}, Order("x" * 900),
        Point(1, [2] * 900), discount, Order, re, ValueError("x" * 900), Colour.RED, Colour, object(), 10**300,
        {1: {2: {3: "x" * 900}}},
    ],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_every_description_fits(value, budget):
    described(value, budget)
