"""A JupyterLab server for the tests alone: a free port of this machine, folders of its own, no token, no questions."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import nbformat
from kernels import kernel_environment

#: It would ask the person about news, and the network for them.
_NEWS = "@jupyterlab/apputils-extension:announcements"
_SECONDS_TO_START = 60


@dataclass
class Lab:
    """A running server: where it answers, and the folder that it shows."""

    origin: str
    folder: Path

    def address(self, name):
        """The page of a notebook, in a workspace of its own: no other test's notebooks are opened again."""
        return f"{self.origin}/lab/workspaces/{Path(name).stem}/tree/{name}"

    def write(self, name, cells):
        """Write a notebook; ``cells`` are sources, or whole cells."""
        cells = [nbformat.v4.new_code_cell(cell) if isinstance(cell, str) else cell for cell in cells]
        notebook = nbformat.v4.new_notebook(cells=cells)
        notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
        nbformat.write(notebook, self.folder / name)

    def read(self, name):
        """The notebook as it was saved."""
        return nbformat.read(self.folder / name, as_version=4)


@contextmanager
def running_lab(home, without=(), **environment):
    """A server whose kernels see ``environment`` and nothing of the person's own.

    ``without`` names extensions of JupyterLab that it leaves out.
    """
    _configure(home, [_NEWS, *without])
    folder = home / "notebooks"
    folder.mkdir()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    lab = Lab(f"http://127.0.0.1:{port}", folder)
    with open(home / "lab.log", "wb") as log:
        command = [sys.executable, "-m", "jupyterlab", *_options(port, folder)]
        process = subprocess.Popen(command, env=_environment(home, environment), stdout=log, stderr=log, cwd=home)
        try:
            _wait_until_it_answers(lab, process, home / "lab.log")
            yield lab
        finally:
            _stop(process)


def _options(port, folder):
    options = [
        "--no-browser",
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        f"--ServerApp.root_dir={folder}",
        "--IdentityProvider.token=",
        "--LabApp.extension_manager=readonly",  # the other one asks PyPI for its catalogue
        "--JupyterNotebookApp.expose_app_in_browser=True",  # Notebook 7, which the same server has
        "--LabApp.expose_app_in_browser=True",  # to see which commands run, and the cells' own state
    ]
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    return [*options, "--allow-root"] if root else options


def _configure(home, without):
    files = {
        "jupyter/labconfig/page_config.json": {"disabledExtensions": dict.fromkeys(without, True)},
        # It would save at a moment that no test and no measurement knows.
        "settings/@jupyterlab/docmanager-extension/plugin.jupyterlab-settings": {"autosave": False},
    }
    for name, content in files.items():
        (home / name).parent.mkdir(parents=True)
        (home / name).write_text(json.dumps(content), "utf-8")


def _environment(home, more):
    kept = {name: value for name, value in kernel_environment(home).items() if not name.startswith("JUPYTER")}
    folders = {
        "JUPYTER_CONFIG_DIR": home / "jupyter",
        "JUPYTER_DATA_DIR": home / "data",
        "JUPYTER_RUNTIME_DIR": home / "runtime",
        "JUPYTERLAB_SETTINGS_DIR": home / "settings",
        "JUPYTERLAB_WORKSPACES_DIR": home / "workspaces",
    }
    return {**kept, **{name: str(path) for name, path in folders.items()}, "LIARA_MODEL": "test/model", **more}


def _wait_until_it_answers(lab, process, log):
    ask = urllib.request.build_opener(urllib.request.ProxyHandler({})).open
    deadline = time.monotonic() + _SECONDS_TO_START
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with ask(f"{lab.origin}/api/status", timeout=5):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.05)
    raise RuntimeError(f"JupyterLab did not start:\n{log.read_text('utf-8', 'replace')[-2000:]}")


def _stop(process):
    process.terminate()  # it ends its kernels
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
