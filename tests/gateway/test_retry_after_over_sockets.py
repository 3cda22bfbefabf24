"""A server that says when to come back, in seconds or as a date, is asked again then, and twice at most."""

import time
from email.utils import formatdate

import pytest
from calls import ask, to
from loopback import Loopback

from liara_magic import LiaraRateLimitError, LiaraServerError
from liara_magic.protocol.events import Waiting


class Refusing(Loopback):
    """Refuses so many ``times``, then answers. ``when`` makes the header; ``asked`` are the clock's times of asking."""

    def __init__(self, times, status, when):
        super().__init__(self._refuse)
        self.times, self.status, self.when = times, status, when
        self.asked, self.said = [], []

    def _refuse(self, line, request):
        self.asked.append(time.time())
        if len(self.asked) > self.times:
            line.reply("at last")
            return
        self.said.append(self.when())
        line.answer_json({"error": {"message": "come back later"}}, self.status, retry_after=self.said[-1])


def a_second_ahead():
    """The header knows whole seconds only: this one is between one and two ahead."""
    return formatdate(int(time.time()) + 2, usegmt=True)


def waits(outcome):
    return [event for event in outcome.events if isinstance(event, Waiting)]


@pytest.mark.parametrize(
    ("status", "when", "least", "most", "reason"),
    [
        ("429 x", lambda: "1", 1.0, 1.0, "Too many requests in a short time."),
        ("503 x", lambda: "1", 1.0, 1.0, "failed (status 503)."),
        ("503 x", a_second_ahead, 0.9, 2.0, "failed (status 503)."),
        ("429 x", a_second_ahead, 0.9, 2.0, "Too many requests in a short time."),
    ],
    ids=["429 in seconds", "503 in seconds", "503 with a date", "429 with a date"],
)
def test_it_is_asked_again_then(engine, status, when, least, most, reason):
    with Refusing(1, status, when) as gateway:
        outcome = ask(engine, to(gateway))
        assert (outcome.error, outcome.text, gateway.posts) == (None, "at last", 2)
    [wait] = waits(outcome)
    assert least <= wait.seconds <= 1.25 * most
    assert wait.seconds - 0.05 <= gateway.asked[1] - gateway.asked[0] < wait.seconds + 1.5
    assert reason in wait.reason and wait.reason.endswith("The server says: come back later")


def test_a_date_has_come_when_it_is_asked_again(engine):
    ahead = []

    def when():
        ahead.append(int(time.time()) + 2)
        return formatdate(ahead[-1], usegmt=True)

    with Refusing(1, "503 x", when) as gateway:
        assert ask(engine, to(gateway)).text == "at last"
    assert gateway.asked[1] >= ahead[0]


@pytest.mark.parametrize(("status", "kind"), [("429 x", LiaraRateLimitError), ("503 x", LiaraServerError)])
def test_the_third_refusal_is_the_last(engine, status, kind):
    with Refusing(9, status, lambda: "1") as gateway:
        outcome = ask(engine, to(gateway))
        assert gateway.posts == 3
    assert isinstance(outcome.error, kind)
    assert [1 <= wait.seconds <= 1.25 for wait in waits(outcome)] == [True, True]
    assert outcome.error.hint.startswith("The server asks to wait 1 s.")
