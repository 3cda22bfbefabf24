"""What the value of a reply must be: from a type or a JSON Schema to what is sent, and back to the value."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..protocol.errors import LiaraUsageError
from .building import built
from .definitions import Schema
from .schemas import schema_of
from .validation import check_schema, check_value

# What strict structured output takes, which then never strays from the schema. A schema with anything else is sent too,
# as one that is not strict. https://platform.openai.com/docs/guides/structured-outputs#supported-schemas
# fmt: off
_STRICT = frozenset((
    "type", "properties", "required", "additionalProperties", "items", "enum", "const", "anyOf", "$ref", "$defs",
    "description", "title", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "pattern",
    "format", "minItems", "maxItems",
))
# fmt: on


@dataclass(frozen=True)
class Shape:
    """What a value must be: a ``hint`` (a type, or a JSON Schema as a dict), its ``schema``, and a ``name`` for both.

    An API's structured output is an object. A schema of anything else travels ``inside`` one, under this key. ``names``
    are those that hints in quotes may use. A ``table`` is a list of objects that becomes a DataFrame.
    """

    name: str
    hint: Any
    schema: Schema
    inside: str = ""
    table: bool = False
    names: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def sent(self) -> Schema:
        """The schema of what the model is to send."""
        if not self.inside:
            return self.schema
        own = {name: part for name, part in self.schema.items() if name != "$defs"}
        definitions = {"$defs": self.schema["$defs"]} if "$defs" in self.schema else {}
        properties = {self.inside: own}
        return {
            "type": "object",
            "properties": properties,
            "required": [self.inside],
            "additionalProperties": False,
            **definitions,
        }

    @property
    def response_format(self) -> dict[str, Any]:
        """The request parameter of this name."""
        name = re.sub(r"[^A-Za-z0-9_-]+", "_", self.name).strip("_")[:64] or "reply"
        schema = self.sent
        return {
            "type": "json_schema",
            "json_schema": {"name": name, "schema": schema, "strict": _is_strict(schema)},
        }

    @property
    def columns(self) -> list[str]:
        """The names of a table's columns."""
        return list(_rows_of(self.schema).get("properties", {}))

    def read(self, value: Any) -> Any:
        """The parsed JSON as what the hint says. Raises :class:`ValueError` that says what does not fit."""
        if self.inside and isinstance(value, dict) and value.keys() == {self.inside}:
            value = value[self.inside]
        if faults := check_value(value, self.schema):
            raise ValueError("; ".join(faults))
        try:
            return built(value, self.hint, names=self.names)
        except LiaraUsageError as error:  # what the class itself refuses
            raise ValueError(error.message) from None
        except RecursionError:
            raise ValueError("it is nested too deeply") from None


def shape_of(hint: Any, name: str = "", names: Mapping[str, Any] | None = None, table: bool = False) -> Shape:
    """The shape of a type or of a JSON Schema. Raises :class:`LiaraUsageError` for what is neither.

    ``name`` is how the person calls it; a ``table`` must be a list of objects.
    """
    name = name or getattr(hint, "__name__", "") or "schema"
    if not isinstance(hint, Mapping) and _is_plain_value(hint):
        raise LiaraUsageError(
            f"{name:.80} is of type {type(hint).__name__}, which describes no value.",
            hint="It can be a dataclass, a TypedDict, a pydantic model, list[...] of one, or a JSON Schema as a dict.",
        )
    schema = schema_of(hint, name, names)
    check_schema(schema, name)
    if table and _rows_of(schema).get("type") != "object":
        raise LiaraUsageError(f"{name:.80} has no rows of columns.", hint="table[...] takes a class with fields.")
    kind = schema.get("type")
    inside = "" if kind == "object" else "items" if kind == "array" else "value"
    return Shape(name, hint, schema, inside, table, names or {})


def _is_plain_value(hint: Any) -> bool:
    return isinstance(hint, (str, bytes, int, float, list, tuple, set))


def _rows_of(schema: Schema) -> Schema:
    """The schema of the items of a list; empty for anything else."""
    items = schema.get("items", {}) if schema.get("type") == "array" else {}
    named: Schema = schema.get("$defs", {}).get(str(items.get("$ref", "")).rpartition("/")[2], items)
    return named


def _is_strict(schema: Any) -> bool:
    """Whether every object of ``schema`` is closed and complete, and it says nothing that strict output refuses."""
    if not isinstance(schema, dict):
        return True
    if schema.keys() - _STRICT:
        return False
    if schema.get("type") == "object":
        properties = schema.get("properties", {})
        if schema.get("additionalProperties") is not False or set(schema.get("required", ())) != set(properties):
            return False
    parts = [*schema.get("properties", {}).values(), *schema.get("$defs", {}).values(), *schema.get("anyOf", ())]
    return all(_is_strict(part) for part in (*parts, schema.get("items")))
