"""A gateway on 127.0.0.1 that streams chat completions at a given pace and keeps the time of everything it sends.

It runs in a process of its own, so that its work is not the kernel's nor the measuring side's. ``PUT /next`` says how
the next completion is to be, ``GET /log`` what happened to the last one; all times are ``time.monotonic()``, which the
processes of one machine share.
"""

from __future__ import annotations

import json
import select
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from functools import lru_cache
from pathlib import Path
from typing import Any

from .reply_text import deltas

#: At full speed many events go out in one write, as from a proxy that has a backlog.
WRITE_SIZE = 16 * 1024
_FOREVER = 3600.0


class ClientLeft(Exception):
    """The client closed the connection."""


class PacedGateway:
    """The serving side. ``plan``: kb, rate (deltas a second; 0 is full speed), shape, stall_after (deltas; 0 never)."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._plan: dict[str, Any] = {"kb": 1, "rate": 0, "shape": "mixed", "stall_after": 0}
        self._log: dict[str, Any] = {}

    def serve(self) -> None:
        while True:
            line, _ = self._listener.accept()
            threading.Thread(target=self._talk, args=(line,), daemon=True).start()

    def _talk(self, line: socket.socket) -> None:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        completions = 0
        with line:
            while (request := _read_request(line)) is not None:
                path, body = request
                if path == "/next":
                    self._plan.update(json.loads(body))
                    _answer(line, {})
                elif path == "/log":
                    _answer(line, self._log)
                else:
                    if not self._complete(line, new_connection=completions == 0):
                        return
                    completions += 1

    def _complete(self, line: socket.socket, new_connection: bool) -> bool:
        plan = dict(self._plan)
        # "ended" is set last: whoever asks for the log waits for it.
        log: dict[str, Any] = {"sent": [], "done": 0.0, "closed": 0.0, "new_connection": new_connection}
        log["ended"] = False
        self._log = log
        try:
            line.sendall(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n")
            events, tail = _events(plan["kb"], plan["shape"])
            line.sendall(_http_chunk(_event(_chunk({"role": "assistant", "content": ""}))))
            (_send_paced if plan["rate"] else _send_at_once)(line, events, plan, log["sent"])
            log["done"] = time.monotonic()
            line.sendall(_http_chunk(tail) + b"0\r\n\r\n")
        except (ClientLeft, OSError):
            log["closed"] = time.monotonic()
        log["ended"] = True
        return not log["closed"]


def _send_paced(line: socket.socket, events: list[bytes], plan: dict[str, Any], sent: list[float]) -> None:
    start, stall_after = time.monotonic(), plan["stall_after"]
    for position, event in enumerate(events):
        # Due by the clock and not after the last one: a late delta makes none of the following late.
        stalled = stall_after and position >= stall_after
        _wait(line, _FOREVER if stalled else start + position / plan["rate"] - time.monotonic())
        sent.append(time.monotonic())
        line.sendall(_http_chunk(event))


def _send_at_once(line: socket.socket, events: list[bytes], plan: dict[str, Any], sent: list[float]) -> None:
    sent.append(time.monotonic())
    whole = b"".join(events)
    for start in range(0, len(whole), WRITE_SIZE):
        line.sendall(_http_chunk(whole[start : start + WRITE_SIZE]))


def _wait(line: socket.socket, seconds: float) -> None:
    """Sleep, but notice at once when the client leaves: nothing else makes the line readable in a reply."""
    if seconds > 0 and select.select([line], [], [], seconds)[0]:
        raise ClientLeft


@lru_cache(maxsize=8)
def _events(kb: int, shape: str) -> tuple[list[bytes], bytes]:
    """The events of a reply, encoded beforehand, and what ends it."""
    pieces = deltas(kb * 1000, shape)
    tokens = len(pieces)
    usage = {"prompt_tokens": 19, "completion_tokens": tokens, "total_tokens": tokens + 19, "total_cost_toman": 0.98}
    last = {**_chunk({"role": "assistant", "content": ""}), "usage": {**usage, "cost": 0.00000825}}
    end = _event(_chunk({"role": "assistant", "content": ""}, "stop")) + _event(last) + b"data: [DONE]\n\n"
    return [_event(_chunk({"role": "assistant", "content": piece})) for piece in pieces], end


def _chunk(delta: dict[str, str], finish_reason: str | None = None) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta, "finish_reason": finish_reason, "native_finish_reason": finish_reason}
    return {
        "id": "gen-1763840000-Zk3vQx7LwT9sNpRfUe2b",
        "provider": "OpenAI",
        "model": "bench/model",
        "object": "chat.completion.chunk",
        "created": 1763840000,
        "choices": [{**choice, "logprobs": None}],
    }


def _event(chunk: dict[str, Any]) -> bytes:
    return f"data: {json.dumps(chunk, ensure_ascii=False, separators=(',', ':'))}\n\n".encode()


def _http_chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


def _read_request(line: socket.socket) -> tuple[str, bytes] | None:
    received = b""
    try:
        while b"\r\n\r\n" not in received:
            piece = line.recv(65536)
            if not piece:
                return None
            received += piece
        head, _, body = received.partition(b"\r\n\r\n")
        first, *fields = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (field.partition(":") for field in fields)}
        while len(body) < int(headers.get("content-length", 0)):
            body += line.recv(65536)
    except OSError:
        return None
    return first.split(" ")[1], body


def _answer(line: socket.socket, value: dict[str, Any]) -> None:
    body = json.dumps(value).encode()
    line.sendall(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(body) + body)


class Gateway:
    """The asking side: starts the process, plans completions, reads the log. A context manager."""

    def __enter__(self) -> Gateway:
        command = [sys.executable, "-m", "benchmarks.paced_gateway"]
        top = Path(__file__).resolve().parent.parent
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=top)
        assert self._process.stdout is not None
        self.port = int(self._process.stdout.readline())
        self._open = urllib.request.build_opener(urllib.request.ProxyHandler({})).open
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def plan(self, kb: int, rate: int, shape: str = "mixed", stall_after: int = 0) -> None:
        plan = {"kb": kb, "rate": rate, "shape": shape, "stall_after": stall_after}
        self._ask("/next", json.dumps(plan).encode())

    def log_so_far(self) -> dict[str, Any]:
        """What has happened to the last completion until now; empty before the first."""
        log: dict[str, Any] = self._ask("/log")
        return log

    def log(self) -> dict[str, Any]:
        """What happened to the last completion, once it has ended."""
        deadline = time.monotonic() + 5
        while not (log := self._ask("/log"))["ended"] and time.monotonic() < deadline:
            time.sleep(0.01)
        return log

    def _ask(self, path: str, body: bytes | None = None) -> dict[str, Any]:
        method = "PUT" if body else "GET"
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data=body, method=method)
        with self._open(request, timeout=10) as response:
            return json.load(response)


if __name__ == "__main__":
    gateway = PacedGateway()
    print(gateway.port, flush=True)
    gateway.serve()
