"""A type hint -> the JSON Schema that says the same to a model."""

from __future__ import annotations

import datetime
import inspect
import json
from collections.abc import Callable, Mapping
from typing import Any, Literal, get_args, get_origin

from ..protocol.errors import LiaraUsageError
from .definitions import Definitions, Schema, pointing_to
from .type_hints import LISTS, NO_DEFAULT, OBJECTS, SETS, Field, Names, fields_of, is_union, kind_of, peeled

_PLAIN: dict[Any, dict[str, Any]] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    type(None): {"type": "null"},
    Any: {},
    object: {},
    datetime.datetime: {"type": "string", "format": "date-time"},
    datetime.date: {"type": "string", "format": "date"},
    datetime.time: {"type": "string", "format": "time"},
}
_TYPES: dict[type, str] = {str: "string", bool: "boolean", int: "integer", float: "number", type(None): "null"}
#: What Annotated may add, by the names of pydantic's Field and annotated_types; lengths are of texts or of lists.
_BOUNDS = {
    "ge": "minimum",
    "gt": "exclusiveMinimum",
    "le": "maximum",
    "lt": "exclusiveMaximum",
    "multiple_of": "multipleOf",
    "pattern": "pattern",
}
_LENGTHS = {"min_length": ("minLength", "minItems"), "max_length": ("maxLength", "maxItems")}
_KNOWN = (
    "What can be described: str, int, float, bool, None, Literal, Enum, Optional, Union, list, tuple, dict, set, "
    "date, datetime, dataclass, TypedDict, NamedTuple, pydantic models, and Any."
)


def schema_of(hint: Any, where: str, names: Mapping[str, Any] | None = None) -> Schema:
    """The JSON Schema of a type hint.

    ``where`` is what has the hint, for the message: ``parameter n of rows``. ``names`` are those that hints in quotes
    may use, such as the notebook's. A dict is a schema already, and stays as it is. Raises :class:`LiaraUsageError` for
    a hint that no schema describes.
    """
    if isinstance(hint, Mapping):
        return dict(hint)
    describer = Describer(Names(names or {}))
    try:
        return describer.finished(describer.schema(hint, where))
    except RecursionError:
        raise LiaraUsageError(
            f"{where} has a type that is made of itself.", hint="Give it a name of its own: a dataclass or a TypedDict."
        ) from None


