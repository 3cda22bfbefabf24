"""Rows D1 to D4: the log, when the kernel is killed, the disk fails, six write at once, and files are not ours."""

from __future__ import annotations

import errno
import json
import os
import random
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

# Makes the tests' folders known.
from .rig import KEY, Loopback, environment  # isort: skip
from killing import PIECE, PROMPT, kept, kill_in_reply
from log_faults import PROMPTS, FailingWrites, echo, foreign_files, run_writer, whole_lines

from liara_magic import api
from liara_magic import kernel as room
from liara_magic.session.log_limits import remove_old_logs
from liara_magic.session.log_records import log_files, log_folder
from liara_magic.session.recovery import earlier_conversations, load_turns
from liara_magic.session.store import Log

from .fault_row import Figure, Row, Tally

_KILLS, _WRITERS, _ASKS, _BYTES = 50, 6, 300, 20_000
#: Seconds after the reply began at which the kernel may be killed.
_LONGEST = 4.0


def _killed() -> Figure:
    rng, found, worst = random.Random(1), Tally(), 0
    for number in range(_KILLS):
        with tempfile.TemporaryDirectory(prefix="faults-", ignore_cleanup_errors=True) as home:
            moment, gateway = kill_in_reply(Path(home), rng.uniform(0, _LONGEST))
            with environment(JUPYTER_DATA_DIR=str(Path(home) / "data")):
                prompt, text, state = kept()
        sent = "".join(f"{piece:05d} ".ljust(PIECE, ".") for piece in range(len(gateway.left)))
        lost = gateway.bytes_until(moment) - len(text)
        worst, in_time = max(worst, lost), len(text) >= gateway.bytes_until(moment - 1)
        good = (prompt, state) == (PROMPT, "cut") and sent.startswith(text) and (in_time or lost <= 4096)
        found.add(f"kill {number + 1}", good)
    happened = (
        "the prompt and all that came more than a second before are found and restored, as a turn that was cut; the "
        "gateway sent 4 KB a second"
    )
    return found.figure(happened, f", {worst:,} bytes lost at the most")


def _asked(write: Any) -> tuple[list[bool], list[str]]:
    """Three asks with a log that writes so: whether each reply was whole, and what was said."""
    kernel = _kernel(write)
    with Loopback(echo) as gateway:
        chat = api.Chat(base_url=gateway.base_url, model="test/model")
        whole = [chat.ask(prompt).text == f"re: {prompt}" for prompt in PROMPTS]
    kernel.engine.close()
    room._kernel = None
    return whole, [notice for turn in chat.turns for notice in turn.reply.notices]


def _kernel(write: Any = os.write) -> Any:
    room._kernel = None
    kernel = room.this_kernel()
    kernel.shared = replace(kernel.shared, log=Log(write=write))
    return kernel


@contextmanager
def _data() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="faults-") as home, environment(JUPYTER_DATA_DIR=home, LIARA_API_KEY=KEY):
        yield Path(home)


def _failing() -> Figure:
    found = Tally()
    for number in (errno.ENOSPC, errno.EIO, errno.EDQUOT):
        for part in (0, 1, 100):
            for which in range(1, 8):
                for from_then_on in (False, True):
                    with _data():
                        write = FailingWrites(_from(which) if from_then_on else _at(which), number, part)
                        whole, notices = _asked(write)
                        good = all(whole) and len(notices) == (write.count >= which) and whole_lines()
                        found.add(f"write {which}, {errno.errorcode[number]}, {part} bytes", good)
    with _data() as home:
        for arguments in ((12, 4000, 20_000), (3, 100, -1)):
            folder = home / str(arguments[2])
            folder.mkdir(mode=0o555 if arguments[2] < 0 else 0o700)
            home.chmod(0o755)
            said = json.loads(run_writer(folder, *arguments).communicate(timeout=120)[0])
            found.add(f"{arguments}", said["whole"] == arguments[0] and len(said["notices"]) == 1)
    with _data(), open("/dev/full", "wb", buffering=0) as full:
        whole, notices = _asked(lambda file, data: os.write(full.fileno(), data))
        found.add("/dev/full", all(whole) and len(notices) == 1)
    return found.figure("every reply whole, one sentence says what is not saved, each line of the file is a record")


def _at(which: int) -> Any:
    return lambda count: count == which


def _from(which: int) -> Any:
    return lambda count: count >= which


def _six() -> Figure:
    with _data() as home:
        writers = [run_writer(home, _ASKS, _BYTES) for _ in range(_WRITERS)]
        said = [json.loads(writer.communicate(timeout=1800)[0]) for writer in writers]
        turns = [turn for one in earlier_conversations().conversations for turn in load_turns(one)[0]]
        whole = sum(turn.state == "complete" and turn.reply.text == turn.prompt for turn in turns)
        good = whole == _WRITERS * _ASKS and whole_lines() and not any(one["notices"] for one in said)
    return Figure("a file each; every turn read back whole", f"{whole:,} of {_WRITERS * _ASKS:,}", good)


def _foreign() -> Figure:
    found = Tally()
    for name, content in foreign_files().items():
        with _data():
            log_folder().mkdir(parents=True)
            path = log_folder() / f"2026-01-01-{name}.jsonl"
            path.write_bytes(content)
            whole, notices = _asked(os.write)
            told = earlier_conversations()
            os.utime(path, (0, 0))
            remove_old_logs(days=1, megabytes=0.001)
            kept_aside = path.read_bytes() == content and len(log_files()) == 2
            found.add(name, all(whole) and not notices and len(told.unreadable) == 1 and kept_aside)
    return found.figure("named by /chats, left as it is byte for byte, also by the removal of old logs")


ROWS = (
    Row("D1", f"kill -9 at {_KILLS} random moments of a reply, real kernels", _killed),
    Row("D2", "disk full, I/O error, quota at every write, RLIMIT_FSIZE, read-only home, /dev/full", _failing),
    Row("D3", f"{_WRITERS} processes x {_ASKS} turns of 20 KB", _six, "SQLite, 50 ms: 579 of 600"),
    Row("D4", "random bytes, text, newer version, half a line, deep JSON in the log's folder", _foreign),
)
