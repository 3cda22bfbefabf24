"""How a reply streams into the output area: three ways, measured outside of the kernel.

``python -m benchmarks.streaming`` takes about five minutes; ``--quick`` is a smoke test, ``--full`` adds 100 KB at 100
tokens a second. It starts a paced gateway and real kernels, and prints Markdown tables.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path

if __package__ in (None, ""):  # started as a file: make the package around it known
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import report
from benchmarks.kernel_probe import Kernel
from benchmarks.measures import LIARA_SETUP, SETUP, WAYS, Run, interrupts, load, measure
from benchmarks.paced_gateway import Gateway


@contextlib.contextmanager
def kernels(gateway: Gateway) -> Iterator[dict[str, Kernel]]:
    """A kernel for each way, warmed up, so that none measures imports or the others' garbage."""
    with contextlib.ExitStack() as stack:
        opened = {way: stack.enter_context(Kernel(LIARA_BASE_URL=gateway.base_url)) for way in WAYS}
        for way, kernel in opened.items():
            kernel.prepare(LIARA_SETUP if way == "liara" else SETUP)
            for _ in range(2):
                measure(kernel, gateway, way, 1, 0, "mixed", 60)
        yield opened


def matrix(mode: str) -> Iterator[tuple[int, int, int]]:
    """(KB, deltas a second, repetitions); at rate 0 the reply comes at full speed."""
    if mode == "quick":
        yield from ((1, 0, 3), (10, 0, 3), (1, 1000, 1))
        return
    yield from ((1, 0, 7), (10, 0, 7), (100, 0, 5), (1, 100, 3), (10, 100, 1))
    if mode == "full":
        yield (100, 100, 1)
    yield from ((1, 1000, 5), (10, 1000, 3), (100, 1000, 1))


def measure_all(mode: str, patience: float) -> list[list[Run]]:
    """One list of repetitions for each row of the table."""
    rows: list[list[Run]] = []
    with Gateway() as gateway, kernels(gateway) as opened:
        for kb, rate, repetitions in matrix(mode):
            found: dict[str, list[Run]] = {way: [] for way in WAYS}
            for _ in range(repetitions):  # the ways take turns: a busy minute of the machine hits them alike
                for way in WAYS:
                    before = found[way]
                    # Nothing is learned from a run of many seconds that is repeated.
                    if before and (before[0].skipped or before[0].cell.wall > 10):
                        continue
                    _say(f"{way}, {kb} KB, {rate or 'full speed'}")
                    before.append(measure(opened[way], gateway, way, kb, rate, "mixed", patience))
            rows += found.values()
        if mode != "quick":
            _say("liara, one giant block")
            rows.append([measure(opened["liara"], gateway, "liara", 40, 1000, "giant", patience)])
    return rows


def _say(what: str) -> None:
    print(f"  {what}", file=sys.stderr, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--quick", action="store_const", dest="mode", const="quick", help="a smoke test of 20 s")
    size.add_argument("--full", action="store_const", dest="mode", const="full", help="100 KB at 100 tokens/s too")
    parser.add_argument("--patience", type=float, default=120, help="seconds until a run that lags behind is skipped")
    arguments = parser.parse_args()
    quick = arguments.mode == "quick"
    # The short measurements first: what cannot work at all shows within seconds.
    _say("interrupts")
    stops = {stalled: interrupts(stalled, 1 if quick else 7) for stalled in (False, True)}
    _say("%load_ext")
    loads = load(1 if quick else 5)
    rows = measure_all(arguments.mode or "default", arguments.patience)
    report.show(rows, stops, loads)


if __name__ == "__main__":
    main()
