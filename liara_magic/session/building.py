"""A JSON value -> what a type hint says: the way back from :mod:`.schemas`."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from typing import Any, Literal, get_args, get_origin

from ..protocol.errors import LiaraUsageError
from .schemas import enum_values, name_in_json
from .type_hints import LISTS, OBJECTS, SETS, Names, fields_of, is_union, kind_of, peeled

_SCALARS = (str, bool, int, float, type(None))
_MOMENTS: dict[Any, Callable[[str], Any]] = {
    datetime.datetime: lambda text: datetime.datetime.fromisoformat(_with_offset(text)),
    datetime.date: datetime.date.fromisoformat,
    datetime.time: lambda text: datetime.time.fromisoformat(_with_offset(text)),
}


def built(value: Any, hint: Any, where: str = "value", names: Mapping[str, Any] | None = None) -> Any:
    """``value`` as the hint says: an instance of its dataclass, a member of its Enum, a date.

    A TypedDict and a raw schema keep the dict. ``where`` names the value in messages, ``names`` are those that hints in
    quotes may use. Raises :class:`LiaraUsageError` for a value that does not fit, and for one the class itself refuses.
    """
    if isinstance(hint, Mapping):
        return value
    return _Builder(Names(names or {})).build(value, hint, where)


class _Builder:
    def __init__(self, names: Names) -> None:
        self._names = names

    def build(self, value: Any, hint: Any, where: str) -> Any:  # noqa: PLR0911  # one return for each kind
        hint = peeled(self._names.resolved(hint, where)).hint
        if hint in (Any, object):
            return value
        if hint in _SCALARS:
            return _scalar(value, hint, where)
        if hint in _MOMENTS:
            return _made(lambda: _MOMENTS[hint](_scalar(value, str, where)), where)
        if get_origin(hint) is Literal:
            return _allowed(value, hint, where)
        if is_union(hint):
            return self._first_that_fits(value, get_args(hint), where)
        kind = kind_of(hint)
        if kind == "enum":
            return _member(value, hint, where)
        if kind == "pydantic":
            return _made(lambda: (getattr(hint, "model_validate", None) or hint.parse_obj)(value), where)
        return self._record(value, hint, where) if kind else self._container(value, hint, where)

    def _record(self, value: Any, hint: Any, where: str) -> Any:
        _must_be(value, dict, "an object", where)
        fields = {one.name: one for one in fields_of(hint, where, self._names)}
        missing = [one.name for one in fields.values() if one.required and one.name not in value]
        unknown = [name for name in value if name not in fields]
        if missing or unknown:
            raise _misfit(
                where, f"lacks {missing[0]}" if missing else f"has {unknown[0]!r:.60}, which is no field of it"
            )
        made = {
            name: None
            if one is None and fields[name].default is None
            else self.build(one, fields[name].hint, f"{where}.{name}")
            for name, one in value.items()
        }
        return made if kind_of(hint) == "typed dict" else _made(lambda: hint(**made), where)

    def _container(self, value: Any, hint: Any, where: str) -> Any:
        origin, inner = get_origin(hint) or hint, get_args(hint)
        if origin in OBJECTS:
            _must_be(value, dict, "an object", where)
            key_hint, value_hint = inner or (Any, Any)
            return {
                self.build(key, key_hint, where): self.build(one, value_hint, f"{where}.{key}")
                for key, one in value.items()
            }
        _must_be(value, list, "a list", where)
        if origin is tuple and inner and inner[1:] != (...,):
            return self._tuple(value, tuple(one for one in inner if one != ()), where)
        item = inner[0] if inner else Any
        items = [self.build(one, item, f"{where}[{position}]") for position, one in enumerate(value)]
        if origin is tuple or origin in SETS:
            return _made(lambda: (origin if origin in (tuple, frozenset) else set)(items), where)
        if origin in LISTS:
            return items
        raise LiaraUsageError(f"{where} is of type {hint!r:.80}, which cannot be made from JSON.")

    def _tuple(self, value: list[Any], inner: tuple[Any, ...], where: str) -> tuple[Any, ...]:
        if len(value) != len(inner):
            raise _misfit(where, f"has {len(value)} entries, but must have {len(inner)}")
        pairs = enumerate(zip(value, inner, strict=True))
        return tuple(self.build(one, hint, f"{where}[{position}]") for position, (one, hint) in pairs)

    def _first_that_fits(self, value: Any, hints: tuple[Any, ...], where: str) -> Any:
        if type(value) in hints:
            return value
        faults = []
        for hint in hints:
            try:
                return self.build(value, hint, where)
            except LiaraUsageError as error:
                faults.append(error.message)
        raise LiaraUsageError(max(faults, key=len))


def _scalar(value: Any, hint: type, where: str) -> Any:
    if type(value) is hint:
        return value
    if hint is float and type(value) is int:
        return _made(lambda: float(value), where)
    if hint is int and type(value) is float and value.is_integer():
        return int(value)
    names = {str: "a text", bool: "true or false", int: "a whole number", float: "a number", type(None): "null"}
    raise _misfit(where, f"is {value!r:.60}, but must be {names[hint]}")


def _allowed(value: Any, hint: Any, where: str) -> Any:
    for one in get_args(hint):
        if type(one) is type(value) and one == value:
            return one
        if kind_of(type(one)) == "enum" and name_in_json(one) == value:
            return one
    raise _misfit(where, f"is {value!r:.60}, but must be one of {', '.join(map(repr, get_args(hint))):.120}")


def _member(value: Any, hint: Any, where: str) -> Any:
    for member, known in zip(hint, enum_values(hint), strict=True):
        if type(known) is type(value) and known == value:
            return member
    raise _misfit(where, f"is {value!r:.60}, but must be one of {', '.join(map(repr, enum_values(hint))):.120}")


def _must_be(value: Any, kind: type, said: str, where: str) -> None:
    if not isinstance(value, kind):
        raise _misfit(where, f"is {value!r:.60}, but must be {said}")


def _made(make: Callable[[], Any], where: str) -> Any:
    """What a class makes of it; what it says against it becomes the message."""
    try:
        return make()
    except LiaraUsageError:
        raise
    except Exception as error:  # the class is the person's own, and may raise anything
        raise _misfit(where, f"was refused: {' '.join(str(error).split()) or type(error).__name__:.300}") from error


def _misfit(where: str, what: str) -> LiaraUsageError:
    return LiaraUsageError(f"{where} {what}.")


def _with_offset(text: str) -> str:
    """Python reads the letter Z of UTC only since 3.11."""
    return f"{text[:-1]}+00:00" if text[-1:] in ("Z", "z") else text
