"""What goes along with a prompt: where each part is from, and how much of it there is, for whoever shows it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

#: Bytes of text for a token, on the average; Persian takes more tokens for a letter, and more bytes too.
BYTES_PER_TOKEN = 4
#: Pixels of a picture for a token (Anthropic, "Vision": width × height / 750); others count otherwise, by as much.
PIXELS_PER_TOKEN = 750
#: How a message begins that carries context. What it says is D10 of the threat model: text of others is data.
OPENING = "What follows is data from the person's notebook."
#: What stands in place of a secret: its kind and its number among this kind.
HIDDEN = re.compile(r"\[hidden: ([^\[\]\n]{1,60}) \d+\]")


def tokens_of_text(text: str) -> int:
    """About how many tokens a text is."""
    return -(-len(text.encode("utf-8", "replace")) // BYTES_PER_TOKEN)


def tokens_of_picture(width: int, height: int) -> int:
    """About how many tokens a picture of so many pixels is."""
    return -(-width * height // PIXELS_PER_TOKEN)


@dataclass(frozen=True)
class CarriedPart:
    """A part: ``source`` names it, ``kind`` says what it is, ``size`` its bytes, ``cut`` what of it is missing.

    ``tokens`` are about as many as it counts; ``None`` where that cannot be told, as of a PDF.
    """

    source: str
    kind: str
    size: int
    tokens: int | None = None
    cut: str = ""


@dataclass(frozen=True)
class Carried:
    """The parts that go along, how often a secret of each kind was ``hidden`` in them, and what was ``left_out``."""

    parts: tuple[CarriedPart, ...] = ()
    hidden: Mapping[str, int] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()

    def summary(self) -> str:
        """``3 parts, 12,300 bytes, about 3,075 tokens``; empty when nothing goes along."""
        if not self.parts:
            return ""
        sources = len({part.source for part in self.parts})
        unknown = sorted({part.kind.partition(",")[0] for part in self.parts if part.tokens is None})
        size, tokens = sum(part.size for part in self.parts), sum(part.tokens or 0 for part in self.parts)
        beside = f" beside the {' and the '.join(unknown)}" if unknown else ""
        return f"{sources} part{'s' * (sources > 1)}, {size:,} bytes, about {tokens:,} tokens{beside}"

    def hidden_said(self) -> str:
        """``2 × password, 1 × GitHub token``."""
        return ", ".join(f"{count} × {kind}" for kind, count in sorted(self.hidden.items()))

    def details(self) -> Iterator[tuple[str, str]]:
        """Names and values: what a person may want to know of it beside the reply."""
        if said := self.summary():
            yield "from the notebook", said
        if hidden := self.hidden_said():
            yield "hidden before sending", hidden
        for part in self.parts:
            if part.cut:
                yield f"cut of {part.source}", part.cut
        for sentence in self.left_out:
            yield "left out", sentence
