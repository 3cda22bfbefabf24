"""A real kernel, and what it sends to the front end as it comes on the wire.

The kernel's IOPub port is read by a socket of our own on a thread of its own: frames are counted and stamped before
anything is parsed, and nothing that a client library does to a message delays the next one.
"""

from __future__ import annotations

import ast
import json
import os
import shutil
import site
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import zmq
from jupyter_client import BlockingKernelClient, KernelManager

from .reply_text import last_marker

_DELIMITER = b"<IDS|MSG>"
#: What every cell sends, whatever it does; the rest is output.
_NOT_OUTPUT = ("status", "execute_input", "iopub_welcome")
#: The time of what did not happen.
NEVER = float("inf")
_PROCESS_TIME = "__import__('time').process_time()"


class Message(NamedTuple):
    """An output message: when it came, its kind, its bytes on the wire, the last marker it shows (-1: none)."""

    time: float
    kind: str
    size: int
    marker: int


@dataclass
class Cell:
    """One execution. Times are ``time.monotonic()``; ``cpu`` is the kernel's whole process, all threads, in seconds."""

    sent: float = 0.0
    idle: float = 0.0
    cpu: float = 0.0
    status: str = ""
    error: str = ""
    messages: list[Message] = field(default_factory=list)
    done: threading.Event = field(default_factory=threading.Event)

    @property
    def wall(self) -> float:
        return self.idle - self.sent

    @property
    def size(self) -> int:
        return sum(message.size for message in self.messages)

    def shown_at(self, markers: list[int]) -> list[float]:
        """When the first message came that shows each of ``markers``, which rise; NEVER where none did."""
        coming = iter(list(self.messages))
        found: list[float] = []
        now, reached = 0.0, -1
        for marker in markers:
            while reached < marker:
                message = next(coming, None)
                now, reached = (message.time, message.marker) if message else (NEVER, marker)
            found.append(now)
        return found

    def busiest_second(self) -> int:
        """The most messages in any one second."""
        times, first, most = [message.time for message in self.messages], 0, 0
        for position, moment in enumerate(times):
            while moment - times[first] >= 1.0:
                first += 1
            most = max(most, position - first + 1)
        return most

    def outputs_left(self) -> list[str]:
        """The kinds of the outputs that a notebook keeps of this cell."""
        kept: list[str] = []
        clear_next = False
        for message in self.messages:
            if message.kind == "clear_output":  # with wait: the old ones go when the next comes
                clear_next = True
            elif message.kind != "update_display_data":
                kept = [message.kind] if clear_next else [*kept, message.kind]
                clear_next = False
        return kept


class Listener(threading.Thread):
    """Reads IOPub to its end. ``cells`` holds what came, by the id of the request that caused it."""

    def __init__(self, port: int) -> None:
        super().__init__(name="iopub", daemon=True)
        self.cells: dict[str, Cell] = {}
        self._socket = zmq.Context.instance().socket(zmq.SUB)
        self._socket.setsockopt(zmq.RCVHWM, 0)  # whatever piles up is kept: a dropped message would look like thrift
        self._socket.setsockopt(zmq.RCVTIMEO, 200)
        self._socket.setsockopt(zmq.SUBSCRIBE, b"")
        self._socket.connect(f"tcp://127.0.0.1:{port}")
        self._stopped = False

    def run(self) -> None:
        while not self._stopped:
            try:
                frames = self._socket.recv_multipart()
            except zmq.Again:
                continue
            self._take(time.monotonic(), frames)
        self._socket.close(linger=0)

    def cell(self, request: str) -> Cell:
        """What came for ``request``. One atomic step: the asking thread and this one may both be the first."""
        return self.cells.setdefault(request, Cell())

    def stop(self) -> None:
        self._stopped = True
        self.join(timeout=5)

    def _take(self, now: float, frames: list[bytes]) -> None:
        header, parent, _, content = frames[frames.index(_DELIMITER) + 2 :][:4]
        kind = json.loads(header)["msg_type"]
        cell = self.cell(json.loads(parent).get("msg_id", ""))
        if kind == "status" and b'"idle"' in content:
            cell.idle = now
            cell.done.set()
        elif kind not in _NOT_OUTPUT:
            size = sum(map(len, frames))
            cell.messages.append(Message(now, kind, size, last_marker(content)))


