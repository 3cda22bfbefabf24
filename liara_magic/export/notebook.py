"""A conversation as a notebook: each turn a cell that asks it again when it is run, with the reply as its output.

The format is nbformat 4.5 (https://nbformat.readthedocs.io/en/latest/format_description.html).
"""

from __future__ import annotations

import json
import re
from typing import Any

from ..protocol.foreign_text import clean
from ..screen.document import document
from ..screen.figures import without_isolates
from ..screen.footer import notices_html
from ..screen.markdown import plain
from ..screen.markup import markup_of
from ..screen.notebook import picture_bundle
from ..screen.page import reply_html
from ..screen.voice import isolated
from ..session.ask import Ask
from ..session.conversation import Conversation
from ..session.turn import Turn
from .facts import figures, shown_pictures, summary, title

#: A name that is typed without quotes; the name of a parameter, which has no others.
_PLAIN, _KEY = re.compile(r"[\w./:@+-]+"), re.compile(r"[^\s=\"'{}\[\]]+")


def to_notebook(conversation: Conversation, digits: str = "latin") -> str:
    """The whole conversation as the JSON of a notebook."""
    about = without_isolates(summary(conversation, digits))
    cells = [
        _cell("markdown", "about", f"# {plain(title(conversation))}\n\n{about}"),
        {**_cell("code", "load", "%load_ext liara_magic"), "outputs": [], "execution_count": None},
        *(_asking(turn, number, digits) for number, turn in enumerate(conversation.turns, 1)),
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    record = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(record, ensure_ascii=False, indent=1) + "\n"


def _cell(kind: str, id: str, source: str) -> dict[str, Any]:
    return {"cell_type": kind, "id": id, "metadata": {}, "source": source}


def _asking(turn: Turn, number: int, digits: str) -> dict[str, Any]:
    source = f"{' '.join(['%%liara', *_flags(turn)])}\n{clean(_prompt(turn))}"
    return {
        **_cell("code", f"turn-{number}", source),
        "outputs": _outputs(turn, digits),
        "execution_count": number + 1,
    }


def _prompt(turn: Turn) -> str:
    """The prompt as it was sent; as it was typed where braces came in, which the cell would fill once more."""
    return turn.ask.typed if turn.ask.typed and "{" in turn.prompt else turn.prompt


def _flags(turn: Turn) -> list[str]:
    """The model that was asked and what was set for this prompt alone, as they are typed."""
    ask = turn.ask
    said = ["-m", _word(ask.model or turn.row.model)] if ask.model or turn.row.model else []
    if ask.system is not None:
        said += ["-s", json.dumps(" ".join(ask.system.split()), ensure_ascii=False)]
    for name, value in ask.parameters.items():
        said += ["-p", f"{name}={json.dumps(value, ensure_ascii=False)}"] if _KEY.fullmatch(name) else []
    return said + _landing(ask)


def _word(text: str) -> str:
    """A value on the line of a cell: whatever a loaded file says, it is one word and no further flag."""
    words = " ".join(clean(text).split())
    return words if _PLAIN.fullmatch(words) else json.dumps(words, ensure_ascii=False)


def _landing(ask: Ask) -> list[str]:
    """What was to become of the reply, and the tools: names of the notebook, which has to have them again."""
    said = [word for tool in ask.tools or () for word in ("-T", _word(tool.name))]
    if ask.wanted.schema:
        said += ["--schema", _word(ask.wanted.schema)]
    elif ask.format != "markdown":
        said += ["-f", ask.format + (f":{ask.wanted.block}" if ask.wanted.block else "")]
    if ask.wanted.out:
        said += ["-o", _word(ask.wanted.out)]
    return said


def _outputs(turn: Turn, digits: str) -> list[dict[str, Any]]:
    line = figures(turn, digits)
    html = reply_html(turn.reply, markup_of(turn.reply.format).render) + notices_html(turn.reply.notices)
    below = f'<div dir="ltr" style="font-size:0.85em;opacity:0.75">{isolated(line)}</div>'
    text = document(turn.reply) or without_isolates(line)
    bundles = [{"text/html": html + below, "text/plain": text}, *map(picture_bundle, shown_pictures(turn))]
    return [{"output_type": "display_data", "data": bundle, "metadata": {}} for bundle in bundles]
