"""``/model``, ``/models`` and ``/alias``, what the known catalogue adds to an ask, and when it is fetched."""

import json

import pytest
from loopback import Loopback

from liara_magic import LiaraCredentialsError, LiaraModelError, LiaraUsageError, api
from liara_magic.gateway.sandbox import MODELS
from liara_magic.screen.markdown import Markdown

ENTRY = {
    "id": "openai/gpt-4o-mini",
    "name": "GPT-4o mini",
    "description": "Small and quick.",
    "context_length": 128000,
    "architecture": {"input_modalities": ["text", "image"], "output_modalities": ["text"]},
    "pricing": {"prompt": "0.00000015", "completion": "0.0000006"},
    "supported_parameters": ["temperature", "max_tokens"],
}
LIST = [{"id": "z/last"}, ENTRY, {"id": "openai/gpt-5", "name": "GPT-5", "supported_parameters": []}]


def listing(models, status="200 OK"):
    """A gateway with these models, which answers every prompt with ``status``."""

    def script(line, request):
        if request.method == "GET":
            line.answer_json({"data": models})
        elif status != "200 OK":
            line.answer_json({"error": {"message": "unknown model"}}, status)
        else:
            line.reply("fine")

    return Loopback(script)


@pytest.fixture
def gateway(ipython):
    """A gateway with the three models above, in use."""
    with listing(LIST) as gateway:
        use(ipython, gateway)
        yield gateway


def use(ipython, gateway, model="openai/gpt-4o-mini"):
    ipython.run(f"%liara /set base_url {gateway.base_url}\n%liara /model {model}")


def rows(out):
    """The cells of a table's rows, without its head."""
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in out.splitlines() if line[:1] == "|"][2:]


# /models


def test_models_are_a_table_sorted_by_id(ipython, gateway):
    out = ipython.run("%liara /models")
    assert rows(out) == [
        ["`openai/gpt-4o-mini`", "128,000", "$0.15", "$0.6", "text, image → text"],
        ["`openai/gpt-5`", "?", "?", "?", "? → ?"],
        ["`z/last`", "?", "?", "?", "? → ?"],
    ]
    assert "3 models." in out
    assert "US dollars for a million tokens" in out


def test_models_by_words(ipython, gateway):
    assert [row[0] for row in rows(ipython.run("%liara /models GPT"))] == ["`openai/gpt-4o-mini`", "`openai/gpt-5`"]
    out = ipython.run("%liara /models quick openai")
    assert [row[0] for row in rows(out)] == ["`openai/gpt-4o-mini`"]
    assert "1 model." in out
    assert len(gateway.requests) == 1


def test_words_that_nothing_has(ipython, gateway):
    out = ipython.run("%liara /models openai/gtp-5")
    assert "No model has `openai/gtp-5`" in out
    assert "3 are listed" in out
    assert "`openai/gpt-5`" in out


def test_a_long_list_is_cut_and_says_how_to_narrow_it(ipython):
    with listing([{"id": f"maker/model-{number:03}"} for number in range(100)]) as gateway:
        use(ipython, gateway)
        out = ipython.run("%liara /models")
        assert [row[0] for row in rows(out)] == [f"`maker/model-{number:03}`" for number in range(40)]
        assert "60 more" in out
        assert "`%liara /models gpt mini`" in out
        assert "US dollars" not in out
        assert "more" not in ipython.run("%liara /models model-01")


@pytest.mark.parametrize(
    ("per_token", "shown"),
    [
        ("0", "$0"),
        ("0.000000075", "$0.075"),
        ("0.00000125", "$1.25"),
        (0.00001, "$10"),
        ("0.0012", "$1,200"),
        ("-1", "?"),
        ("nan", "?"),
        (None, "?"),
    ],
)
def test_prices_are_for_a_million_tokens(ipython, per_token, shown):
    with listing([{"id": "a/b", "pricing": {"prompt": per_token, "completion": "0.000001"}}]) as gateway:
        use(ipython, gateway)
        assert rows(ipython.run("%liara /models"))[0][2:4] == [shown, "$1"]


def test_hostile_entries_stay_one_row_of_text(ipython):
    bad = {"id": "a/`b|c\nd\x1b[2J`<script>x</script>", "pricing": {"prompt": "1e-6", "completion": "1e-6"}}
    with listing([bad]) as gateway:
        use(ipython, gateway)
        out = ipython.run("%liara /models")
    assert "\x1b" not in out
    html = Markdown().render(out)
    assert html.count("<tr") == 2
    assert "<script" not in html
    assert html.count("<span>$</span>1<") == 2, "no formula is made of two prices"


