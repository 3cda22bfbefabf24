"""/history, /undo, /retry, /edit, /pin, /chats, /chat and /branch, typed in a real IPython shell."""

import pytest

from liara_magic import LiaraUsageError, api
from liara_magic.kernel import Kernel


@pytest.fixture
def turns(ipython, kernel):
    """A conversation of three turns; called, it gives prompts and replies as they are now."""
    for word in ("one", "two", "three"):
        ipython.run(f"%liara {word}")
    return lambda: [(turn.prompt, turn.reply.text) for turn in kernel.session.conversation.turns]


def prompts(turns):
    return [prompt for prompt, _ in turns()]


def sent(kernel):
    return [message.content for message in kernel.session.last_request.messages]


def test_history_shows_numbers_cells_cost_and_state(ipython, kernel, turns):
    out = ipython.run("%liara /history")
    rows = [line for line in out.splitlines() if "sandbox/echo" in line]
    assert len(rows) == 3
    for number, row, word in zip("123", rows, ("one", "two", "three"), strict=True):
        assert row.strip("| ").startswith(f"{number} ")
        assert "[" in row
        assert word in row
        assert "complete" in row
    ipython.run("%liara /set digits persian")
    assert "۲" in ipython.run("%liara /history")


def test_history_says_what_is_cut_pinned_outdated_and_left_out(ipython, kernel, turns):
    ipython.fails("%liara -m sandbox/cut four")
    ipython.run("%liara /pin 1")
    ipython.run("%liara /set max_history 2")
    ipython.run("%liara /retry 2")
    rows = [line for line in ipython.run("%liara /history").splitlines() if "sandbox/" in line]
    assert "pinned" in rows[0]
    assert "not sent along" in rows[1]
    assert "from earlier versions" in rows[2]
    assert "cut:" in ipython.run("%liara /history")


def test_a_state_is_a_word_and_the_beginning_of_its_reason(ipython, kernel):
    ipython.fails("%liara -m sandbox/error-402 [one] a_b")
    (turn,) = kernel.session.conversation.turns
    row = next(line for line in ipython.run("%liara /history").splitlines() if "sandbox/" in line)
    state = row.strip("| ").rpartition(" | ")[2]
    assert len(turn.reason) > 60
    assert state == f"cut: {turn.reason[:59]}…"
    assert "| [one] a_b |" in row


def test_a_long_history_shows_its_end(ipython, kernel, turns):
    out = ipython.run("%liara /history 2")
    assert "one" not in out
    assert "1 earlier turns" in out


def test_history_of_nothing(ipython):
    assert "is empty" in ipython.run("%liara /history")


def test_undo_takes_back_the_turn_that_was_asked_last(ipython, turns):
    assert "Turn 3" in ipython.run("%liara /undo")
    assert prompts(turns) == ["one", "two"]
    ipython.run("%liara /undo 1")
    assert prompts(turns) == ["two"]


def test_undo_after_a_retry_brings_the_old_reply_back(ipython, kernel, turns):
    ipython.run("%liara /retry 1 -m sandbox/tutor")
    assert turns()[0][1] != "one"
    assert "is again what it was" in ipython.run("%liara /undo")
    assert turns()[0] == ("one", "one")
    assert prompts(turns) == ["one", "two", "three"]


def test_retry_asks_the_last_prompt_again_in_its_place(ipython, kernel, turns):
    assert "three" in ipython.run("%liara /retry")
    assert prompts(turns) == ["one", "two", "three"]
    assert sent(kernel) == ["one", "one", "two", "two", "three"]
    ipython.run("%liara /retry 2")
    assert sent(kernel) == ["one", "one", "two"]


def test_retry_keeps_how_it_was_asked_but_for_what_is_said(ipython, kernel):
    ipython.run("%liara -t 0.5 --max-tokens 9 -s Briefly. hello")
    ipython.run("%liara /retry -m sandbox/tutor -t 1")
    request = kernel.session.last_request
    assert request.model == "sandbox/tutor"
    assert request.parameters == {"temperature": 1.0, "max_tokens": 9}
    assert sent(kernel) == ["Briefly.", "hello"]
    ipython.run("%liara /retry")
    assert kernel.session.last_request.model == "sandbox/tutor"


def test_retry_fills_nothing_in_twice(ipython, kernel):
    ipython.run("a = 'b'\n%liara {c} {a}")
    ipython.run("c, a = 'd', 'e'\n%liara /retry")
    assert sent(kernel)[-1] == "{c} b"


def test_retry_takes_what_it_had_along_again(ipython, kernel):
    ipython.run("numbers = list(range(3))\n%liara -a numbers sum?")
    before = kernel.session.last_request.messages
    ipython.run("numbers = []\n%liara /retry")
    assert kernel.session.last_request.messages == before
    ipython.run("%liara /retry -a numbers")
    assert kernel.session.last_request.messages != before
    assert sent(kernel)[-1] == "sum?"


def test_edit_with_words_asks_them_in_place(ipython, kernel, turns):
    ipython.run("%liara /edit 2 zwei")
    assert prompts(turns) == ["one", "zwei", "three"]
    assert sent(kernel) == ["one", "one", "zwei"]
    ipython.run("x = 5\n%liara /edit 2 -t 0 what is {x}?")
    assert sent(kernel) == ["one", "one", "what is 5?"]
    assert kernel.session.last_request.parameters == {"temperature": 0.0}


