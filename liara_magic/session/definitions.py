"""The definitions of a JSON Schema: the parts that have a name, so that they can be used twice or name themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

Schema = dict[str, Any]

_PLACE = "#/$defs/"


class Definitions:
    """Named parts of a schema, as they are found."""

    def __init__(self) -> None:
        self._named: dict[str, Schema] = {}

    def __setitem__(self, name: str, schema: Schema) -> None:
        self._named[name] = schema

    def reserve(self, name: str) -> str:
        """``name``, or if another definition has it, the next name with a number; nobody else gets it."""
        free, number = name, 1
        while free in self._named:
            number += 1
            free = f"{name}_{number}"
        self._named[free] = {}
        return free

    def adopted(self, schema: Schema) -> Schema:
        """A schema from elsewhere, whose definitions become ours under names that are free."""
        own = {**schema.pop("definitions", {}), **schema.pop("$defs", {})}
        renamed = {name: self.reserve(name) for name in own}
        for name, one in own.items():
            self[renamed[name]] = _renamed(one, renamed)
        adopted: Schema = _renamed(schema, renamed)
        return dict(self._named[_target(adopted)]) if _target(adopted) else adopted

    def joined(self, schema: Schema) -> Schema:
        """``schema`` with the definitions it points to; one that is used once stands where it is used."""
        used: Counter[str] = Counter()
        for one in (schema, *self._named.values()):
            _count_uses(one, used)
        once = {name: one for name, one in self._named.items() if used[name] == 1}
        kept = {name: one for name, one in self._named.items() if used[name] > 1}
        whole: Schema = _inlined(schema, once)
        if _target(whole):  # a gateway wants to see at the root that it is an object
            whole = _inlined(kept[_target(whole)], once)
        definitions = {name: _inlined(one, once) for name, one in kept.items()}
        return {**whole, "$defs": definitions} if definitions else whole


def pointing_to(name: str) -> Schema:
    """A schema that stands for the definition ``name``."""
    return {"$ref": _PLACE + name}


def _target(schema: Mapping[str, Any]) -> str:
    """The definition that ``schema`` points to, if it does."""
    reference = schema.get("$ref")
    return reference[len(_PLACE) :] if isinstance(reference, str) and reference.startswith(_PLACE) else ""


def _count_uses(value: Any, used: Counter[str]) -> None:
    if isinstance(value, dict):
        used[_target(value)] += 1
    for one in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _count_uses(one, used)


def _inlined(value: Any, once: Mapping[str, Schema]) -> Any:
    if isinstance(value, list):
        return [_inlined(one, once) for one in value]
    if not isinstance(value, dict):
        return value
    name = _target(value)
    if name in once:
        beside = {key: one for key, one in value.items() if key != "$ref"}
        return {**_inlined(once[name], once), **beside}
    return {key: _inlined(one, once) for key, one in value.items()}


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, list):
        return [_renamed(one, names) for one in value]
    if not isinstance(value, dict):
        return value
    renamed = {key: _renamed(one, names) for key, one in value.items()}
    return {**renamed, **pointing_to(names[_target(value)])} if _target(value) in names else renamed
