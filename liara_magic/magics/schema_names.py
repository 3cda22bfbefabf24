"""``--schema WHAT``: from what a person types to the shape that it means in the notebook."""

from __future__ import annotations

import ast
import builtins
import importlib.util
import re
import typing
from collections.abc import Mapping
from typing import Any

from ..protocol.errors import LiaraUsageError, nearest
from ..session.shapes import Shape, shape_of

_TABLE = re.compile(r"\s*table\s*\[(.+)\]\s*", re.DOTALL)


def shape_named(what: str, namespace: Mapping[str, Any]) -> Shape:
    """The shape called ``what``: ``Row``, ``list[Row]``, ``models.Row``, ``dict[str, float]``, a dict's name.

    ``table[Row]`` is a list of rows that becomes a DataFrame. Names, attributes and subscripts are looked up; nothing
    is called. Raises :class:`LiaraUsageError`.
    """
    table = None if isinstance(namespace.get("table"), type) else _TABLE.fullmatch(what)
    if table is None:
        return shape_of(_hint(what, what, namespace), what, namespace)
    shape = shape_of(list[_hint(table[1], what, namespace)], what, namespace, table=True)  # type: ignore[misc]  # found at run time
    if importlib.util.find_spec("pandas") is None:
        raise LiaraUsageError(f"{what:.80} makes a DataFrame, and pandas is not installed.", hint="%pip install pandas")
    return shape


def _hint(text: str, what: str, namespace: Mapping[str, Any]) -> Any:
    try:
        return _read(ast.parse(text.strip(), mode="eval").body, namespace)
    except LookupError as missing:
        name = missing.args[0] if missing.args else text
        raise LiaraUsageError(
            f"--schema {what:.80}: there is no {name!s:.60} in the notebook.",
            hint=nearest(str(name), namespace)
            or "Define a dataclass, a TypedDict, a pydantic model, or a JSON Schema as a dict, and give its name.",
        ) from None
    except LiaraUsageError:
        raise
    except Exception as error:
        raise LiaraUsageError(
            f"--schema {what:.80} cannot be understood: {type(error).__name__}.",
            hint="Such as --schema Row, list[Row], table[Row], or the name of a dict with a JSON Schema.",
        ) from None


def _read(node: ast.expr, namespace: Mapping[str, Any]) -> Any:
    """The value of a type expression. Raises :class:`LookupError` with the name that is missing."""
    if isinstance(node, ast.Name):
        return _named(node.id, namespace)
    if isinstance(node, ast.Attribute):
        owner = _read(node.value, namespace)
        if not hasattr(owner, node.attr):
            raise LookupError(ast.unparse(node))
        return getattr(owner, node.attr)
    if isinstance(node, ast.Subscript):
        return _read(node.value, namespace)[_read(node.slice, namespace)]
    if isinstance(node, ast.Tuple):
        return tuple(_read(one, namespace) for one in node.elts)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return _read(node.left, namespace) | _read(node.right, namespace)
    if isinstance(node, ast.Constant):
        return node.value
    raise TypeError(type(node).__name__)


def _named(name: str, namespace: Mapping[str, Any]) -> Any:
    if name in namespace:
        return namespace[name]
    for place in (builtins, typing):
        if not name.startswith("_") and hasattr(place, name):
            return getattr(place, name)
    raise LookupError(name)
