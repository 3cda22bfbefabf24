"""What docs/tools.md says; its table of type hints is made by describing them."""

from __future__ import annotations

import dataclasses
import datetime
import enum
import json
import typing
from typing import Any

from liara_magic.session.schemas import schema_of
from liara_magic.session.tools import make_tool

#: Shown on the page, and run to describe what follows from it.
_CLASSES = '''\
class Colour(Enum):
    RED = "red"
    BLUE = "blue"


@dataclass
class Point:
    """A place on the map."""

    x: float
    y: float = 0.0


@dataclass
class Tree:
    value: int
    children: list["Tree"] = field(default_factory=list)


class Film(TypedDict):
    title: str
    year: NotRequired[int]


class Pair(NamedTuple):
    left: int
    right: str = ""
'''
_HINTS = """\
str
int
float
bool
None
Any
date
datetime
Literal["pieces", "dozens"]
Colour
Optional[int]
int | str
list[str]
tuple[int, str]
tuple[int, ...]
set[int]
dict[str, int]
Annotated[int, "how many"]
Point
list[Point]
tuple[Point, Point]
Tree
Film
Pair"""
_FUNCTION = '''\
def in_stock(fruit: str, unit: Literal["pieces", "dozens"] = "pieces") -> float:
    """How much of a fruit there is.

    Args:
        fruit: its name, as in the list of stock
        unit: what to count in
    """
'''


def _space() -> dict[str, Any]:
    if not hasattr(typing, "NotRequired"):  # before Python 3.11
        import typing_extensions as more
    else:
        more = typing

    space = {**vars(more), **vars(typing), "Enum": enum.Enum, **vars(datetime)}
    space |= {"dataclass": dataclasses.dataclass, "field": dataclasses.field, "__name__": "tools_guide"}
    exec(compile(_CLASSES + "\n" + _FUNCTION, "docs/tools.md", "exec", dont_inherit=True), space)
    return space


def _rows() -> list[tuple[str, str]]:
    space = _space()
    return [(f"`{hint}`", f"`{_json(schema_of(eval(hint, space), hint, space))}`") for hint in _HINTS.splitlines()]


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def tools_page(note: str, table: Any) -> str:
    """The page."""
    tool = make_tool(_space()["in_stock"])
    shown = json.dumps(tool.to_json(), ensure_ascii=False, indent=2)
    return f"""# Tools: functions that a model may ask for

{note}

A model cannot look at your data and cannot compute. It can ask for a function of yours to be called and go on with
what it returned. You say which functions, and each call waits for your word.
[`notebooks/tools.ipynb`](../notebooks/tools.ipynb) shows all of this offline, on `sandbox/tools`.

## A function becomes a tool

```python
import liara_magic as liara


@liara.tool
{_FUNCTION}    return stock[fruit] / (12 if unit == "dozens" else 1)
```

The function stays what it is and can be called as before. Its type hints and its docstring (Google's, NumPy's or reST's
sections) become what the model reads:

```json
{shown}
```

A parameter that no schema describes is an error where the function is defined, which names it. `@liara.tool(...)`
takes `name`, `description`, `approval` (`"ask"`, `"allow"`, `"deny"`), `timeout` in seconds, `loop` (below), and
`parameters`: a JSON Schema of your own in place of the hints.

## Offering tools

| where | how |
| --- | --- |
| one prompt | `%%liara --tool in_stock -T rows`: functions of the notebook by name, marked or not |
| every prompt | `%liara /tools on in_stock`, `/tools off in_stock`; `/tools` lists them |
| Python | `liara.Chat(tools=[in_stock, "rows"])`, `chat.ask(..., tools=[...])` for one ask |

Nothing is offered until it is named. Definitions as JSON, in `tools=[{{...}}]` or `--tools`, are sent as they are,
and their calls are yours to answer: `reply.tool_calls` has them. `--tool-choice` and `--no-parallel-tool-calls`
work as on the API page; a wish that a tool *must* be called is for the first request of a turn, since with it the
model could never answer.

Tools that come with the extension read the notebook and change nothing: `describe(name)`, `rows(name, n)`,
`value_counts(name, column)`, `columns(name)`, `cell(n)`, `last_error()`. They take the name of a variable, no
expression.

## Your word

`tool_approval` (`%liara /set tool_approval`, `Chat(..., tool_approval=...)`) is `ask` unless you change it: the
kernel asks, with the name and the arguments in full, and you answer yes, no, or always in this session.
`@liara.tool(approval=...)` says otherwise for one tool; `deny` of the session counts for all. The tools that only
read are not asked about. Where nobody can be asked (nbclient, papermill, a script without a terminal, a thread),
`ask` means no, and the reply says so. An interrupt at the question is a no, and stops the turn. Code that you run
can grant approval; a notebook's file, its metadata and a saved conversation cannot.

## What happens to a call

Arguments are checked by the schema before the function sees them; wrong ones go back to the model as an error. What a
model wrote that is no JSON object is shown and kept as it is, and goes back as the text `not_a_json_object` in one,
since some gateways refuse a request with anything else.

Several calls of one reply run one after the other. A result goes back as text: texts as they are, plain values as
JSON, tables and other objects described, pictures and figures as images where the model takes them. It is cut at 20,000
characters, says so, and loses what looks like a secret. An exception is one sentence for the model and a folded
traceback for you.

The loop ends with an answer, after `max_tool_rounds` (8) rounds, after three rounds in which no call could be run,
or where a budget has no room; the last request then asks for an answer without tools. Of more than 32 calls at once
none is run. All of it is one turn, with one row in the ledger for each request. An interrupt leaves a conversation
that is valid.

## Where tools run, and for how long

| | in a cell | `await chat.aask(...)`, the panel |
| --- | --- | --- |
| function | on the main thread; what it prints and shows is folded under its line | on a thread of its own |
| `async` function | on the extension's own loop | the same |
| `async`, `loop="kernel"` | on the kernel's loop, nested into it | on the extension's own loop |

A call may take `tool_timeout` (30) seconds. On the main thread the limit is a SIGALRM, which Python looks at
between two of its own steps: code that waits inside a C library ends when the library returns, and on Windows only
the interrupt ends it. A function on another thread cannot be ended at all: it is left to itself, and its result is
dropped. An async function is cancelled; one that blocks holds up the extension's loop until it returns.

`loop="kernel"` is for objects that belong to the kernel's loop, such as a database pool that an earlier cell opened
with `await`. It needs [nest-asyncio2](https://pypi.org/project/nest-asyncio2/), which changes asyncio for the whole
process; everything it changed is put back when the tool has ended. Run All loses no cell by it on ipykernel 6.17
and 7.4 (a test says so).

## What type hint gives what schema

With these classes:

```python
{_CLASSES}```

{table(("type hint", "JSON Schema"), _rows())}

pydantic models of both versions give the schema that they have themselves. Values go the way back: a function with a
parameter of type `Point` gets a `Point`.
"""
