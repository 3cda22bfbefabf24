"""The flags of ``%%liara`` and ``%liara``, and what each notes. They derive from the parameter table."""

from __future__ import annotations

import json
from typing import Any

from ..protocol.checks import latin_digits, parse, read_json, read_toman
from ..protocol.errors import LiaraUsageError
from ..protocol.parameters import BY_NAME, REQUIRED, SETTABLE, Parameter
from .answer_flags import ANSWER_FLAGS
from .flags import Flag, Store


def _stored(name: str) -> Store:
    def store(found: dict[str, Any], text: str, said_as: str) -> None:
        found[name] = text

    return store


def _switched(name: str, value: bool) -> Store:
    def store(found: dict[str, Any], text: str, said_as: str) -> None:
        found[name] = value

    return store


def _wanted(name: str, value: Any = None) -> Store:
    """Note what goes along: ``value``, or the text, which adds to what is there if several may go."""

    def store(found: dict[str, Any], text: str, said_as: str) -> None:
        wanted = found["wanted"]
        if value is not None:
            wanted[name] = value
        elif name == "cells":
            wanted[name] = _count(text, said_as)
        else:
            wanted[name] = (*wanted.get(name, ()), text)

    return store


def _max_cost(found: dict[str, Any], text: str, said_as: str) -> None:
    found["max_cost"] = read_toman(text, said_as)


def _count(text: str, said_as: str) -> int:
    try:
        count = int(latin_digits(text))
    except ValueError:
        count = 0
    if count < 1:
        raise LiaraUsageError(f"{said_as} is {text:.40}, but must be a whole number from 1 up.")
    return count


def _parameter(row: Parameter) -> Store:
    def store(found: dict[str, Any], text: str, said_as: str) -> None:
        value = parse(row, text, said_as)
        before = found["parameters"].get(row.name)
        if row.kind == "texts" and before is not None:  # a repeatable flag
            value = [*([before] if isinstance(before, str) else before), value]
            parse(row, json.dumps(value), said_as)
        found["parameters"][row.name] = value

    return store


def _any_parameter(found: dict[str, Any], text: str, said_as: str) -> None:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise LiaraUsageError(
            f"{said_as} {text:.60} is not KEY=VALUE.", hint="Such as -p min_p=0.1; VALUE is JSON or text."
        )
    if name in REQUIRED:
        raise LiaraUsageError(
            f"{said_as} cannot set {name}.", hint="The prompt makes the messages, -m names the model."
        )
    if name in BY_NAME:
        found["parameters"][name] = parse(BY_NAME[name], value, said_as)
        return
    try:
        found["parameters"][name] = read_json(value)
    except ValueError:
        found["parameters"][name] = value


def _parameter_flags(row: Parameter) -> list[Flag]:
    if row.kind != "boolean":
        expected = row.expected[0].upper() + row.expected[1:]
        return [Flag(row.flags, f"{row.help} {expected}.", _parameter(row))]

    def switch(value: bool) -> Store:
        def store(found: dict[str, Any], text: str, said_as: str) -> None:
            found["parameters"][row.name] = value

        return store

    on = Flag(row.flags, row.help, switch(True), values=0)
    return [on, Flag(("--no-" + row.flag[2:],), f"Not {row.flag}.", switch(False), values=0)]


FLAGS: tuple[Flag, ...] = (
    Flag(BY_NAME["model"].flags, "The model that answers this prompt.", _stored("model")),
    Flag(("-s", "--system"), "The system prompt for this prompt.", _stored("system")),
    Flag(("--chat",), "Ask in another conversation, by its name; it begins if there is none.", _stored("chat")),
    Flag(("--fresh",), "Ask outside the conversation.", _switched("fresh", True), values=0),
    Flag(("--max-cost",), "Toman that this request may cost at most: it is refused, or stopped, beyond.", _max_cost),
    Flag(
        ("-c", "--cells"),
        "Send the last N executed cells along, with what they printed and showed; 5 without a number.",
        _wanted("cells"),
        usual="5",
    ),
    Flag(
        ("-a", "--attach"),
        "Send something along: a variable or expression, In[3], Out[3], Err, a file, or a URL; repeatable.",
        _wanted("attach"),
    ),
    Flag(("--error",), "Send the last error along, with its cell.", _wanted("error", True), values=0),
    Flag(("--plot",), "Send the last figure along, as an image.", _wanted("plot", True), values=0),
    Flag(
        ("-T", "--tool"),
        "Let the model ask for a function, by its name: one of the notebook's, or one that reads it (describe, rows, "
        "value_counts, columns, cell, last_error); repeatable.",
        _wanted("tools"),
    ),
    *ANSWER_FLAGS,
    Flag(
        ("--replay",),
        "Answer from the stored reply to the identical request, free; store the reply if there is none.",
        _switched("replay", True),
        values=0,
    ),
    Flag(
        ("--no-replay",), "Ask anew where replay is on, and store the new reply.", _switched("replay", False), values=0
    ),
    Flag(
        ("--hide-reasoning",),
        "Do not show what the model thinks before it answers; `reply.reasoning` has it.",
        _switched("hide_reasoning", True),
        values=0,
    ),
    Flag(
        ("--verbose",),
        "Show what was sent, and the details of the usage line unfolded.",
        _switched("verbose", True),
        values=0,
    ),
    Flag(("--dry-run",), "Show what would be sent, and send nothing.", _wanted("dry_run", True), values=0),
    *(flag for row in SETTABLE for flag in _parameter_flags(row)),
    Flag(
        ("-p", "--param"), "KEY=VALUE: anything else the gateway may accept; VALUE is JSON, else text.", _any_parameter
    ),
)
