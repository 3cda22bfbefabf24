"""``--tool``, ``/tools`` and the tools that read a notebook, at the request body and at what a person sees."""

import pytest
from calling import bodies, call, calling, saying, scripted

from liara_magic import LiaraUsageError

FUNCTIONS = '''
import liara_magic as liara

@liara.tool(approval="allow")
def add(a: int, b: int) -> int:
    """Add two numbers."""
    print("adding")
    return a + b

def plain(city: str) -> str:
    return city.upper()

def untold(x):
    return x
'''


@pytest.fixture
def gateway_with(ipython):
    """A scripted gateway that the shell asks, with functions in the notebook."""

    def start(*steps):
        gateway = scripted(*steps)
        ipython.run(f"%liara /set base_url {gateway.base_url}\n%liara /model test/model\n{FUNCTIONS}")
        return gateway

    return start


def names(body):
    return [one["function"]["name"] for one in body.get("tools", [])]


def results(body):
    return [message["content"] for message in body["messages"] if message["role"] == "tool"]


def test_nothing_is_offered_until_it_is_named(ipython, gateway_with):
    with gateway_with(saying("ok")) as gateway:
        ipython.run("%liara hi")
        ipython.run("%liara -T add --tool plain --tool rows hi")
        ipython.run("%liara hi")
    assert [names(body) for body in bodies(gateway)] == [[], ["add", "plain", "rows"], []]


def test_tools_are_switched_on_and_off(ipython, gateway_with):
    with gateway_with(saying("ok")) as gateway:
        listed = ipython.run("%liara /tools")
        assert "add" in listed and "describe" in listed and "**on**" not in listed
        assert "**on**" in ipython.run("%liara /tools on add plain")
        ipython.run("%liara hi")
        ipython.run("%liara -T rows hi")
        ipython.run("%liara /tools off add")
        ipython.run("%liara hi")
    assert [names(body) for body in bodies(gateway)] == [["add", "plain"], ["add", "plain", "rows"], ["plain"]]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("-T ad hi", "There is no tool and no function called ad"),
        ("-T untold hi", "Parameter x of untold has no type hint"),
        ("/tools on nothing", "There is no tool and no function called nothing"),
        ("/tools open add", "/tools takes on or off"),
        ("-T ad__class__ hi", "There is no tool and no function"),
    ],
)
def test_what_cannot_be_offered_is_named(ipython, gateway_with, line, said):
    with gateway_with(saying("ok")) as gateway:
        assert isinstance(error := ipython.fails(f"%liara {line}"), LiaraUsageError)
        assert said in str(error)
    assert gateway.posts == 0


def test_a_call_is_shown_on_one_line_with_its_result(ipython, gateway_with):
    with gateway_with(calling(call("add", {"a": 2, "b": 3})), saying("Five.")) as gateway:
        shown = ipython.run("%%liara -T add\nadd")
    assert results(bodies(gateway)[1]) == ["5"]
    (line,) = [line for line in shown.splitlines() if "add(" in line]
    assert "a=2, b=3" in line and "5" in line
    assert "adding" not in bodies(gateway)[1]["messages"][-1]["content"]


def test_a_person_who_cannot_be_asked_has_not_allowed_it(ipython, gateway_with):
    with gateway_with(calling(call("plain", {"city": "x"})), saying("ok")) as gateway:
        shown = ipython.run("%%liara -T plain\nhi")
    assert "Not allowed" in results(bodies(gateway)[1])[0]
    assert "plain was not run" in shown and "no terminal to ask at" in shown and "tool_approval" in shown
    assert "tool_approval" not in results(bodies(gateway)[1])[0]


def test_a_session_may_allow_or_deny_all(ipython, gateway_with):
    steps = [calling(call("plain", {"city": "x"})), saying("ok"), calling(call("add", {"a": 1, "b": 1})), saying("ok")]
    with gateway_with(*steps) as gateway:
        ipython.run("%liara /set tool_approval allow")
        ipython.run("%%liara -T plain\nhi")
        ipython.run("%liara /set tool_approval deny")
        ipython.run("%%liara -T add --fresh\nhi")
    assert results(bodies(gateway)[1]) == ["X"]
    assert results(bodies(gateway)[3]) == ["Not allowed: the person's settings deny this tool."]


