"""Fill ``{name}`` in a prompt from the notebook's variables.

A prompt is data: it is no template, and what cannot be filled stays exactly as it was typed. Filled is a pair of braces
that holds nothing but a name with attributes and constant subscripts, ``{df.columns[0]}``, ``{Out[3]}``, ``{d['a']}``,
``{x[-3:]}``, and only if it resolves in the namespace given. As typed stay:

- whatever stands inside other braces: ``{{x}}``, ``{{ x }}``, JSON, dicts, CSS, the body of a function;
- whatever stands in a code fence, in inline code, in an f-string, or on a line that calls a string's ``format``;
- ``${x}``, ``{{x}``, and what TeX would read as a group: a brace directly after a backslash, a command, ``_``, ``^`` or
  a group that was left, or before ``^`` and ``_{``;
- names of the language, callable builtins, names with two leading underscores, braces with a blank at the edge.

Everything is read once, from left to right, and a value is never looked into: nothing is expanded twice.
"""

from __future__ import annotations

import builtins
import keyword
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

# A subscript: a whole number, a slice of such, or a string without escapes. A string holds no braces, so that no match
# runs past the next brace, and the whole scan stays linear.
_NAME = r"[^\W\d]\w*"
_WHOLE = r"-?(?!0\d)\d{1,18}"
_SLICE = rf"(?:{_WHOLE})? *:(?: *{_WHOLE})?(?: *:(?: *{_WHOLE})?)?"
_KEY = rf"{_WHOLE}|{_SLICE}|'[^'\\{{}}\n]*'|\"[^\"\\{{}}\n]*\""
_EXPRESSION = re.compile(rf"({_NAME})((?:\.{_NAME}|\[ *(?:{_KEY}) *\]){{0,50}})")
_STEP = re.compile(rf"\.({_NAME})|\[ *({_KEY}) *\]")

_BRACE = re.compile(r"[{}]")
_TEX_COMMAND = re.compile(r"\\[A-Za-z@]+\*?(?:\[[^\[\]{}\n]*\])*\Z")
_LONGEST_TEX_COMMAND = 80

_FENCE = re.compile(r"^(?:[ \t>]|[-*+][ \t]|\d{1,9}[.)][ \t])*(`{3,}(?=[^`\n]*$)|~{3,})(.*)$", re.MULTILINE)
_BLANK_LINES = re.compile(r"\n(?:[ \t]*\n)+")
_BACKTICKS = re.compile("`+")
_FORMAT_CALL = re.compile(r"^.*[\"']\.format(?:_map)?\(.*$", re.MULTILINE)
_F_STRING = re.compile(r"(?<!\w)(?:[fFtT][rR]?|[rR][fFtT])(\"{3}|'{3}|\"|')")
# To the end of a string that began on this line. f'(x) and g'(x) are derivatives, and no string.
_END_OF_STRING = {quote: re.compile(rf"[^{quote}\\\n]*(?:\\.[^{quote}\\\n]*)*{quote}(?![\w(])") for quote in ("'", '"')}


@dataclass(frozen=True, slots=True)
class Insert:
    """A filled place: ``source`` as it was typed, ``{df.shape}``, the ``expression`` in it, and its ``value``."""

    source: str
    expression: str
    value: Any = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Interpolated:
    """A prompt in ``pieces``: text as typed, and an :class:`Insert` for each place that is filled.

    ``notes`` name, once each, the expressions that begin with a known name and could still not be read.
    """

    pieces: tuple[str | Insert, ...]
    notes: tuple[str, ...] = ()


def interpolate(prompt: str, namespace: Mapping[str, Any]) -> Interpolated:
    """Find what ``prompt`` names of ``namespace``. Reading an attribute may run a property; nothing is ever called.

    Whatever reading a value raises makes the place stay as typed, with a note; only a KeyboardInterrupt goes on.
    """
    if "{" not in prompt:
        return Interpolated((prompt,) if prompt else ())
    reader = _Reader(namespace)
    pieces: list[str | Insert] = []
    done = 0
    for start, end in _outermost_braces(prompt):
        found = _EXPRESSION.fullmatch(prompt, start + 1, end - 1)
        if not found or _is_other_syntax(prompt, start, end, after_insert=bool(pieces) and done == start):
            continue
        readable, value = reader.read(found)
        if readable:
            if done < start:
                pieces.append(prompt[done:start])
            pieces.append(Insert(prompt[start:end], found[0], value))
            done = end
    if done < len(prompt):
        pieces.append(prompt[done:])
    return Interpolated(tuple(pieces), tuple(reader.notes))


