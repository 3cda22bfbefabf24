"""``sandbox/tools``: it calls the tools it is given, with arguments made from their schemas, and says what came."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from .sandbox_values import json_value

_MOST = 3
_NAMED = re.compile(r"[`\"'«“](\w[\w .-]{0,60})[`\"'»”]")
_NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?![\w.])")
_SHORT = 120


def calls_for(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The calls, as the API has them: of the tools that the prompt names, else of the first few.

    None when the last message brings results, when ``tool_choice`` forbids it, and when there are no tools.
    """
    messages = body["messages"]
    if body.get("tool_choice") == "none" or any(one["role"] == "tool" for one in _since_prompt(messages)):
        return []
    prompt = _text(_prompt(messages))
    offered = [one for one in map(_function, body.get("tools") or body.get("functions") or ()) if one.get("name")]
    named = [one for one in offered if re.search(rf"(?<!\w){re.escape(str(one['name']))}(?!\w)", prompt)]
    wanted = body.get("tool_choice")
    if isinstance(wanted, dict):
        named = [one for one in offered if one["name"] == _function(wanted).get("name")]
    return [_call(one, prompt, number) for number, one in enumerate((named or offered)[:_MOST])]


def fragments(calls: list[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], str]]:
    """The calls as a stream brings them: id and name once, then the arguments piece by piece."""
    for index, call in enumerate(calls):
        arguments = call["function"]["arguments"]
        yield (
            {"tool_calls": [{**call, "index": index, "function": {"name": call["function"]["name"], "arguments": ""}}]},
            "",
        )
        for piece in re.findall(r".{1,8}", arguments, re.DOTALL):
            yield {"tool_calls": [{"index": index, "function": {"arguments": piece}}]}, ""


def results_said(body: Mapping[str, Any]) -> str:
    """The answer: which tools were called and what they returned."""
    recent = _since_prompt(body["messages"])
    names = {call["id"]: call["function"]["name"] for one in recent for call in one.get("tool_calls") or ()}
    results = [one for one in recent if one["role"] == "tool"]
    if not results:
        return "This is the **sandbox**. It was offered no tools: `--tool NAME` or `/tools on NAME` offers one."
    lines = [f"| `{names.get(one.get('tool_call_id'), '?')}` | {_cell(_text(one))} |" for one in results]
    count = f"{len(results)} call{'s' * (len(results) > 1)}"
    return (
        f"This is the **sandbox**, which knows no more than what the tools said. It made {count}:\n\n"
        "| tool | result |\n| --- | --- |\n" + "\n".join(lines)
    )


def _since_prompt(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What follows the last prompt. A message that brings pictures of tools stands behind their results."""
    for place in range(len(messages) - 1, -1, -1):
        if messages[place]["role"] == "user" and (place == 0 or messages[place - 1]["role"] != "tool"):
            return messages[place + 1 :]
    return []


def _prompt(messages: list[dict[str, Any]]) -> dict[str, Any]:
    count = len(_since_prompt(messages))
    return messages[len(messages) - count - 1] if count < len(messages) else {}


def _text(message: Mapping[str, Any]) -> str:
    content = message.get("content") or ""
    if isinstance(content, list):
        return "\n".join(part["text"] for part in content if isinstance(part.get("text"), str))
    return str(content)


def _function(definition: Any) -> Mapping[str, Any]:
    found = definition.get("function", definition) if isinstance(definition, Mapping) else {}
    return found if isinstance(found, Mapping) else {}


def _call(function: Mapping[str, Any], prompt: str, number: int) -> dict[str, Any]:
    schema = function.get("parameters") or {"type": "object"}
    made = json_value(schema, prompt)
    arguments = _lent(made if isinstance(made, dict) else {}, schema, prompt, str(function["name"]))
    text = json.dumps(arguments, ensure_ascii=False)
    return {"id": f"call_{number}", "type": "function", "function": {"name": function["name"], "arguments": text}}


def _lent(arguments: dict[str, Any], schema: Mapping[str, Any], prompt: str, name: str) -> dict[str, Any]:
    """Arguments with what stands in quotes in the prompt, and with its numbers, in their order."""
    texts = [one for one in _NAMED.findall(prompt) if one != name]
    numbers = _NUMBER.findall(prompt)
    for key, kind in schema.get("properties", {}).items():
        plain = isinstance(kind, Mapping) and "enum" not in kind and "format" not in kind
        if plain and kind.get("type") == "string" and texts:
            arguments[key] = texts.pop(0)
        elif plain and kind.get("type") in ("integer", "number") and numbers:
            figure = numbers.pop(0)
            arguments[key] = float(figure) if kind["type"] == "number" else int(float(figure))
    return arguments


def _cell(text: str) -> str:
    words = " ".join(text.replace("|", "\\|").split())
    return words if len(words) <= _SHORT else words[: _SHORT - 1] + "…"
