"""Rows B14 and B21: a real kernel, interrupted, and busy with several asks."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from liara_magic.api import Chat
from liara_magic.kernel import this_kernel

from .fault_row import Figure, Row, Tally
from .loaded_kernel import FrontEnd, html, loaded_kernel, point
from .rig import Line, Loopback, SeenRequest


def _waiting(line: Line, request: SeenRequest) -> None:
    line.wait_for_close(8)


def _refusing(line: Line, request: SeenRequest) -> None:
    line.answer_json({"error": "busy"}, "429 x", retry_after="30")
    line.wait_for_close(0.5)


def _stalled(line: Line, request: SeenRequest) -> None:
    line.head()
    line.delta("word0 and then nothing")
    line.wait_for_close(8)


def _flowing(line: Line, request: SeenRequest) -> None:
    line.head()
    for number in range(800):
        line.delta(f"word{number} ")
        time.sleep(0.01)


def _rendering(line: Line, request: SeenRequest) -> None:
    """A single block of 92 KB that costs much to render and is all there at once; the line stays open."""
    line.head()
    line.delta("word0 " + "- [a](b) *c* `d` **e**\n" * 4_000)
    line.wait_for_close(8)


#: What the server does; what the cell shows when it is time; what is kept; whether a line is still open then.
_INTERRUPTS: dict[str, tuple[Callable[[Line, SeenRequest], None], str, str, bool]] = {
    "waiting": (_waiting, "", "", True),
    "retrying": (_refusing, "Retrying in", "", False),
    "streaming": (_flowing, "word0", "word0", True),
    "stalled": (_stalled, "word0", "word0", True),
    "rendering": (_rendering, "", "word0", True),
}


def _interrupt(front_end: FrontEnd, name: str) -> tuple[bool, float, float, str]:
    """Whether all of it went as it must; seconds until the cell ended, and until the server saw the close."""
    script, shows, kept, open_line = _INTERRUPTS[name]
    with Loopback(script) as gateway:
        point(front_end, gateway)
        cell = front_end.send("%%liara\nhi")
        queued = front_end.send("ran = True")
        gateway.answering.wait(10)
        front_end.wait(cell, lambda cell: shows in html(cell))
        time.sleep(0.4 if name != "waiting" else 0.1)
        start = time.monotonic()
        front_end.interrupt()
        front_end.wait(cell)
        ended = time.monotonic() - start
        line = gateway.lines[0]
        closed = line.closed_by_client.wait(1.5)
        close = max(0.0, line.closed_at - start) if closed and open_line else 0.0
        posts = gateway.posts
    front_end.wait(queued, lambda cell: cell.reply is not None)
    text = front_end.value("[turn.reply.text[:5] for turn in this_kernel().session.conversation.turns][-1]")
    works = front_end.run("%%liara -m sandbox/echo\nnext").status == "ok"
    checks = {
        f"the cell ended with {cell.ename or cell.status}": cell.ename == "KeyboardInterrupt",
        f"ended after {ended:.2f} s": ended <= 0.5,
        f"closed after {close:.2f} s": (closed and close <= 1.0) or not open_line,
        "the next cell of Run All ran": queued.status == "aborted",
        f"kept {text!r}": text.startswith(kept),
        "the next cell failed": works,
        f"{posts} POSTs": posts == 1,
    }
    wrong = "; ".join(what for what, good in checks.items() if not good)
    return not wrong, ended, close, wrong


def _interrupts() -> Figure:
    found, ends, closes = Tally(), [], []
    with loaded_kernel() as front_end:
        for name in _INTERRUPTS:
            good, ended, close, wrong = _interrupt(front_end, name)
            found.add(f"{name} ({wrong})", good)
            ends.append(ended)
            closes.append(close)
    return found.figure(
        "KeyboardInterrupt, the partial text kept, the rest of Run All not run, the next cell fine, 1 POST each",
        f", cell ended within {max(ends):.2f} s (limit 0.5 s), close seen within {max(closes):.2f} s (limit 1 s)",
    )


def _echo_slowly(line: Line, request: SeenRequest) -> None:
    word = request.json["messages"][-1]["content"]
    line.head()
    for _ in range(100):
        line.delta(word)
        time.sleep(0.005)
    line.finish()


def _parallel_threads(gateway: Loopback, found: Tally) -> None:
    """Eight threads in one conversation: nobody's text in another's, turns in the order of asking."""
    chat, texts = Chat(base_url=gateway.base_url, model="test/model"), {}

    def work(word: str) -> None:
        texts[word] = chat.ask(word).text

    threads = [threading.Thread(target=work, args=[f"<{number}>"]) for number in range(8)]
    for number, thread in enumerate(threads):
        thread.start()
        while len(chat.turns) <= number:
            time.sleep(0.001)
    for thread in threads:
        thread.join(30)
    for number in range(8):
        found.add(f"stream {number}", texts.get(f"<{number}>") == f"<{number}>" * 100)
    found.add("order of turns", [turn.prompt for turn in chat.turns] == [f"<{number}>" for number in range(8)])
    this_kernel().engine.close()


def _parallel_cells(gateway: Loopback, found: Tally) -> None:
    """Two magic cells queued, while a thread of the first one asks on its own and shows nothing."""
    background = (
        "import threading\nmine = liara.Chat()\n"
        "threading.Thread(target=lambda: [mine.ask('thread ') for _ in range(4)]).start()"
    )
    with loaded_kernel() as front_end:
        point(front_end, gateway)
        cells = front_end.run_all(background, "%%liara\ncopper", "%%liara\nsilver", "print('third')")
        for cell, word in zip(cells[1:3], ("copper", "silver"), strict=True):
            others = {"copper", "silver", "thread"} - {word}
            shown = html(cell)
            good = shown.count(word) == 100 and len(cell.shown) == 1 and not any(other in shown for other in others)
            found.add(f"the cell of {word!r}", good)
        found.add("the cells beside them", not cells[0].outputs and cells[3].printed == "third\n")
        front_end.run("import time\nwhile len(mine.turns) < 4 or mine.turns[-1].state == 'running': time.sleep(0.05)")
        turns = front_end.value("[turn.reply.text for turn in mine.turns]")
        found.add("the thread's conversation", turns == ["thread" * 100] * 4)
        prompts = front_end.value("[turn.prompt for turn in this_kernel().session.conversation.turns]")
        found.add("the cells' conversation", prompts == ["copper", "silver"])


def _at_once() -> Figure:
    found = Tally()
    with Loopback(_echo_slowly) as gateway:
        _parallel_threads(gateway, found)
        _parallel_cells(gateway, found)
    return found.figure(
        "8 streams of one conversation on 8 threads; 2 cells and a thread beside them in a kernel: "
        "each text whole, in its own output, turns in the order of asking",
        f", {len(found.missed)} crossed",
    )


ROWS = (
    Row(
        "B14",
        "interrupt while waiting, retrying, streaming, stalled, rendering; real kernel",
        _interrupts,
        "await: > 20 s; nest_asyncio: socket stays open",
    ),
    Row("B21", "8 streams at once; 2 cells and a thread, real kernel", _at_once),
)
