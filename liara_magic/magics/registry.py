"""What the files with slash commands share: the list of commands, how one enters it, and tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from ..session.ask import Ask
from ..session.session import Session

if TYPE_CHECKING:
    from ..screen.voice import Voice


@dataclass(frozen=True)
class Shown:
    """What a command shows: Markdown, and the ``page`` of our own that stands in its place where HTML can be shown.

    A page is made in the words of whoever shows it.
    """

    markdown: str
    page: Callable[[Voice], str] | None = None


class Displayed(Protocol):
    """What shows itself in a notebook, such as the panel."""

    def _ipython_display_(self) -> None:
        """Show it. IPython's own name for that."""


@dataclass(frozen=True)
class NextCell:
    """What a command puts where a person types next, and what it says with it. It is never run by itself."""

    source: str
    markdown: str


#: A command answers with what is to be shown, with an ask that is then put like any other, or with the next cell.
Answer = str | Shown | Ask | NextCell | Displayed
Run = Callable[[Session, str], Answer]


@dataclass(frozen=True)
class Command:
    """A command: how it is typed, what it does, and the function that does it."""

    usage: str
    help: str
    run: Run


#: Every command by its name with the slash. The files that define them fill it when they are imported.
COMMANDS: dict[str, Command] = {}


def command(usage: str, help: str) -> Callable[[Run], Run]:
    """Enter a function as a command. It takes the session and the rest of the line, and returns its answer.

    ``usage`` begins with the command's name; ``help`` is its line in ``/help``.
    """

    def add(run: Run) -> Run:
        COMMANDS[usage.split(maxsplit=1)[0]] = Command(usage, help, run)
        return run

    return add


def table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]], numbers: tuple[str, ...] = ()) -> str:
    """A Markdown table; cells are Markdown, each row as wide as ``head``. Columns in ``numbers`` align right."""
    lines = [head, tuple("---:" if name in numbers else "---" for name in head), *rows]
    return "\n".join(
        "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in line) + " |" for line in lines
    )


def code(text: str) -> str:
    """``text`` as inline code, also when it comes from elsewhere."""
    return f"`{text.replace('`', ' ')}`"
