"""The tables: every way beside the others, then every target with what was reached."""

from __future__ import annotations

import os
import statistics
from collections.abc import Callable, Iterable

from . import tables
from .measures import Interrupt, Load, Run, percentile

_COLUMNS = (
    "way",
    "reply KB",
    "pace",
    "wall s",
    "kernel CPU s",
    "CPU / bare",
    "IOPub bytes / reply byte",
    "messages",
    "messages/s",
    "first delta ms",
    "lag median ms",
    "lag p99 ms",
    "end → done ms",
)
_NOTES = """
Medians over the repetitions. CPU is that of the whole kernel process over the cell. IOPub counts output messages as
they come on the wire; status and execute_input, which every cell sends, are left out. First delta and lag: from the
moment the gateway sends it to the first message that shows it; end: from the gateway's [DONE] to the idle status. At
full speed the socket buffers a whole reply, so times counted from its sending mean nothing there."""


def show(rows: list[list[Run]], stops: dict[bool, list[Interrupt]], loads: list[Load]) -> None:
    """Print everything."""
    _print_machine()
    print(tables.head(_COLUMNS, "l" + "r" * (len(_COLUMNS) - 1)))
    for runs in rows:
        print(_row(runs, _bare_beside(rows, runs[0])))
    print(_NOTES)
    _print_remarks(rows, loads)
    print(f"\n{tables.targets([*_painting(rows), *_cost(rows), *_control(stops, loads)])}")


def _print_machine() -> None:
    load = f"; load average when printed {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    print(f"\n{tables.machine('ipykernel', 'ipython', 'httpx', 'markdown-it-py')}{load}\n")


def _row(runs: list[Run], bare: list[Run]) -> str:
    run, pace = runs[0], f"{runs[0].rate} tokens/s" if runs[0].rate else "full speed"
    name = run.way + (", one giant block" if run.shape == "giant" else "")
    start = [name, str(run.kb), pace]
    if run.skipped:
        return tables.line([*start, f"skipped: {run.skipped}", *["–"] * 9])
    wall = _median(runs, lambda run: run.cell.wall)
    cpu = _median(runs, lambda run: run.cell.cpu)
    ratio = f"{cpu / _median(bare, lambda run: run.cell.cpu):.2f}" if bare else "–"
    count = _median(runs, lambda run: len(run.cell.messages))
    sizes = f"{_median(runs, lambda run: run.cell.size / run.length):.1f}"
    measured = [f"{wall:.2f}", f"{cpu:.3f}", ratio, sizes, f"{count:.0f}", f"{count / wall:.1f}" if wall >= 1 else "–"]
    measured.append(_ms(_median(runs, lambda run: run.first)) if run.first is not None else "–")
    lagging = run.live and run.rate
    measured.append(_ms(_median(runs, lambda run: statistics.median(run.lags))) if lagging else "–")
    measured.append(_ms(_median(runs, lambda run: percentile(run.lags, 99))) if lagging else "–")
    measured.append(_ms(_median(runs, lambda run: run.end)) if run.rate else "–")
    return tables.line([*start, *measured])


def _print_remarks(rows: list[list[Run]], loads: list[Load]) -> None:
    runs = [run for row in rows for run in row if not run.skipped]
    late = max((run.late_sends for run in runs), default=0)
    print(f"\n- The gateway's own lateness in paced runs, worst p99: {_ms(late)} ms.")
    lost = sum(not run.complete for run in runs)
    print(f"- Runs whose last words never reached the front end: {lost} of {len(runs)}.")
    given_up = [row[0] for row in rows if row[0].skipped]
    skipped = [f"{run.way} {run.kb} KB at {run.rate or 'full speed'} ({run.skipped})" for run in given_up]
    print(f"- Skipped: {'; '.join(skipped) or 'nothing'}.")
    first = statistics.median(one.first_answer for one in loads)
    print(f"- First words of the first answer in a fresh kernel, imports included: after {_ms(first)} ms.")
    asked = [run for run in runs if run.way == "liara"]
    opened = sum(run.new_connection for run in asked)
    print(f"- Connections that liara opened for {len(asked)} asks in one kernel: {opened}.")


