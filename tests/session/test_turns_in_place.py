"""Asking again from the same place: what is sent, what stays, and what is out of date."""

import threading
from dataclasses import replace

import pytest
from loopback import Loopback

from liara_magic import LiaraError, LiaraStreamError, LiaraUsageError
from liara_magic.api import Chat
from liara_magic.screen.silent import SilentScreen
from liara_magic.session.ask import Ask, Place


def echo(line, request):
    line.reply("re: " + request.json["messages"][-1]["content"])


class Notebook:
    """Cells of a notebook that ask: ``run("a", "prompt")`` runs the cell with the id a."""

    def __init__(self, session, gateway):
        self.session = session
        self.gateway = gateway
        self.count = 0

    def run(self, cell, *prompts, **options):
        self.count += 1
        for number, prompt in enumerate(prompts):
            reply = self.ask(Ask(prompt, place=Place(cell, number, self.count), **options))
        if cell:
            self.session.conversation.leave(cell, self.count, len(prompts))
        return reply

    def ask(self, ask):
        return self.session.ask(ask, SilentScreen())

    def sent(self):
        return [message["content"] for message in self.gateway.requests[-1].json["messages"]]

    def prompts(self):
        return [turn.prompt for turn in self.session.conversation.turns]

    def outdated(self):
        conversation = self.session.conversation
        return [turn.prompt for turn in conversation.turns if turn.id in conversation.outdated()]


class Script:
    """A gateway's part, which a test may change between asks."""

    def __init__(self):
        self.play = echo

    def __call__(self, line, request):
        self.play(line, request)


@pytest.fixture
def script():
    return Script()


@pytest.fixture
def notebook(chat_at, script):
    with Loopback(script) as gateway:
        yield Notebook(chat_at(gateway)._session, gateway)


def cut(line, request):
    line.head()
    line.delta("half a reply")


def refused(line, request):
    line.answer_json({"error": "no such thing"}, "400 Bad Request")


def cut_before_a_word(line, request):
    line.head()


def test_a_cell_that_runs_again_replaces_its_turn_in_place_and_sends_only_what_stood_before(notebook):
    for cell in "abc":
        notebook.run(cell, f"ask {cell}")
    reply = notebook.run("b", "ask b anew")
    assert notebook.sent() == ["ask a", "re: ask a", "ask b anew"]
    assert notebook.prompts() == ["ask a", "ask b anew", "ask c"]
    assert notebook.outdated() == ["ask c"]
    assert reply.notices == ["The turn after this one, of cell [3], was answered from its earlier version."]
    notebook.run("c", "ask c")
    assert notebook.sent() == ["ask a", "re: ask a", "ask b anew", "re: ask b anew", "ask c"]
    assert notebook.outdated() == []


def test_other_turns_stay_as_they_are(notebook):
    for cell in "abc":
        notebook.run(cell, f"ask {cell}")
    before = notebook.session.conversation.turns
    notebook.run("b", "other")
    after = notebook.session.conversation.turns
    assert (after[0], after[2]) == (before[0], before[2])
    assert after[1] is not before[1]


def test_without_a_cell_id_the_same_text_is_new(notebook):
    for _ in range(2):
        notebook.run("", "same")
    assert notebook.prompts() == ["same", "same"]
    assert notebook.sent() == ["same", "re: same", "same"]


def test_the_asks_of_one_cell_are_told_apart(notebook):
    notebook.run("a", "one", "two")
    notebook.run("b", "three")
    notebook.run("a", "1", "2")
    assert notebook.prompts() == ["1", "2", "three"]
    assert notebook.sent() == ["1", "re: 1", "2"]


def test_a_further_ask_of_a_cell_stands_with_its_others(notebook):
    notebook.run("a", "one")
    notebook.run("b", "three")
    notebook.run("a", "one", "two")
    assert notebook.prompts() == ["one", "two", "three"]
    assert notebook.sent() == ["one", "re: one", "two"]


def test_what_a_cell_no_longer_asks_goes(notebook):
    notebook.run("a", "one", "two", "three")
    notebook.run("b", "other")
    notebook.run("a", "one")
    assert notebook.prompts() == ["one", "other"]


