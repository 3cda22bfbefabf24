"""From what was typed to a value that a parameter may hold, or a sentence that says why not."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any

from .errors import LiaraUsageError
from .parameters import BY_NAME, PARAMETERS, Parameter

_PERSIAN_DIGITS = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩٫", "01234567890123456789.")
#: Whole numbers travel as 64 bits at most.
_LARGEST = 2**63
_TRUE, _FALSE = {"true", "yes", "on", "1"}, {"false", "no", "off", "0"}

_MOST_TOMAN = 1e12  # no amount that a person means comes near this
_SEPARATORS = str.maketrans("", "", ",_٬")
_UNIT = re.compile(r"\s*(?:toman|تومان)$", re.IGNORECASE)


def latin_digits(text: str) -> str:
    """Persian and Arabic digits, and the Persian decimal mark, as ASCII."""
    return text.translate(_PERSIAN_DIGITS)


def parse(parameter: Parameter, text: str, said_as: str = "") -> Any:
    """Read what was typed for ``parameter`` and check it. ``said_as`` is how the person named it, for the message."""
    kind = parameter.kind
    if kind == "text":
        return check(parameter, text, said_as)
    if kind == "integer":
        value: Any = _number(text, int)
    elif kind == "number":
        value = _number(text, float)
    elif kind == "boolean":
        lowered = text.strip().lower()
        value = lowered in _TRUE if lowered in _TRUE | _FALSE else text
    else:
        value = _json_or_text(text)
        if kind == "choices" and isinstance(value, str):
            value = [word.strip() for word in value.split(",")]
        if kind == "texts" and not isinstance(value, list):
            value = text
    return check(parameter, value, said_as)


def check(parameter: Parameter, value: Any, said_as: str = "") -> Any:
    """Return ``value`` if the field may hold it, else raise :class:`LiaraUsageError` naming flag, value and range."""
    if _fits(parameter, value) and _is_json(value):
        return value
    raise LiaraUsageError(f"{said_as or parameter.name} is {_shown(value):.80}, but must be {parameter.expected}.")


def check_together(values: Mapping[str, Any]) -> None:
    """Raise :class:`LiaraUsageError` for fields that exclude each other or lack the one they depend on."""
    for name in values:
        row = BY_NAME.get(name)
        if row and row.excludes in values:
            raise LiaraUsageError(
                f"{row.name} and {row.excludes} exclude each other.", hint=f"Keep one: drop {row.flag} or the other."
            )
        if row and row.needs and not values.get(row.needs):
            needed = BY_NAME[row.needs]
            raise LiaraUsageError(f"{row.flag} needs {needed.flag}.", hint=f"Add {needed.flag}, or drop {row.flag}.")


def layered(defaults: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """``given`` over ``defaults``; what is given displaces defaults that it excludes or leaves without their need."""
    displaced = {BY_NAME[name].excludes for name in given if name in BY_NAME}
    displaced |= {row.name for row in PARAMETERS if row.needs and not given.get(row.needs, True)}
    return {name: value for name, value in defaults.items() if name not in displaced} | dict(given)


def read_json(text: str) -> Any:
    """The JSON value of ``text``. Raises :class:`ValueError`, also for NaN and for nesting that is too deep."""
    try:
        return json.loads(text, parse_constant=_no_constant)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _is_json(value: Any) -> bool:
    """Whether ``value`` can be sent: containers may hold anything."""
    if not isinstance(value, (dict, list)):
        return isinstance(value, (str, int, float, type(None))) and value == value  # noqa: PLR0124  # not NaN
    try:
        json.dumps(value, allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        return False
    return True


def _shown(value: Any) -> str:
    if isinstance(value, float) and float(f"{value:g}") == value:
        return f"{value:g}"
    try:
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError, RecursionError):
        return repr(value)


def _number(text: str, kind: type[int] | type[float]) -> int | float | str:
    try:
        return kind(latin_digits(text.strip()))
    except ValueError:
        return text


def _json_or_text(text: str) -> Any:
    try:
        return read_json(text)
    except ValueError:
        return text


def _fits(row: Parameter, value: Any) -> bool:  # noqa: PLR0911  # one return for each kind
    if row.kind in ("integer", "number"):
        wanted = int if row.kind == "integer" else (int, float)
        if isinstance(value, bool) or not isinstance(value, wanted):
            return False
        if not abs(value) < _LARGEST:  # NaN is not smaller either
            return False
        low = row.minimum is None or value >= row.minimum
        return low and (row.maximum is None or value <= row.maximum)
    if row.kind == "texts":
        texts = [value] if isinstance(value, str) else value
        return _is_list_of(texts, str) and 0 < len(texts) <= (row.at_most or len(texts))
    if row.kind == "choices":
        return _is_list_of(value, str) and set(value) <= set(row.choices)
    if row.kind == "choice":
        return isinstance(value, dict) or value in row.choices
    if row.name == "logit_bias":
        return isinstance(value, dict) and all(_is_bias(bias) for bias in value.values())
    if row.kind == "objects":
        return _is_list_of(value, dict)
    plain: dict[str, type] = {"text": str, "boolean": bool, "object": dict}
    return row.kind == "any" or isinstance(value, plain[row.kind])


def _is_list_of(value: Any, kind: type) -> bool:
    return isinstance(value, list) and all(isinstance(item, kind) for item in value)


def _is_bias(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and -100 <= value <= 100


def check_toman(value: Any, said_as: str) -> float:
    """``value`` as an amount of toman, a finite number from 0 up. Raises :class:`LiaraUsageError`."""
    if not _is_toman(value):
        raise LiaraUsageError(
            f"{said_as} is {value!s:.60}, but must be an amount of toman from 0 to {_MOST_TOMAN:,.0f}, such as 50000."
        )
    return float(value)


def _is_toman(value: Any) -> bool:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return is_number and 0 <= value <= _MOST_TOMAN  # NaN is not either


def read_toman(text: str, said_as: str) -> float:
    """An amount as people write it: 50,000 · ۵۰٬۰۰۰ تومان · 1_000 toman. Raises :class:`LiaraUsageError`."""
    written = _UNIT.sub("", latin_digits(text).strip()).translate(_SEPARATORS)
    try:
        amount = float(written)
    except ValueError:
        amount = math.inf
    return check_toman(amount if _is_toman(amount) else text.strip(), said_as)
