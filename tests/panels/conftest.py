"""Panels without a front end: their widgets are there, and the tests do what a browser would."""

import pytest
from by_hand import ByHand
from loopback import Loopback


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup():
    pytest.importorskip("ipywidgets", reason="ipywidgets is not installed (pip install -e '.[panel]')")


@pytest.fixture
def replies():
    """What the gateway says: the prompt of a request names the reply; a reply is a function of the line."""
    return {}


@pytest.fixture
def gateway(replies):
    def script(line, request):
        prompt = request.json["messages"][-1]["content"]
        replies.get(prompt, lambda line: line.reply("re: " + prompt))(line)

    with Loopback(script) as running:
        yield running


@pytest.fixture
def session(kernel, gateway):
    kernel.settings.base_url = gateway.base_url
    kernel.settings.model = "test/model"
    return kernel.session


@pytest.fixture
def open_panel(session):
    """Opens a panel on the kernel's conversation; all are closed at the end."""
    from liara_magic.panels.panel import Panel

    opened = []

    def opening(shell=None):
        opened.append(Panel(session, shell))
        return ByHand(opened[-1])

    yield opening
    for panel in opened:
        panel.close()


@pytest.fixture
def front_end(open_panel):
    return open_panel()
