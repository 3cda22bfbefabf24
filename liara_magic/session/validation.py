"""A JSON value against a JSON Schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..protocol.errors import LiaraUsageError

_MOST_FAULTS = 3
_LONGEST = 200  # characters of one fault: a validator's sentence holds the value itself


def check_value(value: Any, schema: Mapping[str, Any], root: str = "") -> list[str]:
    """What is wrong with ``value``, a short sentence each with the place: ``rows[2].name: 5 is not of type 'string'``.

    An empty list says that it fits; of many faults the first few are told, and how many more there are. ``root`` names
    the value itself in the sentences. Nothing is ever fetched: a schema whose ``$ref`` leaves it, or that is none,
    raises :class:`LiaraUsageError`.
    """
    from jsonschema.exceptions import best_match
    from referencing.exceptions import Unresolvable

    validator = _validator(schema)
    try:
        found = sorted(validator.iter_errors(value), key=lambda error: (len(error.path), [*map(str, error.path)]))
    except Unresolvable as error:
        raise LiaraUsageError(
            f"The schema refers to {error.ref:.100}, which is not in it.",
            hint="Put it under $defs; nothing is fetched.",
        ) from None
    except RecursionError:
        return ["it is nested too deeply"]
    told = [_sentence(best_match([error]) or error, root) for error in found[:_MOST_FAULTS]]
    return told + ([f"and {len(found) - _MOST_FAULTS} more"] if len(found) > _MOST_FAULTS else [])


def check_schema(schema: Mapping[str, Any], where: str) -> None:
    """Raise :class:`LiaraUsageError`, naming ``where``, for what is no JSON Schema."""
    from jsonschema.exceptions import SchemaError

    try:
        _validator_class(schema).check_schema(dict(schema))
    except SchemaError as error:
        place = ".".join(map(str, error.path))
        raise LiaraUsageError(
            f"{where} is no JSON Schema: {place + ': ' if place else ''}{error.message:.{_LONGEST}}."
        ) from None


def _validator_class(schema: Mapping[str, Any]) -> Any:
    from jsonschema import Draft202012Validator
    from jsonschema.validators import validator_for

    return validator_for(dict(schema), default=Draft202012Validator)


def _validator(schema: Mapping[str, Any]) -> Any:
    from referencing import Registry

    check_schema(schema, "The schema")
    registry: Registry[Any] = Registry()  # knows nothing and fetches nothing
    return _validator_class(schema)(dict(schema), registry=registry)


def _sentence(error: Any, root: str) -> str:
    place = root + "".join(f"[{one}]" if isinstance(one, int) else f".{one}" for one in error.absolute_path)
    message = error.message if len(error.message) <= _LONGEST else error.message[: _LONGEST - 1] + "…"
    return f"{place.removeprefix('.')}: {message}" if place else message
