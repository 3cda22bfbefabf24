"""What becomes of a reply beside being shown: code for the next cell, a value in a variable. Only what was asked for.

Nothing is ever run: code is put where a person reads it before running it.
"""

from __future__ import annotations

import difflib
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..protocol.carried import HIDDEN
from ..screen.code import code_block
from ..screen.code_blocks import fenced
from .registry import Shown

if TYPE_CHECKING:
    from ..notebook.cells import Cell
    from ..protocol.reply import Reply
    from ..screen.voice import Voice
    from ..session.ask import Ask


def deliver(reply: Reply, ask: Ask, shell: Any, show: Callable[[Shown], None], failed: Cell | None = None) -> None:
    """Put the value of ``reply`` where ``ask`` wants it.

    ``show`` shows a line of our own below the reply; ``failed`` is the cell that the code corrects.
    """
    if ask.format == "code":
        if failed is not None:
            show(change(failed.source, reply.value, f"cell [{failed.count}]"))
        propose(reply.value, shell, show)
    keep(reply, ask, shell.user_ns)


def keep(reply: Reply, ask: Ask, namespace: dict[str, Any]) -> None:
    """Put the value of ``reply``, or its text where that is all, into the variable that ``ask`` names, if any."""
    if ask.wanted.out:
        namespace[ask.wanted.out] = reply.text if reply.value is None and ask.format != "json" else reply.value


def change(before: str, after: str, name: str) -> Shown:
    """What a correction changes in the cell called ``name``, line by line."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), name, "proposal", lineterm="")
    diff = "\n".join(lines)
    if not diff:
        said = "The proposal is the cell as it was."
        return Shown(said, lambda voice: _said(said, voice))
    said = "The change; the corrected cell is the next one, and nothing was run."
    if HIDDEN.search(after):
        said += " It holds marks in place of secrets that were kept back: put those back before it runs."
    return Shown(f"{said}\n\n{fenced(diff, 'diff')}", lambda voice: _said(said, voice) + code_block(diff, "diff"))


def propose(code: str, shell: Any, show: Callable[[Shown], None]) -> None:
    """Put ``code`` into the next cell, or, in a front end that cannot, show it ready to copy."""
    if "google.colab" not in sys.modules:
        shell.set_next_input(code, replace=False)
        return
    label = "for the next cell: a click selects all of it"
    block = f'<div style="user-select:all">{code_block(code)}</div>'
    show(Shown(f"{label}\n\n{fenced(code, 'python')}", lambda voice: f"<small>{_said(label, voice)}</small>{block}"))


def _said(words: str, voice: Voice) -> str:
    return f'<div dir="{voice.direction}">{voice.sentence(words)}</div>'
