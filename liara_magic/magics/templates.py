"""Saved prompts: Markdown files with ``{{fields}}``, from the project, the person's own folder, and the package."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..gateway.credentials import key_file
from ..notebook.interpolation import interpolate
from ..protocol.errors import LiaraUsageError, nearest
from ..protocol.foreign_text import clean

if TYPE_CHECKING:
    from ..session.ask import Ask

#: The project's folder, looked for where the kernel runs and above; ours in the person's configuration.
PROJECT_FOLDER = ".liara"
#: The field that the prompt itself fills.
PROMPT = "prompt"
_FIELD = re.compile(r"\{\{ *([^\W\d]\w*) *\}\}")
_NAME = re.compile(r"[\w-]{1,80}")
_COMMENT = re.compile(r"\s*<!--(.*?)-->[ \t]*\n?", re.DOTALL)
_LARGEST = 100_000  # bytes


@dataclass(frozen=True)
class Template:
    """A saved prompt: its ``text`` with fields, what it is for, and where it is from."""

    name: str
    text: str
    help: str = ""
    origin: str = ""

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of its fields, in their order, once each."""
        return tuple(dict.fromkeys(_FIELD.findall(self.text)))


def template_files() -> dict[str, tuple[Path, str]]:
    """Each template's file and its origin, by name; the project's wins over the person's own, and that over ours."""
    found: dict[str, tuple[Path, str]] = {}
    for folder, origin in _folders():
        try:
            files = sorted(folder.glob("*.md"))
        except OSError:
            continue
        for file in files:
            if _NAME.fullmatch(file.stem):
                found.setdefault(file.stem, (file, origin))
    return found


def template_named(name: str) -> Template:
    """The template of this name. Raises :class:`LiaraUsageError` if there is none, or it cannot be read."""
    files = template_files()
    if name not in files:
        raise LiaraUsageError(
            f"There is no template called {name:.60}.",
            hint=nearest(name, files) or "%liara /templates lists them.",
        )
    file, origin = files[name]
    try:
        if file.stat().st_size > _LARGEST:
            raise LiaraUsageError(f"The template {name} is larger than {_LARGEST // 1000} KB.")
        text = clean(file.read_text("utf-8").removeprefix("\ufeff"))
    except (OSError, ValueError) as error:
        raise LiaraUsageError(f"The template {name} cannot be read: {type(error).__name__}.", hint=str(file)) from None
    comment = _COMMENT.match(text)
    help = " ".join(comment[1].split()) if comment else ""
    return Template(name, (text[comment.end() :] if comment else text).strip(), help, origin)


def filled(ask: Ask, namespace: Mapping[str, Any]) -> Ask:
    """``ask`` with its template as the prompt.

    A field is filled by ``field=value`` of the line, else by the notebook's variable of that name; what names something
    of the notebook is put as ``{name}``, so that it goes along. ``{{prompt}}`` is what the person wrote, which else
    follows the template. Raises :class:`LiaraUsageError` for a field that is missing or unknown.
    """
    template = template_named(ask.wanted.template)
    given = dict(ask.wanted.fields)
    unknown = [name for name in given if name not in template.fields]
    if unknown:
        raise LiaraUsageError(
            f"The template {template.name} has no field {unknown[0]:.60}.",
            hint=nearest(unknown[0], template.fields) or f"It has {', '.join(template.fields) or 'none'}.",
        )
    values = {name: _value(given[name], namespace) for name in given}
    if PROMPT in template.fields and ask.prompt.strip():
        values.setdefault(PROMPT, ask.prompt.strip())
    for name in template.fields:
        if name not in values and name in namespace:
            values[name] = f"{{{name}}}"
    missing = [name for name in template.fields if name not in values]
    if missing:
        example = " ".join(f"{name}=..." for name in missing if name != PROMPT)
        raise LiaraUsageError(
            f"The template {template.name} needs {' and '.join(missing)}.",
            hint=f"Such as --template {template.name} {example}".strip() if example else "Write it as the prompt.",
        )
    text = _FIELD.sub(lambda field: values[field[1]], template.text)
    rest = "" if PROMPT in template.fields else ask.prompt.strip()
    return replace(ask, prompt=f"{text}\n\n{rest}".strip())


def _value(text: str, namespace: Mapping[str, Any]) -> str:
    """The value of a field: a name of the notebook as a place to be filled, any other text as it is."""
    place = "{" + text + "}"
    pieces = interpolate(place, namespace).pieces
    return place if len(pieces) == 1 and not isinstance(pieces[0], str) else text


def _folders() -> Iterator[tuple[Path, str]]:
    try:
        here = Path.cwd()
        for folder in (here, *here.parents):
            if (folder / PROJECT_FOLDER).is_dir():
                yield folder / PROJECT_FOLDER, "project"
                break
    except OSError:  # the folder is gone
        pass
    yield key_file().parent / "templates", "yours"
    yield Path(__file__).parents[1] / "templates", "package"
