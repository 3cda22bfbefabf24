"""Faults of the log's disk and files. For the tests and the benchmark."""

import errno
import json
import os
import random
import subprocess
import sys
from pathlib import Path

from liara_magic.session.log_records import log_files

PROMPTS = ("one", "two", "three")


def echo(line, request):
    line.reply("re: ", request.json["messages"][-1]["content"])


class FailingWrites:
    """``os.write`` that fails at the writes that ``fails`` says, counted from 1, after ``part`` bytes of them.

    Checkpoints do not count: a slow machine has more of them.
    """

    def __init__(self, fails, number=errno.ENOSPC, part=0):
        self.fails, self.number, self.part, self.count = fails, number, part, 0

    def __call__(self, file, data):
        if data.startswith(b'{"record":"text"'):
            return os.write(file, data)
        self.count += 1
        if self.fails(self.count):
            if self.part and len(data) > self.part:
                os.write(file, data[: self.part])
            raise OSError(self.number, os.strerror(self.number))
        return os.write(file, data)


def whole_lines():
    """Whether every line of every log is a record."""
    for path in log_files():
        lines = path.read_bytes().split(b"\n")
        if lines.pop() or not all(json.loads(line)["record"] for line in lines):
            return False
    return True


def run_writer(data, *arguments):
    """A process that asks and logs; see log_writer.py for the arguments."""
    command = [sys.executable, str(Path(__file__).with_name("log_writer.py")), *map(str, arguments)]
    environment = {**os.environ, "JUPYTER_DATA_DIR": str(data)}
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)


def foreign_files():
    """What may stand in the log's folder that is no log of ours."""
    header = b'{"record":"session","version":1,"started":"2026-01-01T00:00:00+00:00","notebook":"a.ipynb"}\n'
    return {
        "random": random.Random(4).randbytes(5000),
        "text": b"these are my notes\n",
        "newer": header.replace(b'"version":1', b'"version":2') + b'{"record":"request"}\n',
        "no-version": b'{"record":"session"}\n',
        "list": b"[1, 2]\n",
        "deep": b"[" * 100_000,
        "half": header[:40],
        "nul": b"\0" * 4096,
    }
