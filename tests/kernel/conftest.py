"""A real ipykernel, in an environment of its own, and a front end to it."""

import os
from contextlib import contextmanager
from pathlib import Path

import pytest
from front_end import FrontEnd
from jupyter_client import KernelManager

CANARY_KEY = "eyJhbGciOiJIUzI1NiJ9.eyJrZXkiOiJjYW5hcnkifQ.canary-canary-canary"


def kernel_environment(home: Path, **more: str) -> dict[str, str]:
    """What a kernel of the tests sees: nothing of the person's own, and the key that must never show."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("LIARA_", "JPY_")) and not name.lower().endswith("_proxy")
    }
    return {
        **kept,
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / "config"),
        "IPYTHONDIR": str(home / "ipython"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        "LIARA_API_KEY": CANARY_KEY,
        "LIARA_MODEL": "sandbox/echo",
        **more,
    }


@contextmanager
def running_kernel(home: Path):
    """A kernel and a front end, both ended when the block is left."""
    manager = KernelManager(kernel_name="python3", connection_file=str(home / "kernel.json"))
    manager.start_kernel(env=kernel_environment(home), cwd=str(home))
    try:
        front_end = FrontEnd(manager)
        try:
            yield front_end
        finally:
            front_end.close()
    finally:
        manager.shutdown_kernel(now=True)


@pytest.fixture(scope="module")
def shared_kernel(tmp_path_factory):
    with running_kernel(tmp_path_factory.mktemp("kernel")) as front_end:
        yield front_end


@pytest.fixture
def own_kernel(tmp_path):
    """A kernel for one test alone, for what cannot be undone in it."""
    with running_kernel(tmp_path) as front_end:
        assert front_end.run("%load_ext liara_magic").status == "ok"
        yield front_end


@pytest.fixture
def notebook(shared_kernel):
    """The module's kernel with the extension loaded, an empty conversation and its first settings."""
    cell = shared_kernel.run(
        "%load_ext liara_magic\n"
        "%xmode Context\n"
        "import liara_magic as liara\n"
        "from liara_magic.api import this_kernel\n"
        "%liara /reset\n"
        "%liara /set base_url none\n"
        "%liara /set model sandbox/echo\n"
        "%liara /set idle_timeout none\n"
        "%liara /set system none\n"
        "%liara /set full_traceback none\n"
    )
    assert cell.status == "ok", cell.error
    shared_kernel.forget()
    return shared_kernel


@pytest.fixture
def ask_gateway(notebook):
    """Point the kernel at a gateway of the test: ``ask_gateway(loopback)``."""

    def point(loopback):
        cell = notebook.run(f"%liara /set base_url {loopback.base_url}\n%liara /model test/model")
        assert cell.status == "ok", cell.error

    return point