@pytest.mark.parametrize("fault", [refused, cut_before_a_word])
def test_a_rerun_that_brings_no_word_leaves_the_earlier_answer(notebook, script, fault):
    for cell in "abc":
        notebook.run(cell, f"ask {cell}")
    script.play = fault
    with pytest.raises(LiaraError):
        notebook.run("b", "ask b")
    script.play = echo
    turn = notebook.session.conversation.turns[1]
    assert (turn.prompt, turn.reply.text, turn.state) == ("ask b", "re: ask b", "complete")
    assert turn.again
    assert notebook.outdated() == []
    notebook.run("d", "next")
    assert "re: ask b" in notebook.sent()


def test_a_rerun_that_is_cut_in_the_middle_stands_in_its_place_and_can_be_taken_back(notebook, script):
    notebook.run("a", "one")
    notebook.run("b", "two")
    script.play = cut
    with pytest.raises(LiaraStreamError):
        notebook.run("a", "one")
    conversation = notebook.session.conversation
    assert [(turn.state, turn.reply.text) for turn in conversation.turns] == [
        ("cut", "half a reply"),
        ("complete", "re: two"),
    ]
    assert conversation.remove(conversation.last()).reply.text == "re: one"
    assert notebook.outdated() == []


def test_while_a_rerun_runs_the_old_turn_is_not_sent(notebook, script):
    notebook.run("a", "one")
    started, go_on = threading.Event(), threading.Event()

    def slow(line, request):
        if request.json["messages"][-1]["content"] == "one anew":
            line.head()
            line.delta("new")
            started.set()
            go_on.wait(10)
            line.finish()
        else:
            echo(line, request)

    script.play = slow
    worker = threading.Thread(target=lambda: notebook.run("a", "one anew"))
    worker.start()
    assert started.wait(10)
    notebook.ask(Ask("meanwhile"))
    assert notebook.sent() == ["meanwhile"]
    go_on.set()
    worker.join(10)
    notebook.ask(Ask("after"))
    assert notebook.sent() == ["one anew", "new", "meanwhile", "re: meanwhile", "after"]


def test_a_turn_that_is_asked_again_by_its_id_keeps_its_cell(notebook):
    notebook.run("a", "one")
    notebook.run("b", "two")
    first = notebook.session.conversation.turns[0]
    notebook.ask(Ask("one, please", replaces=first.id))
    assert notebook.sent() == ["one, please"]
    assert notebook.prompts() == ["one, please", "two"]
    notebook.run("a", "uno")
    assert notebook.prompts() == ["uno", "two"]


def test_a_turn_that_is_not_there_cannot_be_asked_again(notebook):
    with pytest.raises(LiaraUsageError, match="There is no turn nonesuch"):
        notebook.ask(Ask("hi", replaces="nonesuch"))
    assert notebook.gateway.requests == []
    assert notebook.session.ledger.rows == []


def test_cut_turns_are_told_or_dropped(notebook, script):
    notebook.run("a", "one")
    script.play = cut
    with pytest.raises(LiaraStreamError):
        notebook.run("b", "two")
    script.play = echo
    notebook.run("c", "three")
    assert notebook.sent()[2] == "two"
    assert "cut off" in notebook.sent()[3]
    notebook.session.settings.change("cut_turns", "drop")
    notebook.run("d", "four")
    assert notebook.sent() == ["one", "re: one", "three", "re: three", "four"]
    assert [turn.state for turn in notebook.session.conversation.turns][1] == "cut"


def test_the_newest_turns_go_along_and_what_is_left_out_is_said_once(notebook):
    notebook.session.settings.change("system", "Be brief.")
    for cell in "abcd":
        notebook.run(cell, cell)
    notebook.session.settings.change("max_history", "۲")
    reply = notebook.run("e", "e")
    assert notebook.sent() == ["Be brief.", "c", "re: c", "d", "re: d", "e"]
    assert [notice for notice in reply.notices if "2 earlier turns are not sent" in notice]
    assert notebook.run("f", "f").notices == []
    assert notebook.prompts() == list("abcdef")


