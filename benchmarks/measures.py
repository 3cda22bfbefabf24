"""What is measured: a cell that streams, an interrupt, loading the extension."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass, field

from .kernel_probe import NEVER, Cell, Kernel
from .paced_gateway import Gateway
from .reply_text import deltas, markers_in

PROMPT = "Compare the groups of my table."
SETUP = f"""
import json, httpx
from IPython.display import Markdown, display
client = httpx.Client(trust_env=False, timeout=None)
body = dict(model="bench/model", stream=True, messages=[dict(role="user", content={PROMPT!r})])
def contents(response):
    for line in response.iter_lines():
        if line.startswith("data: ") and line != "data: [DONE]":
            choices = json.loads(line[6:])["choices"]
            content = choices[0]["delta"].get("content") if choices else ""
            if content:
                yield content
"""
BARE = """
pieces = []
with client.stream("POST", %r, json=body) as response:
    for content in contents(response):
        pieces.append(content)
print("".join(pieces))
"""
PER_TOKEN = """
text = ""
handle = display(Markdown(text), display_id=True)
with client.stream("POST", %r, json=body) as response:
    for content in contents(response):
        text += content
        handle.update(Markdown(text))
"""
# Outside the conversation: the tenth run must not send the nine replies before it.
LIARA = f"%%liara bench/model --fresh\n{PROMPT}"
# "One final paint" is a part of two targets; its own time is taken where it happens.
LIARA_SETUP = """
%load_ext liara_magic
import time as _time
from liara_magic.screen.notebook import NotebookScreen as _Screen
def _timed(finish):
    def timed(*arguments):
        start = _time.perf_counter()
        finish(*arguments)
        _Screen.last_paint = _time.perf_counter() - start
    return timed
_Screen.finish = _timed(_Screen.finish)
"""
WAYS = ("bare", "per-token", "liara")


@dataclass
class Run:
    """What one way did with one reply. Times in seconds; ``lags`` has one for each marker of a paced reply."""

    way: str
    kb: int
    rate: int
    shape: str
    cell: Cell
    length: int
    first: float | None = None
    end: float = 0.0
    last_paint: float = 0.0
    late_sends: float = 0.0
    new_connection: bool = False
    complete: bool = True
    lags: list[float] = field(default_factory=list)
    skipped: str = ""

    @property
    def live(self) -> bool:
        return self.way != "bare"


def measure(kernel: Kernel, gateway: Gateway, way: str, kb: int, rate: int, shape: str, patience: float) -> Run:
    """Run one cell and bring together what the gateway sent and what the front end saw."""
    gateway.plan(kb, rate, shape)
    pieces = deltas(kb * 1000, shape)
    url = gateway.base_url + "/chat/completions"
    code = {"bare": BARE % url, "per-token": PER_TOKEN % url, "liara": LIARA}[way]
    cell = kernel.run(code, patience + (len(pieces) / rate if rate else 0))
    run = Run(way, kb, rate, shape, cell, sum(len(piece.encode()) for piece in pieces))
    if cell.status != "ok":
        run.skipped = f"over {patience:.0f} s" if cell.status == "late" else f"failed with {cell.error}"
        return run
    log = gateway.log()
    run.new_connection = log["new_connection"]
    markers = markers_in(pieces)
    shown = cell.shown_at([marker for marker, _ in markers])
    run.complete = shown[-1] < NEVER
    if run.live and markers[0][1] == 0:
        run.first = shown[0] - log["sent"][0]
    if rate:
        run.end = cell.idle - log["done"]
        start = log["sent"][0]
        run.late_sends = percentile([at - start - i / rate for i, at in enumerate(log["sent"])], 99)
    if rate and run.live:
        run.lags = [at - log["sent"][position] for at, (_, position) in zip(shown, markers, strict=True)]
    if way == "liara":
        run.last_paint = kernel.ask("_Screen.last_paint")
    return run


@dataclass
class Interrupt:
    """From the interrupt until the server saw the close, and until the cell was done; seconds."""

    close: float
    done: float


def interrupts(stalled: bool, repetitions: int) -> list[Interrupt]:
    """Interrupt a ``%%liara`` cell while text flows at 100 deltas a second, or after the server has fallen silent."""
    found = []
    with Gateway() as gateway, Kernel(LIARA_BASE_URL=gateway.base_url) as kernel:
        kernel.prepare("%load_ext liara_magic")
        gateway.plan(1, 0)
        kernel.prepare(LIARA)
        for _ in range(repetitions):
            gateway.plan(100, 100, stall_after=40 if stalled else 0)
            cell = kernel.start(LIARA)
            deadline = time.monotonic() + 30
            while cell.shown_at([1]) == [NEVER] and time.monotonic() < deadline:
                time.sleep(0.01)
            time.sleep(1.0)  # well into the flow, or into the silence
            start = time.monotonic()
            kernel.interrupt()
            kernel.finish(cell)
            if not cell.error.startswith("KeyboardInterrupt"):
                raise SystemExit(
                    f"An interrupted cell must end with KeyboardInterrupt, not: {cell.error or cell.status}"
                )
            closed = gateway.log()["closed"]
            found.append(Interrupt(closed - start if closed else NEVER, cell.idle - start))
    return found


@dataclass
class Load:
    """``%load_ext`` in a fresh kernel, and the first answer after it, whose imports come on top. Seconds and bytes."""

    seconds: float
    memory: int
    first_answer: float


LOAD = """
import time as _time
def _memory():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmRSS"))
_before, _start = _memory(), _time.perf_counter()
get_ipython().run_line_magic("load_ext", "liara_magic")
_load = (_time.perf_counter() - _start, _memory() - _before)
"""


def load(repetitions: int) -> list[Load]:
    """Each in a kernel of its own; the first of all only warms the disk and the compiled files."""
    found = []
    with Gateway() as gateway:
        for _ in range(repetitions + 1):
            with Kernel(LIARA_BASE_URL=gateway.base_url) as kernel:
                kernel.prepare(LOAD)
                seconds, memory = kernel.ask("_load")
                gateway.plan(1, 0)
                cell = kernel.prepare(LIARA)
                found.append(Load(seconds, memory, cell.shown_at([0])[0] - cell.sent))
    return found[1:]


def percentile(values: list[float], percent: int) -> float:
    """The value below which ``percent`` of ``values`` lie."""
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1] if len(values) > 1 else values[0]
