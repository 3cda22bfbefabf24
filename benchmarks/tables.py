"""Markdown tables, and the machine that a figure belongs to."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

#: What is measured, the figure to reach, the figure reached, whether it was (None: not measured).
Target = tuple[str, str, str, bool | None]

_VERDICTS = {True: "met", False: "**missed**", None: "not measured"}


def line(cells: Iterable[str]) -> str:
    """A row of a table."""
    return f"| {' | '.join(cells)} |"


def head(columns: Iterable[str], alignment: str) -> str:
    """The first two rows; ``alignment`` has a letter for each column, l or r."""
    return f"{line(columns)}\n{line('---:' if letter == 'r' else '---' for letter in alignment)}"


def targets(found: Iterable[Target]) -> str:
    """The table of every target with what was reached."""
    rows = (line((what, figure, measured, _VERDICTS[met])) for what, figure, measured, met in found)
    return "\n".join((head(("target", "figure", "measured", ""), "llrl"), *rows))


def write_section(page: str, heading: str, text: str) -> None:
    """Put ``text`` under the heading of second level into a page, in place of what stands there; at its end if new."""
    path = Path(__file__).resolve().parent.parent / page
    before, found, rest = path.read_text("utf-8").partition(f"## {heading}\n")
    after = rest.partition("\n## ")
    more = f"\n## {after[2]}" if after[1] else ""
    path.write_text(
        f"{before if found else before.rstrip() + chr(10) * 2}## {heading}\n\n{text}\n{more}", encoding="utf-8"
    )


def machine(*packages: str) -> str:
    """The processor, and the versions of Python and of ``packages``: no name and no path of anybody's."""
    names = {found.split(":")[1].strip() for found in _lines("/proc/cpuinfo") if found.startswith("model name")}
    processor = ", ".join(names) or platform.processor() or "unknown CPU"
    versions = ", ".join(f"{name} {version(name)}" for name in packages)
    return f"{processor}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}, {versions}"


def _lines(path: str) -> list[str]:
    return Path(path).read_text().splitlines() if Path(path).exists() else []
