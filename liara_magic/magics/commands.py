"""The slash commands. Each takes the session and the rest of its line, and returns its answer."""

from __future__ import annotations

import getpass
import re
from collections.abc import Callable

from .. import __version__
from ..gateway import credentials
from ..gateway.address import SANDBOX_PREFIX, resolve
from ..gateway.api_key import ApiKey, key_in_a_cell
from ..protocol.errors import LiaraCredentialsError, LiaraError, LiaraUsageError, nearest
from ..screen.figures import in_digits, toman
from ..screen.markdown import plain
from ..session.session import Session
from ..settings import find_setting
from . import (  # noqa: F401  # their commands are on the list from then on
    answer_commands,
    chat_commands,
    doctor_command,
    file_commands,
    model_commands,
    money_commands,
    previews,
    replay_commands,
    tool_commands,
    turn_commands,
    usage_command,
)
from .flag_table import FLAGS
from .money_commands import used
from .registry import COMMANDS, Answer, Displayed, command, table

__all__ = ["COMMANDS", "run_command"]


def run_command(session: Session, line: str) -> Answer:
    """Run ``/name rest``; an empty line is the status with the first help. An unknown name gives the nearest one."""
    if not line:
        return f"{_status(session, '')}\n\n{_FIRST_HELP}"
    name, rest = re.fullmatch(r"(\S+)\s?(.*)", line, re.DOTALL).groups()  # type: ignore[union-attr]  # always fits
    if name.endswith(("?", "؟")):  # as IPython shows help
        return _help_on(name.rstrip("?؟").lower())
    found = COMMANDS.get(name.lower())
    if found is None:
        raise LiaraUsageError(
            f"There is no command {name:.40}.", hint=nearest(name, COMMANDS) or "%liara /help lists all commands."
        )
    return found.run(session, rest.strip())


@command("/status", "The model, the address, the key's place, and what was used so far.")
def _status(session: Session, rest: str) -> str:
    totals = session.ledger.totals()
    model = session.model_id(session.settings.model)
    offline = model.startswith(SANDBOX_PREFIX)
    rows = [
        ("model", f"`{model}`"),
        ("address", "built in: offline, free of charge" if offline else _said(lambda: _address(session))),
        ("key", "not needed" if offline else _said(lambda: _key_source(session))),
        ("conversation", f"{plain(session.conversation.name)}, {_times(len(session.conversation.turns), 'turn')}"),
        ("used", f"{_times(totals.requests, 'request')}, {toman(totals.toman)}{_unknown(totals.unknown)}"),
        *((limit.name, used(limit)) for limit in session.purse.limits(model)),
    ]
    return in_digits(table(("", ""), rows), session.settings.digits)


@command("/system [TEXT]", "Show or set the system prompt; `/system none` takes it back.")
def _system(session: Session, rest: str) -> str:
    if rest:
        session.settings.change("system", rest)
    return (
        f"The system prompt is:\n\n> {session.settings.system}"
        if session.settings.system
        else "There is no system prompt."
    )


@command("/set [NAME [VALUE]]", "Show or change a setting; `none` takes it back.")
def _set(session: Session, rest: str) -> str:
    if not rest:
        return _all_settings(session)
    name, value = re.fullmatch(r"([^\s=]*)\s*=?\s*(.*)", rest, re.DOTALL).groups()  # type: ignore[union-attr]  # always fits
    trait = find_setting(name)
    if value:
        session.settings.change(name, value)
        return f"`{name}` is now `{getattr(session.settings, name)!r}`."
    return f"`{name}` is `{getattr(session.settings, name)!r}`. {trait.help}"


