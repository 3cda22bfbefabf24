"""The requests of other kernels, out of their logs: for sums over days, and for budgets that span kernels."""

import json
import os
import re
from datetime import datetime, timedelta

import pytest
from loopback import USAGE, Loopback

from liara_magic import LiaraBudgetError, LiaraError, api
from liara_magic.kernel import Kernel
from liara_magic.session.ledger import Ledger
from liara_magic.session.log_records import log_files
from liara_magic.session.past_requests import PastRequests

COST = {**USAGE, "total_cost_toman": 30.0, "cost": 0.0003}


def answer(line, request):
    """Replies that cost 30 toman; one that is cut, and one that is refused."""
    if request.method == "GET":
        return line.answer_json({}, "404 Not Found")
    prompt = request.json["messages"][-1]["content"]
    if prompt == "refused":
        return line.answer_json({"error": "no"}, "400 Bad Request")
    line.head()
    line.delta(f'"row":{{"model":"spoof"}} {prompt}')
    if prompt != "cut":
        line.finish(usage=COST)


@pytest.fixture
def gateway():
    with Loopback(answer) as gateway:
        yield gateway


@pytest.fixture
def other_kernel():
    """A kernel beside the one of the test, with a log of its own."""
    kernel = Kernel()
    yield kernel
    kernel.engine.close()


def ask(kernel, gateway, *prompts, **settings):
    """Ask in the kernel's own conversation."""
    kernel.settings.base_url, kernel.settings.model = gateway.base_url, "test/model"
    for name, value in settings.items():
        setattr(kernel.settings, name, value)
    outcomes = []
    for prompt in prompts:
        try:
            outcomes.append(api.Chat._of(kernel.session).ask(prompt))
        except LiaraError as error:
            outcomes.append(error)
    return outcomes


def test_what_another_kernel_asked_is_read_as_it_was(kernel, other_kernel, gateway):
    ask(other_kernel, gateway, "one", "refused", "cut")
    rows = kernel.ledger.past()
    known = [(row.model, row.state, row.usage.total_cost_toman, row.chat) for row in rows]
    assert known == [
        ("test/model", "complete", 30.0, "main"),
        ("test/model", "refused", None, "main"),
        ("test/model", "cut", None, "main"),
    ]
    assert [row.started for row in rows] == [row.started for row in other_kernel.ledger.rows]
    assert other_kernel.ledger.past() == [], "a kernel's own rows are its ledger's"


def test_only_what_is_new_is_read_again(kernel, other_kernel, gateway):
    ask(other_kernel, gateway, "one")
    (first,) = kernel.ledger.past()
    ask(other_kernel, gateway, "two")
    again = kernel.ledger.past()
    assert len(again) == 2 and again[0] is first


def test_a_request_that_never_ended_counts_as_what_it_reserved(kernel, other_kernel, gateway):
    """As when its kernel was killed."""
    ask(other_kernel, gateway, "one", "two", budget=1000)
    (path,) = log_files()
    *kept, end = path.read_bytes().splitlines(keepends=True)
    assert b'"record":"end"' in end
    path.write_bytes(b"".join(kept) + end[:50])
    rows = kernel.ledger.past()
    assert [(row.state, row.usage.total_cost_toman, row.reserved) for row in rows] == [
        ("complete", 30.0, None),
        ("cut", None, 30.0),
    ]


def test_logs_of_earlier_months_are_not_read(kernel, other_kernel, gateway):
    ask(other_kernel, gateway, "one")
    (path,) = log_files()
    before = (datetime.now().replace(day=1) - timedelta(days=1)).timestamp()
    os.utime(path, (before, before))
    assert kernel.ledger.past() == []


def test_a_log_that_is_removed_is_forgotten(kernel, other_kernel, gateway):
    ask(other_kernel, gateway, "one")
    assert len(kernel.ledger.past()) == 1
    log_files()[0].unlink()
    assert kernel.ledger.past() == []


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: b"",
        lambda data: os.urandom(4000),
        lambda data: data.replace(b'"version":1', b'"version":99', 1),
        lambda data: data[:-200],
        lambda data: data.replace(b'"row":{"model":', b'"row":{"model":[[', 99),
        lambda data: data.replace(b'"usage":{', b'"usage":[' + b"[" * 5000),
    ],
    ids=["empty", "random", "newer", "torn", "no JSON", "deep"],
)
def test_a_spoiled_log_is_no_fault(kernel, other_kernel, gateway, spoil):
    ask(other_kernel, gateway, "one")
    (path,) = log_files()
    path.write_bytes(spoil(path.read_bytes()))
    assert all(row.usage.total_cost_toman is None for row in kernel.ledger.past())


def test_a_day_that_no_clock_here_can_show_is_no_fault(kernel, other_kernel, gateway):
    ask(other_kernel, gateway, "one")
    (path,) = log_files()
    lines = path.read_bytes()
    path.write_bytes(re.sub(rb'"started":"[^"]*"', b'"started":"0001-01-01T00:00:00+14:00"', lines))
    assert [row.model for row in kernel.ledger.past()] == ["test/model"]


def test_without_any_log_there_is_nothing(kernel):
    assert PastRequests()() == [] == kernel.ledger.past()


def test_the_requests_of_a_turn_with_tools_all_count(kernel, other_kernel, gateway):
    ask(other_kernel, gateway, "one")
    (path,) = log_files()
    *lines, end = path.read_text("utf-8").splitlines()
    record = json.loads(end)
    turn = record["turn"]
    earlier = {**turn["row"], "usage": {"total_cost_toman": 5.0}}
    record["turn"] = {"row": turn["row"], "earlier": [earlier, earlier], **turn}
    path.write_text("\n".join([*lines, json.dumps(record, separators=(",", ":"))]) + "\n", "utf-8")
    assert sum(row.usage.total_cost_toman for row in kernel.ledger.past()) == 40


# What it is for


def test_a_day_s_budget_spans_kernels(kernel, other_kernel, gateway):
    ask(other_kernel, gateway, "one", "two")
    (error,) = ask(kernel, gateway, "three", budget_day=80)
    assert isinstance(error, LiaraBudgetError)
    assert (error.spent, error.needed, error.remaining) == (60, 30, 20)
    assert ask(kernel, gateway, "three", budget_day=90)[0].usage.total_cost_toman == 30
    (error,) = ask(other_kernel, gateway, "four", budget_day=90)
    assert isinstance(error, LiaraBudgetError) and error.spent == 90


def test_the_rate_of_another_kernel_s_reply_counts_when_there_is_a_limit(kernel, other_kernel, gateway):
    ask(other_kernel, gateway, "one")
    assert kernel.ledger.rate("test/model") == pytest.approx(100_000)
    assert kernel.ledger.rate("test/model", look_back=False) is None
    assert Ledger().rate("test/model") is None


def test_without_a_limit_no_log_is_read_for_an_ask(kernel, other_kernel, gateway):
    ask(other_kernel, gateway, "one")
    read = []
    kernel.ledger.past = lambda: read.append("read") or []
    ask(kernel, gateway, "one", "two")
    assert read == []
