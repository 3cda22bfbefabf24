"""What the prompt in the box would send, to the letter."""

from __future__ import annotations

from typing import Any

from ..screen.preview import Preview
from ..session.ask import Ask
from ..session.session import Session
from .parts import Parts


class PreviewView:
    """A place that shows the request until it is asked to hide it. Written on the stage's thread."""

    def __init__(self, parts: Parts, session: Session, digits: str) -> None:
        self._session, self._digits = session, digits
        self.html: Any = parts.html("", "shown")

    @property
    def is_open(self) -> bool:
        """Whether something is shown."""
        return bool(self.html.value)

    def show(self, ask: Ask) -> None:
        """Show what ``ask`` would send now. Raises :class:`LiaraError` for one that cannot be sent."""
        request = self._session.request(ask)
        price = self._session.known_price(request.model)
        prompt_price = price.prompt if price else None
        self.html.value = Preview(request, ask.carried, ask.notes, prompt_price, self._digits).html()

    def hide(self) -> None:
        """Show nothing."""
        self.html.value = ""
