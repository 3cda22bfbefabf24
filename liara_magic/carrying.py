"""Gives an ask what goes along with it, within the room that settings and model leave, without secrets."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .protocol.carried import BYTES_PER_TOKEN
from .session.room import room_for_context

if TYPE_CHECKING:
    from .notebook.context import Piece
    from .session.ask import Ask
    from .session.session import Session
    from .settings import Liara


@dataclass(frozen=True)
class Carrier:
    """What is known before the pieces of an ask are made.

    ``tokens`` is the room for them, ``hide`` takes secrets out of a text (``None``: the setting is off), ``pictures``
    whether the model takes any: ``None`` where the catalogue does not tell.
    """

    tokens: int
    hide: Callable[[str], str] | None
    pictures: bool | None

    @classmethod
    def of(cls, session: Session, ask: Ask) -> Carrier:
        """For ``ask``. Raises :class:`LiaraUsageError` for one that cannot be sent anyway, or for a bad pattern."""
        request = session.request(ask)
        model = session.known_model(request.model)
        takes = model.input_modalities if model else ()
        return cls(
            room_for_context(session.settings.context_tokens, request, model),
            hiding(session.settings),
            "image" in takes if takes else None,
        )

    def share(self, count: int) -> int:
        """Characters for each of ``count`` descriptions. Half of the room is left for what else goes along."""
        return self.tokens * BYTES_PER_TOKEN // 2 // max(1, count)

    def load(self, ask: Ask, pieces: Iterable[Piece], inserted: Sequence[str] = ()) -> Ask:
        """``ask`` with its context of ``pieces``; ``inserted`` stands in its prompt already."""
        from .notebook.context import assemble

        context = assemble(pieces, self.tokens, self.hide)
        carried, notes = context.carried(*inserted), ask.notes
        if self.pictures is False and any(part.kind.startswith("image") for part in carried.parts):
            notes = (*notes, "The catalogue does not say that the model reads pictures; one was sent all the same.")
        return replace(ask, context=context.message(), carried=carried, notes=notes, is_filled=True)


def with_values(session: Session, ask: Ask, values: Sequence[Any]) -> Ask:
    """``ask`` with ``values`` as its context: files for paths, text as it is, anything else described."""
    if not values:
        return ask
    from .notebook.pieces import piece_of_file, piece_of_value

    carrier = Carrier.of(session, ask)
    share = carrier.share(len(values))
    pictures = carrier.pictures is not False
    pieces = [
        piece_of_file(Path(os.path.expanduser(value)))
        if isinstance(value, Path)
        else piece_of_value(value, f"context {number}", share, carrier.hide, pictures=pictures)
        for number, value in enumerate(values, 1)
    ]
    return carrier.load(ask, pieces)


def hiding(settings: Liara) -> Callable[[str], str] | None:
    """What takes secrets out of a text, by the settings; ``None`` where they say to leave them."""
    if not settings.redact:
        return None
    from .notebook.redaction import Redactor
    from .protocol.errors import LiaraUsageError

    try:
        redactor = Redactor(settings.redact_patterns)
    except ValueError as error:
        raise LiaraUsageError(
            f"redact_patterns: {error}", hint="Nothing was sent. %liara /set redact_patterns ..."
        ) from None
    return lambda text: redactor.redact(text).text
