"""What the prompt in the box would send, to the letter."""

from __future__ import annotations

from typing import Any

from ..screen.preview import Preview
from ..session.ask import Ask
from ..session.session import Session
from .parts import Parts, with_its_keys
from .texts import Texts


class PreviewView:
    """A place that shows the request until it is asked to hide it. Written on the stage's thread."""

    def __init__(self, parts: Parts, texts: Texts, session: Session) -> None:
        self._session, self._voice = session, texts.voice
        self.html: Any = parts.html("", "shown")

    @property
    def is_open(self) -> bool:
        """Whether something is shown."""
        return bool(self.html.value)

    def show(self, ask: Ask) -> None:
        """Show what ``ask`` would send now. Raises :class:`LiaraError` for one that cannot be sent."""
        request = self._session.request(ask)
        address = self._session.known_address(request.model)
        request, cost = self._session.purse.outlook(request, address, ask.max_cost)
        price = self._session.purse.price(request.model, address)
        notes = (*ask.notes, *([cost] if cost else []))
        preview = Preview(request, ask.carried, notes, price.prompt if price else None)
        self.html.value = with_its_keys(preview.html(self._voice))

    def hide(self) -> None:
        """Show nothing."""
        self.html.value = ""