class Describer:
    """Describes the hints of one schema. Named classes become definitions, of which each is described once."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._definitions = Definitions()
        self._name_of: dict[Any, str] = {}

    def finished(self, schema: Schema) -> Schema:
        """``schema`` with the definitions that it points to."""
        return self._definitions.joined(schema)

    def schema(self, hint: Any, where: str) -> Schema:
        """The schema of ``hint``, which may point to definitions."""
        bare = peeled(self._names.resolved(hint, where))
        schema = self._bare(bare.hint, where)
        for note in bare.notes:
            schema = {**schema, **_added(note, schema)}
        return schema

    def object_of(self, fields: list[Field], named: Callable[[str], str]) -> Schema:
        """An object with ``fields``; ``named`` says for messages what the field of a name is."""
        properties = {}
        for one in fields:
            schema = self.schema(one.hint, named(one.name))
            if one.default is None and not _allows_null(schema):
                schema = {"anyOf": [schema, {"type": "null"}]}
            if one.description:
                schema = {**schema, "description": one.description}
            properties[one.name] = {**schema, **_default(one.default)}
        required = [one.name for one in fields if one.required]
        schema = {"type": "object", "properties": properties}
        return {**schema, **({"required": required} if required else {}), "additionalProperties": False}

    def _bare(self, hint: Any, where: str) -> Schema:
        if _is_hashable(hint) and hint in _PLAIN:
            return dict(_PLAIN[hint])
        if get_origin(hint) is Literal:
            return _one_of([_plain_value(value, where) for value in get_args(hint)])
        if is_union(hint):
            return {"anyOf": [self.schema(one, where) for one in get_args(hint)]}
        if kind_of(hint):
            return self._class(hint, where)
        return self._container(hint, where)

    def _container(self, hint: Any, where: str) -> Schema:
        origin, inner = get_origin(hint) or hint, get_args(hint)
        if origin is tuple:
            return self._tuple(hint, inner, where)
        if origin in LISTS or origin in SETS:
            items = self.schema(inner[0], f"{where}[]") if inner else {}
            return {"type": "array", "items": items, **({"uniqueItems": True} if origin in SETS else {})}
        if origin in OBJECTS:
            return self._mapping(inner, where)
        raise LiaraUsageError(f"{where} is of type {_shown(hint)}, which no JSON Schema describes.", hint=_KNOWN)

    def _tuple(self, hint: Any, inner: tuple[Any, ...], where: str) -> Schema:
        if hint is tuple or inner[1:] == (...,):
            return {"type": "array", "items": self.schema(inner[0], f"{where}[]") if inner else {}}
        items = [self.schema(one, f"{where}[{position}]") for position, one in enumerate(inner) if one != ()]
        start = {"prefixItems": items} if items else {}
        return {"type": "array", **start, "minItems": len(items), "maxItems": len(items)}

    def _mapping(self, inner: tuple[Any, ...], where: str) -> Schema:
        if not inner:
            return {"type": "object"}
        key, value = inner
        names = self.schema(key, where)
        if names.get("type", "string") != "string":
            raise LiaraUsageError(
                f"{where} has keys of type {_shown(key)}, but the keys of a JSON object are texts.",
                hint="Use dict[str, ...], or a list of pairs.",
            )
        schema: Schema = {"type": "object", "additionalProperties": self.schema(value, f"{where}[]")}
        return {**schema, "propertyNames": names} if names.keys() - {"type"} else schema

    def _class(self, hint: Any, where: str) -> Schema:
        if hint not in self._name_of:
            name = self._definitions.reserve((get_origin(hint) or hint).__name__)
            self._name_of[hint] = name  # before it is described, so that it may name itself
            self._definitions[name] = self._definition(hint, where)
        return pointing_to(self._name_of[hint])

    def _definition(self, hint: Any, where: str) -> Schema:
        kind = kind_of(hint)
        if kind == "pydantic":
            return self._definitions.adopted(_pydantic_schema(hint))
        told = _own_docstring(hint)
        if kind == "enum":
            schema = _one_of(enum_values(hint))
        else:
            schema = self.object_of(fields_of(hint, where, self._names), lambda name: f"{where}.{name}")
        return {**schema, "description": told} if told else schema


def enum_values(hint: Any) -> list[Any]:
    """How the members of an enumeration are called in JSON: by their values, or by their names if some are no JSON."""
    members = list(hint)
    plain = all(type(one.value) in _TYPES or isinstance(one.value, (str, int, float)) for one in members)
    return [json.loads(json.dumps(one.value)) if plain else one.name for one in members]


def name_in_json(member: Any) -> Any:
    """How a member of an enumeration is called in JSON."""
    kind: Any = type(member)
    return enum_values(kind)[list(kind).index(member)]


def _plain_value(value: Any, where: str) -> Any:
    if kind_of(type(value)) == "enum":
        return name_in_json(value)
    if type(value) not in _TYPES:
        raise LiaraUsageError(
            f"{where} allows {value!r:.60}, which is no JSON.", hint="Literal takes texts and numbers."
        )
    return value


def _one_of(values: list[Any]) -> Schema:
    kinds = {_TYPES[type(value)] for value in values}
    return {"type": kinds.pop(), "enum": values} if len(kinds) == 1 else {"enum": values}


def _pydantic_schema(model: Any) -> Schema:
    """What pydantic itself says of one of its models, in its second version or its first."""
    template = "#/$defs/{model}"
    if hasattr(model, "model_json_schema"):
        return dict(model.model_json_schema(ref_template=template))
    return json.loads(model.schema_json(ref_template=template))  # type: ignore[no-any-return]


def _added(note: Any, schema: Schema) -> Schema:
    """What a note of ``Annotated`` adds: a text describes, numbers bound. What is unknown adds nothing."""
    if isinstance(note, str):
        return {"description": note}
    told = getattr(note, "description", None) or getattr(note, "documentation", None)
    added: Schema = {"description": told} if isinstance(told, str) else {}
    for name, word in _BOUNDS.items():
        bound = getattr(note, name, None)
        if isinstance(bound, (int, float)) or (name == "pattern" and isinstance(bound, str)):
            added[word] = bound
    for name, words in _LENGTHS.items():
        length = getattr(note, name, None)
        if isinstance(length, int):
            added[words[schema.get("type") == "array"]] = length
    for part in getattr(note, "metadata", None) or ():
        added |= _added(part, schema)
    return added


def _default(value: Any) -> Schema:
    if value is NO_DEFAULT or value is None:
        return {}
    value = name_in_json(value) if kind_of(type(value)) == "enum" else value
    try:
        return {"default": json.loads(json.dumps(value, allow_nan=False))}
    except (TypeError, ValueError, RecursionError):
        return {}


def _own_docstring(cls: Any) -> str:
    """The first paragraph of the class's docstring; what dataclasses and enumerations write themselves is none."""
    cls = get_origin(cls) or cls
    text = inspect.cleandoc(cls.__dict__.get("__doc__") or "")
    made = text.startswith(f"{cls.__name__}(") or text in ("An enumeration.", "") or text.startswith("Alias for field")
    return "" if made else " ".join(text.split("\n\n")[0].split())


def _allows_null(schema: Schema) -> bool:
    return not schema or schema.get("type") == "null" or any(_allows_null(one) for one in schema.get("anyOf", ()))


def _is_hashable(value: Any) -> bool:
    try:
        hash(value)
    except TypeError:
        return False
    return True


def _shown(hint: Any) -> str:
    return (
        hint.__qualname__ if isinstance(hint, type) and not get_args(hint) else f"{hint!r:.80}".replace("typing.", "")
    )
