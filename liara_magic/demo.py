"""The command ``liara-magic``: ``liara-magic demo`` shows the product without a key and without a network."""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

from . import __version__

_NOTEBOOK = "quickstart.ipynb"
_INSTALL = "pip install 'liara_magic[demo]'"


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line. Returns the exit status."""
    options = _parser().parse_args(arguments)
    needed = ("nbclient", "nbconvert", "ipykernel") if options.execute else ("jupyterlab", "ipykernel")
    missing = [name for name in needed if importlib.util.find_spec(name) is None]
    if missing:
        print(f"liara-magic demo needs {' and '.join(missing)}: {_INSTALL}", file=sys.stderr)
        return 1
    notebook = _copy_of_the_notebook()
    # The notebook chooses the sandbox itself; new ones opened beside it start with it too.
    environment = {**os.environ, "LIARA_MODEL": "sandbox/tutor"}
    if options.execute:
        return _execute(notebook, options.execute, environment)
    return _open(notebook, options.port, not options.no_browser, environment)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="liara-magic", description="The AI assistant inside a Jupyter notebook.")
    parser.add_argument("--version", action="version", version=f"liara_magic {__version__}")
    commands = parser.add_subparsers(dest="command", required=True)
    demo = commands.add_parser("demo", help="open the quickstart notebook in JupyterLab: no key, no network, no charge")
    demo.add_argument("--no-browser", action="store_true", help="start JupyterLab and print its address only")
    demo.add_argument("--port", type=int, default=8888, metavar="N", help="JupyterLab's port, or the next free one")
    demo.add_argument("--execute", type=Path, metavar="OUT.html", help="run the notebook into a page, no browser")
    return parser


def _copy_of_the_notebook() -> Path:
    """The quickstart, with the other notebooks beside it, in a folder of its own: trying things out changes neither the
    package nor a clone of it.
    """
    originals = Path(str(files(__package__) / "notebooks"))
    if not originals.is_dir():  # an editable install: the notebooks stand beside the package
        originals = Path(__file__).parent.parent / "notebooks"
    folder = Path(tempfile.mkdtemp(prefix="liara-demo-")) / "notebooks"
    folder.mkdir()
    for original in originals.glob("*.ipynb"):
        shutil.copy(original, folder)
    return folder / _NOTEBOOK


def _open(notebook: Path, port: int, browser: bool, environment: dict[str, str]) -> int:
    root = notebook.parent.parent
    command = [
        *(sys.executable, "-m", "jupyterlab"),
        f"--ServerApp.root_dir={root}",
        # As the address, so that the one it prints leads to the notebook too.
        f"--LabApp.default_url=/lab/tree/{notebook.relative_to(root).as_posix()}",
        f"--port={port}",
        "--LabApp.extension_manager=readonly",  # it would ask PyPI for its catalogue
    ]
    if not browser:
        command.append("--no-browser")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")  # in a container; the server listens on this machine alone
    search_path = os.pathsep.join(filter(None, [str(_without_announcements()), os.environ.get("JUPYTER_CONFIG_PATH")]))
    print(f"The notebook is a copy: {notebook}", flush=True)
    try:
        return subprocess.run(command, env={**environment, "JUPYTER_CONFIG_PATH": search_path}, check=False).returncode
    except KeyboardInterrupt:
        return 0


def _without_announcements() -> Path:
    """A folder of Jupyter configuration by which the lab neither asks about news nor looks for updates."""
    folder = Path(tempfile.mkdtemp(prefix="liara-demo-config-"))
    (folder / "labconfig").mkdir()
    page = {"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}
    (folder / "labconfig" / "page_config.json").write_text(json.dumps(page), encoding="utf-8")
    return folder


def _execute(notebook: Path, target: Path, environment: dict[str, str]) -> int:
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError
    from nbconvert import HTMLExporter

    os.environ.update(environment)
    document = nbformat.read(notebook, as_version=4)
    client = NotebookClient(
        document,
        timeout=300,
        resources={"metadata": {"path": str(notebook.parent)}},
        extra_arguments=["--IPKernelApp.log_level=40"],  # the kernel's own warnings are not about the demo
    )
    try:
        client.execute()
    except CellExecutionError as error:
        print(f"A cell of the notebook failed: {error.ename}: {error.evalue}", file=sys.stderr)
        return 1
    try:
        target.write_text(HTMLExporter().from_notebook_node(document)[0], encoding="utf-8")
    except OSError as error:
        print(f"{target} cannot be written: {error.strerror}", file=sys.stderr)
        return 1
    print(f"Wrote {target}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
