"""The kinds of settings that traitlets does not know, and how a typed text becomes a setting's value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import traitlets

from .protocol.checks import check, check_toman, latin_digits, parse, read_json, read_toman
from .protocol.errors import LiaraUsageError
from .protocol.parameters import Parameter

_EXPECTED: tuple[tuple[type, str], ...] = (
    (traitlets.Bool, "true or false"),
    (traitlets.Float, "a number from 0 up"),
    (traitlets.Int, "a whole number from 0 up"),
    (traitlets.List, 'a JSON array of texts, such as ["INV-[0-9]+"]'),
    (traitlets.Dict, 'a JSON object of texts, such as {"fast": "openai/gpt-4o-mini"}'),
)
_WORDS = dict.fromkeys(("true", "yes", "on", "1"), True) | dict.fromkeys(("false", "no", "off", "0"), False)


if TYPE_CHECKING:
    _AnyTrait = traitlets.TraitType[Any, Any]
    _EnumTrait = traitlets.Enum[Any]
else:  # generic classes only since traitlets 5.10; Colab has 5.7
    _AnyTrait = traitlets.TraitType
    _EnumTrait = traitlets.Enum


class ParameterTrait(_AnyTrait):
    """A request parameter's value, checked by its row; ``None`` means that it is not sent."""

    allow_none = True
    default_value = None

    def __init__(self, parameter: Parameter) -> None:
        super().__init__(help=f"{parameter.help} Sent with each request as `{parameter.name}`; {parameter.expected}.")
        self.parameter = parameter

    def validate(self, obj: Any, value: Any) -> Any:
        """``value`` as it is kept. Raises :class:`TraitError`."""
        try:
            return check(self.parameter, value)
        except LiaraUsageError as error:
            raise traitlets.TraitError(str(error)) from None

    def read(self, text: str, said_as: str) -> Any:
        """The value that was typed. Raises :class:`LiaraUsageError`."""
        return parse(self.parameter, text, said_as)


class TomanTrait(_AnyTrait):
    """An amount of toman, a finite number from 0 up; ``None`` means that none is set."""

    allow_none = True
    default_value = None

    def validate(self, obj: Any, value: Any) -> Any:
        """``value`` as it is kept. Raises :class:`TraitError`."""
        try:
            return check_toman(value, str(self.name))
        except LiaraUsageError as error:
            raise traitlets.TraitError(str(error)) from None

    def read(self, text: str, said_as: str) -> float:
        """The amount that was typed. Raises :class:`LiaraUsageError`."""
        return read_toman(text, said_as)


class SwitchTrait(_EnumTrait):
    """A setting of ``off``, ``on`` and further words; true and false mean the first two."""

    def validate(self, obj: Any, value: Any) -> Any:
        """``value`` as a word. Raises :class:`TraitError`."""
        word = {True: "on", False: "off"}[value] if isinstance(value, bool) else value
        return super().validate(obj, word)


def read_setting(trait: traitlets.TraitType[Any, Any], text: str, said_as: str) -> Any:
    """The value that was typed for a setting. ``said_as`` is how the person named it, for the message."""
    if isinstance(trait, ParameterTrait | TomanTrait):
        return trait.read(text, said_as)
    try:
        if isinstance(trait, traitlets.Bool):
            return _WORDS[text.strip().lower()]
        if isinstance(trait, (traitlets.Float, traitlets.Int)):
            number = (int if isinstance(trait, traitlets.Int) else float)(latin_digits(text))
            if number >= 0:  # NaN is not
                return number
            raise ValueError
        if isinstance(trait, (traitlets.Dict, traitlets.List)):
            return _names(text) if isinstance(trait, traitlets.Dict) else _texts(text)
        if isinstance(trait, traitlets.Enum):
            words = {True: "on", False: "off"} if isinstance(trait, SwitchTrait) else {}
            word = text.strip().lower()
            word = words[_WORDS[word]] if words and word in _WORDS else word
            return {value: value for value in trait.values or ()}[word]
        return text
    except (KeyError, ValueError):
        choices = " or ".join(trait.values or ()) if isinstance(trait, traitlets.Enum) else ""
        expected = choices or next(words for kind, words in _EXPECTED if isinstance(trait, kind))
        raise LiaraUsageError(f"{said_as} is {text:.60}, but must be {expected}.") from None


def _names(text: str) -> dict[str, str]:
    """A JSON object that gives names to texts. Raises :class:`ValueError`."""
    value = read_json(text)
    if not isinstance(value, dict) or not all(isinstance(name, str) for name in value.values()):
        raise ValueError
    return value


def _texts(text: str) -> list[str]:
    """A JSON array of texts. Raises :class:`ValueError`."""
    value = read_json(text)
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise ValueError
    return value


def takes_back(trait: traitlets.TraitType[Any, Any], text: str) -> bool:
    """Whether the word takes a setting back. "none" does not where the API itself knows that word."""
    word = text.strip().lower()
    known = trait.parameter.choices if isinstance(trait, ParameterTrait) else ()
    return word in ("", "default") or (word == "none" and word not in known)