def test_pinned_turns_stay_however_long_the_conversation_gets(notebook):
    for cell in "abcd":
        notebook.run(cell, cell)
    conversation = notebook.session.conversation
    conversation.pin(conversation.turns[0])
    notebook.session.settings.change("max_history", "1")
    notebook.run("e", "e")
    assert notebook.sent() == ["a", "re: a", "d", "re: d", "e"]
    notebook.session.settings.change("max_history", "none")
    notebook.session.settings.change("max_history_tokens", "6")
    notebook.run("f", "f")
    assert notebook.sent() == ["a", "re: a", "e", "re: e", "f"]
    notebook.run("a", "A")
    assert conversation.turns[0].pinned


def test_what_was_paid_for_replaced_turns_still_counts(notebook):
    for _ in range(3):
        notebook.run("a", "one")
    totals = notebook.session.conversation.totals()
    assert totals.toman == pytest.approx(3 * 0.98)
    assert (totals.requests, totals.turns) == (3, 1)


def test_every_change_is_told(notebook):
    conversations = notebook.session.conversations
    seen = []
    conversations.listeners.append(lambda: seen.append(conversations.current.version))
    notebook.run("a", "one")
    assert len(seen) == 2
    turn = notebook.session.conversation.turns[0]
    notebook.session.conversation.pin(turn)
    notebook.session.conversation.delete(turn)
    assert len(seen) == len(set(seen)) == 4
    conversations.switch("other")
    assert len(seen) == 5


def test_conversations_by_name(notebook):
    notebook.run("a", "one")
    notebook.ask(Ask("elsewhere", chat="side"))
    assert notebook.sent() == ["elsewhere"]
    conversations = notebook.session.conversations
    assert conversations.current.name == "main"
    assert [(one.name, len(one.turns)) for one in conversations.all()] == [("main", 1), ("side", 1)]
    conversations.switch("side")
    notebook.run("b", "more")
    assert notebook.sent() == ["elsewhere", "re: elsewhere", "more"]


def test_a_turn_is_asked_again_in_the_branch_it_stands_in(notebook):
    notebook.ask(Ask("one", chat="side"))
    conversations = notebook.session.conversations
    side = conversations.switch("side")
    branch = conversations.branch("other")
    turn = branch.turns[0]
    notebook.ask(replace(turn.ask, prompt="uno", replaces=turn.id))
    assert [one.prompt for one in branch.turns] == ["uno"]
    assert [one.prompt for one in side.turns] == ["one"]


def test_an_ask_that_cannot_be_sent_begins_no_conversation(notebook):
    with pytest.raises(LiaraUsageError):
        notebook.ask(Ask(" ", chat="side"))
    assert [one.name for one in notebook.session.conversations.all()] == ["main"]


def test_a_branch_goes_its_own_way(notebook):
    for cell in "abc":
        notebook.run(cell, cell)
    conversations = notebook.session.conversations
    main = conversations.current
    branch = conversations.branch("what if", main.turns[1])
    assert [turn.prompt for turn in branch.turns] == ["a", "b"]
    notebook.run("b", "other")
    assert [turn.prompt for turn in branch.turns] == ["a", "other"]
    assert [turn.prompt for turn in main.turns] == ["a", "b", "c"]
    with pytest.raises(LiaraUsageError, match="a conversation called main already"):
        conversations.branch("main")
    with pytest.raises(LiaraUsageError, match="is the current conversation"):
        conversations.drop("what if")
    conversations.switch("main")
    conversations.drop("what if")
    assert [one.name for one in conversations.all()] == ["main"]


@pytest.mark.parametrize("name", ["", "  ", "-m", "a|b", "x" * 61, "a\x1bb", "<b>"])
def test_names_that_cannot_be(notebook, name):
    with pytest.raises(LiaraUsageError, match="name"):
        notebook.session.conversations.switch(name)


def test_threads_that_ask_at_once_leave_a_valid_conversation(notebook):
    workers = [threading.Thread(target=notebook.ask, args=(Ask(f"ask {n}"),)) for n in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(20)
    notebook.ask(Ask("end"))
    assert len(notebook.sent()) == 17


def test_a_chat_of_ones_own_is_apart(kernel, notebook):
    notebook.run("a", "one")
    assert Chat(model="sandbox/echo").turns == []