def _painting(rows: list[list[Run]]) -> Iterable[tables.Target]:
    paced = [row for row in rows if row[0].way == "liara" and row[0].rate and not row[0].skipped]
    mixed = [row for row in paced if row[0].shape == "mixed"]
    first = max(_median(row, lambda run: run.first) for row in mixed)
    yield "first content delta sent → on IOPub, worst paced row", "≤ 10 ms", f"{_ms(first)} ms", first <= 0.010
    median = max(_median(row, lambda run: statistics.median(run.lags)) for row in mixed)
    yield "lag while it flows, median, worst row", "≤ 70 ms", f"{_ms(median)} ms", median <= 0.070
    high = max(_median(row, lambda run: percentile(run.lags, 99)) for row in mixed)
    yield "lag while it flows, p99, worst row", "≤ 200 ms", f"{_ms(high)} ms", high <= 0.200
    most = max(run.cell.busiest_second() for row in paced for run in row)
    yield "messages in the busiest second of any paced row", "≤ 17/s", f"{most}/s", most <= 17
    # What follows the end of the stream and is not the last paint itself.
    end = max(_median(row, lambda run: run.end - run.last_paint) for row in mixed)
    paint = max(_median(row, lambda run: run.last_paint) for row in mixed)
    shown = f"{_ms(end)} ms + {_ms(paint)} ms"
    yield "end of stream → cell done, worst paced row", "≤ 10 ms + one final paint", shown, end <= 0.010
    kept = {tuple(run.cell.outputs_left()) for row in rows for run in row if run.way == "liara" and not run.skipped}
    yield "saved cell", "one display_data", "; ".join(", ".join(one) for one in kept), kept == {("display_data",)}


def _cost(rows: list[list[Run]]) -> Iterable[tables.Target]:
    def find(kb: int, rate: int, shape: str = "mixed") -> list[Run]:
        wanted = ("liara", kb, rate, shape)
        return next((row for row in rows if (row[0].way, row[0].kb, row[0].rate, row[0].shape) == wanted), [])

    def bytes_per_byte(run: Run) -> float:
        return run.cell.size / run.length

    def kilobytes_per_second(run: Run) -> float:
        return run.cell.size / run.cell.wall / 1000

    fast = find(100, 0)
    wanted = (
        ("IOPub bytes, 100 KB at full speed", fast, bytes_per_byte, 5, "N"),
        ("IOPub bytes, 100 KB at 1000 tokens/s", find(100, 1000), bytes_per_byte, 9, "N"),
        ("IOPub rate, 10 KB at 100 tokens/s", find(10, 100), kilobytes_per_second, 25, "KB/s"),
        ("IOPub rate, one giant block at 1000 tokens/s", find(40, 1000, "giant"), kilobytes_per_second, 70, "KB/s"),
    )
    for what, row, value, limit, unit in wanted:
        measured = _median(row, value) if row else None
        yield what, f"≤ {limit} {unit}", f"{measured:.1f} {unit}" if row else "–", measured <= limit if row else None
    bare = _bare_beside(rows, fast[0]) if fast else []
    ratio = _median(fast, lambda run: run.cell.cpu) / _median(bare, lambda run: run.cell.cpu) if bare else None
    shown = f"{ratio:.2f} x" if ratio else "–"
    yield "kernel CPU, 100 KB at full speed", "≤ 1.5 x bare", shown, ratio <= 1.5 if ratio else None


def _control(stops: dict[bool, list[Interrupt]], loads: list[Load]) -> Iterable[tables.Target]:
    for stalled, found in stops.items():
        how = "stalled" if stalled else "flowing"
        close = statistics.median(one.close for one in found)
        yield f"interrupt → server sees the close, {how}", "≤ 20 ms", f"{_ms(close)} ms", close <= 0.020
        done = statistics.median(one.done for one in found)
        yield f"interrupt → cell done, {how}", "≤ 50 ms", f"{_ms(done)} ms", done <= 0.050
    seconds = statistics.median(one.seconds for one in loads)
    yield "%load_ext", "≤ 0.1 s", f"{seconds:.3f} s", seconds <= 0.1
    memory = statistics.median(one.memory for one in loads) / 2**20
    yield "%load_ext, memory", "≤ 10 MB", f"{memory:.1f} MB", memory <= 10
    yield "JupyterLab: blank frames, shrinking frames, long tasks", "0, 0, none over 50 ms", "–", None


def _bare_beside(rows: list[list[Run]], run: Run) -> list[Run]:
    same = (("bare", run.kb, run.rate, run.shape) == (row[0].way, row[0].kb, row[0].rate, row[0].shape) for row in rows)
    return next((row for row, found in zip(rows, same, strict=True) if found and not row[0].skipped), [])


def _median(runs: list[Run], value: Callable[[Run], float]) -> float:
    return statistics.median(value(run) for run in runs)


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.1f}"
