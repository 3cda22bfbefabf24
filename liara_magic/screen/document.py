"""What of a reply is shown, as Markdown source."""

from __future__ import annotations

from ..protocol.foreign_text import clean
from ..protocol.reply import Reply


def document(reply: Reply) -> str:
    """The reply as far as it has come, without control characters: its answer, or its refusal."""
    return clean(reply.text or reply.refusal)
