"""``%liara`` and ``%%liara`` in a real IPython shell: asking, terminal output, errors."""

import sys
import threading

import pytest
from loopback import Loopback

from liara_magic import (
    LiaraCreditError,
    LiaraError,
    LiaraModelError,
    LiaraStreamError,
    LiaraUsageError,
    Reply,
)


def test_a_line_asks(ipython):
    out = ipython.run("%liara hello there")
    reply, footer = out.split("\n\n")
    assert reply == "hello there"
    assert footer.startswith("✓ sandbox/echo · ")
    assert footer.endswith("\n")


def test_a_cell_asks(ipython, kernel):
    assert ipython.run("%%liara\nfirst line\n\nsecond line\n").startswith("first line\n\nsecond line\n")
    assert kernel.session.conversation.turns[0].prompt == "first line\n\nsecond line"


def test_a_cell_names_its_model_and_flags(ipython, kernel):
    ipython.run("%%liara sandbox/tutor -t 0.5 --max-tokens 20 --stop @@ --stop %%\nhi")
    turn = kernel.session.conversation.turns[0]
    assert (turn.row.model, turn.reply.finish_reason) == ("sandbox/tutor", "length")


def test_what_leaves_is_what_was_set(ipython):
    with Loopback(lambda line, request: line.reply("fine")) as gateway:
        ipython.run(f"%liara /set base_url {gateway.base_url}\n%liara /model a/b\n%liara /set temperature ۰٫۳")
        ipython.run('%%liara --top-p 0.9 -s "Be terse." -p extra={"a":1} --no-parallel-tool-calls --fresh\nhi')
        assert gateway.requests[0].json == {
            "model": "a/b",
            "messages": [{"role": "system", "content": "Be terse."}, {"role": "user", "content": "hi"}],
            "temperature": 0.3,
            "top_p": 0.9,
            "extra": {"a": 1},
            "parallel_tool_calls": False,
            "stream": True,
            "stream_options": {"include_usage": True},
        }


def test_an_assignment_gets_the_reply(ipython):
    ipython.run("reply = %liara hello there")
    assert isinstance(ipython.value("reply"), Reply)
    assert ipython.value("reply").text == "hello there"


def test_a_reply_shows_as_text(ipython):
    ipython.run("reply = %liara hello **there**")
    assert "hello **there**" in ipython.run("reply")


@pytest.mark.parametrize("line", ["%liara who?", "%liara {a} $b ? what?", "  %liara who is there ?"])
def test_a_question_mark_at_the_end_is_a_question(ipython, kernel, line):
    ipython.run(line)
    assert kernel.session.conversation.turns[0].prompt == line.strip().removeprefix("%liara ")


@pytest.mark.parametrize("prompt", ['{"a": 1}', "{}", "$HOME and $$x$$", "f'{x}' {y}", "a = 'b", "100% {{sure}}"])
def test_a_prompt_stays_as_typed(ipython, kernel, prompt):
    ipython.shell.user_ns["x"] = "expanded"
    ipython.run(f"%liara {prompt}")
    ipython.run(f"%%liara\n{prompt}")
    assert [turn.prompt for turn in kernel.session.conversation.turns] == [prompt, prompt]


def test_a_prompt_is_filled_with_what_it_names(ipython, kernel):
    ipython.shell.user_ns.update(x="a value", rows={"a": [1, 2]})
    ipython.run("%liara {x} of {rows['a'][-1]}, not {nothing} or {{x}}")
    assert kernel.session.conversation.turns[0].prompt == "a value of 2, not {nothing} or {{x}}"


def test_in_code(ipython, kernel):
    ipython.run("for word in ('a', 'b'):\n    reply = %liara hello\n    print(word)\n")
    assert len(kernel.session.conversation.turns) == 2


@pytest.mark.parametrize("model", ["sandbox/tutor", "sandbox/long"])
def test_a_terminal_prints_each_block_once_and_moves_no_cursor(ipython, kernel, model):
    out = ipython.run(f"%%liara -m {model}\nhi")
    text = kernel.session.conversation.turns[-1].reply.text
    assert out.startswith(text)
    footer = out[len(text) :].strip()
    assert footer.startswith(f"✓ {model} · ")
    assert len(footer.splitlines()) == 1
    assert not {"\r", "\x1b", "\b"} & set(out)


