"""Conversations to export, with hostile and harmless replies."""

import sys
from pathlib import Path

import pytest

# The payloads and the rules of what is inert are those of the renderer's tests.
sys.path.append(str(Path(__file__).parents[1] / "screen"))

from exported import IMAGE, a_turn, conversation_of

from liara_magic.protocol.messages import Message

TABLE = "| a | b |\n|---|---|\n| 1 | 2 |"


@pytest.fixture
def conversation():
    """Two languages, code, a table, a picture, context, a cut reply."""
    context = Message("user", [{"type": "text", "text": "`df`: 3 rows <b>"}, IMAGE])
    cut = a_turn("write a loop", "```python\nfor n in range(3):\n    print(n)")
    cut.cut("stopped")
    return conversation_of(
        a_turn(
            "why is revenue down?\nand {braces}?", "It **fell** in May.\n\n| a | b |\n|---|---|\n| 1 | 2 |", context
        ),
        a_turn("فروش چرا کم شد؟", "در **اردیبهشت** کم شد، ۳٪.", images=[IMAGE], reasoning="hm", system="Be brief."),
        cut,
        name="فروش ۲",
    )
