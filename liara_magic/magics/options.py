"""The flags of ``%%liara`` and ``%liara``: from a line to an :class:`Ask`. They derive from the parameter table."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from ..protocol.checks import latin_digits, parse, read_json, read_toman
from ..protocol.errors import LiaraUsageError, nearest
from ..protocol.parameters import BY_NAME, REQUIRED, SETTABLE, Parameter
from ..session.ask import Ask, Wanted
from .answer_flags import ANSWER_FLAGS, check_answer, take_fields
from .flags import Flag

# A word: text up to the next space, which may stand in quotes if they enclose the whole of it, or of what follows an
# equals sign. Any other quote is a letter like the rest.
_WORD = re.compile(r"""(?P<key>[^\s"'=]+=)?(?P<quoted>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')(?=\s|$)|\S+""")
# Chat programs and word processors turn hyphens into dashes, and two of them into a long one.
_FLAG = re.compile(r"(?P<dashes>[-–—−‐‑]+)(?P<name>[^\s=–—−‐‑-][^\s=]*)(?P<equals>=?)")
_HYPHENS = str.maketrans("–—−‐‑", "-----")
_COUNT = re.compile(r"\s*\d+(?=\s|$)")
_KEY = re.compile(r"[^\s={}\[\]\"']+=(?=[{\[])")


def _stored(name: str) -> Callable[[dict[str, Any], str, str], None]:
    def store(found: dict[str, Any], text: str, said_as: str) -> None:
        found[name] = text

    return store


def _switched(name: str, value: bool) -> Callable[[dict[str, Any], str, str], None]:
    def store(found: dict[str, Any], text: str, said_as: str) -> None:
        found[name] = value

    return store


def _wanted(name: str, value: Any = None) -> Callable[[dict[str, Any], str, str], None]:
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
_BY_SPELLING = {spelling: flag for flag in FLAGS for spelling in flag.spellings}


def parse_line(line: str) -> Ask:
    """``%liara``: flags, then the prompt exactly as it was typed."""
    found, rest = _read_flags(line)
    return _asked(found, rest)


def parse_cell(line: str, cell: str) -> Ask:
    """``%%liara``: an optional model and flags on the line, the prompt in the cell."""
    found, rest = _read_flags(line)
    if rest and "model" not in found:
        found["model"], rest = _take_word(rest)
        found, rest = _read_flags(rest, found)
    if rest:
        raise LiaraUsageError(
            f"“{rest:.40}” stands on the %%liara line, which takes a model and flags.",
            hint="Write the prompt below it, or ask on one line with %liara.",
        )
    return _asked(found, cell)


def _asked(found: dict[str, Any], prompt: str) -> Ask:
    ask = Ask(prompt=prompt, **{**found, "wanted": Wanted(**found["wanted"])})
    return check_answer(ask)


def _read_flags(line: str, found: dict[str, Any] | None = None) -> tuple[dict[str, Any], str]:
    """The flags at the beginning of ``line``, added to ``found``, and what follows them."""
    found = {"parameters": {}, "wanted": {}} if found is None else found
    rest = line.strip()
    while match := _FLAG.match(rest):
        flag, spelling = _find_flag(match["dashes"], match["name"])
        rest = rest[match.end() :]
        value = ""
        if match["equals"] and not flag.values:
            raise LiaraUsageError(f"{spelling} takes no value.")
        if flag.usual and not match["equals"] and not _COUNT.match(rest):
            value = flag.usual
        elif flag.values and (rest.strip() or not match["equals"]):
            value, rest = _take_value(rest if match["equals"] else rest.lstrip(), spelling)
        flag.store(found, value, spelling)
        rest = rest.lstrip()
        if "template" in found["wanted"]:
            rest = take_fields(found, rest, _take_word)
    return found, rest.removeprefix("--").lstrip() if re.match(r"--(\s|$)", rest) else rest


def _find_flag(dashes: str, name: str) -> tuple[Flag, str]:
    """The flag and its right spelling."""
    name = name.translate(_HYPHENS)
    spellings = [dashes.translate(_HYPHENS) + name]
    if dashes in "–—−‐‑":  # one dash may stand for one hyphen or for two
        spellings.append("--" + name)
    for spelling in spellings:
        if spelling in _BY_SPELLING:
            return _BY_SPELLING[spelling], spelling
    hint = nearest(spellings[-1], _BY_SPELLING)
    raise LiaraUsageError(
        f"There is no flag {spellings[-1]:.40}.",
        hint=hint or "%liara /help lists all flags. A prompt that begins with a dash follows --.",
    )


def _take_value(rest: str, spelling: str) -> tuple[str, str]:
    """The next value, and what follows: JSON as far as it goes, also behind a key; else a word."""
    key = _KEY.match(rest)
    start = key.end() if key else 0
    if rest[start : start + 1] in ("{", "["):
        try:
            _, end = json.JSONDecoder().raw_decode(rest, start)
            return rest[:end], rest[end:]
        except (ValueError, RecursionError):
            pass
    if not rest:
        raise LiaraUsageError(f"{spelling} needs a value.", hint=f"Such as {spelling} VALUE; %liara /help says which.")
    return _take_word(rest)


def _take_word(rest: str) -> tuple[str, str]:
    """The next word without its quotes, and what follows; empty if a space comes first."""
    match = _WORD.match(rest)
    if match is None:
        return "", rest
    word = match[0]
    if match["quoted"]:
        word = (match["key"] or "") + re.sub(r"\\([\"'\\])", r"\1", match["quoted"][1:-1])
    return word, rest[match.end() :]