def test_a_terminal_prints_while_the_reply_comes(ipython):
    """The first block is out before the server sends the last."""
    seen = threading.Event()
    written = []

    def script(line, request):
        line.head()
        line.delta("first block\n\nsecond ")
        assert seen.wait(10)
        line.delta("block")
        line.finish()

    class Watched:
        def write(self, text):
            written.append(text)
            if "first block" in text:
                seen.set()

        def flush(self):
            pass

    with Loopback(script) as gateway:
        ipython.run(f"%liara /set base_url {gateway.base_url}\n%liara /model a/b")
        before, sys.stdout = sys.stdout, Watched()
        try:
            assert ipython.shell.run_cell("%liara hi", store_history=True).success
        finally:
            sys.stdout = before
    assert "".join(written).startswith("first block\n\nsecond block\n\n✓")


def test_control_characters_of_a_model_do_not_reach_the_terminal(ipython):
    hostile = "a\x1b[2Jb\x1b]52;c;aGk=\x07c\rd\x08e\u202ef\x9bg"
    with Loopback(lambda line, request: line.reply(hostile)) as gateway:
        ipython.run(f"%liara /set base_url {gateway.base_url}\n%liara /model a/b")
        out = ipython.run("%liara hi")
    assert not {"\r", "\x1b", "\x08", "\x07", "\u202e", "\x9b"} & set(out)


def test_a_cut_reply_prints_its_text_and_why_it_ended(ipython, capsys):
    result = ipython.shell.run_cell("%liara -m sandbox/cut hi", store_history=True)
    out = capsys.readouterr().out
    assert isinstance(result.error_in_exec, LiaraStreamError)
    assert out.startswith("This is the")
    assert "✗ sandbox/cut" in out
    assert "characters kept" in out
    assert "Traceback" not in out


@pytest.mark.parametrize(
    ("code", "error", "said"),
    [
        ("%liara --temprature 1 hi", LiaraUsageError, "Did you mean --temperature?"),
        ("%%liara --nonsense\nhi", LiaraUsageError, "There is no flag --nonsense"),
        ("%%liara -t 3\nhi", LiaraUsageError, "-t is 3, but must be a number from 0 to 2"),
        ("%%liara -t\nhi", LiaraUsageError, "-t needs a value"),
        ("%%liara --fresh=1\nhi", LiaraUsageError, "--fresh takes no value"),
        ("%%liara sandbox/echo and more\nhi", LiaraUsageError, "takes a model and flags"),
        ("%%liara\n   ", LiaraUsageError, "The prompt is empty"),
        ("%liara --max-tokens 5 --max-completion-tokens 5 hi", LiaraUsageError, "exclude each other"),
        ("%liara /modle", LiaraUsageError, "Did you mean /model?"),
        ("%liara /xyzzyx", LiaraUsageError, "/help lists all commands"),
        ("%liara -m sandbox/error-402 hi", LiaraCreditError, "Top up the credit"),
        ("%liara -m sandbox/nobody hi", LiaraModelError, "sandbox/nobody"),
    ],
)
def test_what_goes_wrong_is_said(ipython, code, error, said):
    caught = ipython.fails(code)
    assert type(caught) is error
    assert said in str(caught)
    ipython.run("%liara next")


def test_an_error_is_short_and_a_setting_makes_it_long(ipython, capsys):
    ipython.shell.run_cell("%liara -m sandbox/error-401 hi", store_history=True)
    assert len(capsys.readouterr().out.strip().splitlines()) <= 5
    ipython.run("%liara /set full_traceback true")
    ipython.shell.run_cell("%liara -m sandbox/error-401 hi", store_history=True)
    assert "Traceback" in capsys.readouterr().out


def test_config_changes_a_setting(ipython, kernel):
    ipython.run("%config Liara.model = 'sandbox/tutor'")
    assert kernel.settings.model == "sandbox/tutor"
    assert ipython.run("%liara hi").startswith("This is the **sandbox**")
    assert "sandbox/tutor" in ipython.run("%config Liara.model")
    assert "temperature" in ipython.run("%config Liara")


def test_config_refuses_what_a_setting_cannot_be(ipython, kernel):
    ipython.shell.run_cell("%config Liara.temperature = 9", store_history=True)
    assert kernel.settings.temperature is None


def test_python_and_magics_share_the_kernels_conversation(ipython):
    ipython.run("import liara_magic as liara")
    ipython.run("%liara one")
    ipython.run("answer = liara.chat().ask('two')\nturns = len(liara.chat().turns)")
    assert ipython.value("turns") == 2


def test_every_error_of_a_cell_is_ours(ipython):
    for line in ("/login x", "/set nothing 1", "/set temperature hot", "--logit-bias {", "-p x", "--stop"):
        assert isinstance(ipython.fails(f"%liara {line}"), LiaraError)
