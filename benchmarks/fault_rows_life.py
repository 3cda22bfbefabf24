"""Row B22: what a kernel goes through in a day: forks, restarts, reloads."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from .loaded_kernel import LOAD, FrontEnd, html, loaded_kernel, point

from .rig import TOP, Line, Loopback, SeenRequest, running_kernel  # isort: skip
from test_engine_life import FORK

from .fault_row import Figure, Row, Tally

_THREADS = "sum(thread.name == 'liara' for thread in __import__('threading').enumerate())"


def _stalled(line: Line, request: SeenRequest) -> None:
    line.head()
    line.delta("word0 and then nothing")
    line.wait_for_close(8)


def _fork() -> bool:
    tests = TOP / "tests"
    code = FORK.format(here=str(tests / "gateway"), tests=str(tests))
    said = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True, timeout=60)
    return (said.returncode, said.stdout, said.stderr) == (0, "both\n", "")


def _reload(front_end: FrontEnd, found: Tally) -> None:
    handlers = "(len(ip.events.callbacks['pre_run_cell']), len(ip.input_transformers_cleanup), len(ip.configurables))"
    front_end.run("ip = get_ipython()\n%liara -m sandbox/echo hi")
    before: Any = front_end.value(handlers)
    quiet = all(not front_end.run("%reload_ext liara_magic").outputs for _ in range(20))
    found.add("20 reloads: nothing printed", quiet)
    cell = front_end.run("%%liara -m sandbox/echo\nonce")
    found.add("20 reloads: one magic", len(cell.shown) == 1 and html(cell).count("once") == 1)
    found.add("20 reloads: no handler more", front_end.value(handlers) == before)
    found.add("20 reloads: one thread", front_end.value(_THREADS) == 1)


def _restart(front_end: FrontEnd, found: Tally) -> None:
    with Loopback(_stalled) as gateway:
        point(front_end, gateway)
        cell = front_end.send("%%liara\nhi")
        front_end.wait(cell, lambda cell: "word0" in html(cell))
        front_end.restart(now=True)
        found.add("restart: the server sees the close", gateway.lines[0].closed_by_client.wait(5))
    loaded = front_end.run(LOAD).status == "ok"
    cell = front_end.run("%%liara -m sandbox/echo\nafter")
    turns = front_end.value("len(this_kernel().session.conversation.turns)")
    found.add("restart: a new start", loaded and "after" in html(cell) and turns == 1)


def _autoreload(found: Tally) -> None:
    """A copy of the package stands in the kernel's folder and is changed, as by somebody who works on it.

    IPython patches what it can. A loop at the end of a file it cannot: it runs the file anew, as after an upgrade.
    """
    with tempfile.TemporaryDirectory(prefix="faults-", ignore_cleanup_errors=True) as home:
        copy = Path(home) / "liara_magic"
        shutil.copytree(TOP / "liara_magic", copy, ignore=shutil.ignore_patterns("__pycache__"))
        with running_kernel(Path(home)) as front_end:
            known = f"import sys\nsys.path.insert(0, {home!r})"
            front_end.run(f"{known}\n%load_ext autoreload\n%autoreload 2\n{LOAD}\n%liara -m sandbox/echo hi")
            own = front_end.value("liara.__file__").startswith(home)
            for number, line in enumerate(("TOUCHED = 0", "for TOUCHED in [1]: pass", "for TOUCHED in [2]: pass")):
                for path in copy.rglob("*.py"):
                    path.write_text(f"{path.read_text(encoding='utf-8')}\n{line}\n", encoding="utf-8")
                    later = path.stat().st_mtime + 5
                    os.utime(path, (later, later))
                cell = front_end.run("%%liara -m sandbox/echo\nonce more")
                error = cell.error.strip().splitlines()[-1][:80] if cell.error else ""
                good = (
                    own
                    and front_end.value("liara.TOUCHED") == number
                    and cell.status == "ok"
                    and len(cell.shown) == 1
                    and html(cell).count("once more") == 1
                )
                found.add(f"autoreload ({error or cell.status})", good)
            found.add("autoreload: one thread", front_end.value(_THREADS) == 1)


def _life() -> Figure:
    found = Tally()
    found.add("fork: both go on", _fork())
    with loaded_kernel() as front_end:
        _reload(front_end, found)
        _restart(front_end, found)
    _autoreload(found)
    return found.figure(
        "parent and child both go on; 20 reloads leave one magic, one thread, no handler more; a restart closes the "
        "line; autoreload of every module keeps the magic working"
    )


ROWS = (Row("B22", "fork, kernel restart, %reload_ext x 20, autoreload", _life),)
