"""What can follow a flag, for the Tab key: formats, variables, types, saved prompts, words of the API page."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from ..protocol.parameters import SETTABLE
from ..session.formats import FORMATS

Namespace = Mapping[str, Any]

_NOTEBOOK = ("In[", "Out[", "Err")
#: The shell's own names in a namespace, beside those that begin with an underscore.
_OF_THE_SHELL = frozenset(("In", "Out", "get_ipython", "exit", "quit", "open", "display"))
_MOST_FILES = 100
_PART_OF_TYPE = re.compile(r"(?:.*[\[,| ])?(?=[^\[,| ]*\Z)", re.DOTALL)


def values_of(spelling: str, word: str, namespace: Namespace) -> Iterable[str]:
    """What ``word`` after the flag can become, whole; nothing where only the person knows."""
    found = _VALUES.get(spelling)
    return found(word, namespace) if found else ()


def fields_of(template: str, word: str, namespace: Namespace) -> Iterable[str]:
    """``field=`` for each field of a template, and behind it the notebook's variables."""
    from ..protocol.errors import LiaraError
    from .templates import PROMPT, template_named

    field, equals, value = word.partition("=")
    if equals:
        return [f"{field}={name}" for name in _attachable(value, namespace)]
    try:
        return [f"{name}=" for name in template_named(template).fields if name != PROMPT]
    except LiaraError:
        return ()


def _variables(word: str, namespace: Namespace) -> list[str]:
    names = [name for name in namespace if not name.startswith("_") and name not in _OF_THE_SHELL]
    return sorted(names)


def _attachable(word: str, namespace: Namespace) -> list[str]:
    """Variables that are no modules, the notebook's own, and files."""
    values = [name for name in _variables(word, namespace) if type(namespace[name]).__name__ != "module"]
    return [*values, *_NOTEBOOK, *_files(word)]


def _files(word: str) -> list[str]:
    """Names of files that begin as ``word``; those with a space would be two words."""
    folder = word[: word.rindex("/") + 1] if "/" in word else ""
    try:
        found = [entry for entry, _ in zip(Path(os.path.expanduser(folder or ".")).iterdir(), range(10 * _MOST_FILES))]  # noqa: B905
        names = [folder + entry.name + ("/" if entry.is_dir() else "") for entry in found]
    except OSError:
        return []
    shown = [name for name in names if name.startswith(word) and not re.search(r"\s", name)]
    hidden = word[len(folder) :].startswith(".")
    return sorted(name for name in shown if hidden or not name[len(folder) :].startswith("."))[:_MOST_FILES]


def _types(word: str, namespace: Namespace) -> list[str]:
    """Classes of the notebook and dicts that look like schemas, also inside ``list[...]`` and ``table[...]``."""
    match = _PART_OF_TYPE.match(word)
    before = match[0] if match else ""
    names = [name for name in _variables(word, namespace) if _describes(namespace[name])]
    whole = [f"{before}{name}" for name in names]
    return whole if before else [*whole, "list[", "table["]


def _describes(value: object) -> bool:
    if type(value) is dict:
        return "type" in value or "properties" in value or "$ref" in value
    return isinstance(value, type)


def _templates(word: str, namespace: Namespace) -> list[str]:
    from .templates import template_files

    return sorted(template_files())


def _words(choices: tuple[str, ...]) -> Callable[[str, Namespace], Iterable[str]]:
    return lambda word, namespace: choices


_VALUES: dict[str, Callable[[str, Namespace], Iterable[str]]] = {
    **dict.fromkeys(("-f", "--format"), _words(tuple(FORMATS))),
    **dict.fromkeys(("-a", "--attach"), _attachable),
    **dict.fromkeys(("-o", "--out"), _variables),
    "--schema": _types,
    "--template": _templates,
    **{flag: _words(row.choices) for row in SETTABLE if row.choices for flag in row.flags},
}