def test_edit_puts_the_prompt_into_the_next_cell_which_replaces_the_turn(ipython, kernel, turns):
    ipython.run("%liara /edit 2")
    cell = ipython.shell.rl_next_input
    assert cell == "%%liara /edit 2\ntwo"
    ipython.run(cell.replace("two", "deux\nou trois"))
    assert prompts(turns)[:3] == ["one", "deux\nou trois", "three"]


def test_edit_shows_the_prompt_as_it_was_typed(ipython, kernel):
    ipython.run("x = 5")
    ipython.run("%liara what is {x}?")
    ipython.run("%liara /edit 1 -m sandbox/tutor")
    assert ipython.shell.rl_next_input == "%%liara /edit 1 -m sandbox/tutor\nwhat is {x}?"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("/edit", "needs the number"),
        ("/edit two", "needs the number"),
        ("/edit 9 x", "There is no turn 9"),
        ("/undo 9", "There is no turn 9"),
        ("/undo two", "nothing that /undo takes"),
        ("/retry two", "nothing that /retry takes"),
        ("/pin x", "nothing that /pin takes"),
        ("/unpin", "needs the number"),
        ("/branch", "needs a name"),
        ("/branch main", "already"),
        ("/branch side 9", "There is no turn 9"),
        ("/chat |", "cannot be the name"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(ipython, turns, line, said):
    before = turns()
    error = ipython.fails(f"%liara {line}")
    assert isinstance(error, LiaraUsageError)
    assert said in str(error)
    assert turns() == before


def test_undo_and_retry_of_nothing(ipython):
    for line in ("/undo", "/retry"):
        assert "has no turns yet" in str(ipython.fails(f"%liara {line}"))


def test_pins(ipython, kernel, turns):
    assert "No turn is pinned" in ipython.run("%liara /pin")
    assert "two" in ipython.run("%liara /pin ۲")
    assert [turn.pinned for turn in kernel.session.conversation.turns] == [False, True, False]
    assert "No turn is pinned" in ipython.run("%liara /unpin 2")


def test_going_from_one_conversation_to_another(ipython, kernel, turns):
    assert "main" in ipython.run("%liara /chat")
    assert "no turns yet" in ipython.run("%liara /chat my analysis")
    ipython.run("%liara hello")
    assert sent(kernel) == ["hello"]
    ipython.run('%liara --chat "third one" hi')
    table = ipython.run("%liara /chats")
    rows = {name: row for name in ("main", "my analysis", "third one") for row in table.splitlines() if name in row}
    assert "→" in rows["my analysis"]
    assert "→" not in rows["main"] + rows["third one"]
    assert "one" in rows["main"]
    ipython.run("%liara /chat main")
    assert prompts(turns) == ["one", "two", "three"]
    assert "my analysis" not in ipython.run("%liara /status")
    assert "main, 3 turns" in ipython.run("%liara /status")


def test_branches(ipython, kernel, turns):
    ipython.run("%liara /branch what if 2")
    assert kernel.session.conversation.name == "what if"
    assert prompts(turns) == ["one", "two"]
    ipython.run('%liara /branch "plan 2"')
    assert (kernel.session.conversation.name, len(turns())) == ("plan 2", 2)
    ipython.run("%liara --chat main four")
    ipython.run("%liara /chat main")
    assert prompts(turns) == ["one", "two", "three", "four"]


def test_a_retry_in_a_branch_stays_in_it(ipython, kernel, turns):
    ipython.run("%liara --chat side hello")
    ipython.run("%liara /chat side")
    ipython.run("%liara /branch other")
    ipython.run("%liara /retry -m sandbox/tutor")
    ipython.run("%liara /chat side")
    assert turns() == [("hello", "hello")]


def test_names_of_conversations_and_flags_of_a_retry_are_completed(ipython, turns):
    from liara_magic.magics.completion import offers

    ipython.run("%liara /chat side")
    assert offers("%liara /chat ")[1] == ["main", "side"]
    assert offers("%%liara --chat s")[1] == ["side"]
    assert "sandbox/tutor" in offers("%liara /retry -m sandbox/t")[1]


def test_a_name_that_is_almost_that_of_another_conversation_says_so(ipython, kernel, turns):
    assert "also" not in ipython.run("%liara /chat other")
    ipython.run("%liara hello")
    said = ipython.run("%liara /chat Othr")
    assert "Othr, a new one, with no turns yet. There is also other: %liara /chat other goes to it." in said.replace(
        "**", ""
    ).replace("`", "")
    assert "also" not in ipython.run("%liara /chat Othr")
    assert "also" not in ipython.run("%liara /chat something else")


def test_a_flag_that_almost_names_a_conversation_says_so_with_the_reply(ipython, kernel, turns):
    ipython.run("%liara --chat other hello")
    note = "othr is a new conversation. There is also other: --chat other asks there."
    assert note in ipython.run("%liara --chat othr hello")
    assert "also" not in ipython.run("%liara --chat othr hello") + ipython.run("%liara --chat Persian hello")


def test_two_earlier_conversations_with_long_names_that_begin_alike_stay_apart(ipython, kernel):
    other = Kernel()
    names = [f"what became of the revenue in all of the {place}" for place in ("north", "south")]
    try:
        for name in names:
            other.session.conversations.switch(name)
            api.Chat._of(other.session).ask(name, model="sandbox/echo")
    finally:
        other.engine.close()
    for name in names:
        ipython.run(f"%liara /chat {other.log.path.stem}/{name}")
        assert [turn.prompt for turn in kernel.session.conversation.turns] == [name]
    ipython.run(f"%liara /chat {other.log.path.stem}/{names[0]}")
    assert [turn.prompt for turn in kernel.session.conversation.turns] == names[:1]
    assert len(kernel.session.conversations.all()) == 3
