"""``--hide-reasoning``, ``--verbose``, ``--no-stream`` and their settings: what leaves, and what is seen."""

import re

import pytest
from loopback import Loopback

from liara_magic.magics.options import parse_cell
from liara_magic.screen.notebook import NotebookScreen
from liara_magic.screen.terminal import TerminalScreen
from liara_magic.screen.terminal_text import Look

THOUGHT, MODEL = "first I count the rows", "sandbox/reasoning"


class Publisher:
    """What a front end was given, one MIME bundle after the other."""

    def __init__(self):
        self.bundles = []

    def publish(self, data, metadata=None, *, transient=None, update=False):
        self.bundles.append(data)

    def clear_output(self, wait=False):
        pass

    def everything(self):
        return "".join(text for bundle in self.bundles for text in bundle.values())


def in_a_notebook(kernel, line):
    publisher = Publisher()
    return kernel.session.ask(parse_cell(line, "hi"), NotebookScreen(publisher, owns_cell=True)), publisher


def in_a_terminal(kernel, line):
    written = []
    screen = TerminalScreen(written.append, Look(formatted=True))
    return kernel.session.ask(parse_cell(line, "hi"), screen), "".join(written)


def thinking(line, request):
    line.head()
    line.delta("", delta={"reasoning": THOUGHT})
    line.delta("Four.")
    line.finish()


@pytest.fixture
def thinker(kernel):
    with Loopback(thinking) as gateway:
        kernel.settings.base_url, kernel.settings.model = gateway.base_url, "a/b"
        yield kernel


def test_what_a_model_thinks_is_shown_unless_it_is_hidden(thinker):
    assert THOUGHT in in_a_notebook(thinker, "")[1].everything()
    assert THOUGHT in in_a_terminal(thinker, "")[1]


@pytest.mark.parametrize("way", ["flag", "setting"])
def test_hidden_reasoning_is_kept_and_shown_nowhere(thinker, way):
    thinker.settings.hide_reasoning = way == "setting"
    flag = "--hide-reasoning" if way == "flag" else ""
    reply, publisher = in_a_notebook(thinker, flag)
    assert (reply.reasoning, reply.text) == (THOUGHT, "Four.")
    assert "Four." in publisher.everything()
    assert "<details" not in publisher.bundles[-1]["text/html"].partition("Four.")[0]
    shown = [publisher.everything(), in_a_terminal(thinker, flag)[1], *reply._repr_mimebundle_().values()]
    assert not any(THOUGHT in one for one in shown)


def test_python_code_hides_it_too(thinker):
    import liara_magic

    reply = liara_magic.chat().ask("hi", hide_reasoning=True)
    assert reply.reasoning == THOUGHT
    assert THOUGHT not in "".join(reply._repr_mimebundle_().values())


@pytest.mark.parametrize("way", ["flag", "setting"])
def test_verbose_says_what_was_sent_and_unfolds_the_details(thinker, way):
    thinker.settings.verbose = way == "setting"
    flags = "--temperature 0.5 --seed 7" + " --verbose" * (way == "flag")
    html = in_a_notebook(thinker, flags)[1].bundles[-1]["text/html"]
    details = html[html.rindex("<details") :]
    assert details.startswith('<details open=""')
    text = re.sub("<[^>]*>", "\n", details)
    printed = in_a_terminal(thinker, flags)[1]
    for shown in (text, printed):
        assert "temperature 0.5, seed 7" in " ".join(shown.split())
        assert "characters of JSON" in shown and "/v1/chat/completions" in shown and "tokens sent" in shown


def test_without_it_the_details_are_folded_and_a_terminal_has_the_line_alone(thinker):
    html = in_a_notebook(thinker, "")[1].bundles[-1]["text/html"]
    assert 'open=""' not in html and "/v1/chat/completions" not in html
    assert "tokens sent" not in in_a_terminal(thinker, "")[1]


def test_without_streaming_the_reply_comes_in_one_piece_and_is_shown_whole(kernel):
    def whole(line, request):
        message = {"content": "**Four**, on the whole.", "reasoning": THOUGHT}
        usage = {"prompt_tokens": 3, "completion_tokens": 5}
        line.answer_json({"choices": [{"message": message, "finish_reason": "stop"}], "usage": usage})

    with Loopback(whole) as gateway:
        kernel.settings.base_url, kernel.settings.model = gateway.base_url, "a/b"
        reply, publisher = in_a_notebook(kernel, "--no-stream --verbose")
        body = gateway.requests[0].json
    assert body["stream"] is False and "stream_options" not in body
    html = publisher.bundles[-1]["text/html"]
    assert "<strong>Four</strong>, on the whole." in html and "3 → 5 tokens" in html and "in one piece" in html
    assert reply.reasoning == THOUGHT