READING = """
import os
table = {"a": [1, 2, 3], "b": "x"}
numbers = list(range(1000))
key = "AKIAIOSFODNN7EXAMPLE"
"""


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (call("describe", {"name": "numbers"}), "1,000"),
        (call("rows", {"name": "numbers", "n": 3}), "[0, 1, 2]"),
        (call("rows", {"name": "table", "n": 1}), '{"a": [1, 2, 3]}'),
        (call("columns", {"name": "numbers"}), "Error: LiaraUsageError: numbers is a list, which has no columns."),
        (call("cell", {"n": 999}), "Error: LiaraUsageError: There is no cell 999."),
        (call("last_error", {}), "No cell has failed."),
        (call("describe", {"name": "number"}), "There is no variable called number. Did you mean numbers?"),
    ],
)
def test_tools_that_read_need_no_question(ipython, gateway_with, asked, said):
    ipython.run(READING)
    with gateway_with(calling(asked), saying("ok")) as gateway:
        ipython.run(f"%%liara -T {asked['function']['name']}\nhi")
    assert said in results(bodies(gateway)[1])[0]


@pytest.mark.parametrize(
    "name",
    ["numbers.__class__", "__class__", "numbers[0]", "os", "../../etc/passwd", "_", "In", "__builtins__", "get_ipython",
     "open", "numbers.append(1)", "", "_oh", "exit", "'x'", "numbers;1", "numbers\n", "table['a']"],
)  # fmt: skip
def test_they_read_named_variables_and_nothing_else(ipython, gateway_with, name):
    ipython.run(READING.replace("import os\n", ""))
    with gateway_with(*[calling(call(tool, {"name": name})) for tool in ("describe", "rows")], saying("ok")) as gateway:
        ipython.run("%%liara -T describe -T rows\nhi")
    assert all("There is no variable called" in one for one in results(bodies(gateway)[2]))
    assert ipython.value("numbers")[:2] == [0, 1] and len(ipython.value("numbers")) == 1000


def test_secrets_stay_here(ipython, gateway_with):
    ipython.run(READING + "\ndef leaking() -> str:\n    return 'password = hunter2hunter2 and ' + key")
    with gateway_with(
        calling(call("describe", {"name": "key"}), call("leaking", {}, id="b", index=1)), saying("ok")
    ) as gateway:
        ipython.run("%liara /set tool_approval allow")
        ipython.run("%%liara -T describe -T leaking\nhi")
    assert "AKIAIOSFODNN7EXAMPLE" not in str(gateway.requests)


def test_pandas_tables_are_read(ipython, gateway_with):
    pytest.importorskip("pandas")
    ipython.run("import pandas as pd\ndf = pd.DataFrame({'city': ['a', 'b', 'a'], 'n': [1, 2, 3]})")
    asked = [
        call("rows", {"name": "df", "n": 2}, id="1", index=0),
        call("value_counts", {"name": "df", "column": "city"}, id="2", index=1),
        call("columns", {"name": "df"}, id="3", index=2),
        call("value_counts", {"name": "df", "column": "citi"}, id="4", index=3),
    ]
    with gateway_with(calling(*asked), saying("ok")) as gateway:
        ipython.run("%%liara -T rows -T value_counts -T columns\nhi")
    rows, counts, columns, wrong = results(bodies(gateway)[1])
    assert "2 rows" in rows
    assert "- a: 2\n- b: 1" in counts
    assert "- city: " in columns and "- n: int64" in columns
    assert "Did you mean city?" in wrong


def test_values_of_a_column_that_is_named_like_a_secret_stay_here(ipython, gateway_with):
    pytest.importorskip("pandas")
    people = {"user": ["ali", "sara"], "password": ["blue-sky", "old wall"]}
    ipython.run(f"import pandas as pd\ndf = pd.DataFrame({people})")
    asked = [
        call("rows", {"name": "df"}, id="1", index=0),
        call("describe", {"name": "df"}, id="2", index=1),
        call("value_counts", {"name": "df", "column": "password"}, id="3", index=2),
    ]
    for redact in (True, False):
        ipython.run(f"%liara /set redact {redact}")
        with gateway_with(calling(*asked), saying("ok")) as gateway:
            ipython.run("%%liara --fresh -T rows -T value_counts -T describe\nhi")
        for told in results(bodies(gateway)[1]):
            assert ("blue-sky" not in told and "old wall" not in told) is redact
            assert "password" in told
