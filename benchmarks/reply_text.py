"""Replies such as models write, cut into deltas. Deterministic, so that two runs compare.

Every few words stands a marker, ``w00000``, ``w00001`` and so on. It survives Markdown and HTML as it is, so that a
message to the front end says by its last marker how much of the reply it shows.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

#: Words between two markers: close enough to sample a second of text several times, far enough to leave ordinary text.
WORDS_PER_MARKER = 6
MARKER = re.compile(rb"w\d{5}")
_MARKER_LENGTH = 6
# A delta is a marker, or up to six letters with the space before them, or what stands between words: about 4 each.
_DELTA = re.compile(r" ?w\d{5}| ?\w{1,6}|\n+ *| +|[^\w\s]+")

_ENGLISH = """
the model reads each row of data and returns a small table where every column has its own mean value so that you can
compare groups before plotting them in general this is faster than writing nested loops because pandas works on whole
arrays instead of single numbers however missing values need care since they change how averages are computed and a
filter that drops them silently may hide the problem that you wanted to find use **explicit** checks and `dropna()`
only when it is safe
"""
_PERSIAN = """
برای تحلیل داده‌ها ابتدا باید ستون‌های خالی را پیدا کنید و سپس میانگین هر گروه را محاسبه کنید این روش سریع‌تر
از نوشتن حلقه‌های تودرتو است زیرا عملیات روی کل آرایه انجام می‌شود و نتیجه را می‌توان در یک جدول کوچک نشان داد با این حال
باید به مقادیر گمشده دقت کرد
"""
_CODE = (
    "frame = frame.groupby('region')['{}'].mean()",
    "for {} in range(10):",
    "    total += values[{}] * 0.25",
    "def {}(rows, limit=100):",
    "    return [row for row in rows if row['{}'] > limit]",
    "result = {{'{}': 42, 'name': \"mean\", 'done': True}}",
    "print(f'{{{}:.2f}}')",
)


class _Writer:
    def __init__(self) -> None:
        self._random = random.Random(20)
        self._markers = 0
        self._words = 0

    def marker(self) -> str:
        self._markers += 1
        return f"w{self._markers - 1:05d}"

    def words(self, count: int, vocabulary: str) -> str:
        chosen = []
        for word in self._random.choices(vocabulary.split(), k=count):
            self._words += 1
            chosen.append(self.marker() if self._words % WORDS_PER_MARKER == 0 else word)
        return " ".join(chosen)

    def paragraph(self) -> str:
        length = self._random.randint(60, 95)  # 300 to 500 characters
        return f"The {self.words(length, _ENGLISH)}.\n\n"

    def persian(self) -> str:
        return f"برای {self.words(self._random.randint(60, 85), _PERSIAN)}.\n\n"

    def heading(self) -> str:
        return f"## Step {self.words(4, _ENGLISH)}\n\n"

    def items(self, mark: str, count: int) -> str:
        return "".join(f"{mark} {self.words(self._random.randint(7, 14), _ENGLISH)}\n" for _ in range(count)) + "\n"

    def code(self) -> str:
        lines = (self._random.choice(_CODE).format(self.marker()) for _ in range(self._random.randint(10, 25)))
        return "```python\n" + "\n".join(lines) + "\n```\n\n"

    def table(self) -> str:
        rows = [f"| {self.marker()} | {self.words(3, _ENGLISH)} | {self._random.random():.3f} |" for _ in range(8)]
        return "| region | what | mean |\n| --- | --- | ---: |\n" + "\n".join(rows) + "\n\n"

    def mixed(self) -> Iterator[str]:
        """What a long answer looks like. It begins with a marker: the first delta must be recognisable."""
        yield f"{self.marker()} {self.paragraph()}"
        while True:
            yield from (self.heading(), self.paragraph(), self.items("-", 6), self.code(), self.paragraph())
            yield from (self.heading(), self.persian(), self.items("1.", 5), self.table(), self.paragraph())
            yield from (self.code(), self.persian(), self.persian(), self.paragraph())

    def giant(self) -> Iterator[str]:
        """A single top-level block without an end: a list, so that nothing of it can be committed before the end."""
        yield f"- {self.marker()} {self.words(10, _ENGLISH)}\n"
        while True:
            yield f"- {self.words(self._random.randint(10, 30), _ENGLISH)}\n"


def deltas(size: int, shape: str = "mixed") -> list[str]:
    """A reply of about ``size`` bytes of UTF-8 in deltas of about 4 characters; ``shape`` is mixed or giant."""
    written = 0
    found: list[str] = []
    for block in getattr(_Writer(), shape)():
        for piece in _DELTA.findall(block):
            found.append(piece)
            written += len(piece.encode())
            if written >= size:
                return found
    raise AssertionError("the blocks have no end")


def markers_in(pieces: list[str]) -> list[tuple[int, int]]:
    """(marker, the delta that carries it), in order. A delta never holds half a marker."""
    found = ((last_marker(piece.encode()), position) for position, piece in enumerate(pieces) if "w" in piece)
    return [(marker, position) for marker, position in found if marker >= 0]


def last_marker(data: bytes) -> int:
    """The highest marker in ``data``, -1 for none. Text is in order, so it is the last one: searched from the end."""
    end = len(data)
    while (start := data.rfind(b"w", 0, end)) >= 0:
        if MARKER.match(data, start):
            return int(data[start + 1 : start + _MARKER_LENGTH])
        end = start
    return -1


def text_of(kind: str, size: int) -> str:
    """About ``size`` bytes of one kind of block: ``paragraph``, ``persian``, ``code`` or ``table``; or ``mixed``."""
    writer = _Writer()
    blocks = writer.mixed() if kind == "mixed" else iter(getattr(writer, kind), None)
    found, written = [], 0
    while written < size:
        found.append(next(blocks))
        written += len(found[-1].encode())
    return "".join(found)
