"""What was used, by model, chat and day, here, today and this month."""

from datetime import datetime, timedelta

from liara_magic.protocol.usage import Usage
from liara_magic.session.ledger import Ledger, LedgerRow
from liara_magic.session.usage import Usages

NOW = datetime.now().astimezone()
LAST_MONTH = NOW.replace(day=1) - timedelta(days=2)


def row_of(model="a/model", toman=10.0, chat="main", started=NOW, state="complete"):
    row = LedgerRow(model, started=started, chat=chat)
    row.settle(Usage(prompt_tokens=3, completion_tokens=2, total_cost_toman=toman), 1.0, state)
    return row


def usages_of(*own, past=()):
    ledger = Ledger(lambda: list(past))
    for row in own:
        ledger._rows.append(row)
    return Usages(ledger)


def test_each_period_counts_what_is_in_it():
    periods = usages_of(row_of(), row_of(started=LAST_MONTH), past=[row_of(toman=5.0)]).periods()
    assert (periods.kernel.toman, periods.today.toman, periods.month.toman) == (20, 15, 15)
    assert (periods.kernel.requests, periods.month.prompt_tokens) == (2, 6)


def test_by_model_the_most_expensive_first():
    found = usages_of(row_of(), row_of("b/model", 30.0), past=[row_of(toman=5.0)]).by("model")
    assert {name: one.month.toman for name, one in found.items()} == {"b/model": 30, "a/model": 15}
    assert list(found) == ["b/model", "a/model"]
    assert found["a/model"].kernel.toman == 10


def test_by_chat_with_what_is_outside():
    found = usages_of(row_of(chat=""), row_of(chat="other", toman=1.0)).by("chat")
    assert {name: one.month.toman for name, one in found.items()} == {"outside every chat": 10, "other": 1}


def test_by_day_in_their_order():
    found = usages_of(row_of(), past=[row_of(started=LAST_MONTH)]).by("day")
    assert list(found) == [f"{LAST_MONTH:%Y-%m-%d}", f"{NOW:%Y-%m-%d}"]


def test_what_is_unknown_is_counted_and_never_0():
    periods = usages_of(row_of(), row_of(toman=None, state="cut")).periods()
    assert (periods.month.toman, periods.month.unknown) == (10, 1)


def test_a_running_request_is_in_no_sum():
    assert usages_of(row_of(state="running")).periods().kernel.requests == 0


def test_play_money_is_told_apart():
    assert usages_of(row_of("sandbox/echo", 7.0), row_of()).play() == 7
