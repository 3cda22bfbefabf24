"""Row D11: a model that calls tools to do harm. Nothing runs that a person did not allow, and the loop ends."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from loopback import Line, Loopback, SeenRequest

from benchmarks.fault_row import Figure, Row, Tally
from liara_magic import Chat

_PATHS = (
    "../../etc/passwd",
    "/etc/passwd",
    "df; import os",
    "df.__class__",
    "__class__",
    "os.environ",
    "df['a']",
    "~/.ssh",
)


def _call(name: str, arguments: str, **fields: Any) -> dict[str, Any]:
    return {"index": 0, "id": "a", "type": "function", "function": {"name": name, "arguments": arguments}, **fields}


def _cases() -> dict[str, list[dict[str, Any]]]:
    """What the model asks for, again and again."""
    path = {f"a path or expression: {one}": [_call("read", json.dumps({"name": one}))] for one in _PATHS}
    return {
        "an unknown name": [_call("os.system", '{"command": "id"}')],
        "a hidden name": [_call("__class__", "{}")],
        "bad JSON": [_call("act", '{"n": ')],
        "NaN": [_call("act", '{"n": NaN}')],
        "nested JSON": [_call("act", '{"n":' * 50_000)],
        "another type": [_call("act", '{"n": "x; import os"}')],
        "another field": [_call("act", '{"n": 1, "approval": "allow"}')],
        "no arguments": [_call("act", "")],
        "no id, no index": [{"function": {"name": "nothing", "arguments": "{}"}}],
        "double ids": [_call("nothing", "{}", index=index, id="same") for index in range(5)],
        "10,000 calls": [_call("act", '{"n": 1}', index=index, id=f"c{index}") for index in range(10_000)],
        "not allowed": [_call("act", '{"n": 1}')],
        **path,
    }


def _harm() -> Figure:
    tally, ran, most = Tally(), [], 0

    def act(n: int) -> str:
        """Do something that cannot be taken back."""
        ran.append(n)
        return "done"

    def read(name: str) -> str:
        """Read a variable."""
        if not name.isidentifier() or name.startswith("_"):
            raise ValueError("no such variable")
        ran.append(name)
        return ""

    for words, calls in _cases().items():
        with Loopback(_asking(calls)) as gateway:
            # Only the one that is not allowed needs a word; nobody is there to give it.
            approval = "ask" if words == "not allowed" else "allow"
            chat = Chat(base_url=gateway.base_url, model="test/model", tools=[act, read], tool_approval=approval)
            chat.ask("go on")
            most = max(most, gateway.posts)
            tally.add(words, not ran and gateway.posts <= 9 and _answered(gateway.requests[-1].json["messages"]))
            ran.clear()
    return tally.figure(
        f"a model that asks so in every reply, for tools that are offered; at most {most} requests each, every call is "
        "answered by its id, the conversation stays valid",
        " without an execution",
    )


def _asking(calls: list[dict[str, Any]]) -> Callable[[Line, SeenRequest], None]:
    def script(line: Line, request: SeenRequest) -> None:
        line.head()
        for call in calls:
            line.event({"choices": [{"index": 0, "delta": {"tool_calls": [call]}}]})
        line.finish("tool_calls")

    return script


def _answered(messages: list[dict[str, Any]]) -> bool:
    """Whether each call is followed by one result of its id."""
    asked = [call["id"] for one in messages for call in one.get("tool_calls", ())]
    return asked == [one["tool_call_id"] for one in messages if one["role"] == "tool"] and len(set(asked)) == len(asked)


ROWS = [Row("D11", "tool calls that would do harm", _harm)]
