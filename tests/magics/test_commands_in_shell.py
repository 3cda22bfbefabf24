"""The slash commands, typed in a real IPython shell."""

import pytest

import liara_magic
from liara_magic import LiaraUsageError


def test_the_bare_magic_is_the_status_and_the_first_help(ipython):
    out = ipython.run("%liara")
    assert "sandbox/echo" in out
    assert "/help" in out
    assert ipython.run("%liara /status") in out


def test_status_says_what_is_missing_instead_of_failing(ipython):
    ipython.run("%liara /model openai/gpt-5")
    out = ipython.run("%liara /status")
    assert "No workspace is set" in out
    assert "not set" in out


def test_status_never_shows_the_key(ipython, monkeypatch, canary_key):
    monkeypatch.setenv("LIARA_API_KEY", canary_key)
    ipython.run("%liara /model openai/gpt-5")
    out = ipython.run("%liara /status")
    assert "LIARA_API_KEY" in out
    assert canary_key not in out


def test_model(ipython, kernel):
    assert "`sandbox/echo`" in ipython.run("%liara /model")
    assert "`openai/gpt-5`" in ipython.run('%liara /model "openai/gpt-5"')
    assert kernel.settings.model == "openai/gpt-5"


def test_system(ipython, kernel):
    assert "no system prompt" in ipython.run("%liara /system")
    ipython.run("%liara /system Answer in Persian, please.")
    assert "Answer in Persian, please." in ipython.run("%liara /system")
    assert kernel.settings.system == "Answer in Persian, please."
    ipython.run("%liara /system none")
    assert kernel.settings.system == ""


@pytest.mark.parametrize(
    ("line", "name", "value"),
    [
        ("temperature 0.5", "temperature", 0.5),
        ("temperature = 0.5", "temperature", 0.5),
        ("temperature=0.5", "temperature", 0.5),
        ("temperature ۰٫۵", "temperature", 0.5),
        ("max_tokens 20", "max_tokens", 20),
        ("stream false", "stream", False),
        ('stop ["a", "b"]', "stop", ["a", "b"]),
        ('logit_bias {"50256": -100}', "logit_bias", {"50256": -100}),
        ("idle_timeout 5", "idle_timeout", 5.0),
        ("use_proxies false", "use_proxies", False),
        ("system Say a = b.", "system", "Say a = b."),
        ("system 1+1=2", "system", "1+1=2"),
        ("user a=b", "user", "a=b"),
        ("base_url http://localhost:1/v1?a=b", "base_url", "http://localhost:1/v1?a=b"),
    ],
)
def test_set(ipython, kernel, line, name, value):
    ipython.run(f"%liara /set {line}")
    assert getattr(kernel.settings, name) == value
    assert type(getattr(kernel.settings, name)) is type(value)
    ipython.run(f"%liara /set {name} none")
    assert getattr(kernel.settings, name) == type(kernel.settings)().settings()[name].default_value


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("temprature 1", "Did you mean temperature?"),
        ("temperature hot", "a number from 0 to 2"),
        ("temperature 3", "a number from 0 to 2"),
        ("n 0", "a whole number from 1 up"),
        ("stream maybe", "true or false"),
        ("use_proxies maybe", "use_proxies is maybe, but must be"),
        ("idle_timeout soon", "idle_timeout is soon"),
        ("idle_timeout -1", "idle_timeout is -1"),
        ("zzzzzz", "/set lists all"),
    ],
)
def test_set_refuses_what_cannot_be(ipython, kernel, line, said):
    before = {name: getattr(kernel.settings, name) for name in kernel.settings.settings()}
    error = ipython.fails(f"%liara /set {line}")
    assert isinstance(error, LiaraUsageError)
    assert said in str(error)
    assert {name: getattr(kernel.settings, name) for name in kernel.settings.settings()} == before


def test_set_alone_lists_every_setting(ipython, kernel):
    out = ipython.run("%liara /set")
    for name, trait in kernel.settings.settings().items():
        assert f"| `{name}` |" in out
        assert trait.help[:20] in out
    assert "A setting" not in out


def test_history_and_reset(ipython):
    assert "empty" in ipython.run("%liara /history")
    ipython.run("%liara what | is this")
    ipython.fails("%liara -m sandbox/error-500 and this")
    out = ipython.run("%liara /history")
    assert "what \\| is this" in out  # a bare bar would begin another cell
    assert "complete" in out
    assert "and this" in out
    assert "2 turns forgotten" in ipython.run("%liara /reset")
    assert "empty" in ipython.run("%liara /history")


def test_usage_counts_every_request(ipython):
    assert "Nothing was used" in ipython.run("%liara /usage")
    ipython.run("%liara one")
    ipython.run("%liara --fresh two")
    ipython.fails("%liara -m sandbox/cut three")
    ipython.fails("%liara -m sandbox/error-402 four")
    out = ipython.run("%liara /usage")
    assert "| this kernel | 4 |" in out
    assert out.count("`sandbox/echo`") == 2
    assert "1 unknown" in out
    assert "refused" in out
    assert "cut" in out


def test_help_lists_commands_and_flags(ipython):
    out = ipython.run("%liara /help")
    for word in ("/login", "/set [NAME [VALUE]]", "--temperature", "-m", "--fresh", "--param", "--no-stream"):
        assert word in out


def test_version(ipython):
    assert ipython.run("%liara /version") == f"liara_magic {liara_magic.__version__}\n"


@pytest.mark.parametrize("line", ["/HELP", "/Status", "  /version", "/version   "])
def test_commands_are_read_kindly(ipython, line):
    assert ipython.run(f"%liara {line}")


def test_a_command_asks_nobody(ipython, kernel):
    for name in ("", "/help", "/status", "/model", "/set", "/history", "/usage", "/version", "/system"):
        ipython.run(f"%liara {name}")
    assert kernel.ledger.rows == []


@pytest.mark.parametrize("line", ["/help undo", "/help /undo", "/undo?", "/help /undo?"])
def test_help_on_one_command(ipython, line):
    out = ipython.run(f"%liara {line}")
    assert out.startswith("`/undo [N]`: Take back") and "/redo" not in out and out.count("\n") < 4


def test_help_on_a_flag_and_on_what_there_is_not(ipython):
    assert "-o, --out" in ipython.run("%liara /help -o")
    assert ipython.run("%liara /help out") == ipython.run("%liara /help --out")
    assert "Did you mean /undo?" in str(ipython.fails("%liara /help /undoo"))


def test_an_interrupt_at_a_question_speaks_of_no_reply(ipython, monkeypatch):
    def interrupted(_):
        raise KeyboardInterrupt

    monkeypatch.setattr("builtins.input", interrupted)
    stop = ipython.fails("%liara /login")
    assert stop._render_traceback_() == ["KeyboardInterrupt: stopped"]
