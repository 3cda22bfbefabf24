"""A real JupyterLab for all tests of this folder, a gateway that it asks, and a browser for each module."""

import sys
from pathlib import Path

import pytest

# The payloads and the rules of what is inert are those of the renderer's tests, the environment is the kernel tests'.
for _folder in ("screen", "kernel"):
    sys.path.append(str(Path(__file__).parents[1] / _folder))

from chromium import missing, running_chromium  # noqa: E402
from lab_server import running_lab  # noqa: E402
from loopback import Loopback  # noqa: E402
from notebook_page import notebook_page  # noqa: E402
from watched import watched_page  # noqa: E402


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup():
    """Where no browser can be started every test here is skipped, all from this one place: one line says why."""
    if reason := missing():
        pytest.skip(reason)


class Replies(dict):
    """What the gateway says: the prompt of a request names the reply; a reply is a function of the line."""

    def __call__(self, line, request):
        if request.method == "GET":  # the list of models, which a budget asks for
            line.answer_json({"data": []})
            return
        self[request.json["messages"][-1]["content"]](line)


@pytest.fixture(scope="session")
def replies():
    return Replies()


@pytest.fixture(scope="session")
def lab(replies, tmp_path_factory):
    """JupyterLab, whose kernels know the gateway from their environment."""
    home = tmp_path_factory.mktemp("lab")
    with Loopback(replies) as gateway, running_lab(home, LIARA_BASE_URL=gateway.base_url) as running:
        yield running


@pytest.fixture(scope="module")
def browser():
    with running_chromium() as running:
        yield running


@pytest.fixture(scope="module")
def open_notebook(browser, lab):
    """A notebook of the lab, on a page: ``with open_notebook("name.ipynb") as notebook``."""
    return lambda name: notebook_page(browser, lab, name)


@pytest.fixture(scope="module")
def open_page(browser):
    """Another page, watched as well: ``with open_page(address) as watched``."""
    return lambda *own: watched_page(browser, *own)
