"""Describing variables: ten million rows, a thousand columns, an array of a gigabyte, a repr without end.

``python -m benchmarks.context`` takes about four minutes and 4 GB; ``--quick`` has a hundredth of the rows. It prints
Markdown tables, and with ``--write`` puts them into docs/performance.md. Each value is described in two processes of
its own, one for the time and one for the memory.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

if __package__ in (None, ""):  # started as a file: make the package around it known
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import tables

# Makes the tests' folders known.
from benchmarks import rig  # noqa: F401  # isort: skip
from memory import forget_the_peak, held

from liara_magic.notebook.variables import describe

MB = 1_000_000
ROWS, COLUMNS, ARRAY = 10_000_000, 1000, 1000 * MB
#: Characters of a description: what a value that is named alone gets by default, half of context_tokens; and what
#: leaves nothing out of a thousand columns.
USUAL, AMPLE = 32_000, 100_000
REPEATED = 9
PAGE, HEADING = "docs/performance.md", "Describing what goes along"
OPENING = """`python -m benchmarks.context --write`

A table, an array or an object that is named in a prompt becomes a page of text for the model: shape, types, what is
missing, ranges, some rows. Its data are never copied; large ones are looked at through a sample, and the text says so.
Each value is described in two processes of its own, one for the time and one for the memory."""
NOTE = f"""First: with whatever the libraries load when they are first asked. Later: the fastest of {REPEATED}, and the
least time of the processor, all threads together, on which a busy machine has the least influence."""


@dataclass(frozen=True)
class Case:
    """A value of a notebook, and how long describing it may take, in milliseconds."""

    what: str
    make: Callable[[float], Any]
    limit: int
    budget: int = USUAL


def long_table(share: float) -> Any:
    """Six columns: numbers with gaps, whole numbers, Persian words, Python strings, times, categories."""
    import numpy
    import pandas

    rows, random = int(ROWS * share), numpy.random.default_rng(20)
    prices = random.random(rows)
    prices[::7] = numpy.nan
    cities = numpy.array(["تهران", "شیراز", "می‌نو"], dtype=object)[random.integers(0, 3, rows)]
    return pandas.DataFrame(
        {
            "قیمت": prices,
            "count": random.integers(0, 100, rows),
            "شهر": pandas.Series(cities, dtype="string"),
            "object": pandas.Series(cities, dtype=object),
            "time": pandas.date_range("2020-01-01", periods=rows, freq="s"),
            "grade": pandas.Categorical.from_codes(random.integers(-1, 3, rows), ["a", "b", "c"]),
        }
    )


def wide_table(share: float) -> Any:
    import numpy
    import pandas

    values = numpy.random.default_rng(20).random((int(100_000 * share), COLUMNS))
    return pandas.DataFrame(values, columns=[f"x{place}" for place in range(COLUMNS)])


def in_polars(make: Callable[[float], Any]) -> Callable[[float], Any]:
    def made(share: float) -> Any:
        import polars

        return polars.from_pandas(make(share))

    return made


def in_arrow(make: Callable[[float], Any], chunk: int = 0) -> Callable[[float], Any]:
    def made(share: float) -> Any:
        import pyarrow

        table = pyarrow.Table.from_pandas(make(share), preserve_index=False)
        if not chunk:
            return table
        return pyarrow.concat_tables(table.slice(start, chunk) for start in range(0, len(table), chunk))

    return made


def array(share: float) -> Any:
    import numpy

    values = numpy.empty((int(ARRAY * share) // 8 // 1000, 1000))
    values[:] = numpy.random.default_rng(20).random(1000)
    return values


class Endless:
    def __repr__(self) -> str:
        while True:
            pass


CASES = {
    "long-pandas": Case("pandas, 10,000,000 rows × 6", long_table, 200),
    "long-polars": Case("polars, 10,000,000 rows × 6", in_polars(long_table), 200),
    "long-arrow": Case("pyarrow, 10,000,000 rows × 6", in_arrow(long_table), 200),
    "chunks-arrow": Case("the same in chunks of 1,000 rows", in_arrow(long_table, 1000), 200),
    "wide-pandas": Case("pandas, 100,000 rows × 1,000", wide_table, 200),
    "wide-polars": Case("polars, 100,000 rows × 1,000", in_polars(wide_table), 200),
    "wide-arrow": Case("pyarrow, 100,000 rows × 1,000", in_arrow(wide_table), 200),
    "ample-pandas": Case("pandas, 100,000 rows × 1,000", wide_table, 200, AMPLE),
    "ample-polars": Case("polars, 100,000 rows × 1,000", in_polars(wide_table), 200, AMPLE),
    "ample-arrow": Case("pyarrow, 100,000 rows × 1,000", in_arrow(wide_table), 200, AMPLE),
    "array": Case("numpy, 1 GB", array, 50),
    "turned": Case("numpy, 1 GB, transposed", lambda share: array(share).T, 50),
    "endless": Case("an object whose repr never ends", lambda share: Endless(), 2100),
}


@dataclass(frozen=True)
class Found:
    """What was found about a case: seconds of the first description and of later ones, seconds of the processor, growth
    of memory in bytes, characters.
    """

    first: float
    later: float
    work: float
    growth: int
    length: int


def times(case: Case, value: Any) -> list[float]:
    """Seconds of the first description, seconds and processor's seconds of the fastest later one, characters."""
    seconds, work, text = [], [], ""
    for _ in range(1 if isinstance(value, Endless) else 1 + REPEATED):
        start, worked = time.perf_counter(), time.process_time()
        text = describe(value, "df", case.budget).text
        seconds.append(time.perf_counter() - start)
        work.append(time.process_time() - worked)
    return [seconds[0], min(seconds[1:] or seconds), min(work[1:] or work), len(text)]


