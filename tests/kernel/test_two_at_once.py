"""A cell and a thread of an earlier cell ask at the same time: neither sees a word of the other's reply."""

import threading

import pytest
from loopback import Loopback

pytestmark = pytest.mark.kernel

WORDS = 60
ASK_IN_A_THREAD = """
import threading
answers = []
mine = liara.Chat()
worker = threading.Thread(target=lambda: answers.append({call}))
worker.start()
"""
TURNS = "[(turn.prompt, turn.state, turn.reply.text) for turn in {chat}]"


def words_of(name):
    return "".join(f"{name}{number} " for number in range(WORDS))


def in_step():
    """Replies to two requests whose words come in turns: each word waits for the other reply's."""
    step = threading.Barrier(2)

    def script(line, request):
        name = request.json["messages"][-1]["content"]
        line.head()
        for number in range(WORDS):
            step.wait(30)
            line.delta(f"{name}{number} ")
        line.finish()

    return script


@pytest.mark.parametrize("call", ["mine.ask('thread')", "list(mine.stream('thread'))"])
def test_no_word_of_one_is_seen_in_the_other(notebook, ask_gateway, call):
    with Loopback(in_step()) as gateway:
        ask_gateway(gateway)
        earlier = notebook.run(ASK_IN_A_THREAD.format(call=call))
        cell = notebook.run("%%liara\ncell")
        assert notebook.run("worker.join(30)").status == "ok"
        assert gateway.posts == 2
    assert (cell.status, cell.kinds()) == ("ok", ["display_data"])
    assert cell.shown[0]["text/plain"].strip() == words_of("cell").strip()
    assert "thread" not in str([cell.outputs, *cell.messages])
    assert (earlier.status, earlier.outputs) == ("ok", [])
    assert notebook.value("[not worker.is_alive(), len(answers)]") == [True, 1]
    session = TURNS.format(chat="this_kernel().session.conversation.turns")
    assert notebook.value(session) == [("cell", "complete", words_of("cell"))]
    assert notebook.value(TURNS.format(chat="mine.turns")) == [("thread", "complete", words_of("thread"))]
    assert [len(request.json["messages"]) for request in gateway.requests] == [1, 1]
