"""Where tools run in this process: who is asked, what is captured, what of a result is sent, by the shell there is."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from .carrying import hiding
from .protocol.foreign_text import escaped
from .protocol.rounds import ToolRun
from .session.host import CannotAsk, Captured, Decision, Host, Told
from .settings import Liara

_YES = {"y", "yes", "allow", "بله", "آری", "آره"}
_ALWAYS = {"a", "always", "همیشه"}
_NO = {"", "n", "no", "deny", "خیر", "نه"}


def host_of(shell: Any, settings: Liara) -> Host:
    """The host for ``shell``, IPython's in a kernel or a terminal, or none in plain Python."""

    def hidden(text: str) -> str:
        hide = hiding(settings)
        return hide(text) if hide else text

    def told(value: Any, name: str) -> Told:
        from .notebook.tool_values import told as told_of

        return Told(*told_of(value, name, hidden))

    return Host(
        approve=lambda run: ask_by_input(run, hasattr(shell, "kernel")),
        told=told,
        hidden=hidden,
        captured=captured if shell is not None else Host().captured,
        kernel_loop=_running_loop,
    )


def question(run: ToolRun) -> str:
    """The question about a call, its name and arguments in full. What could hide or reorder them is spelled out."""
    return (
        f"The model asks to call {escaped(run.call.name)} with {escaped(run.call.arguments.strip() or '{}')}\n"
        "Allow it? [y]es / [n]o / [a]lways in this session: "
    )


def ask_by_input(run: ToolRun, in_kernel: bool, read: Callable[[str], str] = input) -> Decision:
    """Ask by the kernel's input request or at the terminal. Raises :class:`CannotAsk` where neither is possible."""
    if threading.current_thread() is not threading.main_thread():
        raise CannotAsk("it can only be asked for where a cell waits for the answer")
    if not in_kernel and not sys.stdin.isatty():
        raise CannotAsk("there is no terminal to ask at")
    text = question(run)
    for _ in range(3):
        try:
            word = read(text).strip().lower()
        except (EOFError, NotImplementedError, RuntimeError):  # StdinNotImplementedError is both of the latter's kin
            raise CannotAsk("this front end cannot ask") from None
        if word in _YES | _ALWAYS | _NO:
            return "always" if word in _ALWAYS else "allow" if word in _YES else "deny"
        text = "Please answer y, n or a: "
    return "deny"


@contextmanager
def captured() -> Iterator[Captured]:
    """Keep what is printed and shown meanwhile, by IPython's own means."""
    from IPython.utils.capture import capture_output

    caught = Captured()
    with capture_output() as output:
        try:
            yield caught
        finally:
            caught.printed = output.stdout + output.stderr
            bundles = [one.data for one in output.outputs]
            caught.pictures = [one["image/png"] for one in bundles if isinstance(one.get("image/png"), str)]
            texts = [one["text/plain"] for one in bundles if "image/png" not in one and "text/plain" in one]
            caught.printed += "".join(f"{text}\n" for text in texts)


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
