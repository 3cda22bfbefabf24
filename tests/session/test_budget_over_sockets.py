"""Budgets at the socket: threads that ask at once, replies that are cut, stopped or beyond what they may cost."""

import threading
from concurrent.futures import ThreadPoolExecutor, as_completed

import pytest
from loopback import USAGE, Loopback

from liara_magic import LiaraBudgetError, LiaraError, LiaraUsageError
from liara_magic.session.ask import Ask

MANY, PATIENCE = 8, 60
COST = {**USAGE, "total_cost_toman": 30.0, "cost": 0.0003}
MODELS = [
    {
        "id": "test/model",
        "context_length": 8000,
        "pricing": {"prompt": "0", "completion": "0.00001"},  # one toman, at COST's rate
        "top_provider": {"max_completion_tokens": 4000},
    }
]


def gateway_of(answer, models=None):
    """Answers prompts by ``answer(line, prompt)``, and the question for its models with these, or with 404."""

    def script(line, request):
        if request.method == "POST":
            answer(line, request.json["messages"][-1]["content"])
        elif models is None:
            line.answer_json({"error": "no such page"}, "404 Not Found")
        else:
            line.answer_json({"data": models})

    return Loopback(script)


def costing_30(line, prompt):
    line.head()
    line.delta("fine")
    line.finish(usage=COST)


def asked(chat, prompt, **options):
    """What became of one ask: its reply, or its error."""
    try:
        return chat.ask(prompt, **options)
    except LiaraError as error:
        return error


def all_at_once(chat, count=MANY, **options):
    start = threading.Barrier(count)

    def one(number):
        start.wait(PATIENCE)
        return asked(chat, f"ask{number}", **options)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count), timeout=PATIENCE))


def spent(kernel):
    return sum(row.usage.total_cost_toman or 0 for row in kernel.ledger.rows)


def test_eight_at_once_never_pass_the_budget(chat_at, kernel):
    """Limit 100, price 30 as the first reply has told: 3 more than the first cannot be."""
    with gateway_of(costing_30) as gateway:
        chat = chat_at(gateway)
        chat.ask("first")
        kernel.settings.budget = 100
        outcomes = all_at_once(chat)
        refused = [one for one in outcomes if isinstance(one, LiaraBudgetError)]
        assert (len(refused), gateway.posts, spent(kernel)) == (6, 3, 90)
    assert all(error.remaining < 30 and error.needed == 30 for error in refused)
    assert all("are left" in error.message and "/budget" in error.hint for error in refused)
    assert len(chat.turns) == 3, "a refused ask is no turn"


def test_eight_at_once_of_which_some_are_cut(chat_at, kernel):
    """What is cut tells no cost: it counts as what it reserved, for good."""

    def every_second_cut(line, prompt):
        if prompt == "first":
            return costing_30(line, prompt)
        line.head()
        line.delta("half a wo")

    with gateway_of(every_second_cut) as gateway:
        chat = chat_at(gateway)
        chat.ask("first")
        kernel.settings.budget = 100
        outcomes = all_at_once(chat)
        assert sum(isinstance(one, LiaraBudgetError) for one in outcomes) == 6
        assert gateway.posts == 3
        again = asked(chat, "again")
        assert (again.spent, again.reserved, again.remaining) == (30, 60, 10)
        kernel.settings.budget = 120
        assert not isinstance(asked(chat, "again"), LiaraBudgetError)


def test_eight_at_once_that_nothing_is_known_of(chat_at, kernel):
    """None knows what it costs: one goes ahead, the others wait for its end."""
    arrived, go_on = threading.Event(), threading.Event()

    def held(line, prompt):
        arrived.set()
        go_on.wait(PATIENCE)
        costing_30(line, prompt)

    kernel.settings.budget = 100
    with gateway_of(held) as gateway, ThreadPoolExecutor(MANY) as pool:
        chat = chat_at(gateway)
        asking = [pool.submit(asked, chat, f"ask{number}") for number in range(MANY)]
        assert arrived.wait(PATIENCE)
        ended = as_completed(asking, timeout=PATIENCE)
        refused = [next(ended).result() for _ in range(MANY - 1)]
        go_on.set()
        assert next(ended).result().text == "fine"
        assert gateway.posts == 1 and spent(kernel) == 30
    assert all(isinstance(error, LiaraBudgetError) and error.needed is None for error in refused)


