"""What a value is, from its type alone.

A value may lie about its ``__class__``, and reading any of its attributes may start a query. So types are looked up
past metaclasses, which may also lie about equality; attributes are read only where they lie as plain data; and a
library's class is known by its name, checked against the library as it is already loaded: nothing is imported to
recognise anything.
"""

from __future__ import annotations

import sys
import types
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from .wording import one_line

T = TypeVar("T")
_BASES = type.__dict__["__mro__"]
_MODULE = type.__dict__["__module__"]
_QUALIFIED_NAME = type.__dict__["__qualname__"]
_NAMESPACE = type.__dict__["__dict__"]
_MISSING = object()


def bases(kind: type) -> tuple[type, ...]:
    """``kind`` and its base classes in the order in which they are looked through."""
    found: tuple[type, ...] = _BASES.__get__(kind)
    return found


def is_a(value: object, *kinds: type) -> bool:
    """Whether ``value`` really is one of ``kinds``, whatever its ``__class__`` says."""
    for base in bases(type(value)):  # not any(): this runs for each cell that is shown
        for kind in kinds:
            if base is kind:
                return True
    return False


def nearest(kind: type, *wanted: type) -> Any:
    """The first base of ``kind`` that is one of those ``wanted``. Raises StopIteration when there is none."""
    return next(base for base in bases(kind) for other in wanted if base is other)


def by_type(table: Mapping[type, T]) -> dict[int, T]:
    """``table`` for :func:`first_known`; its types must be ones that live as long as Python does."""
    return {id(kind): entry for kind, entry in table.items()}


def first_known(kind: type, table: Mapping[int, T]) -> T | None:
    """The entry of the nearest base of ``kind`` that is in the ``table``."""
    return next((table[id(base)] for base in bases(kind) if id(base) in table), None)


def library_names(kind: type) -> Iterator[str]:
    """``pandas.DataFrame`` for each class of a loaded library among the bases: top package and qualified name.

    A class counts only when the module that it names holds it under that name.
    """
    for base in bases(kind):
        module, name = _MODULE.__get__(base), _QUALIFIED_NAME.__get__(base)
        if type(module) is str and namespace(sys.modules.get(module)).get(name) is base:
            yield f"{module.partition('.')[0]}.{name}"


def namespace(module: object) -> dict[str, Any]:
    """What lies in a module; empty for anything else. A module that loads itself when touched stays untouched."""
    if not is_a(module, types.ModuleType):
        return {}
    found = object.__getattribute__(module, "__dict__")
    return found if type(found) is dict else {}


def type_name(kind: type) -> str:
    """A class as people call it: ``dict``, ``Order``, ``pandas.DataFrame``; at most 100 characters."""
    module, name = _MODULE.__get__(kind), _QUALIFIED_NAME.__get__(kind).replace("<locals>.", "")
    top = module.partition(".")[0] if type(module) is str else ""
    return one_line(name if top in ("", "builtins", "__main__") else f"{top}.{name}", 100)


def on_type(kind: type, name: str) -> Any:
    """What ``name`` is in the bodies of ``kind`` and its bases, not bound and not called; None where it is nothing."""
    for base in bases(kind):
        found = _NAMESPACE.__get__(base).get(name, _MISSING)
        if found is not _MISSING:
            return found
    return None


def own_fields(value: object) -> dict[str, Any]:
    """The instance's dictionary, itself and not a copy; empty where there is none or where it is computed."""
    descriptor = on_type(type(value), "__dict__")
    if not is_a(descriptor, types.MemberDescriptorType, types.GetSetDescriptorType):
        return {}  # those two are the interpreter's own for slots and dictionaries: reading them runs no one's code
    found = descriptor.__get__(value)
    return found if type(found) is dict else {}


def stored(value: object, name: str, default: Any = None) -> Any:
    """The attribute ``name`` where it is plain data, in the instance's dictionary or in a slot; else ``default``."""
    fields = own_fields(value)
    if name in fields:
        return fields[name]
    slot = on_type(type(value), name)
    if type(slot) is not types.MemberDescriptorType:
        return default
    try:
        return slot.__get__(value)
    except AttributeError:  # declared and never set
        return default
