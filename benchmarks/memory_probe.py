"""What the package does to the memory of a process of its own. Run by other benchmarks; prints one JSON object.

``image``: one event of 64 MB through decoder and reader. ``asks URL COUNT``: that many asks, measured after the first
hundred and at the end. ``mixed URL COUNT KINDS``: the same with kinds of faults in turn.
"""

from __future__ import annotations

import gc
import itertools
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# Makes the tests' folders known.
from . import rig  # noqa: F401  # isort: skip
from memory import forget_the_peak, held

from liara_magic.protocol.chunks import ChunkReader
from liara_magic.protocol.sse import IMAGE_EVENT_LIMIT, EventStreamDecoder

PIECE = 64 * 1024
WARM_UP = 100


def measured(*arguments: str, patience: float = 300.0, **variables: str) -> dict[str, Any]:
    """Run this module in a fresh process and read what it found."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LIARA_")}
    command = [sys.executable, "-m", "benchmarks.memory_probe", *arguments]
    top = Path(__file__).resolve().parent.parent
    said = subprocess.run(
        command, check=False, capture_output=True, text=True, timeout=patience, cwd=top, env=kept | variables
    )
    if said.returncode:
        raise SystemExit(f"{arguments[0]} failed in its process: {said.stderr.strip().splitlines()[-1:]}")
    return json.loads(said.stdout)


def _image_pieces() -> Iterator[bytes]:
    """One event of a single line as long as the limit allows, made piece by piece, so that only one is held here."""
    start = b'data: {"choices":[{"index":0,"delta":{"images":[{"image_url":{"url":"data:image/png;base64,'
    end = b'"}}]}}]}\n\n'
    left = IMAGE_EVENT_LIMIT - len(start) - len(end)
    yield start
    for size in [PIECE] * (left // PIECE) + [left % PIECE]:
        yield b"QUJD" * (size // 4)
    yield end


def image() -> dict[str, Any]:
    decoder, reader = EventStreamDecoder(), ChunkReader()
    forget_the_peak()
    before, start, fed, events = held("VmRSS"), time.perf_counter(), 0, 0
    for piece in _image_pieces():
        fed += len(piece)
        data = decoder.feed(piece)
        events += len(data)
        reader.read(data)
    seconds = time.perf_counter() - start
    return {"bytes": fed, "events": events, "growth": held("VmHWM") - before, "seconds": seconds}


def _all_held() -> dict[str, int]:
    gc.collect()
    return {
        "rss": held("VmRSS"),
        "fds": len(os.listdir("/proc/self/fd")),
        "threads": threading.active_count(),
    }


def asks(url: str, count: str) -> dict[str, Any]:
    return mixed(url, count, "hi")


def mixed(url: str, count: str, kinds: str) -> dict[str, Any]:
    """``kinds`` is a list of prompts with commas between; of the reply to "left" only the first event is read."""
    from liara_magic import Chat, LiaraError

    chat, endless = Chat(base_url=url, model="test/model"), itertools.cycle(kinds.split(","))

    def once() -> bool:
        kind = next(endless)
        if kind == "left":
            events = chat.stream(kind, fresh=True)
            next(events)
            events.close()
            return True
        try:
            chat.ask(kind, fresh=True)
        except LiaraError:
            return False
        return True

    for _ in range(WARM_UP):
        once()
    before, start = _all_held(), time.perf_counter()
    good = sum(once() for _ in range(int(count)))
    seconds = time.perf_counter() - start
    after = _all_held()
    return {"seconds": seconds, "good": good, **{name: after[name] - before[name] for name in before}}


if __name__ == "__main__":
    print(json.dumps({"image": image, "asks": asks, "mixed": mixed}[sys.argv[1]](*sys.argv[2:])))
