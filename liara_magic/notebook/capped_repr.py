"""Any value on one line and no longer than asked: nested, recursive and hostile ones too."""

from __future__ import annotations

import datetime
import decimal
import enum
import pathlib
import types
import uuid
import zoneinfo
from collections import deque
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, cast

from .foreign_code import Failed, Patience
from .kinds import by_type, first_known, is_a, library_names, nearest, on_type, stored, type_name
from .summaries import summary
from .wording import BEYOND, number, one_line, quoted, shorten

DEEPEST = 8
#: Types whose plain text says as much as their repr, where the head of a table gives the type.
_PLAIN = by_type(dict.fromkeys((decimal.Decimal, uuid.UUID, datetime.date, datetime.timedelta), True))
_PLAIN |= by_type(dict.fromkeys((pathlib.PosixPath, pathlib.WindowsPath), True))
#: Types whose repr is the standard library's own and never fails: they need no thread.
_HARMLESS = _PLAIN | by_type(dict.fromkeys((type(None), type(...), type(NotImplemented), bool, float, complex), True))
#: Time zones that are the standard library's own.
_ZONES = by_type(dict.fromkeys((type(None), datetime.timezone, zoneinfo.ZoneInfo), True))
#: What holds values in an order or none, with the brackets that its repr has.
SEQUENCES: dict[type, tuple[str, str]] = {
    list: ("[", "]"),
    tuple: ("(", ")"),
    set: ("{", "}"),
    frozenset: ("{", "}"),
    deque: ("[", "]"),
}
#: Says something in at most so many characters.
Piece = Callable[[int], str]


