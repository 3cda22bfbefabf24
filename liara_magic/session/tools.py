"""Python functions that a model may ask for: ``@tool`` makes one of a function, from its type hints and docstring."""

from __future__ import annotations

import functools
import inspect
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeVar, overload

from ..protocol.errors import LiaraUsageError
from .definitions import Schema
from .type_hints import NO_DEFAULT, Field, Names

Approval = Literal["ask", "allow", "deny"]
Place = Literal["engine", "kernel"]
F = TypeVar("F", bound=Callable[..., Any])

#: The attribute by which a decorated function knows its tool.
MARK = "__liara_tool__"
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_ABSENT = inspect.Parameter.empty


@dataclass(frozen=True)
class Tool:
    """A function with what a model must know to ask for it.

    ``parameters`` is the JSON Schema of its arguments. ``approval`` is what the person who wrote it says about running
    it; ``None`` leaves that to the session. ``timeout`` are the seconds that a call may take, ``None`` the setting's.
    ``loop`` is where an async function runs. A ``safe`` one only reads, and needs no question unless tools are denied.
    """

    name: str
    function: Callable[..., Any]
    parameters: Schema
    description: str = ""
    approval: Approval | None = None
    timeout: float | None = None
    loop: Place = "engine"
    safe: bool = False
    fields: tuple[Field, ...] | None = field(default=None, repr=False)  # of a raw schema none are known
    names: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def is_async(self) -> bool:
        """Whether a call must be awaited."""
        function = self.function
        return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(getattr(function, "__call__", None))  # noqa: B004

    def to_json(self) -> dict[str, Any]:
        """The tool as the gateway wants it among ``tools``."""
        told = {"description": self.description} if self.description else {}
        return {"type": "function", "function": {"name": self.name, **told, "parameters": self.parameters}}

    def bound(self, arguments: Mapping[str, Any]) -> functools.partial[Any]:
        """The call with ``arguments``, JSON values made into what the hints say. They must fit the schema."""
        if self.fields is None:
            return functools.partial(self.function, **arguments)
        hints = {one.name: one for one in self.fields}
        made = {name: self._built(hints[name], value) for name, value in arguments.items()}
        first = _positional_only(self.function)
        return functools.partial(
            self.function,
            *(made[name] for name in first if name in made),
            **{name: value for name, value in made.items() if name not in first},
        )

    def _built(self, one: Field, value: Any) -> Any:
        if value is None and one.default is None:
            return None
        from .building import built

        return built(value, one.hint, one.name, self.names)


@overload
def tool(function: F, /) -> F: ...
@overload
def tool(
    *,
    name: str = ...,
    description: str = ...,
    approval: Approval | None = ...,
    timeout: float | None = ...,
    loop: Place = ...,
    parameters: Mapping[str, Any] | None = ...,
) -> Callable[[F], F]: ...
def tool(
    function: F | None = None,
    /,
    *,
    name: str = "",
    description: str = "",
    approval: Approval | None = None,
    timeout: float | None = None,
    loop: Place = "engine",
    parameters: Mapping[str, Any] | None = None,
) -> F | Callable[[F], F]:
    """Let models ask for a function: ``@liara.tool``, or ``@liara.tool(approval="allow", timeout=5)``.

    Its type hints and its docstring (Google, NumPy or reST sections) become the JSON Schema of its arguments; a raw
    schema may be given as ``parameters`` instead. The function stays what it is and can be called as before.

    ``approval`` is ``"ask"``, ``"allow"`` or ``"deny"``; ``timeout`` the seconds that a call may take. An async
    function runs on the extension's own loop, or with ``loop="kernel"`` on the kernel's, where objects of earlier cells
    live.
    Raises :class:`LiaraUsageError`, naming the parameter, for what no schema describes.
    """
    frame = sys._getframe(1)
    local = {} if frame.f_locals is frame.f_globals else dict(frame.f_locals)
    _check_options(approval, timeout, loop)

    def mark(made_of: F) -> F:
        made = make_tool(
            made_of,
            name=name,
            description=description,
            parameters=parameters,
            names=local,
            in_class="__qualname__" in local,
        )
        made = replace(made, approval=approval, timeout=timeout, loop=loop)
        setattr(made_of, MARK, made)
        return made_of

    return mark if function is None else mark(function)


def tool_of(value: Any, names: Mapping[str, Any] | None = None) -> Tool:
    """The tool that ``value`` is or becomes: a decorated function, or any function that can be described."""
    if isinstance(value, Tool):
        return value
    marked = getattr(value, MARK, None)
    if isinstance(marked, Tool):
        return make_bound(marked, value) if inspect.ismethod(value) else marked
    if not callable(value) or isinstance(value, type):
        raise LiaraUsageError(
            f"A tool is a function, and {_shown(value)} is none.",
            hint="Give the function itself, or its JSON as a dict.",
        )
    return make_tool(value, names=names or {})