def test_prices_are_fetched_once_when_a_limit_needs_them(chat_at, kernel):
    with gateway_of(costing_30, MODELS) as gateway:
        chat = chat_at(gateway)
        chat.ask("first")
        assert [request.method for request in gateway.requests] == ["POST"], "without a limit nobody asks"
        kernel.settings.budget = 100
        error = asked(chat, "too long", max_tokens=5000)
        assert isinstance(error, LiaraBudgetError)
        assert error.needed > 5000
        asked(chat, "too long", max_tokens=5000)
        assert [request.method for request in gateway.requests] == ["POST", "GET"]


def test_a_request_without_a_limit_on_its_tokens_is_given_one(chat_at, kernel):
    def cheap(line, prompt):
        line.head()
        line.delta("fine")
        line.finish("length", usage={**USAGE, "total_cost_toman": 9.0, "cost": 9.0e-5})  # by the list: 9 tokens

    with gateway_of(cheap, MODELS) as gateway:
        chat = chat_at(gateway)
        chat.ask("first")
        kernel.settings.budget = 3009
        reply = chat.ask("and now")
        assert gateway.requests[-1].json["max_tokens"] == 3000
        assert chat.turns[-1].row.reserved == 3000
        assert any("is what the budget had room for" in notice for notice in reply.notices)
        kernel.settings.budget = None
        chat.ask("free again")
        assert "max_tokens" not in gateway.requests[-1].json


def test_a_list_of_models_that_cannot_be_had_stops_nobody(chat_at, kernel):
    with gateway_of(costing_30) as gateway:
        chat = chat_at(gateway, budget=100)
        for prompt in ("first", "second", "third"):
            chat.ask(prompt)
        assert [request.method for request in gateway.requests] == ["POST", "GET", "POST", "POST"]
        assert isinstance(asked(chat, "fourth"), LiaraBudgetError)


def test_a_reply_is_stopped_when_it_streams_beyond_max_cost(chat_at, kernel):
    """The server does not hold to the limit on tokens that it was sent: then the line is closed."""

    def endless(line, prompt):
        if prompt == "first":
            line.head()
            line.delta("fine")
            return line.finish(usage={**USAGE, "total_cost_toman": 9.0, "cost": 9.0e-5})
        line.head()
        while True:
            line.delta("words and " * 40)

    with gateway_of(endless, MODELS) as gateway:
        chat = chat_at(gateway)
        chat.ask("first")
        error = asked(chat, "second", max_cost=500)
        assert isinstance(error, LiaraBudgetError)
        assert "stopped at --max-cost 500" in error.message
        assert error.may_be_charged and error.spent > error.limit == 500
        assert gateway.lines[-1].closed_by_client.wait(PATIENCE)
    turn = chat.turns[-1]
    assert (turn.state, turn.row.state) == ("cut", "cut")
    assert turn.reply.text.startswith("words and ") and turn.row.cost_is_unknown


def test_max_cost_is_for_one_ask_alone(chat_at, kernel):
    with gateway_of(costing_30) as gateway:
        chat = chat_at(gateway)
        chat.ask("first")
        assert isinstance(asked(chat, "second", max_cost=29), LiaraBudgetError)
        assert asked(chat, "second", max_cost=30).text == "fine"
        assert asked(chat, "third").text == "fine"
        assert gateway.posts == 3


@pytest.mark.parametrize("nonsense", ["much", -1, float("nan"), float("inf"), 10**400, True, [5]])
def test_nonsense_is_refused(chat_at, kernel, nonsense):
    with gateway_of(costing_30) as gateway:
        chat = chat_at(gateway)
        with pytest.raises(LiaraUsageError, match=r"max_cost is .* must be an amount of toman"):
            chat.ask("hi", max_cost=nonsense)
        with pytest.raises(LiaraUsageError, match=r"budget is .* must be an amount of toman"):
            chat.budget = nonsense
        with pytest.raises(LiaraUsageError, match=r"budget is .* must be an amount of toman"):
            chat_at(gateway, budget=nonsense)
        assert gateway.posts == 0 and chat.budget is None


def test_a_chat_made_earlier_is_held_by_the_kernel_s_budget(chat_at, kernel):
    with gateway_of(costing_30) as gateway:
        chat = chat_at(gateway)
        chat.ask("first")
        kernel.settings.budget = 50
        assert isinstance(asked(chat, "second"), LiaraBudgetError)
        kernel.settings.budget = 60
        assert asked(chat, "second").text == "fine"


def test_an_exchange_that_is_cancelled_before_it_leaves_gives_its_reserve_back(chat_at, kernel):
    with gateway_of(costing_30) as gateway:
        chat = chat_at(gateway)
        chat.ask("first")
        kernel.settings.budget = 60
        kernel.session.settings.base_url = gateway.base_url
        kernel.session.begin(Ask("second", model="test/model")).cancel()
        assert asked(chat, "third").text == "fine"


