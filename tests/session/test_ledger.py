"""Costs in the books: sums of what is known, and toman from dollars only at a rate that the gateway gave."""

import pytest

from liara_magic.protocol.usage import Totals, Usage
from liara_magic.session.ledger import Ledger, sum_rows

BOTH = Usage(prompt_tokens=10, completion_tokens=5, total_cost_toman=100.0, cost=0.001)
DOLLARS = Usage(prompt_tokens=1, completion_tokens=2, cost=0.002)


def ledger_of(*usages, state="complete"):
    ledger = Ledger()
    for usage in usages:
        ledger.open("test/model").settle(usage, 1.0, state)
    return ledger


def test_toman_come_from_dollars_at_the_rate_of_an_earlier_response():
    usage = ledger_of(BOTH).in_toman(DOLLARS)
    assert usage.total_cost_toman == pytest.approx(200.0)
    assert usage.is_estimate
    assert (usage.prompt_tokens, usage.completion_tokens, usage.cost) == (1, 2, 0.002)


@pytest.mark.parametrize(
    "earlier",
    [
        [],
        [Usage()],
        [DOLLARS],
        [Usage(total_cost_toman=100.0)],
        [Usage(total_cost_toman=100.0, cost=0.0)],
        [Usage(total_cost_toman=100.0, cost=0.001, is_estimate=True)],
    ],
    ids=["none", "unknown", "dollars alone", "toman alone", "free in dollars", "an estimate"],
)
def test_without_a_response_that_gave_both_the_cost_stays_unknown(earlier):
    assert ledger_of(*earlier).in_toman(DOLLARS) is DOLLARS


def test_the_latest_rate_counts_and_estimates_are_passed_over():
    newer = Usage(total_cost_toman=300.0, cost=0.001)
    estimate = Usage(total_cost_toman=999.0, cost=0.001, is_estimate=True)
    usage = ledger_of(BOTH, newer, estimate, DOLLARS, Usage()).in_toman(DOLLARS)
    assert usage.total_cost_toman == pytest.approx(600.0)


@pytest.mark.parametrize("usage", [BOTH, Usage(), Usage(total_cost_toman=0.0, cost=0.0), Usage(total_cost_toman=5.0)])
def test_what_has_toman_or_no_dollars_is_left_as_it_is(usage):
    assert ledger_of(BOTH).in_toman(usage) is usage


def test_no_cost_in_dollars_is_no_cost_in_toman():
    usage = ledger_of(BOTH).in_toman(Usage(total_tokens=0, cost=0.0))
    assert usage.total_cost_toman == 0.0


def test_sums_take_what_is_known_and_count_what_is_not():
    totals = ledger_of(BOTH, Usage(prompt_tokens=3), Usage(total_cost_toman=1.5)).totals()
    assert totals == Totals(requests=3, prompt_tokens=13, completion_tokens=5, toman=101.5, unknown=1)


def test_a_running_request_is_not_counted_and_a_refused_one_costs_nothing():
    ledger = ledger_of(BOTH)
    ledger.open("test/model")
    ledger.open("test/model").settle(Usage(), 0.1, "refused")
    assert ledger.totals() == Totals(requests=2, prompt_tokens=10, completion_tokens=5, toman=100.0, unknown=0)


def test_a_reply_that_was_cut_without_figures_may_have_cost_something():
    ledger = ledger_of(Usage(), state="cut")
    assert ledger.rows[0].cost_is_unknown and ledger.totals().unknown == 1


def test_no_requests_sum_to_nothing():
    assert Ledger().totals() == sum_rows([]) == Totals()


def test_the_list_of_rows_is_a_copy():
    ledger = ledger_of(BOTH)
    ledger.rows.clear()
    assert len(ledger.rows) == 1 and ledger.rows[0].model == "test/model"