def memory(case: Case, value: Any) -> int:
    """Bytes. A small value of the same kind comes first: the libraries' own code, once loaded, is no copy of data."""
    if not isinstance(value, Endless):
        describe(case.make(0.001), "df", case.budget)
    gc.collect()
    forget_the_peak()
    before = held("VmRSS")
    describe(value, "df", case.budget)
    return held("VmHWM") - before


def probe(name: str, share: float, what: str) -> None:
    """Measure one value in this process; print what was found as JSON."""
    value = CASES[name].make(share)
    print(json.dumps({"times": times, "memory": memory}[what](CASES[name], value)), flush=True)
    os._exit(0)  # the thread that was given up may still be running


def measured(name: str, share: float) -> Found:
    print(f"  {name}", file=sys.stderr, flush=True)
    first, later, work, length = _of_process(name, share, "times")
    return Found(first, later, work, _of_process(name, share, "memory"), length)


def _of_process(name: str, share: float, what: str) -> Any:
    command = [sys.executable, "-m", "benchmarks.context", "--probe", name, "--share", str(share), "--what", what]
    top = Path(__file__).resolve().parent.parent
    said = subprocess.run(command, check=False, capture_output=True, text=True, timeout=300, cwd=top)
    if said.returncode:
        raise SystemExit(f"{name} failed in its process: {said.stderr.strip().splitlines()[-1:]}")
    return json.loads(said.stdout)


def _rows(found: dict[str, Found]) -> Iterator[str]:
    yield tables.head(("value", "budget", "text", "first ms", "later ms", "CPU ms", "peak memory MB"), "lrrrrrr")
    for name, one in found.items():
        case = CASES[name]
        seconds = (f"{one.first * 1000:.1f}", f"{one.later * 1000:.1f}", f"{one.work * 1000:.1f}")
        yield tables.line((case.what, f"{case.budget:,}", f"{one.length:,}", *seconds, f"{one.growth / MB:+.1f}"))


def _targets(found: dict[str, Found]) -> Iterable[tables.Target]:
    for name, one in found.items():
        case, later = CASES[name], one.later * 1000
        what = f"{case.what}, {case.budget:,} characters: time"
        yield what, f"< {case.limit} ms", f"{later:.1f} ms", later < case.limit
    for name in ("long-pandas", "long-polars", "long-arrow", "array"):
        growth = found[name].growth / MB
        yield f"{CASES[name].what}: peak memory", "< 20 MB", f"{growth:.1f} MB", growth < 20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a smoke test with a hundredth of the rows")
    parser.add_argument("--write", action="store_true", help=f"put the tables into {PAGE}")
    parser.add_argument("--probe", choices=CASES, help=argparse.SUPPRESS)
    parser.add_argument("--share", type=float, default=1.0, help=argparse.SUPPRESS)
    parser.add_argument("--what", choices=("times", "memory"), default="times", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.probe:
        probe(asked.probe, asked.share, asked.what)
    if asked.write and asked.quick:
        raise SystemExit("The page holds the full sizes: --write goes without --quick.")
    found = {name: measured(name, 0.01 if asked.quick else 1.0) for name in CASES}
    shown = _shown(found)
    print(f"\n{'With a hundredth of the rows that the table names. ' * asked.quick}{shown}")
    if asked.write:
        tables.write_section(PAGE, HEADING, f"{OPENING}\n\n{shown}")


def _shown(found: dict[str, Found]) -> str:
    load = f"; load average when printed {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    rows, reached = "\n".join(_rows(found)), tables.targets(_targets(found))
    return f"{tables.machine('pandas', 'polars', 'pyarrow', 'numpy')}{load}\n\n{rows}\n\n{NOTE}\n\n{reached}"


if __name__ == "__main__":
    main()
