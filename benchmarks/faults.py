"""Faults of the wire, put to the real package: what must happen, what happens, the figure.

``python -m benchmarks.faults`` takes about two minutes and prints one Markdown table; ``--write`` writes it to
docs/reliability.md; ``python -m benchmarks.faults B3 B14`` runs these rows alone.
"""

from __future__ import annotations

import argparse
import sys
import time
import traceback
from collections.abc import Iterator
from pathlib import Path

if __package__ in (None, ""):  # started as a file: make the package around it known
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import (
    fault_rows_decode,
    fault_rows_kernel,
    fault_rows_life,
    fault_rows_network,
    fault_rows_process,
    fault_rows_retry,
    fault_rows_status,
    fault_rows_stream,
    tables,
)
from benchmarks.fault_row import Figure, Row
from benchmarks.rig import KEY, TOP, environment

PAGE = TOP / "docs" / "reliability.md"
_MODULES = (
    fault_rows_decode,
    fault_rows_stream,
    fault_rows_status,
    fault_rows_retry,
    fault_rows_network,
    fault_rows_process,
    fault_rows_kernel,
    fault_rows_life,
)
_OPENING = """# Reliability

What the package does when the network, the gateway or the kernel fails. Each row puts one kind of fault to the real
package, over real sockets on this machine and, where the row says so, in a real kernel, and gives the figure that was
measured. The cases are our own, written from the specifications; figures of other clients are those that were measured
on their current releases when the faults were collected, and were not measured again here. To measure it yourself:
`python -m benchmarks.faults`, or with `--write` to write this page anew.
"""
_VERDICTS = {True: "ok", False: "**missed**", None: "not measured"}


def rows(wanted: list[str]) -> list[Row]:
    """In the order of their numbers."""
    found = sorted((row for module in _MODULES for row in module.ROWS), key=lambda row: int(row.id[1:]))
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", nargs="*", metavar="ROW", help="such as B3; all of them if none is named")
    parser.add_argument("--write", action="store_true", help="write the table to docs/reliability.md")
    arguments = parser.parse_args()
    if arguments.write and arguments.rows:
        raise SystemExit("The page holds every row: --write goes without names of rows.")
    with environment(LIARA_API_KEY=KEY):
        found = [(row, measure(row)) for row in rows(arguments.rows)]
    machine = f"Measured on: {tables.machine('httpx', 'ipykernel', 'ipython')}."
    shown = "\n".join(table(found))
    print(f"\n{machine}\n\n{shown}")
    if arguments.write:
        PAGE.write_text(f"{_OPENING}\n{machine}\n\n{shown}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
