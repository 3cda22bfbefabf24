"""Type hints, read: names in quotes resolved, what wraps a hint taken off, a record's fields."""

from __future__ import annotations

import collections.abc
import dataclasses
import enum
import inspect
import types
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

from ..protocol.errors import LiaraUsageError

#: What stands for a list, a set and an object, beside the built-in types themselves.
LISTS = (
    list,
    collections.abc.Sequence,
    collections.abc.MutableSequence,
    collections.abc.Iterable,
    collections.abc.Collection,
)
SETS = (set, frozenset, collections.abc.Set, collections.abc.MutableSet)
OBJECTS = (dict, collections.abc.Mapping, collections.abc.MutableMapping)
_QUALIFIERS = ("Required", "NotRequired", "ReadOnly", "Final")

NO_DEFAULT: Any = inspect.Parameter.empty
Kind = Literal["dataclass", "typed dict", "named tuple", "enum", "pydantic", ""]


@dataclass(frozen=True)
class Field:
    """A field of a record or a parameter of a function; ``default`` is :data:`NO_DEFAULT` where there is none."""

    name: str
    hint: Any
    required: bool = True
    default: Any = NO_DEFAULT
    description: str = ""


@dataclass(frozen=True)
class Peeled:
    """A hint without what stood around it: ``notes`` are what ``Annotated`` added."""

    hint: Any
    notes: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Names:
    """Where names in quoted hints are looked up, and what type variables stand for."""

    known: Mapping[str, Any] = field(default_factory=dict)
    globals: Mapping[str, Any] | None = None

    def resolved(self, hint: Any, where: str) -> Any:
        """``hint`` with every name in it looked up. Raises :class:`LiaraUsageError` for one that is nowhere."""
        holder = types.SimpleNamespace(__annotations__={"hint": hint})
        space = dict(self.globals) if self.globals is not None else {**vars(typing), **self.known}
        return _hints_of(holder, where, space, dict(self.known))["hint"]


def _hints_of(holder: Any, where: str, space: dict[str, Any] | None, known: dict[str, Any]) -> dict[str, Any]:
    try:
        return typing.get_type_hints(holder, space, known, include_extras=True)
    except Exception as error:  # names that are nowhere, words that are no hint: a hint may be any text
        raise LiaraUsageError(
            f"{where} has a type hint that cannot be resolved: {error}.",
            hint="Define what it names before this, or write the hint without quotes.",
        ) from None


def peeled(hint: Any) -> Peeled:
    """``hint`` without ``Annotated``, ``Required``, ``NewType``, aliases and the like."""
    notes: tuple[Any, ...] = ()
    while True:
        origin = get_origin(hint)
        if origin is Annotated:
            notes = (*notes, *hint.__metadata__)
            hint = hint.__origin__
        elif getattr(origin, "_name", getattr(origin, "__name__", "")) in _QUALIFIERS and get_args(hint):
            (hint,) = get_args(hint)
        elif hasattr(hint, "__supertype__"):
            hint = hint.__supertype__
        elif isinstance(hint, TypeVar):
            hint = hint.__bound__ or (Union[hint.__constraints__] if hint.__constraints__ else Any)  # noqa: UP007
        elif type(hint).__name__ == "TypeAliasType":
            hint = hint.__value__
        elif hint is getattr(typing, "LiteralString", str):
            return Peeled(str, notes)
        elif isinstance(hint, dataclasses.InitVar):
            hint = hint.type
        else:
            return Peeled(type(None) if hint is None else hint, notes)


def kind_of(hint: Any) -> Kind:
    """What sort of class ``hint`` names, if it is one whose fields or members we know."""
    cls = get_origin(hint) or hint
    if not isinstance(cls, type):
        return ""
    if any(base.__name__ == "BaseModel" and base.__module__.startswith("pydantic") for base in cls.__mro__[1:]):
        return "pydantic"
    if issubclass(cls, enum.Enum):
        return "enum"
    if dataclasses.is_dataclass(cls):
        return "dataclass"
    if hasattr(cls, "__required_keys__") and issubclass(cls, dict):
        return "typed dict"
    return "named tuple" if issubclass(cls, tuple) and hasattr(cls, "_fields") else ""


def is_union(hint: Any) -> bool:
    """Whether ``hint`` is ``A | B``, ``Union[A, B]`` or ``Optional[A]``."""
    return get_origin(hint) in (Union, types.UnionType)


def fields_of(hint: Any, where: str, names: Names) -> list[Field]:
    """The fields of a dataclass, TypedDict or NamedTuple, with its type variables filled in."""
    cls = get_origin(hint) or hint
    hints = _hints_of(cls, where, None, {cls.__name__: cls, **names.known})
    bound = dict(zip(getattr(cls, "__parameters__", ()), get_args(hint), strict=False))
    return [
        dataclasses.replace(one, hint=_filled_in(hints.get(one.name, one.hint), bound)) for one in _fields(cls, hints)
    ]


def _fields(cls: Any, hints: Mapping[str, Any]) -> Iterator[Field]:
    kind = kind_of(cls)
    if kind == "dataclass":
        for one in dataclasses.fields(cls):
            if one.init:
                made = one.default_factory is not dataclasses.MISSING
                default = NO_DEFAULT if made or one.default is dataclasses.MISSING else one.default
                told = one.metadata.get("description") or getattr(one, "doc", None) or ""
                yield Field(one.name, one.type, default is NO_DEFAULT and not made, default, str(told))
    elif kind == "typed dict":
        for name, hint in hints.items():
            yield Field(name, hint, _is_required(cls, name, hint))
    else:
        for name in cls._fields:
            default = cls._field_defaults.get(name, NO_DEFAULT)
            yield Field(name, hints.get(name, Any), default is NO_DEFAULT, default)


def _is_required(cls: Any, name: str, hint: Any) -> bool:
    """Whether a key must be there. With quoted hints Python leaves the marks around a hint unread."""
    while True:
        origin = get_origin(hint)
        if origin is Annotated:
            hint = hint.__origin__
            continue
        word = getattr(origin, "_name", getattr(origin, "__name__", ""))
        if word in ("Required", "NotRequired"):
            return bool(word == "Required")
        if word != "ReadOnly":
            return name in cls.__required_keys__
        (hint,) = get_args(hint)


def _filled_in(hint: Any, bound: Mapping[Any, Any]) -> Any:
    """``hint`` with type variables in the place of which a generic class was given types."""
    if isinstance(hint, TypeVar):
        return bound.get(hint, hint)
    variables = getattr(hint, "__parameters__", ())
    if not bound or not variables or isinstance(hint, type):
        return hint
    return hint[tuple(bound.get(one, one) for one in variables)]
