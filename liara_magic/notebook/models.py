"""Models: estimators in the way of scikit-learn, and pydantic's. Only what lies in them as plain data is read."""

from __future__ import annotations

import types
from collections.abc import Iterator
from typing import Any

from .capped_repr import Teller
from .containers import add_items, field
from .description import Page
from .kinds import bases, is_a, library_names, on_type, own_fields, type_name
from .wording import count, one_line, shorten

_UNSET = object()
#: Types whose values may be compared: no ``__eq__`` of anybody's is run for them.
_COMPARABLE = (type(None), bool, int, float, str)


def is_estimator(value: object) -> bool:
    """Whether its class has the methods ``fit`` and ``get_params``; neither is called."""
    return all(type(on_type(type(value), name)) is types.FunctionType for name in ("fit", "get_params"))


def describe_estimator(value: Any, page: Page) -> None:
    """Parameters, those that are not at their defaults first; whether it is fitted, and what it has learned."""
    kind, held, teller = type(value), own_fields(value), Teller(page.patience)
    defaults = _parameters(kind)
    learned = _learned(value)
    page.title(f"model {type_name(kind)}, {'fitted' if _is_fitted(value, 3) else 'not fitted'}")
    changed = {name: held[name] for name, default in defaults.items() if not _same(held.get(name, default), default)}
    if changed:
        page.add("Parameters that are not at their defaults:")
        add_items(page, teller, (field(teller, name, one, bare=True) for name, one in changed.items()), len(changed))
    others = [f"{name}={teller.line(one, 60)}" for name, one in defaults.items() if name not in changed]
    if others and not page.add_some(f"At their defaults: {', '.join(others)}"):
        page.leave_out("some parameters")
    if learned:
        page.add("Learned:")
        add_items(page, teller, (field(teller, name, held[name], bare=True) for name in learned), len(learned))


def _parameters(kind: type) -> dict[str, object]:
    """What the constructor takes, with the defaults. A constructor that takes any keyword passes them to the next."""
    found: dict[str, object] = {}
    for base in bases(kind):
        start = type.__dict__["__dict__"].__get__(base).get("__init__")
        if type(start) is not types.FunctionType:
            continue
        code = start.__code__
        positional = code.co_varnames[1 : code.co_argcount]
        keywords = code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount]
        given = start.__defaults__ or ()
        defaults = dict(zip(positional[len(positional) - len(given) :], given, strict=True)) | (
            start.__kwdefaults__ or {}
        )
        found = {name: defaults.get(name, _UNSET) for name in (*positional, *keywords)} | found
        if not code.co_flags & 0x08:  # inspect.CO_VARKEYWORDS
            break
    return found


def _same(value: object, default: object) -> bool:
    kind = type(value)
    return value is default or (kind is type(default) and any(kind is one for one in _COMPARABLE) and value == default)


def _learned(value: object) -> list[str]:
    """By scikit-learn's convention: what ``fit`` found out has a name with an underscore at its end."""
    return [name for name in own_fields(value) if name.endswith("_") and not name.startswith("_")]


def _is_fitted(value: object, deep: int) -> bool:
    """Whether it, or a model inside it, has learned something."""
    if _learned(value) or own_fields(value).get("_Booster") is not None:
        return True
    return deep > 0 and any(_is_fitted(one, deep - 1) for one in _inner(list(own_fields(value).values()), 2))


def _inner(values: object, deep: int) -> Iterator[object]:
    for value in values if isinstance(values, list | tuple) else ():
        if is_estimator(value):
            yield value
        elif deep and (type(value) is list or type(value) is tuple):
            yield from _inner(value[:100], deep - 1)


def is_pydantic(kind: type) -> bool:
    """Whether ``kind`` is a model class of pydantic."""
    return "pydantic.BaseModel" in library_names(kind)


def describe_pydantic(value: Any, page: Page) -> None:
    """A model of pydantic: its fields with their values. A field that its repr leaves out stays hidden."""
    declared, held, teller = _fields(type(value)), own_fields(value), Teller(page.patience)
    page.title(f"pydantic model {type_name(type(value))} of {count(len(held), 'field')}")
    shown = {name: one for name, one in held.items() if getattr(declared.get(name), "repr", True)}
    add_items(page, teller, (field(teller, name, one, bare=True) for name, one in shown.items()), len(shown))
    for name in [name for name in held if name not in shown]:
        page.add(f"- {one_line(name, 80)}: not shown, since its repr leaves it out")


def describe_pydantic_class(kind: Any, page: Page) -> None:
    """A model class of pydantic: its fields with types, defaults and what is written about them."""
    declared, teller = _fields(kind), Teller(page.patience)
    page.title(f"pydantic model class {type_name(kind)} of {count(len(declared), 'field')}")
    document = type.__dict__["__dict__"].__get__(kind).get("__doc__")
    if type(document) is str:
        page.add(shorten(document.strip(), max(1, page.left // 3)))
    add_items(page, teller, (_declared(teller, name, about) for name, about in declared.items()), len(declared))


def _fields(kind: type) -> dict[str, Any]:
    """The declared fields; where they lie depends on pydantic's version."""
    places = (on_type(kind, name) for name in ("__pydantic_fields__", "model_fields", "__fields__"))
    return next((place for place in places if type(place) is dict), {})


def _declared(teller: Teller, name: str, about: Any) -> Any:
    kind: Any = getattr(about, "annotation", None)
    typed = type_name(kind) if is_a(kind, type) and not hasattr(kind, "__args__") else teller.line(kind, 100)
    required = about.is_required() if hasattr(about, "is_required") else bool(getattr(about, "required", False))
    held = teller.line(getattr(about, "default", None), 80) if getattr(about, "repr", True) else "not shown"
    default = "required" if required else f"default {held}"
    said = getattr(about, "description", None)
    line = f"{name}: {typed.replace('typing.', '')}, {default}{f': {one_line(said, 200)}' if type(said) is str else ''}"
    return lambda room: shorten(line, room)
