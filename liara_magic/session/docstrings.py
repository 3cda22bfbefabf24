"""What a docstring says about a function and each of its parameters, in Google's, NumPy's or reST's form."""

from __future__ import annotations

import inspect
import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass, field

_PARAMETERS = r"(?:keyword\s+)?(?:args|arguments|params|parameters|attributes)"
_OTHERS = (
    r"returns?|raises?|yields?|examples?|notes?|warnings?|see also|references|todo|attributes|methods|warns|receives|"
    r"other parameters"
)
_GOOGLE = re.compile(rf"^({_PARAMETERS}|{_OTHERS}):\s*$", re.IGNORECASE)
_NUMPY = re.compile(rf"^({_PARAMETERS}|{_OTHERS})\s*$", re.IGNORECASE)
_RULE = re.compile(r"^\s*-{3,}\s*$")
_REST = re.compile(r"^:(\w+)\s*([^:]*):\s*(.*)$")
_GOOGLE_ENTRY = re.compile(r"^\*{0,2}(\w+)\s*(?:\([^)]*\)|\[[^\]]*\])?\s*:\s*(.*)$")
_NUMPY_ENTRY = re.compile(r"^\*{0,2}(\w+(?:\s*,\s*\w+)*)\s*(?::.*)?$")


@dataclass
class Docstring:
    """``summary`` is what stands before the first section; ``parameters`` the words about each."""

    summary: str = ""
    parameters: dict[str, str] = field(default_factory=dict)


def read_docstring(text: str | None) -> Docstring:
    """The docstring in ``text``, whose form is found out by its headings."""
    lines = inspect.cleandoc(text or "").split("\n")
    found, summary = Docstring(), []
    position, in_summary = 0, True
    while position < len(lines):
        line = lines[position]
        following = lines[position + 1] if position + 1 < len(lines) else ""
        if match := _GOOGLE.match(line):
            body, position = _section(lines, position + 1, lambda one: bool(one.strip()) and not one[0].isspace())
            if re.fullmatch(_PARAMETERS, match[1], re.IGNORECASE):
                _read_entries(body, _GOOGLE_ENTRY, found)
        elif (match := _NUMPY.match(line)) and _RULE.match(following):
            body, position = _section(lines, position + 2, _is_numpy_heading(lines))
            if re.fullmatch(_PARAMETERS, match[1], re.IGNORECASE):
                _read_entries(body, _NUMPY_ENTRY, found)
        elif match := _REST.match(line):
            body, position = _section(lines, position + 1, lambda one: bool(_REST.match(one)) or not one.strip())
            words = match[2].split()
            if match[1] in ("param", "parameter", "arg", "argument", "key", "keyword") and words:
                found.parameters[words[-1].lstrip("*")] = _words([match[3], *body])
        else:
            summary += [line] if in_summary else []
            position += 1
            continue
        in_summary = False
    found.summary = "\n".join(summary).strip()
    return found


def _section(lines: list[str], start: int, ends: Callable[[str], bool]) -> tuple[list[str], int]:
    """The lines from ``start`` to where ``ends`` says that another thing begins, and the place of that."""
    position = start
    while position < len(lines) and not ends(lines[position]):
        position += 1
    return lines[start:position], position


def _is_numpy_heading(lines: list[str]) -> Callable[[str], bool]:
    headings = {line for line, after in itertools.pairwise(lines) if _RULE.match(after) and line.strip()}
    return lambda line: line in headings


def _read_entries(lines: list[str], entry: re.Pattern[str], found: Docstring) -> None:
    """Entries begin at the least indentation; what is indented deeper goes on."""
    margin = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    names: list[str] = []
    told: list[str] = []

    def keep() -> None:
        for name in names:
            found.parameters[name] = _words(told)

    for line in lines:
        is_entry = line.strip() and len(line) - len(line.lstrip()) == margin
        match = entry.match(line.strip()) if is_entry else None
        if match:
            keep()
            names = [name.strip() for name in match[1].split(",")]
            told = [match[2]] if match.re.groups > 1 else []
        else:
            told.append(line)
    keep()


def _words(lines: list[str]) -> str:
    return " ".join(" ".join(lines).split())
