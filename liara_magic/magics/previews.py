"""What a request carries, before it leaves and after: ``--dry-run`` and ``/context``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..screen.figures import in_digits
from ..session.ask import Ask
from ..session.session import Session
from .registry import Answer, Shown, command

if TYPE_CHECKING:
    from ..protocol.request import ChatRequest


def shown_request(session: Session, request: ChatRequest, ask: Ask, notes: tuple[str, ...]) -> Shown:
    """``request``, which ``ask`` came to, for a person to read, with what is said of it."""
    from ..screen.preview import Preview

    price = session.purse.price(request.model, session.known_address(request.model))
    preview = Preview(request, ask.carried, notes, price.prompt if price else None, session.settings.digits)
    return Shown(preview.text(), preview.html)


def dry_run(session: Session, ask: Ask) -> Shown:
    """The request that ``ask`` would send, as limits on its cost would let it leave, and what it may cost."""
    request = session.request(ask)
    request, cost = session.purse.outlook(request, session.known_address(request.model), ask.max_cost)
    said = [in_digits(cost, session.settings.digits)] if cost else []
    return shown_request(session, request, ask, (*ask.notes, *said))


@command("/context", "The messages of the last request, as they left: sources, sizes, what was hidden and left out.")
def _context(session: Session, rest: str) -> Answer:
    if session.last_request is None or session.last_ask is None:
        return "No request has left yet. --dry-run shows one before it leaves."
    return shown_request(session, session.last_request, session.last_ask, session.last_ask.notes)
