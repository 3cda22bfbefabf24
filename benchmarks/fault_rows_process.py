"""Rows B16 and B20: what hostile and failing servers do to the memory, the files and the threads of a process."""

from __future__ import annotations

from importlib.util import find_spec

# Makes the tests' folders known.
from .rig import KEY, Line, Loopback, SeenRequest  # isort: skip
from bombs import ENDLESS, KEPT, PACKED, long_header
from memory import of_one_ask
from test_many_calls import KINDS

from .fault_row import Figure, Row, Tally
from .memory_probe import measured

_LIMIT = 64 * 2**20


def _memory() -> Figure:
    found, growths = Tally(), {}
    for name, script in {**PACKED, **ENDLESS, "200 KB header": long_header}.items():
        with Loopback(script) as gateway:
            result = of_one_ask(gateway.base_url, KEY)
        growths[name] = result["growth"]
        kept = name not in ENDLESS or result["kept"].startswith(KEPT)
        size = f"{result['growth'] / 2**20:.0f} MB"
        good = bool(result["error"]) and result["growth"] <= _LIMIT and kept
        found.add(f"{name} ({size}, {result['error']}: {result['said'][:60]})", good)
    worst = max(growths, key=lambda name: growths[name])
    text = "stopped at its cap with an error, the text before it kept; a fresh process each"
    if find_spec("zstandard") is None:
        text += "; zstd comes as it is, since nothing here unpacks it"
    return found.figure(text, f", worst growth {growths[worst] / 2**20:.0f} MB ({worst}) for a limit of 64 MB")


def _left(line: Line) -> None:
    line.head()
    line.delta("half")
    line.wait_for_close()


def _thousand() -> Figure:
    # "stalled" is the test's own: it is told when to stop. "left" is a reply that its reader walks away from.
    kinds = {**{name: script for name, script in KINDS.items() if name != "stalled"}, "left": _left}

    def script(line: Line, request: SeenRequest) -> None:
        kinds[request.json["messages"][-1]["content"]](line)

    with Loopback(script) as gateway:
        result = measured("mixed", gateway.base_url, "1000", ",".join(kinds), LIARA_API_KEY=KEY)
    rss = result["rss"] / 1e6
    value = f"{result['fds']:+d} fd, {result['threads']:+d} threads, {rss:+.2f} MB"
    happened = f"{result['good']} good or left by their reader, {1000 - result['good']} failing, after 100 to warm up"
    return Figure(happened, value, result["fds"] <= 0 and result["threads"] <= 0 and rss < 5)


ROWS = (
    Row("B16", "bombs: gzip, deflate, zstd; lines, events, headers without end", _memory, "openai 819 MB"),
    Row("B20", "1,000 calls: good, left by their reader, and 6 ways to fail", _thousand),
)
