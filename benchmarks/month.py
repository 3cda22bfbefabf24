"""How long it takes to read what a month of notebooks has used from their logs.

``python -m benchmarks.month`` takes about a minute: it writes logs of 200 kernels with 10,000 asks, as the package
writes them, and reads them for ``/usage`` and for a day's budget, the first time and again. ``--asks N`` for another
size.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

if __package__ in (None, ""):  # started as a file: make the package around it known
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import tables
from benchmarks.rig import environment
from liara_magic.protocol.events import Finish, TextDelta
from liara_magic.protocol.messages import Message
from liara_magic.protocol.request import ChatRequest
from liara_magic.protocol.usage import Usage
from liara_magic.session.ask import Ask
from liara_magic.session.conversation import Conversation
from liara_magic.session.ledger import Ledger, LedgerRow
from liara_magic.session.log_records import log_files
from liara_magic.session.past_requests import PastRequests
from liara_magic.session.store import Log
from liara_magic.session.usage import Usages
from liara_magic.settings import Liara

_KERNELS, _TIMES = 200, 5
_REPLY = "A sentence of a reply, as models write them. " * 45  # 2 KB

_REQUEST = ChatRequest("maker/model", [Message("user", "question")])


def write_logs(asks: int) -> int:
    """Logs of so many asks over all kernels; returns their bytes."""
    settings = Liara()
    for _ in range(_KERNELS):
        log, conversation = Log(), Conversation()
        for number in range(asks // _KERNELS):
            row = LedgerRow(f"maker/model-{number % 7}", reserved=30.0, chat="main", cell=number + 1)
            turn = conversation.begin(Ask(f"question {number}"), row)
            entry = log.entry(turn, conversation, _REQUEST, None, settings)
            entry.begin()
            turn.reply.add(TextDelta(_REPLY))
            turn.reply.add(Finish("stop"))
            turn.reply.usage = Usage(prompt_tokens=900, completion_tokens=450, total_cost_toman=42.1, cost=0.0004)
            row.settle(turn.reply.usage, 2.3, "complete")
            turn.complete()
            entry.end()
    return sum(path.stat().st_size for path in log_files())


def milliseconds(work: Callable[[], object]) -> tuple[float, float]:
    """How long it took, and how long the processor worked for it, which a busy machine does not change much."""
    start, worked = time.perf_counter(), time.process_time()
    work()
    return 1000 * (time.perf_counter() - start), 1000 * (time.process_time() - worked)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--asks", type=int, default=10_000)
    asks = parser.parse_args().asks
    with tempfile.TemporaryDirectory() as folder, environment(JUPYTER_DATA_DIR=folder):
        size = write_logs(asks)
        rows = [("all logs, the first time", [milliseconds(PastRequests()) for _ in range(_TIMES)])]
        past = PastRequests()
        found = len(past())
        rows.append(("again", [milliseconds(past) for _ in range(_TIMES)]))
        rows.append(("sums by model", [milliseconds(lambda: Usages(Ledger(past)).by("model")) for _ in range(_TIMES)]))
    print(f"{tables.machine('ipython')}; {found:,} requests in {_KERNELS} logs, {size / 2**20:.0f} MB; medians\n")
    print(tables.head(("what", "ms", "CPU ms"), "lrr"))
    for what, taken in rows:
        print(tables.line((what, *(f"{statistics.median(side):,.0f}" for side in zip(*taken, strict=True)))))


if __name__ == "__main__":
    main()
