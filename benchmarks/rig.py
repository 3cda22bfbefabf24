"""The tests' own helpers, for the benchmarks too. This is the one place that makes them known."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
for _folder in (
    "tests",
    "tests/gateway",
    "tests/kernel",
    "tests/protocol",
    "tests/browser",
    "tests/screen",
    "tests/notebook",
    "tests/session",
):
    if str(TOP / _folder) not in sys.path:
        sys.path.append(str(TOP / _folder))

from calls import KEY, Outcome, ask, collect, prompt, to  # noqa: E402
from chromium import missing as no_browser  # noqa: E402
from chromium import running_chromium  # noqa: E402
from kernels import running_kernel  # noqa: E402
from lab_server import running_lab  # noqa: E402
from loopback import Line, Loopback, SeenRequest  # noqa: E402
from notebook_page import NotebookPage, notebook_page  # noqa: E402

from liara_magic.gateway.engine import Engine  # noqa: E402

__all__ = [
    "KEY",
    "TOP",
    "Engine",
    "Line",
    "Loopback",
    "NotebookPage",
    "Outcome",
    "SeenRequest",
    "ask",
    "collect",
    "environment",
    "no_browser",
    "notebook_page",
    "prompt",
    "running_chromium",
    "running_engine",
    "running_kernel",
    "running_lab",
    "to",
]


@contextmanager
def running_engine() -> Iterator[Engine]:
    """An engine, closed at the end."""
    engine = Engine()
    try:
        yield engine
    finally:
        engine.close()


@contextmanager
def environment(**variables: str) -> Iterator[None]:
    """The process without anybody's settings, keys and proxies, and with ``variables``."""
    before = dict(os.environ)
    for name in before:
        if name.startswith("LIARA_") or name.lower().endswith("_proxy"):
            del os.environ[name]
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
