"""A kernel that is killed in the middle of a reply: another one finds the conversation and goes on with it."""

import pytest
from kernels import running_kernel
from killing import PIECE, PROMPT, kept, kill_in_reply

pytestmark = pytest.mark.kernel


@pytest.mark.parametrize("seconds", [0.0, 0.3, 3.0])
def test_a_killed_kernel_loses_the_last_moment_alone(seconds, tmp_path, monkeypatch):
    """The benchmark holds the one second, on a machine that does nothing else."""
    home = tmp_path / "home"
    home.mkdir()
    moment, gateway = kill_in_reply(home, seconds)
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(home / "data"))
    prompt, text, state = kept()
    assert (prompt, state) == (PROMPT, "cut")
    sent = "".join(f"{number:05d} ".ljust(PIECE, ".") for number in range(len(gateway.left)))
    assert sent.startswith(text)
    assert len(text) >= gateway.bytes_until(moment - 2.5)


def test_the_next_kernel_offers_it_and_brings_it_back(tmp_path, monkeypatch):
    kill_in_reply(tmp_path, 2.0)
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "data"))
    text = kept()[1]
    with running_kernel(tmp_path) as front_end:
        assert front_end.run("%load_ext liara_magic").status == "ok"
        (shown,) = front_end.run("%liara /chats").shown
        (name,) = [word.strip("`") for word in shown["text/plain"].split() if word.startswith("`20")]
        assert front_end.run("from liara_magic.kernel import this_kernel").status == "ok"
        turns = "[(turn.prompt, turn.reply.text, turn.state) for turn in this_kernel().session.conversation.turns]"
        assert front_end.value(turns) == []  # nothing is restored unasked
        cell = front_end.run(f"%liara /chat {name}")
        assert cell.status == "ok", cell.error
        assert "with 1 turn" in cell.shown[0]["text/plain"]
        assert front_end.value(turns) == [(PROMPT, text, "cut")]
        (shown,) = front_end.run("%liara /history").shown
        assert "the kernel ended before the reply did" in shown["text/plain"]
        assert front_end.run("%%liara\nand then?").status == "ok"  # by the sandbox, with the turn before it
        (shown,) = front_end.run("%liara /chats").shown
        assert shown["text/plain"].count("`20") == 1
