"""The settings: what each is for, where it may come from, and which place wins."""

import pytest
import traitlets
from traitlets.config import Config

from liara_magic.protocol.errors import LiaraUsageError
from liara_magic.protocol.parameters import SETTABLE
from liara_magic.settings import Liara, find_setting

NAMES = list(Liara.settings())


@pytest.mark.parametrize("name", NAMES)
def test_a_setting_has_a_help_that_helps(name):
    text = Liara.settings()[name].help
    assert len(text) > 20
    assert text.endswith(".")


@pytest.mark.parametrize("name", NAMES)
def test_a_setting_can_be_configured(name):
    assert Liara.class_traits(config=True)[name].metadata["config"]


def test_every_parameter_is_a_setting():
    assert {row.name for row in SETTABLE} < set(NAMES)
    assert {"model", "system", "workspace", "base_url"} < set(NAMES)


def test_no_setting_holds_a_key():
    words = {word for name in Liara.class_traits() for word in name.lower().split("_")}
    assert words.isdisjoint({"key", "apikey", "token", "secret", "password", "credentials"})


def test_nothing_is_sent_that_was_not_set():
    assert Liara().parameters() == {}
    assert Liara(temperature=0, store=False, user="").parameters() == {"temperature": 0, "store": False, "user": ""}


# The environment


@pytest.mark.parametrize(
    ("variable", "text", "name", "value"),
    [
        ("LIARA_MODEL", "openai/gpt-5", "model", "openai/gpt-5"),
        ("LIARA_WORKSPACE_ID", "6922b3240bbead6ac2126c0a", "workspace", "6922b3240bbead6ac2126c0a"),
        ("LIARA_BASE_URL", "http://localhost:1/v1", "base_url", "http://localhost:1/v1"),
        ("LIARA_SYSTEM", "You are terse.", "system", "You are terse."),
        ("LIARA_TEMPERATURE", "0", "temperature", 0.0),
        ("LIARA_TEMPERATURE", "۰٫۵", "temperature", 0.5),
        ("LIARA_N", "2", "n", 2),
        ("LIARA_STREAM", "no", "stream", False),
        ("LIARA_STOP", '["a", "b"]', "stop", ["a", "b"]),
        ("LIARA_REASONING", '{"effort": "low"}', "reasoning", {"effort": "low"}),
        ("LIARA_IDLE_TIMEOUT", "5", "idle_timeout", 5.0),
        ("LIARA_USE_PROXIES", "false", "use_proxies", False),
        ("LIARA_BUDGET", "۵۰٬۰۰۰ تومان", "budget", 50_000.0),
        ("LIARA_MAX_COST", "1,500", "max_cost", 1500.0),
    ],
)
def test_a_setting_is_read_from_the_environment(monkeypatch, variable, text, name, value):
    monkeypatch.setenv(variable, text)
    found = getattr(Liara(), name)
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("LIARA_TEMPERATURE", "3"),
        ("LIARA_TEMPERATURE", "warm"),
        ("LIARA_N", "0"),
        ("LIARA_SEED", "9" * 400),
        ("LIARA_STREAM", "maybe"),
        ("LIARA_REASONING", "low"),
        ("LIARA_TOOLS", "[" * 5000),
        ("LIARA_IDLE_TIMEOUT", "soon"),
        ("LIARA_IDLE_TIMEOUT", "-1"),
        ("LIARA_IDLE_TIMEOUT", "nan"),
        ("LIARA_CONNECT_TIMEOUT", "-0.5"),
        ("LIARA_USE_PROXIES", "maybe"),
        ("LIARA_FULL_TRACEBACK", "5"),
        ("LIARA_BUDGET", "much"),
        ("LIARA_BUDGET_DAY", "-1"),
        ("LIARA_BUDGET", "nan"),
        ("LIARA_MAX_COST", "1e999"),
    ],
    ids=lambda word: word[:25],
)
def test_a_bad_value_in_the_environment_is_one_clear_error(monkeypatch, variable, text):
    monkeypatch.setenv(variable, text)
    try:
        settings = Liara()
    except LiaraUsageError as error:
        assert error.message.startswith(f"{variable} is {text[:20]}")
        assert "%r" not in error.message and len(error.message) < 400
    else:
        assert variable == "LIARA_SEED" and settings.seed == int(text)


def test_an_empty_variable_sets_nothing(monkeypatch):
    monkeypatch.setenv("LIARA_MODEL", "")
    monkeypatch.setenv("LIARA_TEMPERATURE", "")
    assert (Liara().model, Liara().temperature) == ("openai/gpt-4o-mini", None)


# The configuration file, and which place wins


def configured(**values):
    config = Config()
    for name, value in values.items():
        config.Liara[name] = value
    return config


def test_a_setting_is_read_from_the_configuration():
    settings = Liara(config=configured(model="a/b", temperature=0, stop=["x"], use_proxies=False))
    assert (settings.model, settings.temperature, settings.stop, settings.use_proxies) == ("a/b", 0, ["x"], False)


def test_the_environment_wins_over_the_configuration(monkeypatch):
    monkeypatch.setenv("LIARA_MODEL", "from/environment")
    settings = Liara(config=configured(model="from/file", seed=3))
    assert (settings.model, settings.seed) == ("from/environment", 3)