class Kernel:
    """A fresh kernel that knows no person's settings; a context manager. ``environment`` is added to its own."""

    def __init__(self, **environment: str) -> None:
        self._home = tempfile.mkdtemp(prefix="bench-kernel-")
        self._environment = {name: value for name, value in os.environ.items() if not _is_personal(name)}
        # A home of its own keeps settings and logs apart; packages installed for the user alone must still be found.
        self._environment |= {"HOME": self._home, "IPYTHONDIR": self._home, "PYTHONUSERBASE": site.getuserbase()}
        self._environment |= environment
        # As an installed package is used: compiled once, not at every start.
        self._environment.pop("PYTHONDONTWRITEBYTECODE", None)

    def __enter__(self) -> Kernel:
        self._manager = KernelManager()
        # Its log is not ours to show; a cell that fails says so in its reply.
        self._manager.start_kernel(env=self._environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self._client: BlockingKernelClient = self._manager.blocking_client()
        self._client.start_channels(shell=True, iopub=False, stdin=False, hb=False, control=False)
        self._listener = Listener(self._manager.iopub_port)
        self._listener.start()
        self._wait_until_heard()
        running = self.ask("__import__('sys').executable")
        if os.path.realpath(running) != os.path.realpath(sys.executable):
            raise SystemExit(f"The kernel runs {running}, not {sys.executable}: install ipykernel next to this Python.")
        self._probe_cost = statistics.median(self._probe_once() for _ in range(9))
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.stop()
        self._client.stop_channels()
        self._manager.shutdown_kernel(now=True)
        shutil.rmtree(self._home, ignore_errors=True)

    def run(self, code: str, patience: float = 120.0) -> Cell:
        """Run a cell to its end. One that takes longer than ``patience`` is interrupted: its status is then "late"."""
        before = self.ask(_PROCESS_TIME)
        cell = self.start(code)
        late = not cell.done.wait(patience)
        if late:
            self.interrupt()
        self.finish(cell)
        # The probe before ends with its answer on its way out, the probe after begins with its question read: one
        # whole probe stands between the two, and an empty pair tells its cost.
        cell.cpu = max(0.0, self.ask(_PROCESS_TIME) - before - self._probe_cost)
        cell.status = "late" if late else cell.status
        return cell

    def prepare(self, code: str) -> Cell:
        """Run a cell on which everything after it stands: if it fails there is nothing to measure."""
        cell = self.run(code)
        if cell.status != "ok":
            raise SystemExit(f"The kernel cannot be prepared: {cell.error or cell.status}")
        return cell

    def start(self, code: str) -> Cell:
        """Send a cell and return at once."""
        sent = time.monotonic()
        self._running = self._client.execute(code)
        cell = self._listener.cell(self._running)
        cell.sent = sent
        return cell

    def finish(self, cell: Cell) -> None:
        """Wait for the end of the cell that was started last."""
        if not cell.done.wait(60):
            raise SystemExit("The kernel does not end its cell, not even when interrupted.")
        reply = self._reply(self._running)
        cell.status = reply["status"]
        cell.error = f"{reply.get('ename')}: {reply.get('evalue')}" if cell.status == "error" else ""

    def ask(self, expression: str) -> Any:
        """The value of an expression in the kernel, by its repr. Leaves no trace in the history."""
        message = self._client.execute("", silent=True, user_expressions={"it": expression})
        answer = self._reply(message)["user_expressions"]["it"]
        if answer["status"] != "ok":
            raise SystemExit(f"{expression} failed in the kernel: {answer.get('evalue')}")
        return ast.literal_eval(answer["data"]["text/plain"])

    def tell(self, comm: str, data: dict[str, Any]) -> None:
        """A message of a widget, as a front end sends it."""
        message = self._client.session.msg("comm_msg", {"comm_id": comm, "data": data})
        self._client.shell_channel.send(message)

    def since(self, start: float) -> list[Message]:
        """Every output message that has come since then, whichever request caused it, in order."""
        cells = list(self._listener.cells.values())
        return sorted(message for cell in cells for message in list(cell.messages) if message.time >= start)

    def interrupt(self) -> None:
        self._manager.interrupt_kernel()

    def _reply(self, message_id: str) -> dict[str, Any]:
        while True:
            reply = self._client.get_shell_msg(timeout=60)
            if reply["parent_header"].get("msg_id") == message_id:
                return reply["content"]

    def _wait_until_heard(self) -> None:
        """Until the kernel answers, and the subscription has reached it: a message before that would be missed."""
        deadline = time.monotonic() + 60
        self._client.kernel_info()
        self._client.get_shell_msg(timeout=60)
        while time.monotonic() < deadline:
            if self.start("pass").done.wait(0.5):
                return
        raise SystemExit("The kernel's output cannot be heard.")

    def _probe_once(self) -> float:
        before = self.ask(_PROCESS_TIME)
        return self.ask(_PROCESS_TIME) - before


def _is_personal(name: str) -> bool:
    return name.startswith("LIARA_") or name.lower().endswith("_proxy") or name in ("IPYTHONDIR", "JPY_PARENT_PID")