class _Reader:
    """Reads expressions from a namespace, each once, however often a prompt names it."""

    def __init__(self, namespace: Mapping[str, Any]) -> None:
        self.notes: list[str] = []
        self._namespace = namespace
        self._read: dict[str, tuple[bool, Any]] = {}

    def read(self, expression: re.Match[str]) -> tuple[bool, Any]:
        """Whether the expression resolves, and to what."""
        if expression[0] not in self._read:
            self._read[expression[0]] = self._resolve(expression)
        return self._read[expression[0]]

    def _resolve(self, expression: re.Match[str]) -> tuple[bool, Any]:
        name = unicodedata.normalize("NFKC", expression[1])
        if keyword.iskeyword(name) or name.startswith("__") or not name.isidentifier():
            return False, None
        try:
            value = self._namespace[name]
            if hasattr(builtins, name) and callable(value):
                return False, None
        except KeyboardInterrupt:
            raise
        except BaseException:
            return False, None
        steps = [(unicodedata.normalize("NFKC", step[1] or ""), step[2]) for step in _STEP.finditer(expression[2])]
        if any(attribute.startswith("__") for attribute, _ in steps):
            return False, None
        try:
            for attribute, key in steps:
                value = getattr(value, attribute) if attribute else _item(value, key)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            # The error's own words are the value's: they may be long, hold a secret, or raise in their turn.
            self.notes.append(f"{{{expression[0]:.80}}} stays as typed: reading it raised {type(error).__name__}.")
            return False, None
        return True, value


def _item(value: Any, key: str) -> Any:
    if key[0] in "'\"":
        subscript: Any = key[1:-1]
    elif ":" in key:
        subscript = slice(*(int(part) if part.strip() else None for part in key.split(":")))
    else:
        subscript = int(key)
    # Asking a defaultdict for what it lacks would put it there.
    if isinstance(value, dict) and subscript not in value:
        raise KeyError(subscript)
    return value[subscript]


def _outermost_braces(prompt: str) -> list[tuple[int, int]]:
    """Where each pair of braces that stands in no other pair and in no code begins and ends."""
    pairs: list[tuple[int, int]] = []
    opened: list[int] = []
    code = iter(sorted(_code(prompt)))
    code_start, code_end = next(code, (len(prompt), len(prompt)))
    for brace in _BRACE.finditer(prompt):
        position = brace.start()
        while position >= code_end < len(prompt):
            code_start, code_end = next(code, (len(prompt), len(prompt)))
        if code_start <= position < code_end:
            continue
        if brace[0] == "{":
            opened.append(position)
        elif opened:
            start = opened.pop()
            while pairs and pairs[-1][0] > start:
                pairs.pop()
            pairs.append((start, position + 1))
    return pairs


def _is_other_syntax(prompt: str, start: int, end: int, *, after_insert: bool) -> bool:
    """Whether the text around the braces makes them TeX's, a shell's or half of a double brace."""
    before = prompt[start - 1] if start else ""
    if before in {"\\", "$", "_", "^", "{"} or (before == "}" and not after_insert):
        return True
    if prompt.startswith(("^", "_{", "}"), end):
        return True
    return _TEX_COMMAND.search(prompt[max(0, start - _LONGEST_TEX_COMMAND) : start]) is not None


def _code(prompt: str) -> Iterator[tuple[int, int]]:
    """Where the prompt is code by its own marks. The places may overlap."""
    for call in _FORMAT_CALL.finditer(prompt):
        yield call.span()
    done = 0
    for start, end in _fences(prompt):
        yield start, end
        yield from _code_between(prompt, done, start)
        done = end
    yield from _code_between(prompt, done, len(prompt))


def _fences(prompt: str) -> Iterator[tuple[int, int]]:
    """Each fenced block. As in Markdown, one that is never closed runs to the end."""
    start, marks = -1, ""
    for fence in _FENCE.finditer(prompt):
        if start < 0:
            start, marks = fence.start(), fence[1]
        elif fence[1].startswith(marks) and not fence[2].strip():
            yield start, fence.end()
            start = -1
    if start >= 0:
        yield start, len(prompt)


def _code_between(prompt: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The f-strings and the inline code of a part without fences."""
    yield from _f_strings(prompt, start, end)
    for blank in _BLANK_LINES.finditer(prompt, start, end):
        yield from _inline_code(prompt, start, blank.start())
        start = blank.end()
    yield from _inline_code(prompt, start, end)


def _inline_code(prompt: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """What stands between two runs of equally many backticks in one paragraph."""
    runs = [run.span() for run in _BACKTICKS.finditer(prompt, start, end)]
    closing: dict[int, int] = {}
    partner = [0] * len(runs)
    for index in range(len(runs) - 1, -1, -1):
        length = runs[index][1] - runs[index][0]
        partner[index] = closing.get(length, 0)
        closing[length] = index
    index = 0
    while index < len(runs):
        if partner[index]:
            yield runs[index][0], runs[partner[index]][1]
            index = partner[index]
        index += 1


def _f_strings(prompt: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while opening := _F_STRING.search(prompt, start, end):
        start = opening.end()
        if len(opening[1]) == 3:
            close = prompt.find(opening[1], start, end)
            finish = close + 3 if close >= 0 else -1
        else:
            closing = _END_OF_STRING[opening[1]].match(prompt, start, end)
            finish = closing.end() if closing else -1
        if finish >= 0:
            yield opening.start(), finish
            start = finish
