"""The named conversations: which one is shown, a new one, a branch, and files to keep them in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..session.session import Session
from .deeds import Deeds
from .parts import Parts, change
from .texts import Texts


class ConversationsBar:
    """A list to choose from, and behind a button the name and the file that a person types.

    Files are written and read by the same commands that cells have: ``/save``, ``/load``, ``/export``.
    """

    def __init__(self, parts: Parts, texts: Texts, session: Session, deeds: Deeds) -> None:
        self._session, self._deeds = session, deeds
        name = session.conversation.name
        self.choice = parts.make(
            "Dropdown", "field", "unlabelled", description=texts("conversation"), options=(name,), value=name
        )
        self.choice.observe(self._chosen, "value")
        self._name = parts.make("Text", "field", description=texts("name"), continuous_update=False)
        self._file = parts.make("Text", "field", description=texts("file"), continuous_update=False)
        self._file.placeholder = "chat.json"
        named = [self._button(parts, texts, "new", deeds.switch), self._button(parts, texts, "branch", deeds.branch)]
        files = [parts.button(texts(what), self._command(f"/{what}"), "quiet") for what in ("save", "load", "export")]
        self.column = parts.column(
            [parts.row([self._name, *named], "fields"), parts.row([self._file, *files], "fields")], "settings"
        )
        self.refresh()

    def refresh(self) -> None:
        """The conversations that there are, and the current one."""
        names = tuple(one.name for one in self._session.conversations.all())
        current = self._session.conversation.name
        if names != tuple(self.choice.options):
            # In one message: a list whose value is not in it is refused.
            change(self.choice, options=names, value=current)
        elif self.choice.value != current:
            self.choice.value = current

    def _chosen(self, change: dict[str, Any]) -> None:
        if change["new"] and change["new"] != self._session.conversation.name:
            names = [one.name for one in self._session.conversations.all()]
            if change["new"] in names:
                self._deeds.switch(change["new"])

    def _button(self, parts: Parts, texts: Texts, text: str, act: Callable[[str], None]) -> Any:
        def clicked() -> None:
            name, self._name.value = self._name.value, ""
            act(name)

        return parts.button(texts(text), clicked, "quiet")

    def _command(self, name: str) -> Callable[[], None]:
        return lambda: self._deeds.give(f"{name} {self._file.value}".strip())
