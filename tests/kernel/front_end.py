"""A front end without a screen: it sends cells to a real kernel and keeps what a notebook would then show."""

import ast
import json
import queue
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from jupyter_client import KernelManager


@dataclass
class Cell:
    """A cell that was sent: its outputs as a notebook file would hold them, and every message that led there."""

    code: str
    outputs: list[dict[str, Any]] = field(default_factory=list)
    messages: list[dict[str, Any]] = field(default_factory=list)
    reply: dict[str, Any] | None = None
    idle: bool = False
    most_outputs: int = 0
    _clear_next: bool = False

    @property
    def done(self) -> bool:
        return self.idle and self.reply is not None

    @property
    def status(self) -> str:
        return (self.reply or {}).get("status", "")

    @property
    def ename(self) -> str:
        return (self.reply or {}).get("ename", "")

    @property
    def error(self) -> str:
        """The traceback as shown, or nothing."""
        return "\n".join("\n".join(one["traceback"]) for one in self.outputs if one["output_type"] == "error")

    @property
    def printed(self) -> str:
        return "".join(one["text"] for one in self.outputs if one["output_type"] == "stream")

    @property
    def shown(self) -> list[dict[str, Any]]:
        """The MIME bundles that stand there at the end."""
        return [one["data"] for one in self.outputs if one["output_type"] in ("display_data", "execute_result")]

    def kinds(self) -> list[str]:
        return [one["output_type"] for one in self.outputs]

    def sent(self, kind: str) -> list[dict[str, Any]]:
        return [message for message in self.messages if message["msg_type"] == kind]

    def take(self, message: dict[str, Any]) -> None:
        self.messages.append(message)
        kind, content = message["msg_type"], message["content"]
        if kind == "status":
            self.idle = self.idle or content["execution_state"] == "idle"
        elif kind == "clear_output":
            self._clear_next = content["wait"]
            if not content["wait"]:
                self.outputs.clear()
        elif kind == "update_display_data":
            for output in self.outputs:
                if output.get("display_id") == content["transient"]["display_id"]:
                    output["data"] = content["data"]
        elif kind in ("stream", "display_data", "execute_result", "error"):
            self._add(kind, content)

    def _add(self, kind: str, content: dict[str, Any]) -> None:
        if self._clear_next:
            self.outputs.clear()
            self._clear_next = False
        last = self.outputs[-1] if self.outputs else {}
        if kind == "stream" and last.get("name") == content["name"]:
            last["text"] += content["text"]
            return
        display_id = content.get("transient", {}).get("display_id")
        self.outputs.append({"output_type": kind, "display_id": display_id, **content})
        self.most_outputs = max(self.most_outputs, len(self.outputs))


class FrontEnd:
    """Runs cells in ``manager``'s kernel."""

    def __init__(self, manager: KernelManager) -> None:
        self.manager = manager
        self._cells: dict[str, Cell] = {}
        self._connect()

    def _connect(self) -> None:
        self._client = self.manager.client()
        self._client.start_channels()
        self._client.wait_for_ready(timeout=60)

    def close(self) -> None:
        self._client.stop_channels()

    def restart(self, now: bool) -> None:
        """Another kernel in place of this one: as the button does, or ``now``, as when it had to be killed."""
        self.close()
        self.forget()
        self.manager.restart_kernel(now=now)
        self._connect()

    def forget(self) -> None:
        """Start anew: what was sent so far is no longer looked at."""
        self._cells.clear()

    def send(self, code: str, cell_id: str = "") -> Cell:
        """Send a cell and return at once; ``cell_id`` as JupyterLab sends it."""
        return self._send(code, cell_id, allow_stdin=False)

    def run_answering(self, code: str, answer: Callable[[str], str | None], timeout: float = 40.0) -> Cell:
        """Run a cell as a front end that can ask: ``answer`` is given each question; ``None`` answers nothing."""
        cell = self._send(code, allow_stdin=True)
        deadline = time.monotonic() + timeout
        while not cell.done:
            assert time.monotonic() < deadline, f"still running: {cell.code!r} {cell.kinds()}"
            with suppress(queue.Empty):
                word = answer(self._client.get_stdin_msg(timeout=0)["content"]["prompt"])
                if word is not None:
                    self._client.input(word)
            self._read()
        return cell

    def _send(self, code: str, cell_id: str = "", *, allow_stdin: bool) -> Cell:
        cell = Cell(code)
        content = {"code": code, "silent": False, "store_history": True, "user_expressions": {}}
        content["allow_stdin"] = allow_stdin
        metadata = {"cellId": cell_id} if cell_id else {}
        message = self._client.session.msg("execute_request", {**content, "stop_on_error": True}, metadata=metadata)
        self._client.shell_channel.send(message)
        self._cells[message["header"]["msg_id"]] = cell
        return cell

    def run(self, code: str, timeout: float = 30.0, cell_id: str = "") -> Cell:
        """Run one cell to its end."""
        return self.wait(self.send(code, cell_id), timeout=timeout)

    def run_all(self, *codes: str, timeout: float = 30.0) -> list[Cell]:
        """Send all cells at once, as Run All does, and wait for the last."""
        cells = [self.send(code) for code in codes]
        return [self.wait(cell, timeout=timeout) for cell in cells]

    def wait(self, cell: Cell, until: Callable[[Cell], Any] | None = None, timeout: float = 30.0) -> Cell:
        """Read what the kernel sends until ``cell`` is done, or ``until`` is true of it."""
        deadline = time.monotonic() + timeout
        while not (until(cell) if until else cell.done):
            assert not cell.done, f"the cell ended first: {cell.status} {cell.error}"
            assert time.monotonic() < deadline, f"still running: {cell.code!r} {cell.kinds()}"
            self._read()
        return cell

    def interrupt(self) -> None:
        self.manager.interrupt_kernel()

    def value(self, expression: str) -> Any:
        """A plain Python value from the kernel."""
        cell = self.run(f"print(repr({expression}))")
        assert cell.status == "ok", cell.error
        return ast.literal_eval(cell.printed)

    def everything(self) -> str:
        """Every message of every cell since the last :meth:`forget`, as text."""
        return "".join(
            json.dumps([cell.messages, cell.reply], default=str, ensure_ascii=False) for cell in self._cells.values()
        )

    def _read(self) -> None:
        try:
            message = self._client.get_iopub_msg(timeout=0.02)
        except queue.Empty:
            pass
        else:
            cell = self._cells.get(message["parent_header"].get("msg_id"))
            if cell is not None:
                cell.take(message)
        try:
            reply = self._client.get_shell_msg(timeout=0)
        except queue.Empty:
            return
        cell = self._cells.get(reply["parent_header"].get("msg_id"))
        if cell is not None:
            cell.reply = reply["content"]
