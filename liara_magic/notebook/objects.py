"""Functions, classes, modules, errors, and whatever else there is: what its author wrote about it, and its repr."""

from __future__ import annotations

import enum
import inspect
import textwrap
import traceback
import types
from collections.abc import Callable
from typing import Any

from .capped_repr import Teller, text_of
from .containers import add_items, field
from .description import Page
from .foreign_code import Failed
from .kinds import bases, is_a, namespace, on_type, own_fields, stored, type_name
from .summaries import shape
from .wording import count, fenced, one_line, shorten, tidy

#: Frames of a traceback that are shown, from its end.
_FRAMES = 12
_CODE_KINDS = {
    inspect.CO_ASYNC_GENERATOR: "async generator ",
    inspect.CO_COROUTINE: "async ",
    inspect.CO_GENERATOR: "generator ",
}


def describe_function(function: Any, page: Page) -> None:
    """A function or method: how it is called, what its docstring says, its source if it fits."""
    flags = getattr(getattr(function, "__code__", None), "co_flags", 0)
    sort = next((word for flag, word in _CODE_KINDS.items() if flags & flag), "")
    name, module = getattr(function, "__qualname__", "?"), getattr(function, "__module__", None)
    of = f" of module {module}" if type(module) is str and module not in ("__main__", "builtins") else ""
    page.title(f"{sort}function{one_line(of, 80)}: {one_line(str(name), 100)}{_signature(function, page)}")
    _add_documentation(function, _docstring(function), page)


def describe_class(kind: Any, page: Page) -> None:
    """A class: its bases, how it is called, its docstring, its members, its source if it fits."""
    above = ", ".join(type_name(base) for base in bases(kind)[1:-1])
    page.title(f"class {type_name(kind)}{_signature(kind, page)}{f', derived from {above}' if above else ''}")
    own = type.__dict__["__dict__"].__get__(kind)
    if is_a(kind, enum.EnumMeta) and type(own.get("_member_map_")) is dict:
        teller, members = Teller(page.patience), own["_member_map_"]
        values = (field(teller, name, own_fields(member).get("_value_"), bare=True) for name, member in members.items())
        add_items(page, teller, values, len(members))
        return
    public = [name for name in own if type(name) is str and not name.startswith("_")]
    if public:
        page.add_some(f"Its own public names: {', '.join(map(one_line, public))}")
    _add_documentation(kind, _cleaned(own.get("__doc__")), page)


def describe_module(module: Any, page: Page) -> None:
    """A module: version, docstring, public names. Nothing of it is loaded that is not loaded yet."""
    held = namespace(module)
    name, version, document = (held.get(key) for key in ("__name__", "__version__", "__doc__"))
    about = f" {version}" if type(version) is str else ""
    page.title(f"module {one_line(name if type(name) is str else '?', 100)}{one_line(about, 60)}")
    if type(document) is str:
        page.add(shorten(_cleaned(document).partition("\n\n")[0], max(1, page.left // 3)))
    public = [key for key in held if type(key) is str and not key.startswith("_")]
    for heading, wanted in (("Classes", type), ("Functions", types.FunctionType), ("Modules", types.ModuleType)):
        names = [one_line(key, 60) for key in public if is_a(held[key], wanted)]
        if names and not page.add_some(f"{heading}: {', '.join(names)}"):
            page.leave_out(f"some of {count(len(names), 'name')} of {heading.lower()}")


def describe_error(error: Any, page: Page) -> None:
    """An exception that was caught: what it says, and the end of its traceback with those of its causes."""
    page.title(f"exception {type_name(type(error))}")
    try:
        lines = page.patience.call(
            lambda: traceback.format_exception(type(error), error, _trace(error), limit=-_FRAMES)
        )
    except Failed as failed:
        page.add_some(f"Its message {failed}.")
        return
    block, lacks = fenced("".join(lines).rstrip(), page.left)
    if page.left > 40 and page.add(block) and lacks:
        page.leave_out(f"{count(lacks, 'character')} of the traceback")


def describe_other(value: Any, page: Page) -> None:
    """Anything: its repr, and the names and types of what it holds as plain data, never their values."""
    kind = type(value)
    iterator = ", an iterator whose items were not read" if on_type(kind, "__next__") is not None else ""
    silent = on_type(kind, "__repr__") is object.__repr__
    try:
        most = 4 * page.budget
        said = "" if silent else page.patience.call(lambda: text_of(repr(value), most + 1))
    except Failed as failed:
        page.title(f"{type_name(kind)}{iterator}; its repr {failed}")
        page.fail(f"its repr {failed}")
    else:
        _add_repr(f"{type_name(kind)}{iterator}", tidy(said), page, len(said) > most)
    if type(lengths := stored(value, "shape")) is tuple and stored(value, "dtype") is not None:
        teller = Teller(page.patience)
        page.add(f"Shape: {shape(lengths)}, {teller.cell(stored(value, 'dtype'), 60)}")
    fields = [
        f"{one_line(str(name), 60)}: {type_name(type(held))}"
        for name, held in own_fields(value).items()
        if not _is_inner(name)
    ]
    if fields and (silent or len(fields) <= 20):
        page.add_some(f"Attributes: {shorten(', '.join(fields), max(1, page.left // 2))}")
    if silent:
        _add_docstring(on_type(kind, "__doc__"), page)


def _is_inner(name: object) -> bool:
    return type(name) is str and name.startswith("__")


def _add_repr(kind: str, said: str, page: Page, longer: bool) -> None:
    if len(said) <= 200 and "\n" not in said:
        page.title(f"{kind}: {said}" if said else kind)
        return
    page.title(kind)
    block, lacks = fenced(said, page.left)
    if page.left > 40 and page.add(block) and (lacks or longer):
        page.leave_out("a part of its repr" if longer else f"{lacks:,} of {len(said):,} characters of its repr")


def _trace(error: BaseException) -> types.TracebackType | None:
    found: types.TracebackType | None = BaseException.__dict__["__traceback__"].__get__(error)
    return found


def _signature(function: Any, page: Page) -> str:
    """How it is called; the defaults' reprs are foreign code."""
    try:
        return one_line(page.patience.call(lambda: str(inspect.signature(function))), 400)
    except Failed:  # a class of C often has none
        return ""


def _docstring(function: Any) -> str:
    return _cleaned(getattr(function, "__doc__", None))


def _cleaned(document: object) -> str:
    return inspect.cleandoc(text_of(document, 100_000)) if is_a(document, str) else ""


def _add_docstring(document: object, page: Page) -> None:
    if said := _cleaned(document):
        page.add_some(said)


def _add_documentation(value: Any, document: str, page: Page) -> None:
    """The source, which holds the docstring too; where it does not fit, the docstring and as much of it as does."""
    source = _source(lambda: inspect.getsource(value), page)
    if source and len(source) + 20 <= page.left and page.add(fenced(source, page.left, "python")[0]):
        return
    if document and not page.add_some(shorten(document, page.left // 2 if source else page.left)):
        page.leave_out("a part of the docstring")
    if source:
        block, lacks = fenced(source, page.left, "python")
        shown = page.left > 200 and page.add(block)
        page.leave_out(f"{lacks if shown else len(source):,} of {len(source):,} characters of the source")


def _source(find: Callable[[], str], page: Page) -> str:
    try:
        return textwrap.dedent(page.patience.call(find)).strip("\n") if page.left > 100 else ""
    except Failed:  # written in C, or at a prompt that keeps nothing
        return ""
