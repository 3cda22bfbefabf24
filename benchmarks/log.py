"""What the log costs: a checkpoint while a reply streams, and finding earlier conversations in a long one.

``python -m benchmarks.log`` takes about half a minute; ``--quick`` is a smoke test. Prints a Markdown table.
"""

from __future__ import annotations

import argparse
import json
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
from liara_magic.protocol.events import TextDelta
from liara_magic.protocol.request import ChatRequest
from liara_magic.session import store
from liara_magic.session.ask import Ask
from liara_magic.session.conversation import Conversation
from liara_magic.session.ledger import LedgerRow
from liara_magic.session.log_records import log_files
from liara_magic.session.recovery import earlier_conversations, load_turns
from liara_magic.session.store import Log
from liara_magic.settings import Liara

TARGET_INDEX, TARGET_CHECKPOINT = 1.0, 1.0  # seconds; milliseconds
#: Characters of a reply, and of what comes between two checkpoints of a fast one.
_REPLY, _DELTA = 600, 2000


def ask(log: Log, conversation: Conversation, number: int) -> None:
    """One turn of the conversation, with its two records."""
    turn = conversation.begin(Ask(f"question {number}"), LedgerRow("test/model"))
    entry = log.entry(turn, conversation, ChatRequest("test/model", []), None, Liara())
    entry.begin()
    turn.reply.add(TextDelta("word " * (_REPLY // 5)))
    turn.complete()
    entry.end()


def write_logs(records: int, files: int) -> int:
    """Logs with so many records together, in so many files; returns their bytes."""
    for _ in range(files):
        log, conversation = Log(), Conversation()
        for number in range(20):
            ask(log, conversation, number)
        path = log.path
        lines = path.read_bytes().splitlines(keepends=True)
        with open(path, "ab") as file:  # what a kernel that ran for months would have written, without its waiting
            missing = records // files - len(lines)
            pair = [line.replace(b'"turns":20', b'"turns":%d' % (records // files // 2)) for line in lines[-2:]]
            for number in range(missing // 2):
                new = f"{number:012d}".encode()
                file.writelines(_with_id(line, new) for line in pair)
    return sum(path.stat().st_size for path in log_files())


def _with_id(line: bytes, new: bytes) -> bytes:
    old = json.loads(line)["id"].encode()
    return line.replace(old, new, 1)


def seconds(work: Callable[[], object], times: int = 3) -> float:
    """The median of some runs."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def checkpoints(count: int) -> list[float]:
    """Milliseconds of each checkpoint of a reply that grows to some hundred KB."""
    store.CHECKPOINT = 0.0  # as often as it is called
    log, conversation, taken = Log(), Conversation(), []
    turn = conversation.begin(Ask("question"), LedgerRow("test/model"))
    entry = log.entry(turn, conversation, ChatRequest("test/model", []), None, Liara())
    entry.begin()
    for _ in range(count):
        turn.reply.add(TextDelta("کلمه " * (_DELTA // 5)))
        start = time.perf_counter()
        entry.checkpoint()
        taken.append((time.perf_counter() - start) * 1000)
    return taken


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a smoke test")
    quick = parser.parse_args().quick
    records = 2000 if quick else 100_000
    rows = []
    for files in (1, 10 if quick else 1000):
        with tempfile.TemporaryDirectory(prefix="log-") as home, environment(JUPYTER_DATA_DIR=home):
            size = write_logs(records, files)
            index = seconds(earlier_conversations)
            found = earlier_conversations().conversations
            name = f"/chats, {records:,} records ({size / 1e6:.0f} MB) in {files:,} file{'s' * (files > 1)}"
            rows.append((name, f"{index:.3f} s", f"{TARGET_INDEX} s", "ok" if index < TARGET_INDEX else "**missed**"))
            if files > 1:
                load = seconds(lambda found=found: load_turns(found[0]))
                rows.append((f"/chat: reading one of {found[0].turns:,} turns back", f"{load:.3f} s", "–", ""))
    with tempfile.TemporaryDirectory(prefix="log-") as home, environment(JUPYTER_DATA_DIR=home):
        taken = sorted(checkpoints(20 if quick else 200))
        median, late = statistics.median(taken), taken[int(len(taken) * 0.99)]
        good = "ok" if median < TARGET_CHECKPOINT else "**missed**"
        rows.append(
            ("checkpoint of 4 KB, median; 99th", f"{median:.2f} ms; {late:.2f} ms", f"{TARGET_CHECKPOINT} ms", good)
        )
    print(tables.head(("what", "figure", "target", ""), "llll"))
    for row in rows:
        print(tables.line(row))


if __name__ == "__main__":
    main()
