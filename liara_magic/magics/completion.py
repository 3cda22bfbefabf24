"""Tab completion of ``%liara`` lines: commands, flags, models, settings. It offers what is known and asks nobody."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from inspect import isfunction
from typing import TYPE_CHECKING, Any

from ..protocol.errors import LiaraError

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from ..session.ask import Ask
    from ..session.session import Session

# As far as the magic itself, which may be assigned; the rest is what was typed for it.
_LINE = r"\s*(?:[^\W\d][^=%!?]*=\s*)?%%?liara\s"
_MAGIC = re.compile(_LINE)
_HOOK = "complete_command"
_IDENTIFIER = "liara_magic"


def register(shell: InteractiveShell) -> None:
    """Complete our lines in ``shell``.

    IPython asks matchers since 8.6, and only a matcher can keep Jedi from offering Python's names beside ours. Older
    ones have hooks: https://ipython.readthedocs.io/en/stable/api/generated/IPython.core.completer.html
    """
    if _has_matchers():
        shell.Completer.custom_matchers.append(_matcher(shell))
    else:
        shell.set_hook(_HOOK, _hook, re_key=_LINE)


def unregister(shell: InteractiveShell) -> None:
    """Take back what :func:`register` did, also when this module has been imported anew since."""
    matchers = shell.Completer.custom_matchers
    matchers[:] = [one for one in matchers if getattr(one, "matcher_identifier", "") != _IDENTIFIER]
    hooks = shell.strdispatchers.get(_HOOK)
    if hooks is not None:
        hooks.regexs.pop(re.compile(_LINE), None)


def offers(text: str, namespace: Mapping[str, Any] | None = None) -> tuple[str, list[str]]:
    """The word at the end of ``text``, a line up to the cursor, and everything that it can become.

    ``namespace`` holds the notebook's variables. Nothing for a line that is not ours, and inside a prompt, which is
    left to IPython.
    """
    magic = _MAGIC.match(text)
    if magic is None:
        return "", []
    rest = text[magic.end() :].lstrip()
    word = re.split(r"\s", rest)[-1]
    before = rest[: len(rest) - len(word)]
    is_cell = "%%" in magic[0]
    is_command = rest.startswith("/") and not is_cell
    names = namespace or {}
    candidates = _after_slash(before, word, names) if is_command else _after_flags(before, word, is_cell, names)
    fitting = [one for one in candidates if one.startswith(word)]
    return word, fitting or [one for one in candidates if one.lower().startswith(word.lower())]


def _after_slash(before: str, word: str, names: Mapping[str, Any]) -> Iterable[str]:
    """What can follow in a command's line."""
    from .commands import COMMANDS

    words = before.lower().split()
    if not words:
        return sorted(COMMANDS)
    if words[0] in ("/fix", "/retry"):
        return _after_flags(before.partition(" ")[2], word, is_cell=False, names=names)
    if words[0] == "/alias" and len(words) == 2:
        return _models()
    offered = _OFFERED.get(" ".join(words))
    return offered() if offered else ()


def _after_flags(before: str, word: str, is_cell: bool, names: Mapping[str, Any]) -> Iterable[str]:
    """What can follow among the flags, which end where the prompt begins."""
    from .flag_table import FLAGS
    from .flag_values import fields_of

    flag, equals, value = word.partition("=")
    last = "".join(before.split()[-1:])
    if equals and (values := _values(flag, value, names)):
        return [f"{flag}={one}" for one in values] if _flags(before, is_cell) else ()
    if values := _values(last, word, names):
        return values if _flags(before[: before.rindex(last)], is_cell) else ()
    named = _named(last, names)
    if named is not None:
        return named if _flags(before[: before.rindex(last)], is_cell) else ()
    flags = _flags(before, is_cell)
    if flags and flags.wanted.template and not word.startswith("-"):
        return fields_of(flags.wanted.template, word, names)
    if flags and word.startswith("-"):
        return [spelling for one in FLAGS for spelling in one.spellings]
    return _models() if flags and is_cell and not flags.model else ()


def _values(flag: str, word: str, names: Mapping[str, Any]) -> Iterable[str]:
    """What can be the value of a flag; nothing for what is none, or takes what only the person knows."""
    from ..protocol.parameters import BY_NAME
    from .flag_values import values_of

    return _models() if flag in BY_NAME["model"].flags else values_of(flag, word, names)


def _flags(before: str, is_cell: bool) -> Ask | None:
    """What the flags say so far; ``None`` inside the prompt, and where a flag waits for its value."""
    from .options import parse_cell, parse_line

    try:
        ask = parse_cell(before, "") if is_cell else parse_line(before)
    except LiaraError:
        return None
    return None if ask.prompt else ask


def _named(flag: str, names: Mapping[str, Any]) -> Iterable[str] | None:
    """What can follow a flag that names something of the session; ``None`` for other flags."""
    if flag in ("-T", "--tool"):
        return _tools(names)
    return [name for name in _chats() if " " not in name] if flag == "--chat" else None


def _chats() -> list[str]:
    return [conversation.name for conversation in _session().conversations.all()]


def _tools_here() -> list[str]:
    return [tool.name for tool in _session().toolbox.tools]


def _models() -> list[str]:
    """The names that can follow -m: aliases, what is known of the catalogue, the sandbox's."""
    from ..gateway.sandbox_models import MODELS

    session = _session()
    names = [*sorted(session.settings.aliases), *(model.id for model in session.known_models()), *MODELS]
    return [name for name in dict.fromkeys(names) if not re.search(r"\s", name)]


def _tools(names: Mapping[str, Any]) -> list[str]:
    """The names that can follow -T: tools, and the notebook's own functions."""
    own = [name for name, value in names.items() if isfunction(value) and not name.startswith("_")]
    return list(dict.fromkeys([*(tool.name for tool in _session().toolbox.tools), *own]))


def _session() -> Session:
    from ..kernel import this_kernel

    return this_kernel().session


#: What can follow a command and its words.
_OFFERED: dict[str, Callable[[], Iterable[str]]] = {
    "/set": lambda: list(_session().settings.settings()),
    "/alias": lambda: sorted(_session().settings.aliases),
    "/chat": _chats,
    "/tools on": _tools_here,
    "/tools off": _tools_here,
    "/model": _models,
    "/set model": _models,
}


def _has_matchers() -> bool:
    from IPython.core import completer

    return hasattr(completer, "context_matcher")


def _matcher(shell: InteractiveShell) -> Any:
    """The matcher for IPython 8.6 and later, which is not told whose line it is."""
    from IPython.core.completer import SimpleCompletion

    def match(context: Any) -> dict[str, Any]:
        word, found = offers(context.text_until_cursor, shell.user_ns)
        completions = [SimpleCompletion(text, type="magic") for text in found]
        return {"completions": completions, "matched_fragment": word, "suppress": True, "ordered": True}

    # How IPython's own decorator marks a matcher; this one comes before those whose results it keeps away.
    marked: Any = match
    marked.matcher_api_version, marked.matcher_priority, marked.matcher_identifier = 2, 1000, _IDENTIFIER
    return marked


def _hook(shell: Any, event: Any) -> list[str]:
    """The hook for older ones, which split words at more than spaces: the answer is what follows their split."""
    word, found = offers(event.text_until_cursor, shell.user_ns)
    return [text[len(word) - len(event.symbol) :] for text in found] if word.endswith(event.symbol) else []
