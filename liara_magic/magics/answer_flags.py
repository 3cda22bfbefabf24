"""The flags that say what becomes of a reply, and the one that begins with a saved prompt."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..protocol.checks import latin_digits
from ..protocol.errors import LiaraUsageError, nearest
from ..session.formats import FORMATS
from .flags import Flag, Store

if TYPE_CHECKING:
    from ..session.ask import Ask

_FIELD = re.compile(r"[^\W\d]\w*=(?!=)")


def _noted(name: str) -> Store:
    def store(found: dict[str, Any], text: str, said_as: str) -> None:
        if not text.strip():
            raise LiaraUsageError(f"{said_as} needs a value.")
        found["wanted"][name] = text.strip()

    return store


def _format(found: dict[str, Any], text: str, said_as: str) -> None:
    """``json``, ``code``, ``code:2``."""
    name, colon, number = text.strip().lower().partition(":")
    if name not in FORMATS:
        hint = nearest(name, FORMATS) or f"It is one of {', '.join(FORMATS)}."
        raise LiaraUsageError(f"{said_as} is {text:.40}, which is no format.", hint=hint)
    found["format"] = name
    if colon:
        digits = latin_digits(number)
        if name != "code" or not digits.isdecimal() or int(digits) < 1:
            raise LiaraUsageError(
                f"{said_as} is {text:.40}, which names no block of code.", hint="Such as -f code:2 for the second one."
            )
        found["wanted"]["block"] = int(digits)


def _out(found: dict[str, Any], text: str, said_as: str) -> None:
    name = text.strip()
    if not name.isidentifier() or keyword.iskeyword(name):
        raise LiaraUsageError(
            f"{said_as} is {text:.40}, which cannot be the name of a variable.", hint="Such as -o answer."
        )
    found["wanted"]["out"] = name


ANSWER_FLAGS: tuple[Flag, ...] = (
    Flag(
        ("-f", "--format"),
        "The format of the reply: " + "; ".join(f"`{name}`: {one.help}" for name, one in FORMATS.items()) + ".",
        _format,
    ),
    Flag(
        ("-o", "--out"),
        "Put the reply into a variable of this name: its text, the code, the parsed value, or the images.",
        _out,
    ),
    Flag(
        ("--template",),
        "Ask by a saved prompt, with its fields: `--template explain-table table=df`; /templates lists them.",
        _noted("template"),
    ),
    Flag(
        ("--schema",),
        "What the value of the reply must be, by its name in the notebook: a dataclass, TypedDict, pydantic model, "
        "list[Row], table[Row] for a DataFrame, or a dict with a JSON Schema. The reply is JSON, checked, and "
        "reply.value is the object.",
        _noted("schema"),
    ),
)


def take_fields(found: dict[str, Any], rest: str, take_word: Callable[[str], tuple[str, str]]) -> str:
    """Note the fields of a template, ``name=value``, at the beginning of ``rest``; returns what follows them."""
    while match := _FIELD.match(rest):
        value, rest = take_word(rest[match.end() :])
        found["wanted"]["fields"] = (*found["wanted"].get("fields", ()), (match[0][:-1], value))
        rest = rest.lstrip()
    return rest


def check_answer(ask: Ask) -> Ask:
    """``ask``, if what its flags say of the answer goes together, with what a person should know of them."""
    if ask.wanted.schema and ask.format not in ("json", "markdown"):
        raise LiaraUsageError(
            f"--schema asks for JSON and -f for {ask.format}.", hint="Leave one of them out: --schema is -f json too."
        )
    if ask.wanted.schema:
        ask = replace(ask, format="json")
    out = ask.wanted.out
    if out and hasattr(builtins, out):
        note = f"-o {out} hides Python's own {out} in this notebook; del {out} brings it back."
        return replace(ask, notes=(*ask.notes, note))
    return ask
