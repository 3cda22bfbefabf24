"""The commands that ask for a certain answer: the correction of a cell; and the list of saved prompts."""

from __future__ import annotations

from dataclasses import replace

from ..protocol.errors import LiaraUsageError
from ..screen.markdown import plain
from ..session.session import Session
from .options import parse_line
from .registry import Answer, code, command, table
from .templates import template_files, template_named

_FIX = (
    "Correct the cell that failed; its error stands with it. Give back the whole cell, with as few changes as the "
    "error needs."
)


@command(
    "/fix [FLAGS] [WORDS]",
    "Ask for a correction of the last cell that failed: the change is shown, and the corrected cell becomes the next "
    "cell. Nothing is run. `-a NAME` and `-c` send more along, words say what else matters.",
)
def _fix(session: Session, rest: str) -> Answer:
    ask = parse_line(rest)
    wanted = replace(ask.wanted, error=True, fix=True)
    return replace(ask, prompt=f"{_FIX}\n\n{ask.prompt}".strip(), wanted=wanted, format="code")


@command("/templates", "The saved prompts for `--template NAME`, with their fields.")
def _templates(session: Session, rest: str) -> Answer:
    rows = []
    for name, (file, origin) in sorted(template_files().items()):
        try:
            template = template_named(name)
            fields = ", ".join(code(field) for field in template.fields)
            rows.append((code(name), fields, plain(template.help), origin))
        except LiaraUsageError as error:
            rows.append((code(name), "", plain(f"{error.message} {file}"), origin))
    example = code("%liara --template explain-table table=df")
    own = f"A Markdown file in the project's folder {code('.liara')} is one more; {code('{{name}}')} in it is a field."
    return f"{table(('template', 'fields', '', 'from'), rows)}\n\nSuch as {example}. {own}"
