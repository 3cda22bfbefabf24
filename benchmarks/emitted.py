"""Everything that a reply brings to a front end: the live outputs, the last one, and what a reply shows of itself."""

from __future__ import annotations

import codecs
import itertools
import re
from collections.abc import Iterator

from inertness import faults
from screens import TOTALS, RecordingPublisher, reply_of

from liara_magic.protocol.foreign_text import clean
from liara_magic.protocol.reply import Reply
from liara_magic.screen.notebook import NotebookScreen, reply_bundle
from liara_magic.screen.painter import Painter

#: Control characters, and marks that hide or reorder text.
DANGEROUS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]")

Bundle = dict[str, str]


def bundles(reply: Reply) -> list[Bundle]:
    """Every MIME bundle of ``reply``, shown at once and at its end, as a cell of its own does it."""
    publisher = RecordingPublisher()
    screen = NotebookScreen(publisher, owns_cell=True)
    screen.start(reply.model)
    screen.show(reply)
    screen.finish(reply, TOTALS)
    return [*(data for _, data, _ in publisher.calls), reply_bundle(reply)]


def of_text(text: str) -> list[Bundle]:
    return bundles(reply_of(text))


def wrong(found: list[Bundle]) -> list[str]:
    """What is not inert in any of their parts: HTML after an HTML5 parse, plain text without control characters."""
    seen = {(kind, part) for bundle in found for kind, part in bundle.items()}
    html = [fault for kind, part in seen if kind == "text/html" for fault in faults(part)]
    return html + [
        f"{kind} with a control character" for kind, part in seen if kind[:5] == "text/" and _acts(kind, part)
    ]


def _acts(kind: str, part: str) -> bool:
    """The marks that keep an amount in its place are ours; they come in pairs, around it alone."""
    ours = re.sub("\u2066[\\d.,\u06f0-\u06f9٬٫]+ تومان\u2069", "", part)
    return DANGEROUS.search(ours) is not None


class _Canvas:
    def __init__(self) -> None:
        self.html = ""

    def tail(self, html: str) -> int:
        self.html = html
        return len(html)

    commit = fold = tail


def at_every_byte(text: str) -> Iterator[str]:
    """What is painted when ``text`` comes byte by byte, as UTF-8: the HTML after each of them."""
    decoder, canvas, came = codecs.getincrementaldecoder("utf-8")(), _Canvas(), ""
    painter = Painter(canvas, clock=itertools.count(0, 1000).__next__)  # it is always time to paint
    for byte in text.encode():
        came += decoder.decode(bytes([byte]))
        painter.show(clean(came))
        yield canvas.html
    yield painter.whole(clean(came))