def make_bound(marked: Tool, method: Any) -> Tool:
    """The tool of a method of one object, with what its decorator said."""
    made = make_tool(method, name=marked.name, description=marked.description)
    return replace(made, approval=marked.approval, timeout=marked.timeout, loop=marked.loop)


def make_tool(
    function: Callable[..., Any],
    *,
    name: str = "",
    description: str = "",
    parameters: Mapping[str, Any] | None = None,
    names: Mapping[str, Any] | None = None,
    in_class: bool = False,
) -> Tool:
    """A tool made of ``function``; ``names`` are those beside its module's that hints in quotes may use.

    One that stands ``in_class`` is a method that no object has yet: its first parameter is not a model's to give.
    """
    name = name or getattr(function, "__name__", "") or getattr(getattr(function, "func", None), "__name__", "")
    if not _NAME.fullmatch(name):
        raise LiaraUsageError(
            f"{name or _shown(function)} cannot be the name of a tool: it takes at most 64 of A-Z, a-z, 0-9, _ and -.",
            hint='Give it one: @liara.tool(name="rows").',
        )
    from .docstrings import read_docstring
    from .schemas import Describer  # a kernel without tools needs neither

    told = read_docstring(_docstring(function))
    description = description or told.summary
    if parameters is not None:
        from .validation import check_schema

        check_schema(parameters, f"What is given as parameters of {name}")
        return Tool(name, function, dict(parameters), description)
    known = _names_of(function, names or {})
    fields = tuple(_fields(function, name, told.parameters, known, skip=int(in_class)))
    describer = Describer(known)
    schema = describer.finished(describer.object_of(list(fields), lambda one: f"Parameter {one} of {name}"))
    space = {**(known.globals or {}), **known.known} if known.known else known.globals or {}
    return Tool(name, function, schema, description, fields=fields, names=space)


def _fields(function: Any, name: str, told: Mapping[str, str], names: Names, skip: int) -> list[Field]:
    fields = []
    for one in list(inspect.signature(function).parameters.values())[skip:]:
        where = f"Parameter {one.name} of {name}"
        if one.kind in (one.VAR_POSITIONAL, one.VAR_KEYWORD):
            raise LiaraUsageError(
                f"{where} takes any number of values, which no JSON Schema describes.", hint="Use a list or a dict."
            )
        hint = one.annotation
        if hint is _ABSENT:
            if type(one.default) not in (str, int, float, bool):
                raise LiaraUsageError(f"{where} has no type hint.", hint=f"Write it as {one.name}: str, for example.")
            hint = type(one.default)
        default = NO_DEFAULT if one.default is _ABSENT else one.default
        words = told.get(one.name, "")
        fields.append(Field(one.name, names.resolved(hint, where), default is NO_DEFAULT, default, words))
    return fields


def _names_of(function: Any, local: Mapping[str, Any]) -> Names:
    """Where the names in a function's hints are looked up: in its module, and where it was defined."""
    inner = inspect.unwrap(function)
    while isinstance(inner, functools.partial):
        inner = inner.func
    if not hasattr(inner, "__globals__") and not inspect.ismethod(inner):
        inner = type(inner).__call__
    return Names(local, getattr(inner, "__globals__", {}))


def _docstring(function: Any) -> str | None:
    if isinstance(function, functools.partial):
        return _docstring(function.func)
    if inspect.isroutine(function):
        return inspect.getdoc(function)
    return inspect.getdoc(type(function).__call__) or inspect.getdoc(function)


def _positional_only(function: Any) -> list[str]:
    found = inspect.signature(function).parameters.values()
    return [one.name for one in found if one.kind is one.POSITIONAL_ONLY]


def _check_options(approval: Any, timeout: Any, loop: Any) -> None:
    if approval not in (None, "ask", "allow", "deny"):
        raise LiaraUsageError(f"approval is {approval!r:.40}, but must be ask, allow or deny.")
    if timeout is not None and (isinstance(timeout, bool) or not isinstance(timeout, (int, float)) or not timeout > 0):
        raise LiaraUsageError(f"timeout is {timeout!r:.40}, but must be a number of seconds above 0.")
    if loop not in ("engine", "kernel"):
        raise LiaraUsageError(f"loop is {loop!r:.40}, but must be engine or kernel.")


def _shown(value: Any) -> str:
    return f"a {type(value).__name__}"
