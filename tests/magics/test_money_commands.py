"""``/budget`` and ``--max-cost`` as a person types them."""

import re

import pytest
from loopback import USAGE, Loopback

from liara_magic import LiaraBudgetError, LiaraUsageError


def cells(out):
    """The cells of a table's rows, without its head."""
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in out.splitlines() if line[:1] == "|"][2:]


@pytest.fixture
def gateway(ipython):
    """A gateway whose replies cost 30 toman each, in use."""

    def script(line, request):
        if request.method == "GET":
            return line.answer_json({}, "404 Not Found")
        line.head()
        line.delta("fine")
        line.finish(usage={**USAGE, "total_cost_toman": 30.0, "cost": 0.0003})

    with Loopback(script) as gateway:
        ipython.run(f"%liara /set base_url {gateway.base_url}\n%liara /model test/model")
        yield gateway


def test_without_a_budget_the_command_says_how_to_set_one(ipython):
    out = ipython.run("%liara /budget")
    assert "There is no budget" in out and "`%liara /budget 50000`" in out and "/budget day" in out


@pytest.mark.parametrize("typed", ["50000", "50,000", "۵۰٬۰۰۰", "50_000 toman", "۵۰۰۰۰ تومان", "5e4"])
def test_a_budget_is_read_as_people_write_it(ipython, kernel, typed):
    out = ipython.run(f"%liara /budget {typed}")
    assert kernel.settings.budget == 50_000
    assert cells(out) == [["budget", "50,000 تومان", "0 تومان", "0 تومان", "50,000 تومان"]]


@pytest.mark.parametrize("typed", ["day 20000", "20000 per day", "20000/day", "20000 a day", "Day 20,000"])
def test_a_budget_for_a_day(ipython, kernel, typed):
    assert cells(ipython.run(f"%liara /budget {typed}"))[0][0] == "budget of the day"
    assert (kernel.settings.budget, kernel.settings.budget_day) == (None, 20_000)


@pytest.mark.parametrize("nonsense", ["much", "-5", "nan", "1e999", "inf", "5 6", "0x10"])
def test_nonsense_is_refused_and_changes_nothing(ipython, kernel, nonsense):
    ipython.run("%liara /budget 100")
    error = ipython.fails(f"%liara /budget {nonsense}")
    assert isinstance(error, LiaraUsageError) and "must be an amount of toman" in error.message
    assert isinstance(ipython.fails(f"%liara /set budget {nonsense}"), LiaraUsageError)
    assert isinstance(ipython.fails(f"%liara --max-cost {nonsense.split()[0]}% hi"), LiaraUsageError)
    assert kernel.settings.budget == 100


@pytest.mark.parametrize("typed", ["-5", "-۵", "nan", "1e20", "-1,000 toman"])
def test_an_amount_that_is_none_is_said_as_it_was_typed_with_what_is_allowed(ipython, typed):
    said = f"is {typed}, but must be an amount of toman from 0 to 1,000,000,000,000, such as 50000."
    assert ipython.fails(f'%liara --max-cost "{typed}" hi').message == f"--max-cost {said}"
    assert ipython.fails(f"%liara /set max_cost {typed}").message.endswith(said)
    assert ipython.fails(f"%liara /budget {typed}").message == f"The budget {said}"


def test_a_budget_is_taken_back(ipython, kernel):
    ipython.run("%liara /budget 100\n%liara /budget day 50")
    ipython.run("%liara /budget none")
    assert (kernel.settings.budget, kernel.settings.budget_day) == (None, 50)
    assert "There is no budget" in ipython.run("%liara /budget day none")


def test_the_budget_says_what_is_used_and_how_a_request_counts(ipython, kernel, gateway):
    ipython.run("%liara /budget 100")
    assert "not known yet" in ipython.run("%liara /budget")
    ipython.run("%liara hi")
    out = ipython.run("%liara /budget")
    assert cells(out) == [["budget", "100 تومان", "30.0 تومان", "0 تومان", "70.0 تومان"]]
    assert "counts as the last one, 30.0 تومان" in out


def test_a_cell_beyond_the_budget_is_refused_and_the_command_it_names_lets_it_through(ipython, kernel, gateway):
    ipython.run("%liara /budget 50")
    ipython.run("%liara one")
    error = ipython.fails("%liara two")
    assert isinstance(error, LiaraBudgetError)
    assert "20 are left" in error.message
    command = error.hint.split("`")[1]
    ipython.run(command)
    assert "fine" in ipython.run("%liara two")
    assert gateway.posts == 2


def test_max_cost_as_a_flag(ipython, gateway):
    assert "--max-cost could not be held to" in ipython.run("%liara --max-cost 5 one")
    error = ipython.fails("%liara --max-cost 5 two")
    assert "--max-cost 5 does not allow" in error.message
    assert "fine" in ipython.run("%liara --max-cost ۳۰ two")
    assert "max_cost" not in gateway.requests[-1].json


def test_figures_follow_the_digits_setting(ipython, gateway):
    ipython.run("%liara /set digits persian")
    assert "۱۰۰ تومان" in ipython.run("%liara /budget 100")


def test_the_footer_and_the_status_show_the_budget(ipython, gateway):
    assert "budget" not in ipython.run("%liara one")
    ipython.run("%liara /budget 100")
    assert "conversation 2 turns, 60.0 تومان · budget 60.0 of 100 تومان" in ipython.run("%liara two")
    assert ["budget", "60.0 of 100 تومان used, 40.0 تومان left"] in cells(ipython.run("%liara /status"))


def test_a_dry_run_says_what_would_be_reserved_and_shows_the_limit_that_would_be_sent(ipython, kernel, gateway):
    assert "may cost" not in ipython.run("%liara --dry-run hi")
    ipython.run("%liara /budget 1000")
    assert "not known, so nothing would be reserved" in ipython.run("%liara --dry-run hi")
    ipython.run("%liara hi")
    assert "30 toman would be reserved for it" in ipython.run("%liara --dry-run hi")
    assert "--max-cost 20 does not allow a request that may cost 30 toman" in ipython.run(
        "%liara --dry-run --max-cost 20 hi"
    )
    assert len(kernel.ledger.rows) == gateway.posts == 1


def test_a_dry_run_follows_the_digits_setting(ipython, kernel):
    ipython.run("%liara /set digits persian\n%liara /budget 1000\n%liara /model sandbox/echo")
    out = ipython.run("%liara --dry-run hi")
    assert re.search("[۰-۹٫٬]+ toman would be reserved for it, and max_tokens=[0-9]+ is what", out)


def test_a_dry_run_of_a_model_with_a_price(ipython, kernel):
    ipython.run("%liara hi\n%liara /models echo")
    assert "With its reply it may cost up to" in ipython.run("%liara --dry-run hi")
    ipython.run("%liara /budget 1000")
    out = ipython.run("%liara --dry-run hi")
    assert "max_tokens=4096" in out and "toman would be reserved for it" in out


def test_the_sandboxs_price_is_known_before_its_first_reply(ipython):
    assert "`sandbox/echo`: 1,000 tokens sent and 1,000 received cost about" in ipython.run("%liara /budget 100")
    out = ipython.run("%liara --dry-run hi")
    assert "cost about" in out and "would be reserved for it" in out and "unknown" not in out
    assert isinstance(ipython.fails("%liara --max-cost 0.1 hi"), LiaraBudgetError)
