"""What every test stands on: an environment without a person's own keys, settings and proxies."""

import os
import signal
import threading

import pytest

CANARY_KEY = "eyJhbGciOiJIUzI1NiJ9.eyJrZXkiOiJjYW5hcnkifQ.canary-canary-canary"

# A shell that starts the tests in the background has SIGINT ignored; the tests that send it mean Python's own handling.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch, tmp_path):
    """No key, setting, proxy or home of whoever runs the tests reaches them."""
    for name in list(os.environ):
        if name.startswith("LIARA_") or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")


@pytest.fixture
def canary_key():
    """A key of the real shape that must never show up anywhere."""
    return CANARY_KEY


@pytest.fixture
def engine():
    """An engine that is closed, with its thread ended, when the test is over."""
    from liara_magic.gateway.engine import Engine

    engine = Engine()
    yield engine
    engine.close()
    assert not any(thread.name == "liara" and thread.is_alive() for thread in threading.enumerate())


@pytest.fixture
def kernel():
    """What everything in a kernel shares, made anew and closed afterwards."""
    from liara_magic import kernel as room

    room._kernel = None
    kernel = room.this_kernel()
    yield kernel
    kernel.engine.close()
    room._kernel = None
