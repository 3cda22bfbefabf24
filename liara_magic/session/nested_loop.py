"""A loop that runs made to run again inside itself, for as long as one async tool takes.

A database pool or a browser page that an earlier cell opened with a top-level ``await`` belongs to the kernel's own
loop and works on no other. While a cell runs, that loop is busy with it. nest-asyncio2 lets it run nested, but by
changing asyncio for the whole process; here everything it changed is put back when the tool has ended. It is never used
for requests: see the decisions in docs/architecture.md.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ..protocol.errors import LiaraUsageError

_ABSENT = object()
_TASKS, _FUTURES, _EVENTS = "asyncio.tasks", "asyncio.futures", "asyncio.events"


@contextmanager
def nested(loop: asyncio.AbstractEventLoop) -> Iterator[None]:
    """While the block runs, ``loop.run_until_complete`` may be called although ``loop`` is running.

    Raises :class:`LiaraUsageError` where nest-asyncio2 is missing or cannot nest this kind of loop. A loop that the
    person has patched is used as it is, and stays so.
    """
    if hasattr(type(loop), "_nest_patched"):
        yield
        return
    if not isinstance(loop, asyncio.BaseEventLoop):
        raise LiaraUsageError(
            f"A loop of type {type(loop).__name__} cannot be nested.", hint='Use @liara.tool without loop="kernel".'
        )
    try:
        import nest_asyncio2
    except ImportError:
        raise LiaraUsageError(
            'A tool with loop="kernel" needs nest-asyncio2, which is not installed.', hint="pip install nest-asyncio2"
        ) from None
    before = [(owner, dict(vars(owner))) for owner in _changed_by_it(loop)]
    try:
        nest_asyncio2.apply(loop)
        yield
    finally:
        for owner, names in before:
            _put_back(owner, names)


def _changed_by_it(loop: asyncio.AbstractEventLoop) -> list[Any]:
    """The modules and classes whose names it sets anew."""
    owners: list[Any] = [asyncio, sys.modules[_TASKS], sys.modules[_FUTURES], sys.modules[_EVENTS], type(loop)]
    if sys.version_info < (3, 14):
        owners.append(type(asyncio.get_event_loop_policy()))
    return [*owners, *(sys.modules[name] for name in ("tornado.concurrent",) if name in sys.modules)]


def _put_back(owner: Any, names: dict[str, Any]) -> None:
    for name, value in list(vars(owner).items()):
        if value is not names.get(name, _ABSENT) and name in names:
            setattr(owner, name, names[name])
    for name in set(vars(owner)) - set(names):
        delattr(owner, name)
