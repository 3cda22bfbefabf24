"""The Chromium of this machine, driven by Playwright, and why it cannot be where it cannot. Nothing is downloaded."""

import importlib.util
import shutil
from contextlib import contextmanager

NAMES = ("chromium", "chromium-browser", "google-chrome")
_SWITCHES = (
    "--no-sandbox",  # a container's root cannot have one; only pages of this machine are opened
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--proxy-server=http://127.0.0.1:9",  # nobody is there: what Chromium asks by itself stays on this machine too
)


def executable():
    """Where Chromium is, or nothing."""
    return next(filter(None, map(shutil.which, NAMES)), None)


def missing():
    """Why a browser test cannot run here, as a sentence; nothing where it can."""
    for module, name in (("playwright", "Playwright"), ("jupyterlab", "JupyterLab")):
        if importlib.util.find_spec(module) is None:
            return f"{name} is not installed (pip install -e '.[browser]')"
    if executable() is None:
        return f"no Chromium at {', '.join(NAMES)} (apt-get install chromium)"
    return ""


@contextmanager
def running_chromium():
    """A browser, closed at the end.

    While it is open an event loop runs on this thread, so that other tests cannot have theirs: a module opens it and
    closes it.
    """
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=list(_SWITCHES))
        try:
            yield browser
        finally:
            browser.close()
