"""``/doctor``: what a person, or whoever helps them, wants to know first when something does not work."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NamedTuple
from urllib.request import getproxies

from .. import __version__
from ..gateway import credentials
from ..gateway.address import SANDBOX_PREFIX
from ..protocol.errors import LiaraError, LiaraUsageError
from ..screen.figures import in_digits
from ..screen.markdown import plain
from ..session.log_records import log_files, log_folder
from ..session.session import Session
from .registry import code, command, table

_FRONT_ENDS = ("jupyterlab", "notebook", "ipywidgets", "anywidget")
_KERNEL = ("IPython", "ipykernel", "jupyter_client", "httpx")


class _Finding(NamedTuple):
    """What was looked at, how it is, and what to do about it, if anything."""

    what: str
    state: str
    step: str = ""


@command("/doctor [online]", "What is installed and set here, and what to do about it; `online` makes one free call.")
def _doctor(session: Session, rest: str) -> str:
    if rest and rest != "online":
        raise LiaraUsageError(
            f"/doctor does not know “{rest:.40}”.", hint="%liara /doctor, or %liara /doctor online for a free call."
        )
    findings = [*_versions(), *_access(session, rest == "online"), *_proxies(session), *_on_disk(session)]
    return in_digits(table(("", "here", "next step"), findings), session.settings.digits)


def _versions() -> Iterator[_Finding]:
    yield _Finding("liara_magic", __version__)
    yield _Finding("Python", f"{platform.python_version()} on {platform.system()} {platform.machine()}")
    yield _Finding("kernel", _installed(_KERNEL))
    step = "" if _version("ipywidgets") else 'For the panel: `pip install "liara_magic[panel]"`'
    yield _Finding("front ends in this environment", _installed(_FRONT_ENDS) or "none", step)


def _access(session: Session, is_online: bool) -> Iterator[_Finding]:
    model = session.model_id(session.settings.model)
    offline = model.startswith(SANDBOX_PREFIX)
    yield _Finding("model", code(model), "A real one: `%liara /model openai/gpt-5`" if offline else "")
    if offline:
        yield _Finding("address", "built in: offline, free of charge")
    else:
        yield _fact("address", lambda: code(session.address().base_url))
    address = session.known_address(model)
    needs_key = not (address and (address.is_sandbox or address.is_local))
    yield _fact("key", lambda: _key(session), needs_key)
    yield _Finding("keyring", *credentials.keyring_state())
    if is_online:
        yield _reached(session, model)
    elif not offline:
        yield _Finding("reached", "not tried", "`%liara /doctor online` asks for the list of models, which is free")


def _reached(session: Session, model: str) -> _Finding:
    begun = time.monotonic()
    try:
        models = session.models(session.connection(model))
    except LiaraError as error:
        return _failed("reached", error)
    listed = model in {one.id for one in models}
    step = "" if listed else f"{code(model)} is not among them: `%liara /models` lists them"
    return _Finding("reached", f"{len(models)} models in {time.monotonic() - begun:.1f} s", step)


def _proxies(session: Session) -> Iterator[_Finding]:
    """The environment's proxies, without the passwords that may stand in their addresses."""
    found = getproxies()
    said = ", ".join(f"{plain(name)}: {code(found[name].rpartition('@')[2])}" for name in sorted(found))
    if not session.settings.use_proxies:
        yield _Finding("proxies", f"not used ({said})" if said else "not used", "`%liara /set use_proxies true`")
    elif said:
        yield _Finding("proxies", said, "If one stands in the way: `%liara /set use_proxies false`")
    else:
        yield _Finding("proxies", "none")


def _on_disk(session: Session) -> Iterator[_Finding]:
    is_logged = session.settings.log
    step = f"`%liara /set log {'off' if is_logged else 'on'}` changes it"
    yield _folder("log", "on" if is_logged else "off", log_folder, log_files(), step)
    store = session.replays.store
    yield _folder("stored replies", session.settings.replay, store.folder, store.files(), "`%liara /replay` says more")


def _folder(what: str, state: str, place: Callable[[], Path], files: list[Path], step: str) -> _Finding:
    try:
        folder = place()
    except RuntimeError as error:
        return _Finding(what, f"{state}, and there is no folder for it: {plain(str(error))}", "Set JUPYTER_DATA_DIR")
    size = sum(path.stat().st_size for path in files if path.exists())
    return _Finding(
        what, f"{state}, {code(str(folder))}, {len(files):,} file{'s' * (len(files) != 1)}, {size / 2**20:.1f} MB", step
    )


def _fact(what: str, tell: Callable[[], str], is_needed: bool = True) -> _Finding:
    """A fact, or why it is not known with what helps; one that is not set calls for a login if it ``is_needed``."""
    try:
        said = tell()
    except LiaraError as error:
        return _failed(what, error)
    if said:
        return _Finding(what, said)
    return _Finding(what, "not set", "`%liara /login`") if is_needed else _Finding(what, "not needed")


def _failed(what: str, error: LiaraError) -> _Finding:
    return _Finding(what, plain(error.message), plain(error.hint))


def _key(session: Session) -> str:
    key = session.key()
    return f"from {plain(key.source)}" if key else ""


def _installed(names: tuple[str, ...]) -> str:
    return ", ".join(f"{name} {found}" for name in names if (found := _version(name)))


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
