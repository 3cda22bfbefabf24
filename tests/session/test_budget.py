"""What a request may cost: reserved before it leaves, refused where a limit has no room, settled by what came."""

from datetime import timedelta

import pytest

from liara_magic import LiaraBudgetError
from liara_magic.gateway.models import Model
from liara_magic.protocol.messages import Message
from liara_magic.protocol.request import ChatRequest
from liara_magic.protocol.usage import Usage
from liara_magic.session.budget import Budget
from liara_magic.session.estimates import Price, prompt_tokens
from liara_magic.session.ledger import Ledger
from liara_magic.session.limits import for_one_ask
from liara_magic.settings import Liara

TOMAN_FOR_A_TOKEN = Price(prompt=0.0, completion=1.0, longest=100_000, context=200_000)
MODEL = "test/model"


def request_of(text="hi", model=MODEL, **parameters):
    return ChatRequest(model, [Message("user", text)], parameters)


class Books:
    """A kernel's ledger and budget, and one chat that asks."""

    def __init__(self, **settings):
        self.settings = Liara(**settings)
        self.ledger = Ledger()
        self.budget = Budget(self.settings, self.ledger)
        self.rows = []

    def open(self, price=TOMAN_FOR_A_TOKEN, text="hi", model=MODEL, max_cost=None, **parameters):
        request = request_of(text, model, **parameters)
        one = None if max_cost is None else for_one_ask(max_cost)
        return self.budget.open(request, price, settings=self.settings, own=self.rows, one=one)

    def pay(self, toman, model=MODEL, **tokens):
        """A request that has ended and cost so much."""
        self.ledger.open(model).settle(Usage(total_cost_toman=toman, **tokens), 1.0, "complete")

    def refused(self, **how):
        with pytest.raises(LiaraBudgetError) as caught:
            self.open(**how)
        return caught.value


# A limit on the tokens that the person set: the worst case is what it costs to use them up


def test_the_worst_case_is_reserved_and_the_request_stays_as_it_is():
    admitted = Books(budget=100).open(max_tokens=30)
    assert admitted.row.reserved == 30
    assert dict(admitted.request.parameters) == {"max_tokens": 30}
    assert admitted.limited == 0


@pytest.mark.parametrize(
    "parameters", [{"max_tokens": 101}, {"max_completion_tokens": 101}, {"max_tokens": 51, "n": 2}]
)
def test_a_request_that_could_pass_the_budget_is_refused_and_leaves_no_trace(parameters):
    books = Books(budget=100)
    error = books.refused(**parameters)
    assert (error.limit, error.spent, error.reserved, error.remaining) == (100, 0, 0, 100)
    assert error.needed in (101, 102)
    assert books.ledger.rows == [] == books.rows


def test_the_refusal_says_what_is_left_what_would_fit_and_the_command_that_raises_it():
    books = Books(budget=1000)
    books.pay(500)
    books.open(max_tokens=300)
    error = books.refused(max_tokens=400)
    assert error.message == (
        "The budget of 1,000 toman does not allow a request that may cost 400: "
        "500 are spent and 300 reserved, 200 are left."
    )
    assert error.hint == "--max-tokens 200 would fit. `%liara /budget 1200` raises it."
    assert (error.spent, error.reserved, error.remaining, error.needed) == (500, 300, 200, 400)
    books.settings.budget = 1200
    assert books.open(max_tokens=400).row.reserved == 400


def test_the_prompt_counts_too():
    price = Price(prompt=1.0, completion=1.0)
    tokens = prompt_tokens(request_of("x" * 1000))
    assert Books(budget=10_000).open(price, "x" * 1000, max_tokens=10).row.reserved == tokens + 10
    assert 500 <= tokens < 1000


def test_what_is_settled_counts_as_what_it_cost():
    books = Books(budget=100)
    first = books.open(max_tokens=90)
    books.refused(max_tokens=30)
    first.row.settle(Usage(total_cost_toman=20.0), 1.0, "complete")
    assert books.open(max_tokens=80).row.reserved == 80


@pytest.mark.parametrize("state", ["complete", "cut"])
def test_the_reserve_is_kept_when_the_usage_never_came(state):
    books = Books(budget=100)
    books.open(max_tokens=90).row.settle(Usage(prompt_tokens=3), 1.0, state)
    assert books.refused(max_tokens=11).reserved == 90
    books.open(max_tokens=10)


def test_a_request_that_never_began_gives_its_reserve_back():
    books = Books(budget=100)
    books.open(max_tokens=90).row.settle(Usage(), 1.0, "refused")
    assert books.open(max_tokens=100).row.reserved == 100


