"""Markdown to HTML: how fast ordinary replies are, and how long the worst texts take that could be found.

``python -m benchmarks.rendering`` takes about six minutes; ``--quick`` one minute. It prints Markdown tables;
``--write`` puts them into docs/performance.md and leaves the rest of that page alone.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

if __package__ in (None, ""):  # started as a file: make the package around it known
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import tables
from benchmarks.hostile_code import hostile_code
from benchmarks.render_probe import Prober, Rendering
from benchmarks.reply_text import text_of
from benchmarks.worst_inputs import INPUTS, Maker, mixtures

PAGE = Path(__file__).resolve().parent.parent / "docs" / "performance.md"
_HEADING, _NEXT = "## Rendering", "## Protocol"
_INTRODUCTION = """`python -m benchmarks.rendering`

How long a text takes from Markdown to HTML, as `Markdown().render` does it. Seconds are the thread's own processor
time, the fastest of a few renderings, so that a busy machine adds little. What is slow was looked for: inputs made by
hand, the slowest of random mixtures of marks, and code that is hard to colour. A text that takes longer than its length
allows is shown as it came, and says so."""
KINDS = {"paragraph": "prose", "persian": "Persian", "code": "Python code", "table": "tables", "mixed": "mixed"}
KB = 1000
SHORT, LONG = 20 * KB, 80 * KB
NEAR_SHORT = (SHORT, SHORT + 150, SHORT + 300)
#: Seconds that 20 KB of anything may take, and how much more four times of it may.
LIMIT, GROWTH = 0.2, 4.8
#: Rows of a table of the slowest.
SHOWN = 16


@dataclass
class Worst:
    """One text at both lengths."""

    name: str
    short: Rendering
    long: Rendering

    @property
    def growth(self) -> float:
        return self.long.seconds / max(self.short.seconds, 1e-4)

    @property
    def ratio(self) -> float:
        return max(self.short.size / SHORT, self.long.size / LONG)

    @property
    def shown(self) -> str:
        return "as it came" if self.short.unformatted else "formatted"


def ordinary(prober: Prober, repetitions: int) -> Iterator[tuple[str, int, Rendering]]:
    for kind, name in KINDS.items():
        text = text_of(kind, 100 * KB)
        yield name, len(text.encode()), prober.measure(text, repetitions)


def worst(prober: Prober, inputs: dict[str, Maker], repetitions: int) -> list[Worst]:
    """The slowest first."""
    found = []
    for name, make in inputs.items():
        # One mark more or less can make another text of it, such as one formula that never closes: the slowest counts.
        short = max((prober.measure(make(length), repetitions) for length in NEAR_SHORT), key=lambda one: one.seconds)
        found.append(Worst(name, short, prober.measure(make(LONG), repetitions)))
    return sorted(found, key=lambda one: -one.short.seconds)


def slow_mixtures(prober: Prober, count: int) -> dict[str, Maker]:
    """Of ``count`` random mixtures those that took longest at 4 KB."""
    timed = [(prober.measure(make(4 * KB)).seconds, name, make) for name, make in mixtures(count)]
    return {name: make for _, name, make in sorted(timed, key=lambda one: -one[0])[:10]}


def in_a_terminal(prober: Prober, inputs: dict[str, Maker]) -> tuple[str, Rendering]:
    """The slowest of all inputs and of ordinary replies at 20 KB, for a terminal."""
    found = [(name, prober.measure(make(SHORT), is_terminal=True)) for name, make in inputs.items()]
    found += [(name, prober.measure(text_of(kind, SHORT), is_terminal=True)) for kind, name in KINDS.items()]
    return max(found, key=lambda one: one[1].seconds)


def coloured(prober: Prober, of_each: int) -> list[tuple[str, str, Rendering]]:
    """Language, code, how it went; for each language its slowest, the slowest language first."""
    slowest: dict[str, tuple[str, str, Rendering]] = {}
    for language, name, make in hostile_code(of_each):
        one = (language, name, prober.measure(make(SHORT)))
        slowest[language] = max(slowest.get(language, one), one, key=lambda each: each[2].seconds)
    return sorted(slowest.values(), key=lambda each: -each[2].seconds)


def _ms(rendering: Rendering, unit: str = "") -> str:
    return "never ended" if rendering.seconds == float("inf") else f"{rendering.seconds * 1000:.0f}{unit}"


def _code(name: str) -> str:
    """Marks as code of a cell."""
    shown = name.replace("|", "\\|").replace("\n", "\\n")
    return f"`` {shown} ``"


def _ordinary_table(found: list[tuple[str, int, Rendering]]) -> Iterator[str]:
    yield tables.head(("100 KB of", "MB/s", "ms", "HTML bytes / byte"), "lrrr")
    for name, size, one in found:
        speed = size / 1e6 / one.seconds
        yield tables.line((name, f"{speed:.1f}", _ms(one), f"{one.size / size:.1f}"))


def _worst_table(found: list[Worst]) -> Iterator[str]:
    yield tables.head(("input", "20 KB, ms", "80 KB, ms", "growth", "HTML / source", "shown"), "lrrrrl")
    for one in found[:SHOWN]:
        cells = (_ms(one.short), _ms(one.long), f"{one.growth:.1f} x", f"{one.ratio:.1f} x", one.shown)
        yield tables.line((_code(one.name), *cells))
    yield f"\nand {len(found) - SHOWN} more, all of them faster at 20 KB."


def _code_table(found: list[tuple[str, str, Rendering]]) -> Iterator[str]:
    yield tables.head(("language", "20 KB of", "ms"), "llr")
    for language, name, one in found[:SHOWN]:
        yield tables.line((language, _code(name), _ms(one)))
    yield f"\nand {len(found) - SHOWN} more languages, whose worst is faster."


def _targets(
    found: list[Worst], colours: list[tuple[str, str, Rendering]], terminal: tuple[str, Rendering]
) -> Iterator[tables.Target]:
    limit = f"≤ {LIMIT * 1000:.0f} ms"
    slowest = found[0]
    shown = f"{_ms(slowest.short, ' ms')} ({_code(slowest.name)})"
    yield "20 KB of anything, worst", limit, shown, slowest.short.seconds <= LIMIT
    late = sum(one.short.seconds > LIMIT for one in found)
    yield f"inputs of {len(found)} that take longer", "0", str(late), not late
    grown = max((one for one in found if one.long.seconds > 0.05), key=lambda one: one.growth)
    shown = f"{grown.growth:.1f} x ({_code(grown.name)})"
    yield "time for 4 times the text, worst above 50 ms", f"≤ {GROWTH} x", shown, grown.growth <= GROWTH
    large = max(found, key=lambda one: one.ratio)
    yield "HTML for a byte of text, worst", "≤ 50 x", f"{large.ratio:.0f} x ({_code(large.name)})", large.ratio <= 50
    name, one = terminal
    yield "20 KB of anything in a terminal, worst", limit, f"{_ms(one, ' ms')} ({_code(name)})", one.seconds <= LIMIT
    language, _, one = colours[0]
    yield "20 KB of code in any language, worst", limit, f"{_ms(one, ' ms')} ({language})", one.seconds <= LIMIT


def report(quick: bool) -> str:
    prober = Prober()
    try:
        _say("ordinary replies")
        replies = list(ordinary(prober, 3 if quick else 9))
        prober.patience = 20
        _say("random mixtures")
        inputs = INPUTS | slow_mixtures(prober, 200 if quick else 3000)
        _say(f"{len(inputs)} inputs")
        found = worst(prober, inputs, 1 if quick else 3)
        _say("the same in a terminal")
        terminal = in_a_terminal(prober, inputs)
        prober.patience = 3
        _say("code")
        colours = coloured(prober, 3 if quick else 40)
    finally:
        prober.close()
    parts = (_ordinary_table(replies), _worst_table(found), _code_table(colours))
    listed = ("\n".join(part) for part in parts)
    machine = tables.machine("markdown-it-py", "pygments")
    return "\n\n".join((machine, *listed, tables.targets(_targets(found, colours, terminal))))


def write(shown: str) -> None:
    """Put the section where it stands, or before the one on the protocol."""
    page = PAGE.read_text(encoding="utf-8")
    section = f"{_HEADING}\n\n{_INTRODUCTION}\n\n{shown}\n\n"
    standing = re.compile(rf"^{_HEADING}\n.*?(?=^## |\Z)", re.MULTILINE | re.DOTALL)
    changed, count = standing.subn(lambda _: section, page)
    if not count:
        changed = page.replace(f"{_NEXT}\n", f"{section}{_NEXT}\n", 1)
    PAGE.write_text(changed, encoding="utf-8")


def _say(what: str) -> None:
    print(f"  {what}", file=sys.stderr, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a smoke test of a minute")
    parser.add_argument("--write", action="store_true", help="write the section in docs/performance.md")
    arguments = parser.parse_args()
    shown = report(arguments.quick)
    print(f"\n{shown}")
    if arguments.write:
        write(shown)


if __name__ == "__main__":
    main()
