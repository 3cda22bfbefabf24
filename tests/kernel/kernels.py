"""Starting and ending a real ipykernel in an environment of its own."""

import os
from contextlib import contextmanager
from pathlib import Path

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
        "JUPYTER_DATA_DIR": str(home / "data"),
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
