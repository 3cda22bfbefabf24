"""A page of the documentation that one command makes: rows of faults, put to the real package, and their figures."""

from __future__ import annotations

import argparse
import sys
import time
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import ModuleType

from . import tables
from .fault_row import Figure, Row
from .rig import KEY, TOP, environment

_VERDICTS = {True: "ok", False: "**missed**", None: "not measured"}


@dataclass
class FaultPage:
    """``opening`` is the page above the table; ``modules`` have the ``ROWS``; ``packages`` are named with versions."""

    path: str
    opening: str
    modules: Sequence[ModuleType]
    packages: Sequence[str]

    def main(self, description: str | None) -> None:
        """The command line: rows that are named, or all of them; ``--write`` writes the page."""
        parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
        example = self.rows([])[0].id
        parser.add_argument("rows", nargs="*", metavar="ROW", help=f"such as {example}; all of them if none is named")
        parser.add_argument("--write", action="store_true", help=f"write the table to {self.path}")
        arguments = parser.parse_args()
        if arguments.write and arguments.rows:
            raise SystemExit("The page holds every row: --write goes without names of rows.")
        with environment(LIARA_API_KEY=KEY):
            found = [(row, measure(row)) for row in self.rows(arguments.rows)]
        machine = f"Measured on: {tables.machine(*self.packages)}."
        shown = "\n".join(table(found))
        print(f"\n{machine}\n\n{shown}")
        if arguments.write:
            (TOP / self.path).write_text(f"{self.opening}\n{machine}\n\n{shown}\n", encoding="utf-8")

    def rows(self, wanted: list[str]) -> list[Row]:
        """In the order of their numbers."""
        found = sorted(
            (row for module in self.modules for row in module.ROWS), key=lambda row: (row.id[0], int(row.id[1:]))
        )
        unknown = set(wanted) - {row.id for row in found}
        if unknown:
            raise SystemExit(f"There is no row {', '.join(sorted(unknown))}.")
        return [row for row in found if not wanted or row.id in wanted]


def measure(row: Row) -> Figure:
    """A row that fails by itself is not measured, and says why."""
    print(f"  {row.id} {row.fault}", end="", file=sys.stderr, flush=True)
    start = time.monotonic()
    try:
        figure = row.run()
    except Exception as error:  # whatever it is: the other rows still count
        traceback.print_exc()
        figure = Figure(f"not measured: {type(error).__name__}: {' '.join(str(error).split())[:150]}", "–", None)
    print(f" ({time.monotonic() - start:.1f} s)", file=sys.stderr, flush=True)
    return figure


def table(found: list[tuple[Row, Figure]]) -> Iterator[str]:
    yield tables.head(("id", "fault", "what happened", "figure", "others", ""), "llllll")
    for row, figure in found:
        cells = (row.id, row.fault, figure.happened, figure.value, row.peer, _VERDICTS[figure.ok])
        yield tables.line(" ".join(cell.replace("|", "\\|").split()) for cell in cells)
