"""A reply's source and its code, to be copied, or put into a new cell where the front end lets a page do that."""

from __future__ import annotations

import json
from html import escape

from ..protocol.carried import HIDDEN
from ..protocol.foreign_text import clean
from ..screen.code_blocks import code_blocks, is_code
from ..screen.document import document
from ..screen.formulas import inert
from ..session.turn import Turn
from .texts import Texts

# JupyterLab and Notebook 7 run the command that an element names when it is clicked; the style sheet shows the element
# in their notebooks alone. https://jupyterlab.readthedocs.io/en/stable/api/classes/apputils.CommandLinker-1.html
_BOTH = "apputils:run-all-enabled"
_INSERT, _FILL = "notebook:insert-cell-below", "notebook:replace-selection"


def source_html(turn: Turn, texts: Texts) -> str:
    """The whole reply as Markdown."""
    return _to_copy(document(turn.reply) or clean(turn.prompt), texts)


def code_html(turn: Turn, texts: Texts) -> str:
    """The code of the reply, block by block, each with its way into a new cell.

    A reply that is code from its first line to its last, as for `/fix`, needs no fence.
    """
    whole = clean(turn.reply.text).strip("\n")
    codes = [block.code for block in code_blocks(whole)] or ([whole] if is_code(whole) else [])
    return "".join(_marked(code, texts) + _to_copy(code, texts, True) for code in codes) or _hint("no_code", texts)


def _marked(code: str, texts: Texts) -> str:
    """That something of the code must be put back before it runs, where this is so."""
    return _hint("marked", texts) if HIDDEN.search(code) else ""


def _hint(name: str, texts: Texts) -> str:
    return f'<div class="liara-hint" dir="auto">{inert(texts(name))}</div>'


def _to_copy(text: str, texts: Texts, into_cell: bool = False) -> str:
    """A text that one click selects: a kernel cannot reach the clipboard of a browser."""
    button = f'<button class="liara-to-cell" {_command(text)}>{inert(texts("into_cell"))}</button>' if into_cell else ""
    return (
        f'<div class="liara-hint" dir="auto">{inert(texts("select_copy"))}{button}</div>'
        f'<pre class="liara-copy" dir="auto" tabindex="0">{inert(text)}</pre>'
    )


def _command(code: str) -> str:
    """Insert a cell and write ``code`` into it. It is data: whoever clicks reads it before it runs.

    JupyterLab gives ``args`` to each of the commands; the first has no use for them.
    """
    arguments = json.dumps({"commands": [_INSERT, _FILL], "args": {"text": code}})
    return f'data-commandlinker-command="{_BOTH}" data-commandlinker-args="{escape(arguments)}"'
