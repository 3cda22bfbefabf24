"""The slash command about stored replies."""

from __future__ import annotations

from ..protocol.errors import LiaraUsageError, nearest
from ..screen.figures import in_digits
from ..session.session import Session
from .registry import command

_MEANING = {
    "off": "Replay is off: every request is sent, and no reply is stored.",
    "on": "Replay is on: an identical request is answered from the stored reply, free; what is asked anew is stored.",
    "require": "Replay is required: nothing is sent, and a request without a stored reply is an error.",
}


@command("/replay [on|off|require|clear]", "Answer identical requests from stored replies, free; or forget these.")
def _replay(session: Session, rest: str) -> str:
    store = session.replays.store
    if rest == "clear":
        count = store.clear()
        return in_digits(f"{count:,} stored repl{'y' if count == 1 else 'ies'} forgotten.", session.settings.digits)
    if rest and rest not in _MEANING:
        raise LiaraUsageError(
            f"/replay does not know {rest:.40}.",
            hint=nearest(rest, [*_MEANING, "clear"]) or "%liara /replay on, off, require or clear.",
        )
    if rest:
        session.settings.change("replay", rest)
    count, size = store.size()
    kept = f"{count:,} repl{'y is' if count == 1 else 'ies are'} stored, {size / 2**20:.1f} MB."
    return f"{_MEANING[session.settings.replay]} {in_digits(kept, session.settings.digits)}"
