"""Values that the sandbox makes from a JSON Schema: valid, always the same, from an attached table where it fits."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

_FORMATS = {
    "date": "2025-03-21",
    "date-time": "2025-03-21T09:30:00+03:30",
    "time": "09:30:00",
    "email": "someone@example.com",
    "uri": "https://example.com/",
    "uuid": "12345678-1234-4123-8123-123456789abc",
    "ipv4": "192.0.2.1",
    "duration": "P1D",
}
_DEEPEST = 6
_ROWS = 3
_TABLE = re.compile(r"^\|(.+)\|\n\|[-:| ]+\|\n((?:\|.*\|(?:\n|\Z))+)", re.MULTILINE)

Row = dict[str, str]


def json_value(schema: Mapping[str, Any], text: str) -> Any:
    """A value that ``schema`` allows. ``text`` is what the request says: a table in it lends its rows."""
    return _Maker(schema, list(_rows(text))).value(schema, "value")


def _rows(text: str) -> Iterator[Row]:
    """The rows of the last Markdown table that has any."""
    tables = list(_TABLE.finditer(text))
    if tables:
        names = _cells(tables[-1][1])
        for line in tables[-1][2].splitlines():
            yield dict(zip(names, _cells(line.strip("|")), strict=False))


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.split("|")]


class _Maker:
    def __init__(self, root: Mapping[str, Any], rows: list[Row]) -> None:
        self._root = root
        self._rows = rows

    def value(self, schema: Any, name: str, number: int = 1, level: int = 0, row: Row | None = None) -> Any:
        """A value; ``name`` is what it is called, ``number`` which of several, ``row`` may hold one of this name."""
        if not isinstance(schema, Mapping):
            return name
        schema = self._resolved(schema, level)
        for key in ("const", "default"):
            if key in schema:
                return schema[key]
        if schema.get("enum"):
            return schema["enum"][(number - 1) % len(schema["enum"])]
        return self._of_kind(schema, name, number, level, row)

    def _of_kind(self, schema: Mapping[str, Any], name: str, number: int, level: int, row: Row | None) -> Any:
        kind = schema.get("type", "object" if "properties" in schema else "string")
        kind = kind if isinstance(kind, str) else next((one for one in kind if one != "null"), "null")
        if kind == "object":
            return self._object(schema, number, level, row)
        if kind == "array":
            return self._array(schema, name, level)
        if kind in ("boolean", "null"):
            return number % 2 == 1 if kind == "boolean" else None
        if kind == "string":
            return _text(schema, name, number, row)
        return _number(schema, number, whole=kind == "integer", given=(row or {}).get(name, ""))

    def _resolved(self, schema: Mapping[str, Any], level: int) -> Mapping[str, Any]:
        """``schema`` behind its references, one of its alternatives, all of its parts."""
        for _ in range(20):
            if "$ref" in schema:
                schema = self._root.get("$defs", {}).get(str(schema["$ref"]).rpartition("/")[2], {})
            elif options := schema.get("anyOf") or schema.get("oneOf"):
                # A value that may be missing is, where a schema that names itself would go on for ever.
                plain = [one for one in options if (one.get("type") == "null") == (level >= _DEEPEST)]
                schema = (plain or options)[0]
            elif "allOf" in schema:
                merged: dict[str, Any] = {key: value for key, value in schema.items() if key != "allOf"}
                for part in schema["allOf"]:
                    merged.update(part)
                schema = merged
            else:
                break
        return schema

    def _object(self, schema: Mapping[str, Any], number: int, level: int, row: Row | None) -> dict[str, Any]:
        properties, required = schema.get("properties", {}), schema.get("required", ())
        wanted = [name for name in properties if level < _DEEPEST or name in required]
        made = {name: self.value(properties[name], name, number, level + 1, row) for name in wanted}
        made |= {name: self.value({}, name, number, level + 1) for name in required if name not in made}
        more = schema.get("additionalProperties")
        if isinstance(more, Mapping) and not made:
            made = {f"key {one}": self.value(more, f"key {one}", one, level + 1) for one in (1, 2)}
        return made

    def _array(self, schema: Mapping[str, Any], name: str, level: int) -> list[Any]:
        start = [self.value(one, name, at, level + 1) for at, one in enumerate(schema.get("prefixItems", ()), 1)]
        items = schema.get("items", {})
        rows = self._rows if self._is_of_rows(items, level) else []
        least = schema.get("minItems", 0)
        count = max(least, 0 if level >= _DEEPEST or (start and not items) else len(rows[:_ROWS]) or 2)
        count = min(count, schema.get("maxItems", count)) - len(start)
        return start + [
            self.value(items, name, number, level + 1, rows[number - 1] if number <= len(rows) else None)
            for number in range(1, count + 1)
        ]

    def _is_of_rows(self, items: Any, level: int) -> bool:
        """Whether the items are objects with a field that the table has too."""
        if not isinstance(items, Mapping) or not self._rows:
            return False
        return bool(self._resolved(items, level).get("properties", {}).keys() & self._rows[0].keys())


def _text(schema: Mapping[str, Any], name: str, number: int, row: Row | None) -> str:
    text = (row or {}).get(name) or _FORMATS.get(schema.get("format", ""), "")
    text = text or (f"{name} {number}" if number > 1 else name)
    pattern = schema.get("pattern")
    if isinstance(pattern, str):
        text = next((one for one in (text, "a", "A1", "1", "INV-1", "2025") if re.search(pattern, one)), text)
    text = text.ljust(schema.get("minLength", 0), "x")
    return text[: schema.get("maxLength", len(text))]


def _number(schema: Mapping[str, Any], number: int, whole: bool, given: str) -> float:
    low = schema.get("minimum", schema.get("exclusiveMinimum"))
    high = schema.get("maximum", schema.get("exclusiveMaximum"))
    step = schema.get("multipleOf", 1)
    value: float = number * step
    try:
        value = float(given.replace(",", ""))
    except ValueError:
        if low is not None:
            value = -(-low // step) * step + (step if "exclusiveMinimum" in schema else 0)
        if high is not None and value > high:
            value = high // step * step - (step if "exclusiveMaximum" in schema else 0)
    return int(value) if whole or value == int(value) else value