def test_a_budget_of_nothing_allows_what_is_free():
    books = Books(budget=0)
    assert books.open(Price(0.0, 0.0, 1000)).row.reserved == 0
    assert books.refused(max_tokens=1).remaining == 0


def test_without_a_limit_nothing_is_refused_and_nothing_is_changed():
    admitted = Books().open()
    assert dict(admitted.request.parameters) == {} and admitted.notes == ()


# No limit on the tokens: the budget makes room for some


def test_what_fits_is_sent_without_a_limit():
    admitted = Books(budget=1e6).open()
    assert admitted.row.reserved == 100_000
    assert dict(admitted.request.parameters) == {} and admitted.limited == 0


def test_what_does_not_fit_is_limited_to_a_quarter_of_what_is_left():
    admitted = Books(budget=100_000).open()
    assert dict(admitted.request.parameters) == {"max_tokens": 25_000}
    assert (admitted.row.reserved, admitted.limited) == (25_000, 25_000)


def test_a_limit_is_never_needlessly_short():
    books = Books(budget=5000)
    assert books.open().limited == 4096
    assert books.open().limited == 904


def test_several_choices_share_the_room():
    admitted = Books(budget=100_000).open(n=5)
    assert (admitted.limited, admitted.row.reserved) == (5000, 25_000)


def test_a_model_of_unknown_length_is_limited_too():
    assert Books(budget=8000).open(Price(0.0, 1.0)).limited == 4096
    assert Books(budget=8000).open(Price(0.0, 1.0, context=20_000)).limited == 4096


def test_what_is_left_must_pay_for_a_reply_worth_the_name():
    error = Books(budget=200).refused()
    assert error.needed == 256
    assert "--max-tokens 200 would fit" in error.hint


def test_room_for_reasoning_comes_on_top():
    assert Books(budget=1000).refused(reasoning={"max_tokens": 2000}).needed == 2256
    assert Books(budget=2300).open(reasoning={"max_tokens": 2000}).limited == 2300


def test_what_is_left_must_pay_for_a_reply_like_the_last_one():
    books = Books(budget=2000)
    books.pay(900)
    books.pay(300)
    books.open()
    assert books.refused().needed == 300


# The limit of one request


def test_one_request_may_take_all_of_its_own_limit():
    admitted = Books().open(max_cost=8000)
    assert (admitted.limited, admitted.one.toman) == (8000, 8000)


def test_max_cost_refuses_to_start():
    error = Books().refused(max_cost=10, max_tokens=50)
    assert error.message == "--max-cost 10 does not allow a request that may cost 50 toman."
    assert (error.limit, error.needed) == (10, 50)
    assert "`--max-cost 50` raises it" in error.hint


def test_the_tightest_limit_counts():
    books = Books(budget=1000)
    assert books.refused(max_cost=5000, max_tokens=2000).limit == 1000
    assert books.refused(max_cost=500, max_tokens=700).limit == 500


# Unknown prices


def test_a_model_without_a_price_counts_as_its_last_reply_and_says_so_once():
    books = Books(budget=100)
    books.pay(40)
    books.pay(30)
    first = books.open(None)
    assert first.row.reserved == 30
    assert first.notes == (f"The price of {MODEL} is not known: it counts as its last reply, 30 toman.",)
    first.row.settle(Usage(total_cost_toman=0.5), 1.0, "complete")
    assert books.open(None).notes == ()


def test_a_last_reply_that_does_not_fit_is_refused():
    books = Books(budget=100)
    books.pay(60)
    error = books.refused(price=None)
    assert (error.needed, error.spent, error.remaining) == (60, 60, 40)


def test_the_last_reply_of_another_model_says_nothing():
    books = Books(budget=100)
    books.pay(60, model="other/model")
    assert books.open(None).row.reserved is None


def test_a_replayed_reply_tells_no_price():
    """It cost nothing because its reply was there, not because the model is free."""
    books = Books(budget=100)
    books.pay(60)
    books.ledger.open(MODEL).settle(Usage(total_cost_toman=0.0, cost=0.0), 0.0, "replayed")
    assert books.refused(price=None).needed == 60


def test_of_requests_that_nothing_is_known_of_one_runs_at_a_time():
    books = Books(budget=100)
    first = books.open(None)
    assert first.notes == (f"The price of {MODEL} is not known yet: nothing could be reserved for it in the budget.",)
    error = books.refused(price=None)
    assert error.needed is None and error.remaining == 100
    assert "another request of unknown cost is running" in error.hint
    first.row.settle(Usage(total_cost_toman=30.0), 1.0, "complete")
    assert books.open(None).row.reserved == 30


def test_a_model_that_never_tells_its_cost_is_asked_one_after_another():
    books = Books(budget=100)
    for _ in range(3):
        books.open(None).row.settle(Usage(prompt_tokens=5), 1.0, "complete")
    assert books.budget.limits(books.settings, books.rows, MODEL)[0].used == 0