class Teller:
    """Tells values in a line. One teller belongs to one description, and shares its patience with foreign code."""

    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        self._above: list[int] = []
        #: Whether anything that was told so far was not told whole.
        self.left_out = False

    def line(self, value: object, limit: int = 120) -> str:
        """``value`` in at most ``limit`` characters."""
        return self._cut(self._told(value, max(limit, 1)), limit)

    def cell(self, value: object, limit: int = 60) -> str:
        """The same for a cell of a table or a label: text stands there without quotes, a date as a date."""
        if is_a(value, str) and not is_a(value, enum.Enum):
            return self._cut(text_of(value, limit + BEYOND), limit)
        if id(type(value)) in _PLAIN:
            return self._cut(str(value), limit)
        return self.line(value, limit)

    def foreign(self, value: object, limit: int = 120) -> str:
        """The repr that the value's own class makes, or a word about why there is none."""
        if on_type(type(value), "__repr__") is object.__repr__:  # says no more than this
            return f"<{type_name(type(value))} object>"
        try:
            said = self._patience.call(lambda: text_of(repr(value), limit + BEYOND))
        except Failed as error:
            said = f"<{type_name(type(value))}, whose repr {error}>"
        return self._cut(said, limit)

    def _cut(self, text: str, limit: int) -> str:
        self.left_out |= len(text) > limit
        return one_line(text, limit)

    def quoted(self, value: Any, limit: int) -> str:
        """A string in quotes."""
        self.left_out |= str.__len__(value) > limit - 2
        return quoted(text_of(value, limit + BEYOND), limit)

    def _told(self, value: object, limit: int) -> str:
        kind = type(value)
        if id(kind) in _HARMLESS:
            return one_line(repr(value), limit)
        if (kind is datetime.datetime or kind is datetime.time) and id(type(value.tzinfo)) in _ZONES:  # type: ignore
            return str(value)
        if is_a(value, enum.Enum):
            return enum_member(value)
        if fields := record_fields(value):
            return self._inside(value, lambda _, told, room: self._record(told, fields, room), limit)
        if id(kind) not in _TELLERS:  # a library's own kind of dict is the library's
            known = (summary(name, value) for name in library_names(kind))
            if said := next(filter(None, known), ""):
                return one_line(said, limit)
        teller = first_known(kind, _TELLERS)
        return self._inside(value, teller, limit) if teller else self.foreign(value, limit)

    def _inside(self, value: object, teller: Callable[[Teller, Any, int], str], limit: int) -> str:
        """Tell what holds other values, but not when it is inside itself, or too deep inside others."""
        again = id(value) in self._above
        if again or len(self._above) >= DEEPEST:
            return f"<{type_name(type(value))}, {'itself again' if again else 'not looked into'}>"
        self._above.append(id(value))
        try:
            return teller(self, value, limit)
        finally:
            self._above.pop()

    def _record(self, value: object, fields: dict[str, object], limit: int) -> str:
        def piece(name: str, held: object) -> Piece:
            return lambda room: f"{name}={self._told(held, room - len(name) - 1)}"

        name = type_name(type(value))
        pieces = (piece(one_line(name, 60), held) for name, held in fields.items())
        return f"{name}({self.joined(pieces, len(fields), limit - len(name) - 2)})"

    def _sequence(self, value: Any, limit: int) -> str:
        base = nearest(type(value), *SEQUENCES)
        opening, closing = SEQUENCES[base]
        size = base.__len__(value)
        pieces = (partial(self._told, item) for item in base.__iter__(value))
        inside = self.joined(pieces, size, limit - 2) + ("," if base is tuple and size == 1 else "")
        if type(value) is base and (base is list or base is tuple or (base is set and size)):
            return f"{opening}{inside}{closing}"
        return f"{type_name(type(value))}({f'{opening}{inside}{closing}' if size else ''})"

    def _mapping(self, value: Any, limit: int) -> str:
        def piece(key: object, held: object) -> Piece:
            def said(room: int) -> str:
                start = self._told(key, min(60, room // 2))
                return f"{start}: {self._told(held, room - len(start) - 2)}"

            return said

        inside = self.joined((piece(*item) for item in dict.items(value)), dict.__len__(value), limit - 2)
        return f"{{{inside}}}" if type(value) is dict else f"{type_name(type(value))}({{{inside}}})"

    def joined(self, pieces: Iterator[Piece], size: int, limit: int) -> str:
        """The pieces with commas between; those at the end that do not fit are only counted."""
        said: list[str] = []
        for place, piece in enumerate(pieces):
            left = size - place
            room = limit - sum(map(len, said)) - 2 * len(said) - (len(_more(left)) + 2 if left > 1 else 0)
            text = piece(max(8, room // min(left, 3))) if room >= 8 or not said else ""
            if not text or (said and len(text) > room):
                said.append(_more(left))
                self.left_out = True
                break
            said.append(text)
        return ", ".join(said)


def _more(number: int) -> str:
    return f"… {number:,} more"


def text_of(value: Any, limit: int) -> str:
    """The first ``limit`` characters that a string really holds, whatever its class makes of them."""
    return str.__getitem__(value, slice(limit))


def enum_member(value: object) -> str:
    """``Colour.RED``."""
    name = stored(value, "_name_")
    return f"{type_name(type(value))}.{name if type(name) is str else '?'}"


def record_fields(value: object) -> dict[str, object]:
    """The fields of a dataclass or named tuple that its repr would show; nothing for anything else."""
    kind = type(value)
    declared = on_type(kind, "__dataclass_fields__")
    if type(declared) is dict:
        shown = [name for name, field in declared.items() if stored(field, "repr", False)]
        return {name: stored(value, name, "<not set>") for name in shown}
    names = on_type(kind, "_fields")
    if is_a(value, tuple) and type(names) is tuple and all(type(name) is str for name in names):
        return dict(zip(names, tuple.__iter__(cast("tuple[object, ...]", value)), strict=False))
    return {}


def _octets(teller: Teller, value: Any, limit: int) -> str:
    base = bytes if is_a(value, bytes) else bytearray
    return shorten(repr(bytes(base.__getitem__(value, slice(limit)))), limit)


def _function(teller: Teller, value: Any, limit: int) -> str:
    return f"<function {one_line(value.__qualname__, 80)}>"


def _module(teller: Teller, value: Any, limit: int) -> str:
    name = object.__getattribute__(value, "__name__")
    return f"<module {name if type(name) is str else '?'}>"


_TELLERS: dict[int, Callable[[Teller, Any, int], str]] = by_type(
    {
        str: Teller.quoted,
        int: lambda teller, value, limit: number(int.__int__(value)),
        float: lambda teller, value, limit: float.__repr__(value),
        bytes: _octets,
        bytearray: _octets,
        dict: Teller._mapping,
        **dict.fromkeys(SEQUENCES, Teller._sequence),
        type: lambda teller, value, limit: f"<class {type_name(value)}>",
        types.ModuleType: _module,
        types.FunctionType: _function,
        types.BuiltinFunctionType: _function,
    }
)