def test_what_is_said_in_the_notebook_wins_over_both(monkeypatch):
    monkeypatch.setenv("LIARA_MODEL", "from/environment")
    settings = Liara(config=configured(model="from/file"))
    settings.change("model", "from/notebook")
    assert settings.model == "from/notebook"
    assert Liara(config=configured(model="from/file"), model="from/python").model == "from/python"


@pytest.mark.parametrize("values", [{"temperature": 3}, {"temperature": "0"}, {"n": True}, {"stop": [5]}, {"model": 5}])
def test_a_bad_value_in_the_configuration_or_from_python_is_refused(values):
    ((name, value),) = values.items()
    with pytest.raises(traitlets.TraitError):
        Liara(config=configured(**values))
    with pytest.raises(traitlets.TraitError):
        setattr(Liara(), name, value)


# Changing one


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("model", "openai/gpt-5", "openai/gpt-5"),
        ("temperature", "0", 0.0),
        ("temperature", "۱٫۵", 1.5),
        ("store", "no", False),
        ("stop", '["a"]', ["a"]),
        ("tool_choice", "auto", "auto"),
        ("idle_timeout", "5", 5.0),
        ("use_proxies", "false", False),
    ],
)
def test_a_change_is_read_from_text_and_returned(name, text, value):
    settings = Liara()
    assert settings.change(name, text) == value
    assert getattr(settings, name) == value


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("text", ["default", " DEFAULT ", ""])
def test_a_setting_can_be_taken_back(name, text):
    settings = Liara(temperature=1, model="a/b", use_proxies=False, stop=["x"], idle_timeout=5)
    settings.change(name, text)
    assert getattr(settings, name) == getattr(Liara(), name)


@pytest.mark.parametrize("name", ["temperature", "model", "stop", "idle_timeout", "use_proxies", "user"])
def test_none_takes_a_setting_back_too(name):
    settings = Liara(temperature=1, model="a/b", use_proxies=False, stop=["x"], idle_timeout=5, user="me")
    settings.change(name, "None")
    assert getattr(settings, name) == getattr(Liara(), name)


@pytest.mark.parametrize("name", ["tool_choice", "reasoning_effort"])
def test_none_is_itself_where_the_api_has_such_a_value(name):
    settings = Liara()
    assert settings.change(name, "none") == "none"
    assert settings.change(name, "default") is None


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("temperature", "3"),
        ("n", "x"),
        ("stop", "[5]"),
        ("idle_timeout", "-1"),
        ("idle_timeout", "soon"),
        ("use_proxies", "maybe"),
    ],
)
def test_a_bad_change_is_refused_in_words_and_changes_nothing(name, text):
    settings = Liara()
    with pytest.raises(LiaraUsageError, match=name) as refused:
        settings.change(name, text)
    assert "%r" not in refused.value.message
    assert getattr(settings, name) == getattr(Liara(), name)


@pytest.mark.parametrize("name", ["tempreature", "Temperature", "modle", "base-url"])
def test_an_unknown_name_gives_the_nearest_one(name):
    for use in (find_setting, lambda name: Liara().change(name, "1"), lambda name: Liara().copy({name: 1})):
        with pytest.raises(LiaraUsageError) as refused:
            use(name)
        assert refused.value.message == f"There is no setting called {name}."
        assert refused.value.hint.startswith("Did you mean ")


@pytest.mark.parametrize("name", ["api_key", "zzzz", "parent", "config", "messages"])
def test_only_settings_can_be_changed(name):
    with pytest.raises(LiaraUsageError, match="There is no setting called"):
        Liara().change(name, "x")


# Copies


def test_a_copy_has_the_same_settings_and_the_changes(monkeypatch):
    original = Liara(config=configured(model="a/b"), temperature=1.0)
    monkeypatch.setenv("LIARA_MODEL", "set/later")
    twin = original.copy({"seed": 3, "temperature": 0})
    assert (twin.model, twin.temperature, twin.seed) == ("a/b", 0, 3)
    assert (original.temperature, original.seed) == (1.0, None)
    twin.change("model", "c/d")
    assert original.model == "a/b"


def test_a_copy_can_take_a_parameter_back():
    assert Liara(temperature=1.0).copy({"temperature": None}).parameters() == {}


@pytest.mark.parametrize("changes", [{"temperature": 3}, {"model": 5}, {"idle_timeout": -1}])
def test_a_copy_with_a_bad_value_is_refused_in_words(changes):
    with pytest.raises(LiaraUsageError, match=next(iter(changes))):
        Liara().copy(changes)


@pytest.mark.parametrize("name", ["budget", "budget_day", "max_cost"])
@pytest.mark.parametrize("nonsense", [-1, float("nan"), float("inf"), "5", True, [5]])
def test_an_amount_of_toman_is_checked_wherever_it_comes_from(name, nonsense):
    settings = Liara(**{name: 5})
    for set_it in (lambda: setattr(settings, name, nonsense), lambda: Liara(config=configured(**{name: nonsense}))):
        with pytest.raises(traitlets.TraitError, match="must be an amount of toman"):
            set_it()
    assert getattr(settings, name) == 5.0
    setattr(settings, name, None)
    assert getattr(settings, name) is None
