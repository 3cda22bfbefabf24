"""Kernels that are killed in the middle of a reply, and what the log has of it. For the test and the benchmark."""

import os
import signal
import time

from kernels import running_kernel
from loopback import Loopback

from liara_magic.session.recovery import earlier_conversations, load_turns

#: Bytes of a piece, and seconds between two: about 4 KB a second.
PIECE, PAUSE = 100, 0.025
PROMPT = "a question that must not be lost"


class Paced:
    """A gateway that sends piece after piece and notes when each had left."""

    def __init__(self):
        self.left = []  # the moment, and the bytes so far

    def __call__(self, line, request):
        line.head()
        for number in range(4000):
            line.delta(f"{number:05d} ".ljust(PIECE, "."))
            self.left.append((time.monotonic(), (number + 1) * PIECE))
            time.sleep(PAUSE)

    def bytes_until(self, moment):
        """How much had left by then."""
        return max((size for left, size in self.left if left <= moment), default=0)


def kill_in_reply(home, seconds):
    """Kill a kernel with SIGKILL so many seconds after its reply began; returns the moment, and the gateway."""
    script = Paced()
    with Loopback(script) as gateway, running_kernel(home) as front_end:
        lines = (
            "%load_ext liara_magic",
            f"%liara /set base_url {gateway.base_url}",
            "%liara /model test/model",
            "import os",
        )
        assert front_end.run("\n".join(lines)).status == "ok"
        process = front_end.value("os.getpid()")
        front_end.send(f"%%liara\n{PROMPT}")
        deadline = time.monotonic() + 30
        while not script.left and time.monotonic() < deadline:
            time.sleep(0.005)
        time.sleep(seconds)
        moment = time.monotonic()
        os.kill(process, signal.SIGKILL)
        return moment, script


def kept():
    """The one conversation that the logs hold, as its turn's prompt, text and state."""
    (found,) = earlier_conversations().conversations
    (turn,), lost = load_turns(found)
    assert lost == 0
    return turn.prompt, turn.reply.text, turn.state