def test_the_list_is_kept_and_a_setting_says_how_long(ipython, gateway):
    ipython.run("%liara /models\n%liara /models\n%liara /models gpt")
    assert len(gateway.requests) == 1
    ipython.run("%liara /set models_lifetime 0\n%liara /models")
    assert len(gateway.requests) == 2


def test_nothing_else_fetches_the_list(ipython, gateway):
    ipython.run("%liara hi\n%liara /status\n%liara /help\n%liara /model z/last\n%liara /alias last z/last\n%liara /set")
    assert [request.method for request in gateway.requests] == ["POST"]


def test_the_sandboxs_own_models(ipython):
    out = ipython.run("%liara /models")
    assert [row[0] for row in rows(out)] == [f"`{name}`" for name in sorted(MODELS)]
    assert [row[0] for row in rows(ipython.run("%liara /models tutor"))] == ["`sandbox/tutor`"]


def test_models_without_a_key_say_what_is_missing(ipython):
    ipython.run("%liara /set workspace 0123456789abcdef01234567\n%liara /model openai/gpt-5")
    assert isinstance(ipython.fails("%liara /models"), LiaraCredentialsError)


def test_help_lists_the_commands_about_models(ipython):
    out = ipython.run("%liara /help")
    for usage in ("`/model [ID]`", "`/models [WORDS]`", "`/alias [NAME [ID]]`"):
        assert usage in out


# /alias


def test_an_alias_is_set_shown_listed_and_removed(ipython, kernel):
    assert "no aliases" in ipython.run("%liara /alias")
    assert "`fast` is now `openai/gpt-4o-mini`" in ipython.run("%liara /alias fast openai/gpt-4o-mini")
    assert "`fast` is `openai/gpt-4o-mini`" in ipython.run("%liara /alias fast")
    ipython.run("%liara /alias echo = 'sandbox/echo'")
    assert rows(ipython.run("%liara /alias")) == [["`echo`", "`sandbox/echo`"], ["`fast`", "`openai/gpt-4o-mini`"]]
    assert kernel.settings.aliases == {"fast": "openai/gpt-4o-mini", "echo": "sandbox/echo"}
    assert "removed" in ipython.run("%liara /alias fast none")
    assert kernel.settings.aliases == {"echo": "sandbox/echo"}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("/alias fats", "Did you mean fast?"),
        ("/alias zzzz", "There is no alias called zzzz."),
        ("/alias zzzz none", "There is no alias called zzzz."),
        ("/alias openai/x openai/gpt-5", "openai/x cannot be an alias."),
        ("/alias -m openai/gpt-5", "-m cannot be an alias."),
        ("/alias none openai/gpt-5", "none cannot be an alias."),
        ("/alias = openai/gpt-5", "An alias needs a name."),
        ("/alias quick openai/gpt-5 and more", "more than one word"),
    ],
)
def test_an_alias_that_cannot_be(ipython, kernel, line, said):
    ipython.run("%liara /alias fast a/b")
    error = ipython.fails(f"%liara {line}")
    assert isinstance(error, LiaraUsageError)
    assert said in str(error)
    assert error.hint
    assert kernel.settings.aliases == {"fast": "a/b"}


def test_an_alias_hides_no_model_that_is_known(ipython, kernel):
    with listing([{"id": "llama3"}]) as gateway:
        use(ipython, gateway, "llama3")
        ipython.run("%liara /models")
        assert "itself a model" in str(ipython.fails("%liara /alias llama3 other"))


def test_an_alias_is_understood_wherever_a_model_is_named(ipython, kernel, gateway):
    ipython.run("%liara /alias big openai/gpt-5")
    ipython.run("%liara -m big one\n%liara --model=big two")
    ipython.run("%%liara big\nthree")
    assert "`openai/gpt-5`" in ipython.run("%liara /model big")
    ipython.run("%liara four")
    assert [request.json["model"] for request in gateway.requests] == ["openai/gpt-5"] * 4
    assert {row.model for row in kernel.ledger.rows} == {"openai/gpt-5"}
    assert "`openai/gpt-5`" in ipython.run("%liara /status")


def test_an_alias_for_the_sandbox_and_from_python(ipython, kernel):
    kernel.settings.aliases = {"echo": "sandbox/echo"}
    kernel.settings.model = "echo"
    assert ipython.run("%liara hello").startswith("hello")
    assert "`sandbox/echo`" in ipython.run("%liara /model")
    assert "offline" in ipython.run("%liara /status")
    assert "`sandbox/tutor`" in ipython.run("%liara /models")
    assert api.Chat(model="echo").ask("hi").text == "hi"


