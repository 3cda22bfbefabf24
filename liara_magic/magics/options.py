"""The flags of ``%%liara`` and ``%liara``: from a line to an :class:`Ask`. They derive from the parameter table."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..chat.session import Ask
from ..protocol.checks import parse
from ..protocol.errors import LiaraUsageError, nearest
from ..protocol.parameters import BY_NAME, SETTABLE, Parameter

# A word: quoted pieces and unquoted ones up to the next space. An unbalanced quote is a letter like any other.
_WORD = re.compile(r"""(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\S)+""")
_QUOTED = re.compile(r""""((?:\\.|[^"\\])*)"|'((?:\\.|[^'\\])*)'""")
# Chat programs and word processors turn hyphens into dashes.
_DASHES = str.maketrans("–—−‐‑", "-----")


@dataclass(frozen=True)
class Flag:
    """A flag: its spellings, its line of help, what it does with its value, and how many values (0 or 1) it takes."""

    spellings: tuple[str, ...]
    help: str
    store: Callable[[dict[str, Any], str, str], None]
    values: int = 1


def _stored(name: str) -> Callable[[dict[str, Any], str, str], None]:
    def store(found: dict[str, Any], text: str, said_as: str) -> None:
        found[name] = text

    return store


def _switched(name: str, value: bool) -> Callable[[dict[str, Any], str, str], None]:
    def store(found: dict[str, Any], text: str, said_as: str) -> None:
        found[name] = value

    return store


def _parameter(row: Parameter) -> Callable[[dict[str, Any], str, str], None]:
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
    if name in BY_NAME and BY_NAME[name] in SETTABLE:
        found["parameters"][name] = parse(BY_NAME[name], value, said_as)
        return
    try:
        found["parameters"][name] = json.loads(value)
    except ValueError:
        found["parameters"][name] = value


def _parameter_flags(row: Parameter) -> list[Flag]:
    if row.kind != "boolean":
        return [Flag(row.flags, f"{row.help} {row.expected.capitalize()}.", _parameter(row))]

    def switch(value: bool) -> Callable[[dict[str, Any], str, str], None]:
        def store(found: dict[str, Any], text: str, said_as: str) -> None:
            found["parameters"][row.name] = value

        return store

    on = Flag(row.flags, row.help, switch(True), values=0)
    return [on, Flag(("--no-" + row.flag[2:],), f"Not {row.flag}.", switch(False), values=0)]


FLAGS: tuple[Flag, ...] = (
    Flag(BY_NAME["model"].flags, "The model that answers this prompt.", _stored("model")),
    Flag(("-s", "--system"), "The system prompt for this prompt.", _stored("system")),
    Flag(("--fresh",), "Ask outside the conversation.", _switched("fresh", True), values=0),
    *(flag for row in SETTABLE for flag in _parameter_flags(row)),
    Flag(
        ("-p", "--param"), "KEY=VALUE: anything else the gateway may accept; VALUE is JSON, else text.", _any_parameter
    ),
)
_BY_SPELLING = {spelling: flag for flag in FLAGS for spelling in flag.spellings}


def parse_line(line: str) -> Ask:
    """``%liara``: flags, then the prompt exactly as it was typed."""
    found, rest = _read_flags(line)
    return Ask(prompt=rest, **found)


def parse_cell(line: str, cell: str) -> Ask:
    """``%%liara``: an optional model and flags on the line, the prompt in the cell."""
    found, rest = _read_flags(line)
    if rest and "model" not in found:
        match = _WORD.match(rest)
        assert match is not None
        found["model"] = _unquoted(match[0])
        later, rest = _read_flags(rest[match.end() :])
        later["parameters"] = {**found["parameters"], **later["parameters"]}
        found = {**found, **later}
    if rest:
        raise LiaraUsageError(
            f"“{rest:.40}” stands on the %%liara line, which takes a model and flags.",
            hint="Write the prompt below it, or ask on one line with %liara.",
        )
    return Ask(prompt=cell, **found)


def _read_flags(line: str) -> tuple[dict[str, Any], str]:
    """The flags at the beginning of ``line``, and what follows them."""
    found: dict[str, Any] = {"parameters": {}}
    rest = line.strip()
    while rest:
        match = _WORD.match(rest)
        assert match is not None
        word = match[0]
        if not word.translate(_DASHES).startswith("-") or word == "-":
            break
        rest = rest[match.end() :].lstrip()
        if word == "--":
            break
        spelling, equals, value = word.partition("=")
        spelling = spelling.translate(_DASHES)
        if spelling not in _BY_SPELLING and spelling == "-" + word[len("-") :] and "-" + spelling in _BY_SPELLING:
            spelling = "-" + spelling  # an em dash stood for two hyphens
        flag = _find_flag(spelling)
        if flag.values and not equals:
            value, rest = _take_value(rest, spelling)
        elif flag.values:
            value = _unquoted(value)
        elif equals:
            raise LiaraUsageError(f"{spelling} takes no value.")
        flag.store(found, value, spelling)
    return found, rest


def _find_flag(spelling: str) -> Flag:
    if spelling in _BY_SPELLING:
        return _BY_SPELLING[spelling]
    raise LiaraUsageError(
        f"There is no flag {spelling:.40}.",
        hint=nearest(spelling, _BY_SPELLING)
        or "%liara /help lists all flags. A prompt that begins with a dash follows --.",
    )


def _take_value(rest: str, spelling: str) -> tuple[str, str]:
    """The next value: JSON as far as it goes, else a word with its quotes taken off."""
    if rest[:1] in ("{", "["):
        try:
            _, end = json.JSONDecoder().raw_decode(rest)
            return rest[:end], rest[end:].lstrip()
        except ValueError:
            pass
    match = _WORD.match(rest)
    if match is None:
        raise LiaraUsageError(f"{spelling} needs a value.", hint=f"Such as {spelling} VALUE; %liara /help says which.")
    return _unquoted(match[0]), rest[match.end() :].lstrip()


def _unquoted(word: str) -> str:
    def inside(match: re.Match[str]) -> str:
        return re.sub(r"\\([\"'\\])", r"\1", match[1] if match[1] is not None else match[2])

    return _QUOTED.sub(inside, word)
