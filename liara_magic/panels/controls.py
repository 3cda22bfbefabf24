"""The settings a person changes most, and behind them every other parameter of the API."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from ..protocol.errors import LiaraError
from ..protocol.parameters import BY_NAME, SETTABLE
from ..session.session import Session
from ..settings import find_setting
from .parts import Parts
from .texts import Texts

#: Those with a field of their own; the others are behind "more".
_OWN = ("temperature", "max_tokens", "reasoning_effort")


class Controls:
    """The fields. What is typed changes the settings of the session, which cells share; what a cell changes shows here.

    ``post`` runs a change of widgets on the stage's thread, such as ``changed`` when a setting has; ``failed`` shows
    what was wrong with a value.
    """

    def __init__(
        self,
        parts: Parts,
        texts: Texts,
        session: Session,
        models: Iterable[str],
        *,
        post: Callable[[Callable[[], None]], None],
        failed: Callable[[Exception], None],
        changed: Callable[[], None],
    ) -> None:
        self._parts, self._texts, self._session = parts, texts, session
        self._post, self._failed, self._changed = post, failed, changed
        self._fields: dict[str, Any] = {}
        self.model = self._field("Combobox", "model", "unlabelled", options=tuple(models))
        system = self._field("Textarea", "system", "wide", rows=3)
        own = [self._field("Text", name, placeholder=texts("as_it_is")) for name in _OWN[:2]]
        own.append(self._effort())
        others = [row.name for row in SETTABLE if row.name not in _OWN]
        self._name = parts.make("Dropdown", "field", options=others, description=texts("parameter"))
        self._value = parts.make("Text", "field", description=texts("value"), continuous_update=False)
        self._name.observe(lambda change: self._post(self._show_other), "value")
        self._value.observe(self._on_other, "value")
        self._shows_other = False
        self._help = parts.html("", "hint")
        more = parts.row([self._name, self._value], "fields")
        self.column = parts.column([system, parts.row(own, "fields"), more, self._help], "settings")
        self._show_other()
        session.settings.observe(self._on_setting)

    def refresh(self, models: Iterable[str]) -> None:
        """Show the settings as they are now; offer ``models``."""
        options = tuple(models)
        if options != tuple(self.model.options):
            self.model.options = options
        for name, field in self._fields.items():
            shown = _shown(getattr(self._session.settings, name))
            if name == "reasoning_effort" and shown not in field.options:
                shown = ""
            if field.value != shown:
                field.value = shown

    def close(self) -> None:
        """Look at the settings no more."""
        self._session.settings.unobserve(self._on_setting)

    def _field(self, kind: str, name: str, *classes: str, **traits: Any) -> Any:
        value = _shown(getattr(self._session.settings, name))
        label = self._texts(name)
        field = self._parts.make(
            kind, "field", *classes, description=label, value=value, continuous_update=False, **traits
        )
        field.observe(lambda change: self._change(name, change["new"]), "value")
        self._fields[name] = field
        return field

    def _effort(self) -> Any:
        row = BY_NAME["reasoning_effort"]
        now = _shown(getattr(self._session.settings, row.name))
        options = ("", *row.choices, *([now] if now and now not in row.choices else []))
        field = self._parts.make(
            "Dropdown", "field", description=self._texts(row.name), options=options, value=now if now else ""
        )
        field.observe(lambda change: self._change(row.name, change["new"]), "value")
        self._fields[row.name] = field
        return field

    def _change(self, name: str, text: str) -> None:
        """What was typed, into the settings; what cannot be is said, and the field shows what holds."""
        session = self._session
        if text == _shown(getattr(session.settings, name)):
            return
        if name == "model":
            text = session.model_id(text.strip())
        try:
            session.settings.change(name, text)
        except LiaraError as error:
            self._failed(error)

    def _on_other(self, change: dict[str, Any]) -> None:
        if not self._shows_other:
            self._change(self._name.value, change["new"])
            self._post(self._show_other)

    def _show_other(self) -> None:
        name = self._name.value
        self._shows_other = True
        try:
            self._value.value = _shown(getattr(self._session.settings, name))
        finally:
            self._shows_other = False
        voice = self._texts.voice
        self._help.value = f'<div dir="{voice.direction}">{voice.sentence(find_setting(name).help)}</div>'

    def _on_setting(self, change: Any) -> None:
        self._post(self._changed)


def _shown(value: Any) -> str:
    """A setting as it is typed."""
    return "" if value is None else str(value)
