"""Where our files lie: in a folder of Jupyter's data, for this person alone."""

from __future__ import annotations

import os
import sys
from pathlib import Path

_OWN = "liara_magic"


def data_folder() -> Path:
    """Our folder under Jupyter's data folder, made or not. Raises RuntimeError where there is no home."""
    return _jupyter_data() / _OWN


def make_private(folder: Path) -> None:
    """Make ``folder`` with those above it; it and ours above it are the owner's alone. Raises OSError."""
    if folder.is_dir():
        return
    if folder.name == _OWN:
        folder.parent.mkdir(parents=True, exist_ok=True)
    else:
        make_private(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)


def _jupyter_data() -> Path:
    """As jupyter_core says: by itself where a kernel has loaded it, else by its rules."""
    paths = sys.modules.get("jupyter_core.paths")
    if paths is not None:
        return Path(paths.jupyter_data_dir())
    if os.environ.get("JUPYTER_DATA_DIR"):
        return Path(os.environ["JUPYTER_DATA_DIR"])
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Jupyter"
    if sys.platform == "win32":
        roaming = os.environ.get("APPDATA")
        return Path(roaming) / "jupyter" if roaming else Path.home() / ".jupyter" / "data"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "jupyter"
