"""What is said about a value, and the page on which it grows."""

from __future__ import annotations

from dataclasses import dataclass

from .foreign_code import Patience
from .wording import cut_middle, listed, one_line, shorten, tidy


@dataclass(frozen=True)
class Image:
    """A picture of a value: its file's ``data`` in ``mime_type``; ``width`` and ``height`` in pixels."""

    mime_type: str
    data: bytes
    width: int
    height: int


@dataclass(frozen=True)
class Description:
    """What a model should read about a value.

    ``text`` is plain text with light Markdown, ``cut`` one sentence that says what was left out, or nothing. ``fault``
    says, as the end of a sentence, why the value could not be described as what it is: its repr raised, for instance.
    """

    text: str
    images: tuple[Image, ...] = ()
    cut: str = ""
    fault: str = ""


class Page:
    """A description while it grows, line by line and never beyond its ``budget`` of characters."""

    def __init__(self, name: str, budget: int, patience: Patience) -> None:
        self.name = heading(name)
        self.budget = max(0, budget)
        self.patience = patience
        self._lines: list[str] = []
        self._used = 0
        self._left_out: list[str] = []
        self._images: list[Image] = []
        self._fault = ""

    def emptied(self, reserved: int = 0) -> Page:
        """A new page with the same name and patience, and the budget without what is ``reserved``."""
        page = Page("", self.budget - reserved, self.patience)
        page.name = self.name
        return page

    @property
    def left(self) -> int:
        """How many characters the next line may have."""
        return self.budget - self._used - bool(self._lines)

    def title(self, text: str) -> None:
        """The first line: the name and what it is."""
        self.add_some(f"{self.name}: {text}")

    def add(self, text: str) -> bool:
        """Add ``text``, of one line or more, if all of it fits; says whether it did."""
        text = tidy(text)
        if len(text) > self.left:
            return False
        self._used += len(text) + bool(self._lines)
        self._lines.append(text)
        return True

    def add_some(self, text: str) -> bool:
        """Add ``text``, shortened at its end if need be; says whether it is whole."""
        whole = self.add(text)
        if not whole and self.left > 1:
            self.add(shorten(tidy(text), self.left))
        return whole

    def leave_out(self, what: str) -> None:
        """Remember what the reader does not see, as a noun with its number: ``4 of 10 items``."""
        if what not in self._left_out:
            self._left_out.append(what)

    def fail(self, why: str) -> None:
        """Remember why the value cannot be described as what it is."""
        self._fault = why

    def show(self, image: Image) -> None:
        """Add a picture."""
        self._images.append(image)

    def done(self) -> Description:
        """The finished description."""
        text = cut_middle("\n".join(self._lines), self.budget)
        cut = f"Left out: {listed(self._left_out)}." if self._left_out else ""
        return Description(text, tuple(self._images), cut, self._fault)


def heading(name: str) -> str:
    """The name or expression as code; its own backticks cannot end it."""
    name = one_line(name, 120)
    return f"`` {name} ``" if "`" in name else f"`{name}`"