def test_a_reply_says_when_the_budget_is_nearly_used_up(chat_at, kernel):
    with gateway_of(costing_30) as gateway:
        chat = chat_at(gateway, budget=100)
        said = [chat.ask(prompt).notices for prompt in ("one", "two", "three")]
    assert not any("are used" in notice for notices in said[:2] for notice in notices)
    assert said[2] == ["90 of the chat's budget of 100 toman are used; 10 are left. `chat.budget = 200` doubles it."]


# A turn of several requests


def calling_tools(line, prompt):
    """Asks for a tool each time; 30 toman a request."""
    call = {"index": 0, "id": "c1", "type": "function", "function": {"name": "now", "arguments": "{}"}}
    line.head()
    line.event({"choices": [{"index": 0, "delta": {"content": "let me look ", "tool_calls": [call]}}]})
    line.finish("tool_calls", usage=COST)


def now() -> str:
    """The time."""
    return "noon"


@pytest.mark.parametrize(("limit", "posts", "spent"), [({"max_cost": 70}, 2, 60), ({"max_cost": 100}, 3, 90)])
def test_max_cost_is_for_all_requests_of_a_turn(chat_at, kernel, limit, posts, spent):
    with gateway_of(calling_tools) as gateway:
        chat = chat_at(gateway, tools=[now], tool_approval="allow")
        error = asked(chat, "what time is it?", **limit)
        assert isinstance(error, LiaraBudgetError)
        assert (gateway.posts, error.spent, error.remaining) == (posts, spent, 10)
        assert f"{spent} of which are spent" in error.message
    turn = chat.turns[-1]
    assert turn.state == "cut" and [row.state for row in turn.rows] == ["complete"] * posts
    assert chat.totals.toman == 30 * posts


@pytest.mark.parametrize("own", [True, False])
def test_the_budget_ends_a_loop_of_tools_between_two_rounds(chat_at, kernel, own):
    ran = []

    def look() -> str:
        """Look."""
        ran.append(len(ran))
        return f"seen {len(ran)}"

    def looking(line, prompt):
        if prompt == "and now?":
            return costing_30(line, prompt)
        call = {"index": 0, "id": "c1", "type": "function", "function": {"name": "look", "arguments": "{}"}}
        line.head()
        line.event({"choices": [{"index": 0, "delta": {"content": "let me look ", "tool_calls": [call]}}]})
        line.finish("tool_calls", usage=COST)

    with gateway_of(looking) as gateway:
        chat = chat_at(gateway, tools=[look], tool_approval="allow", **({"budget": 80} if own else {}))
        kernel.settings.budget = None if own else 80
        error = asked(chat, "what is there?")
        assert isinstance(error, LiaraBudgetError) and gateway.posts == 2
        assert (error.limit, error.spent, error.needed, error.remaining) == (80, 60, 30, 20)
        whose = "The chat's budget" if own else "The budget"
        said = f"{whose} of 80 toman does not allow a request that may cost 30: 60 are spent, 20 are left."
        assert error.message == said and error.hint
        (turn,) = chat.turns
        assert (turn.state, turn.reason, len(ran)) == ("cut", error.message, 2)
        assert [run.result for one in turn.reply.rounds for run in one.runs] == ["seen 1", "seen 2"]
        assert [row.state for row in turn.rows] == ["complete", "complete"] and chat.totals.toman == 60
        # What came is kept and goes along the next time, once there is room for it; nothing is sent again by itself.
        chat.budget = kernel.settings.budget = 200
        chat.ask("and now?")
        told = [one["content"] for one in gateway.requests[-1].json["messages"] if one["role"] == "tool"]
        assert (gateway.posts, told) == (3, ["seen 1", "seen 2"])


def test_what_a_turn_has_cost_so_far_holds_its_earlier_requests(chat_at, kernel):
    seen = []

    def then_an_answer(line, prompt):
        if gateway.posts == 1:
            return calling_tools(line, prompt)
        line.head()
        line.delta("x" * 40)
        line.finish(usage=COST)

    with gateway_of(then_an_answer) as gateway:
        chat = chat_at(gateway, tools=[now], tool_approval="allow")
        for _ in chat.stream("what time is it?"):
            seen.append(chat.turns[-1].reply.estimate.completion_tokens)
    assert seen[-1] == COST["completion_tokens"] + 10
