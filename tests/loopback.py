"""A raw-socket gateway on 127.0.0.1: it sends scripted bytes, keeps the requests, and sees when a client hangs up."""

import json
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field


@dataclass
class SeenRequest:
    """A request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict:
        return json.loads(self.body)


@dataclass
class Line:
    """The server's side of one connection."""

    socket: socket.socket
    closed_by_client: threading.Event = field(default_factory=threading.Event)
    closed_at: float = 0.0

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def head(self, status: str = "200 OK", content_type: str = "text/event-stream", **headers: str) -> None:
        lines = [f"HTTP/1.1 {status}", f"content-type: {content_type}", "connection: close"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        self.send(("\r\n".join(lines) + "\r\n\r\n").encode())

    def event(self, chunk: dict | str) -> None:
        data = chunk if isinstance(chunk, str) else json.dumps(chunk, ensure_ascii=False)
        self.send(f"data: {data}\n\n".encode())

    def delta(self, text: str, **choice: object) -> None:
        self.event(
            {"id": "l0g", "model": "test/model", "choices": [{"index": 0, "delta": {"content": text}, **choice}]}
        )

    def finish(self, reason: str = "stop", usage: dict | None = None) -> None:
        self.event(
            {"id": "l0g", "model": "test/model", "choices": [{"index": 0, "delta": {}, "finish_reason": reason}]}
        )
        self.event({"choices": [], "usage": USAGE if usage is None else usage})
        self.event("[DONE]")

    def reply(self, *texts: str) -> None:
        """A whole good reply."""
        self.head()
        for text in texts:
            self.delta(text)
        self.finish()

    def answer_json(self, value: object, status: str = "200 OK", **headers: str) -> None:
        self.head(status, "application/json", **headers)
        self.send(json.dumps(value).encode())

    def wait_for_close(self, timeout: float = 10.0) -> bool:
        """Wait until the client hangs up."""
        self.socket.settimeout(timeout)
        try:
            while self.socket.recv(65536):
                pass
        except TimeoutError:
            return False
        except OSError:
            pass
        self.closed_at = time.monotonic()
        self.closed_by_client.set()
        return True


USAGE = {
    "prompt_tokens": 19,
    "completion_tokens": 9,
    "total_tokens": 28,
    "total_cost_toman": 0.98,
    "cost": 0.00000825,
}


class Loopback:
    """Answers each request with ``script(line, request)``; a context manager.

    ``requests`` holds what was asked, ``posts`` how many of them were POSTs, ``lines`` the connections.
    """

    def __init__(self, script: Callable[[Line, SeenRequest], None], port: int = 0) -> None:
        self.script = script
        self.requests: list[SeenRequest] = []
        self.lines: list[Line] = []
        self.answering = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", port))
        self._threads: list[threading.Thread] = []
        self._without_request: set[socket.socket] = set()
        self._open = True

    @property
    def port(self) -> int:
        return self._listener.getsockname()[1]

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def posts(self) -> int:
        return sum(request.method == "POST" for request in self.requests)

    def __enter__(self) -> "Loopback":
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self._open = False
        # Closing alone does not wake a thread that waits in accept().
        socket.create_connection(("127.0.0.1", self.port)).close()
        self._listener.close()
        for line in self.lines:
            line.socket.close()
        for connection in list(self._without_request):  # closing does not wake a thread that waits in recv() either
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(timeout=5)

    def _start(self, target: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=target, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while self._open:
            try:
                connection, _ = self._listener.accept()
            except OSError:  # closed between the look at `_open` and the wait
                return
            if not self._open:
                connection.close()
                return
            self._start(self._answer, connection)

    def _answer(self, connection: socket.socket) -> None:
        with connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._without_request.add(connection)
            try:
                request = read_request(connection)
            except OSError:  # reset by the client
                return
            finally:
                self._without_request.discard(connection)
            if request is None:
                return
            line = Line(connection)
            self.lines.append(line)
            self.requests.append(request)
            self.answering.set()
            try:
                self.script(line, request)
            except OSError:  # the client hung up while the script was sending
                line.closed_at = time.monotonic()
                line.closed_by_client.set()


def read_request(connection: socket.socket) -> SeenRequest | None:
    """The next request on a connection; none when the client has hung up."""
    received = b""
    while b"\r\n\r\n" not in received:
        piece = connection.recv(65536)
        if not piece:
            return None
        received += piece
    head, _, body = received.partition(b"\r\n\r\n")
    first, *fields = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in fields)}
    while len(body) < int(headers.get("content-length", 0)):
        body += connection.recv(65536)
    method, path, _ = first.split(" ", 2)
    return SeenRequest(method, path, headers, body)