def test_an_alias_never_stands_for_another(ipython, kernel, gateway):
    ipython.run("%liara /alias big openai/gpt-5\n%liara /alias best big")
    assert kernel.settings.aliases["best"] == "openai/gpt-5"
    kernel.settings.aliases = {"a": "b", "b": "a"}
    ipython.run("%liara -m a hi")
    assert gateway.requests[0].json["model"] == "b"


def test_aliases_are_a_setting(ipython, kernel, monkeypatch):
    ipython.run('%liara /set aliases {"fast": "a/b"}')
    assert kernel.settings.aliases == {"fast": "a/b"}
    ipython.run("%config Liara.aliases = {'slow': 'c/d'}")
    assert kernel.settings.aliases == {"slow": "c/d"}
    for wrong in ("fast", '["a"]', '{"a": 1}', "{"):
        error = ipython.fails(f"%liara /set aliases {wrong}")
        assert isinstance(error, LiaraUsageError)
        assert "must be a JSON object" in str(error)
    ipython.run("%liara /set aliases none")
    assert kernel.settings.aliases == {}
    monkeypatch.setenv("LIARA_ALIASES", json.dumps({"fast": "a/b"}))
    assert type(kernel.settings)().aliases == {"fast": "a/b"}


# What the known catalogue adds to an ask


def notices(kernel, asked):
    return [turn.reply.notices for turn in kernel.session.conversation.turns if turn.prompt == asked][-1]


def test_a_parameter_that_the_model_does_not_list_is_said_once(ipython, kernel, gateway):
    ipython.run("%liara /models")
    ipython.run("%liara --seed 1 -t 0 one")
    (notice,) = notices(kernel, "one")
    assert "openai/gpt-4o-mini" in notice and "seed" in notice and "temperature" not in notice
    ipython.run("%liara --seed 1 --top-p 1 two")
    (notice,) = notices(kernel, "two")
    assert "top_p" in notice
    ipython.run("%liara --seed 1 --top-p 1 --user me --stop x three")
    (notice,) = notices(kernel, "three")
    assert "stop" in notice
    assert gateway.requests[1].json["seed"] == 1, "it is sent all the same"


def test_a_setting_is_a_parameter_like_a_flag(ipython, kernel, gateway):
    ipython.run("%liara /models\n%liara /set seed 5\n%liara one")
    assert len(notices(kernel, "one")) == 1


@pytest.mark.parametrize("model", ["openai/gpt-5", "z/last", "not/listed", "sandbox/echo"])
def test_where_the_catalogue_says_nothing_nothing_is_said(ipython, kernel, gateway, model):
    ipython.run(f"%liara /models\n%liara -m {model} --seed 1 one")
    assert notices(kernel, "one") == []


def test_without_the_catalogue_nothing_is_said(ipython, kernel, gateway):
    ipython.run("%liara --seed 1 one")
    assert notices(kernel, "one") == []


@pytest.mark.parametrize("status", ["404 Not Found", "400 Bad Request"])
def test_an_unknown_model_gets_its_near_matches(ipython, status):
    with listing(LIST, status) as gateway:
        use(ipython, gateway)
        error = ipython.fails("%liara -m openai/gtp-5 hi")
        assert isinstance(error, LiaraModelError)
        assert "%liara /models lists" in error.hint
        assert "Did you mean" not in error.hint
        ipython.run("%liara /models\n%liara /alias gpt z/last")
        assert "Did you mean openai/gpt-5" in ipython.fails("%liara -m openai/gtp-5 hi").hint
        assert "Did you mean gpt or openai/gpt-5" in ipython.fails("%liara -m gpt-6 hi").hint
        hint = ipython.fails("%liara -m qqqqqqqq hi").hint
        assert "Did you mean" not in hint and "/models" not in hint
        assert [request.method for request in gateway.requests].count("GET") == 1


def test_a_model_that_the_sandbox_does_not_have_is_said_when_it_is_chosen(ipython):
    out = ipython.run("%liara /model sandbox/tutr")
    assert "is now `sandbox/tutr`" in out and "not on the gateway's list" in out and "`sandbox/tutor`" in out
    assert "list" not in ipython.run("%liara /model sandbox/tutor")
    assert "list" not in ipython.run("%liara /model openai/gpt-5")