def test_nothing_known_and_nothing_left_is_refused():
    books = Books(budget=100)
    books.pay(100, model="other/model")
    assert books.refused(price=None).remaining == 0


def test_max_cost_that_cannot_be_held_to_says_so_each_time():
    books = Books()
    for _ in range(2):
        assert "--max-cost could not be held to" in books.open(None, max_cost=10).notes[0]


# Prices


def entry_of(**fields):
    return Model(MODEL, prompt_price=1e-6, completion_price=2e-6, **fields)


def test_a_price_is_the_catalogue_s_at_the_rate_of_an_earlier_reply():
    books = Books()
    assert books.budget.price(MODEL, entry_of()) is None
    books.ledger.open("other/model").settle(Usage(total_cost_toman=100.0, cost=0.001), 1.0, "complete")
    price = books.budget.price(MODEL, entry_of(max_completion_tokens=500, context_length=9000))
    assert (price.prompt, price.completion) == (pytest.approx(0.1), pytest.approx(0.2))
    assert (price.longest, price.context) == (500, 9000)


@pytest.mark.parametrize("entry", [None, Model(MODEL), Model(MODEL, prompt_price=1e-6)])
def test_without_both_prices_there_is_none(entry):
    assert Books().budget.price(MODEL, entry) is None


def test_what_is_free_needs_no_rate():
    price = Books().budget.price(MODEL, Model(MODEL, prompt_price=0.0, completion_price=0.0))
    assert price.of(10, 10) == 0


def test_the_sandbox_s_rate_is_its_own():
    books = Books()
    books.ledger.open("sandbox/echo").settle(Usage(total_cost_toman=1.0, cost=1e-5), 1.0, "complete")
    assert books.budget.price(MODEL, entry_of()) is None
    assert books.ledger.rate("sandbox/tutor") == pytest.approx(100_000)


def test_a_model_that_cost_more_than_its_list_is_taken_to_do_so_again():
    books = Books()
    dear = Usage(prompt_tokens=100, completion_tokens=100, total_cost_toman=90.0, cost=0.0009)  # by the list 30
    books.ledger.open(MODEL).settle(dear, 1.0, "complete")
    assert books.budget.price(MODEL, entry_of()).of(100, 100) == pytest.approx(90)


# Whose limits


def test_play_money_uses_up_no_budget_for_real_models():
    books = Books(budget=100)
    books.pay(99, model="sandbox/long")
    assert books.open(max_tokens=90).row.reserved == 90
    assert books.refused(model="sandbox/long", max_tokens=2).remaining == 1


def test_a_chat_s_own_budget_counts_its_own_requests_and_the_kernel_s_all():
    books = Books(budget=1000)
    books.pay(500)
    own, rows = Liara(budget=100), []

    def open_own(tokens):
        request = request_of(max_tokens=tokens)
        return books.budget.open(request, TOMAN_FOR_A_TOKEN, settings=own, own=rows)

    open_own(60)
    with pytest.raises(LiaraBudgetError, match=r"The chat's budget of 100 toman .* 60 reserved, 40 are left") as caught:
        open_own(60)
    assert "`chat.budget = 120` raises it" in caught.value.hint
    books.settings.budget = 560
    with pytest.raises(LiaraBudgetError, match="The budget of 560 toman"):
        open_own(1)


def test_a_warning_at_80_percent_once_for_each_amount():
    books = Books(budget=100)
    books.pay(79)
    assert books.budget.warnings(books.settings, books.rows, MODEL) == []
    books.pay(5)
    assert books.budget.warnings(books.settings, books.rows, MODEL) == [
        "84 of the budget of 100 toman are used; 16 are left. `%liara /budget 200` doubles it."
    ]
    assert books.budget.warnings(books.settings, books.rows, MODEL) == []
    books.settings.budget = 90
    assert len(books.budget.warnings(books.settings, books.rows, MODEL)) == 1


# Over days and kernels


def test_the_budget_of_a_day_counts_other_kernels_and_forgets_yesterday():
    books = Books(budget_day=100)
    past = Ledger()
    for days, toman in ((0, 50.0), (1, 900.0)):
        row = past.open(MODEL)
        row.started -= timedelta(days=days)
        row.settle(Usage(total_cost_toman=toman), 1.0, "complete")
    books.ledger.past = lambda: past.rows
    error = books.refused(max_tokens=51)
    assert (error.spent, error.remaining) == (50, 50)
    assert "The budget of the day of 100 toman" in error.message
    assert "`%liara /budget day 110` raises it" in error.hint
    books.open(max_tokens=50)
