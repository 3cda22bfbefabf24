"""Context in a real kernel: outputs as the notebook shows them, the size before sending, details behind the line."""

import pytest
from loopback import Loopback

pytestmark = pytest.mark.kernel

PICTURE = (
    "import base64\nfrom IPython.display import HTML, Image, display\n"
    "data = base64.b64decode('iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAIAAAASFvFNAAAAEElEQVR4nGP4z8DwHwwZIBQAQtcH+eMRItwAAAA"
    "ASUVORK5CYII=')\nprint('drawn')\ndisplay(Image(data))\ndisplay(HTML('<b>a table</b>'))\n6 * 7"
)


@pytest.fixture
def gateway(ask_gateway):
    with Loopback(lambda line, request: line.reply("fine")) as gateway:
        ask_gateway(gateway)
        yield gateway


def test_cells_go_along_with_all_that_they_showed(notebook, gateway):
    assert notebook.run(PICTURE).status == "ok"
    assert notebook.run("%%liara -c 1 --plot\nwhat is it?").status == "ok"
    context, prompt = (message["content"] for message in gateway.requests[-1].json["messages"])
    text, picture = context
    assert "\n\nOutput:\ndrawn\n\na table\n42\n[" in text["text"]
    assert picture["image_url"]["url"].startswith("data:image/png;base64,iVBOR")
    assert prompt == "what is it?"


def test_what_goes_along_is_said_before_the_reply_and_behind_its_line(notebook, gateway):
    notebook.run("url = 'postgres://me:hunter2secret@db/x'\nrows = ['word ' * 90] * 99")
    cell = notebook.run("%%liara -a rows -a url\nwell?")
    first = cell.sent("display_data")[0]["content"]["data"]["text/html"]
    assert "connecting · with 2 parts, " in first and " tokens" in first
    html = cell.shown[0]["text/html"]
    assert "from the notebook: 2 parts, " in html and "hidden before sending: 1 × password" in html
    assert "hunter2secret" not in gateway.requests[-1].body.decode()


def test_what_cannot_be_sent_is_one_short_error(notebook, gateway):
    notebook.run("class Odd:\n    def __repr__(self): raise ValueError('broken')\nodd = Odd()")
    failing = notebook.run("%%liara -a odd\nwell?")
    assert failing.ename == "LiaraUsageError"
    assert "odd cannot be sent: its repr raised ValueError: broken." in failing.error
    assert len(failing.error.splitlines()) == 2
    assert gateway.posts == 0


def test_a_preview_is_one_output_of_html_and_text(notebook, gateway):
    notebook.run("rows = list(range(99))")
    cell = notebook.run("%%liara --dry-run -a rows\nwell?")
    (bundle,) = cell.shown
    assert set(bundle) == {"text/html", "text/plain"} and "<details" in bundle["text/html"]
    assert gateway.posts == 0