@command("/login", "Give the key, unseen; it is checked with a free call and kept for later.")
def _login(session: Session, rest: str) -> str:
    if rest:
        raise key_in_a_cell()
    settings, before = session.settings, session.settings.workspace
    try:
        if not settings.workspace and not settings.base_url and not credentials.kept_workspace():
            settings.workspace = resolve(_typed(input, "Workspace id: ")).base_url
        key = ApiKey(_typed(getpass.getpass, "API key: "), source="this login")
        session.use_key(key)
        count = len(session.models(session.connection("")))
    except BaseException:  # also the interrupt: nothing of a login that did not succeed stays
        settings.workspace = before
        session.use_key(None)
        raise
    if settings.workspace != before:
        credentials.keep_workspace(settings.workspace)
    kept = credentials.keep_key(key)
    return f"The key works: the workspace offers {count} models. It is kept in {kept}."


@command("/logout", "Forget the key, here and where it is kept.")
def _logout(session: Session, rest: str) -> str:
    session.use_key(None)
    gone = credentials.forget_key()
    said = f"The key is removed from {' and '.join(gone)}." if gone else "No key was kept."
    if credentials.find_key() is not None:
        said += f" {credentials.ENVIRONMENT_VARIABLE} in the environment still holds one."
    return said


@command("/panel", "A chat beside the code, on the same conversation.")
def _panel(session: Session, rest: str) -> Displayed:
    return _NewPanel()


class _NewPanel:
    """A panel that is made when it is shown: where nothing can show it, none is made."""

    def _ipython_display_(self) -> None:
        from .. import panel

        panel()._ipython_display_()


@command("/help [NAME]", "This page, or what it says of one command or flag.")
def _help(session: Session, rest: str) -> str:
    if rest:
        return _help_on(rest.rstrip("?؟ "))
    commands = table(("command", ""), [(f"`{one.usage}`", one.help) for one in COMMANDS.values()])
    flags = table(("flag", ""), [(f"`{', '.join(flag.spellings)}`", flag.help) for flag in FLAGS])
    return f"{_FIRST_HELP}\n\n**Commands**\n\n{commands}\n\n**Flags**\n\n{flags}"


def _help_on(name: str) -> str:
    said = {command: (one.usage, one.help) for command, one in COMMANDS.items()}
    for flag in FLAGS:
        said |= dict.fromkeys(flag.spellings, (", ".join(flag.spellings), flag.help))
    found = said.get(name) or said.get(f"/{name}") or said.get(f"--{name}")
    if found is None:
        raise LiaraUsageError(
            f"There is no command and no flag {name:.40}.",
            hint=nearest(name, said) or "%liara /help lists them all.",
        )
    return f"`{found[0]}`: {found[1]}"


@command("/version", "The version of liara_magic.")
def _version(session: Session, rest: str) -> str:
    return f"liara_magic {__version__}"


_FIRST_HELP = """Ask in a cell: `%%liara` with the prompt below it, or on one line: `%liara what is a p-value?`

The model can be named on the line: `%%liara openai/gpt-5 --temperature 0`. Every reply joins the conversation; \
`--fresh` asks outside it, `%liara /reset` begins anew. All commands and flags: `%liara /help`."""


def _all_settings(session: Session) -> str:
    rows = []
    for name, trait in session.settings.settings().items():
        value = getattr(session.settings, name)
        rows.append((f"`{name}`", "" if value in (None, "", {}) else f"`{value!r}`", trait.help))
    return table(("setting", "value", ""), rows)


def _typed(ask: Callable[[str], str], question: str) -> str:
    """What the person types at the kernel's input request."""
    try:
        return ask(question)
    except (EOFError, NotImplementedError, RuntimeError):  # StdinNotImplementedError is both of the latter's kin
        raise LiaraCredentialsError(
            "This front end cannot ask for a key.", hint="Set LIARA_API_KEY in the environment of the kernel."
        ) from None


def _address(session: Session) -> str:
    return f"`{session.address().base_url}`"


def _key_source(session: Session) -> str:
    key = session.key()
    return f"from {key.source}" if key else "not set (`%liara /login`)"


def _said(fact: Callable[[], str]) -> str:
    """A fact, or in one sentence why it is not known: the status shows what is wrong instead of failing."""
    try:
        return fact()
    except LiaraError as error:
        return error.message


def _times(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _unknown(count: int) -> str:
    return f" + {count} unknown" if count else ""
