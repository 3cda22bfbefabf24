"""Calls of tools, a line each: name, arguments, how long it took; what came of it is folded behind the line."""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import suppress

from ..protocol.checks import read_json
from ..protocol.foreign_text import clean
from ..protocol.reply import Reply
from ..protocol.rounds import Round, ToolRun
from .formulas import inert
from .markdown import Markdown, closed
from .voice import ENGLISH, Voice

#: Characters of arguments on the line, of a result on the line, and of a result while the reply is still flowing.
_ARGUMENTS, _SHORT, _LIVE = 160, 80, 300
_LONGEST = 20_000  # of arguments anywhere
_MARKS = {"done": "✓", "failed": "✗", "refused": "✗", "stopped": "✗", "running": "▸", "waiting": "▸"}
_SAID = {"failed": "failed", "refused": "not run", "stopped": "stopped", "running": "running …", "waiting": "waits …"}
_LINE = "margin:0.25em 0;font-size:0.9em"
_BODY = "margin:0.2em 0 0.4em 1.2em;white-space:pre-wrap;overflow-wrap:anywhere"


def call_line(run: ToolRun) -> str:
    """The line of a call, as plain text: ``✓ rows(name="df", n=2) · 0.3 s``."""
    return " · ".join([_call(run), *_said(run)])


def rounds_text(reply: Reply) -> str:
    """What the model said before its answer and the calls it made, as Markdown."""
    return "\n\n".join(filter(None, map(_round_text, reply.rounds)))


def result_line(run: ToolRun) -> str:
    """A call's line with the beginning of its result."""
    result = _short(clean(run.result), _SHORT) if run.state not in ("waiting", "running") else ""
    return call_line(run) + (f" → {result}" if result else "")


def rounds_html(rounds: Iterable[Round], live: bool = False, voice: Voice = ENGLISH) -> str:
    """The same as HTML that needs no script; ``live`` keeps results short, since it is painted again and again."""
    return "".join(_words_html(one) + "".join(_call_html(run, live, voice) for run in one.runs) for one in rounds)


def _call(run: ToolRun) -> str:
    """What is called, and with what."""
    name, arguments = _short(clean(run.call.name), _SHORT), _short(_arguments(run.call.arguments), _ARGUMENTS)
    return f"{_MARKS[run.state]} {name}({arguments})"


def _said(run: ToolRun) -> list[str]:
    """What became of it, and how long it took."""
    return list(filter(None, [_SAID.get(run.state, ""), f"{run.seconds:.1f} s" if run.seconds else ""]))


def _round_text(one: Round) -> str:
    lines = "\n".join(f"- `{result_line(run).replace('`', chr(39))}`" for run in one.runs)
    words = clean(one.choice.text)
    return f"{closed(words)}\n\n{lines}" if words else lines


def _words_html(one: Round) -> str:
    words = clean(one.choice.text)
    return f'<div dir="ltr" style="text-align:start">{Markdown().render(words)}</div>' if words else ""


def _call_html(run: ToolRun, live: bool, voice: Voice) -> str:
    line = voice.between.join([f'<code dir="ltr">{inert(_call(run))}</code>', *map(voice.figures, _said(run))])
    inside = "".join(f'<pre dir="ltr" style="{_BODY}">{inert(text)}</pre>' for text in _told(run, live))
    inside += "" if live else "".join(_picture(data, voice) for data in run.pictures)
    if not inside:
        return f'<div dir="{voice.direction}" style="{_LINE}">{line}</div>'
    return f'<details dir="{voice.direction}" style="{_LINE}"><summary>{line}</summary>{inside}</details>'


def _told(run: ToolRun, live: bool) -> list[str]:
    """What is folded behind the line: long arguments, the result, what was printed, the traceback."""
    arguments = _arguments(run.call.arguments)
    texts = [arguments if len(arguments) > _ARGUMENTS else "", run.result, run.printed, run.traceback]
    found = [clean(text).strip("\n") for text in texts if text]
    return [_short(text, _LIVE) for text in found] if live else found


def _picture(data: str, voice: Voice) -> str:
    """A PNG that the tool showed, if it is nothing else than that."""
    data = "".join(data.split())
    plain = data.isascii() and all(one.isalnum() or one in "+/=" for one in data)
    return f'<img alt="{voice.figures("shown by the tool")}" src="data:image/png;base64,{data}">' if plain else ""


def _arguments(text: str) -> str:
    """JSON arguments as Python writes them, ``name="df", n=2``; what is no JSON object as it came."""
    if len(text) > _LONGEST:
        return clean(text[:_LONGEST]) + "…"
    with suppress(ValueError):
        found = read_json(text)
        if isinstance(found, dict):
            return ", ".join(
                f"{clean(name)}={clean(json.dumps(one, ensure_ascii=False))}" for name, one in found.items()
            )
    return clean(text)


def _short(text: str, length: int) -> str:
    words = " ".join(text.split())
    return words if len(words) <= length else words[: length - 1] + "…"
