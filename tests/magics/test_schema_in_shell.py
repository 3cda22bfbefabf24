"""``--schema`` and ``schema=``: what is sent, what is checked, and what the value is."""

import asyncio
import json

import pytest
from loopback import Loopback

import liara_magic
from liara_magic import LiaraFormatError, LiaraUsageError

ROW = """
from dataclasses import dataclass
from typing import TypedDict

@dataclass
class Row:
    city: str
    people: int

class Place(TypedDict):
    city: str

schema = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
"""
TEHRAN = {"city": "تهران", "people": 9}


@pytest.fixture
def replying(ipython):
    """A gateway that gives the values as JSON in turn."""

    def start(*values):
        left = [value if isinstance(value, str) else json.dumps(value, ensure_ascii=False) for value in values]
        gateway = Loopback(lambda line, request: line.reply(left.pop(0)))
        ipython.run(f"%liara /set base_url {gateway.base_url}\n%liara /model test/model\n{ROW}")
        return gateway

    return start


def sent(gateway):
    return gateway.requests[0].json["response_format"]["json_schema"]


def test_a_class_s_schema_is_sent_and_the_value_is_an_instance(ipython, replying):
    with replying(TEHRAN) as gateway:
        ipython.run("%%liara --schema Row -o row\nhello")
    assert sent(gateway) == {
        "name": "Row",
        "strict": True,
        "schema": {
            "type": "object",
            "properties": {"city": {"type": "string"}, "people": {"type": "integer"}},
            "required": ["city", "people"],
            "additionalProperties": False,
        },
    }
    assert ipython.value("row") == ipython.value("Row")(**TEHRAN)


def test_the_schema_stands_in_the_system_prompt_too(ipython, replying):
    with replying(TEHRAN) as gateway:
        ipython.run("%%liara --schema Row\nhello")
    system = gateway.requests[0].json["messages"][0]["content"]
    assert system.endswith(json.dumps(sent(gateway)["schema"], separators=(",", ":")))


@pytest.mark.parametrize("reply", [{"items": [TEHRAN]}, [TEHRAN]])
def test_a_list_travels_inside_an_object_and_comes_out_as_a_list(ipython, replying, reply):
    with replying(reply) as gateway:
        ipython.run("%%liara --schema list[Row] -o rows\nhello")
    assert sent(gateway)["schema"]["required"] == ["items"]
    assert sent(gateway)["name"] == "list_Row"
    assert ipython.value("rows") == [ipython.value("Row")(**TEHRAN)]


def test_a_table_comes_out_as_a_data_frame(ipython, replying):
    pandas = pytest.importorskip("pandas")
    with replying({"items": [TEHRAN, {"city": "Yazd", "people": 1}]}, {"items": []}):
        ipython.run("%%liara --schema table[Row] -o table\nhello")
        ipython.run("%%liara --schema table[Row] -o empty\nhello")
    assert ipython.value("table").equals(pandas.DataFrame({"city": ["تهران", "Yazd"], "people": [9, 1]}))
    assert list(ipython.value("empty").columns) == ["city", "people"]


@pytest.mark.parametrize(
    ("what", "reply", "value"),
    [
        ("Place", {"city": "Yazd"}, {"city": "Yazd"}),
        ("schema", {"city": "Yazd", "more": 1}, {"city": "Yazd", "more": 1}),
        ("list[str]", {"items": ["a"]}, ["a"]),
        ("dict[str,float]", {"a": 1.5}, {"a": 1.5}),
        ("int", {"value": 5}, 5),
        ('\'Literal["yes", "no"]\'', {"value": "no"}, "no"),
    ],
)
def test_what_a_schema_can_be(ipython, replying, what, reply, value):
    with replying(reply):
        ipython.run(f"%%liara --schema {what} -o found\nhello")
    assert ipython.value("found") == value


def test_a_schema_that_is_not_closed_is_sent_as_one_that_is_not_strict(ipython, replying):
    with replying({"city": "Yazd"}) as gateway:
        ipython.run("%%liara --schema schema\nhello")
    assert sent(gateway)["strict"] is False


def test_a_pydantic_model_is_checked_by_itself(ipython, replying):
    pytest.importorskip("pydantic")
    model = (
        "from pydantic import BaseModel, field_validator\nclass City(BaseModel):\n    name: str\n"
        "    @field_validator('name')\n    def known(cls, name):\n        assert name != 'nowhere'\n        return name"
    )
    with replying({"name": "nowhere"}, {"name": "Yazd"}) as gateway:
        ipython.run(model)
        ipython.run("%%liara --schema City -o city\nhello")
    assert ipython.value("city").name == "Yazd"
    assert gateway.posts == 2


def test_what_does_not_fit_is_repaired_once_and_the_place_is_named(ipython, replying):
    with replying({"city": "Yazd", "people": "many"}, TEHRAN) as gateway:
        ipython.run("reply = %liara --schema Row hello")
    assert "people: 'many' is not of type 'integer'" in gateway.requests[1].json["messages"][-1]["content"]
    assert gateway.requests[1].json["response_format"] == gateway.requests[0].json["response_format"]
    assert ipython.value("reply").value.people == 9
    assert "second" not in ipython.value("reply").text


def test_what_still_does_not_fit_is_an_error_that_keeps_the_text(ipython, replying):
    with replying({"city": 1}, {"city": 2}) as gateway:
        error = ipython.fails("%liara --schema Row hello")
    assert isinstance(error, LiaraFormatError)
    assert error.text == '{"city": 2}'
    assert gateway.posts == 2


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("Roww", "Did you mean Row?"),
        ("ROW_COUNT", "type int"),
        ("list[Rwo]", "Did you mean Row?"),
        ("table[int]", "no rows"),
        ("f()", "cannot be understood"),
        ("'list['", "cannot be understood"),
        ("Row.nothing", "Row.nothing"),
    ],
)
def test_what_is_no_schema_is_said_and_nothing_is_sent(ipython, kernel, what, said):
    ipython.run(ROW + "\nROW_COUNT = 3")
    error = ipython.fails(f"%liara --schema {what} hello")
    assert isinstance(error, LiaraUsageError)
    assert said in str(error)
    assert not kernel.ledger.rows


def test_a_schema_and_another_format_do_not_go_together(ipython):
    error = ipython.fails(f"{ROW}\n%liara -f code --schema Row hello")
    assert "Leave one of them out" in error.hint


def test_in_python_too(ipython, replying, kernel):
    with replying({"city": "Yazd"}, TEHRAN, TEHRAN) as gateway:
        row = ipython.value("Row")
        reply = liara_magic.Chat().ask("hello", schema=row)
        assert reply.value == row(**TEHRAN)
        assert any("The first reply could not be used" in notice for notice in reply.notices)
        assert asyncio.run(liara_magic.Chat().aask("hello", schema=row)).value == row(**TEHRAN)
    assert gateway.posts == 3


def test_in_python_an_unknown_format_is_refused(kernel):
    with pytest.raises(LiaraUsageError, match="no format 'jsn'"):
        liara_magic.Chat().ask("hello", format="jsn")
