"""What can be done with a turn, with the settings, the context and the conversations."""

import threading

import pytest
from by_hand import until

DATA = b"city,sales\nTehran,31\n"


def last_sent(gateway):
    return gateway.requests[-1].json


def test_ask_again_puts_the_answer_in_the_turns_place(front_end, replies, gateway, session):
    front_end.ask("one")
    front_end.ask("two")
    replies["one"] = lambda line: line.reply("another answer")
    front_end.click("What can be done with this turn")
    until(lambda: front_end.all("actions", front_end.all("turn")[0]))
    front_end.click("Ask again")
    until(lambda: "another answer" in front_end.turns()[0] and front_end.is_idle())
    assert [turn.prompt for turn in session.conversation.turns] == ["one", "two"]
    assert [message["content"] for message in last_sent(gateway)["messages"]] == ["one"]


def test_ask_again_with_another_model(front_end, gateway, session):
    front_end.ask("one")
    assert not front_end.has("other/model")
    session.settings.model = "other/model"
    front_end.click("other/model")
    until(lambda: len(gateway.requests) == 2 and front_end.is_idle())
    assert last_sent(gateway)["model"] == "other/model"
    until(lambda: not front_end.has("other/model"))


def test_edit_asks_in_the_turns_place(front_end, gateway, session):
    front_end.ask("wrong")
    front_end.click("Edit the prompt and ask again")
    until(lambda: front_end.box.value == "wrong" and "Asks again in place of: wrong" in front_end.text("queued"))
    front_end.enter("right")
    until(lambda: front_end.turns() and "re: right" in front_end.turns()[0] and front_end.is_idle())
    assert [turn.prompt for turn in session.conversation.turns] == ["right"]
    assert front_end.all("queued") == []


def test_a_turn_is_edited_by_its_number(front_end, gateway, session):
    front_end.ask("wrong")
    front_end.ask("later")
    front_end.enter("/edit 1 -m other/model")
    until(lambda: front_end.box.value == "/edit 1 -m other/model\nwrong")
    front_end.type("/edit 1 -m other/model\nright")
    front_end.click("Send")
    until(lambda: "re: right" in front_end.turns()[0] and front_end.is_idle())
    assert [turn.prompt for turn in session.conversation.turns] == ["right", "later"]
    assert last_sent(gateway)["model"] == "other/model"


def test_what_is_asked_again_in_a_queue_stays_in_its_conversation(front_end, replies, session):
    front_end.ask("one")
    let_go = threading.Event()

    def slow(line):
        let_go.wait(20)
        line.reply("at last")

    replies["slow"] = slow
    front_end.enter("slow")
    front_end.click("Ask again")
    until(lambda: "one" in front_end.text("queue"))
    session.conversations.switch("second")
    let_go.set()
    until(lambda: not front_end.panel._asking.current)
    assert session.conversation.turns == []
    assert [turn.prompt for turn in session.conversations.named("main").turns] == ["one", "slow"]


def test_an_edit_can_be_left(front_end, session):
    front_end.ask("stays")
    front_end.click("Edit the prompt and ask again")
    front_end.click("Cancel")
    until(lambda: front_end.box.value == "" and not front_end.all("queued"))
    front_end.ask("next")
    assert [turn.prompt for turn in session.conversation.turns] == ["stays", "next"]


def test_delete_takes_the_turn_out(front_end, gateway, session):
    front_end.ask("secret")
    front_end.click("Delete this turn")
    until(lambda: front_end.turns() == [])
    front_end.ask("next")
    assert [message["content"] for message in last_sent(gateway)["messages"]] == ["next"]


def test_source_and_code_are_shown_to_be_copied(front_end, replies):
    replies["code"] = lambda line: line.reply('Say *so*:\n\n```python\nprint("<b>$x$")\n```\n')
    front_end.ask("code")
    front_end.click("Show the source to copy")
    until(lambda: "Say *so*:" in front_end.text("shown"))
    front_end.click("Code of this reply")
    until(lambda: 'print("<b>$x$")' in front_end.text("shown") and "Say" not in front_end.text("shown"))
    front_end.click("Code of this reply")
    until(lambda: 'print("<b>$x$")' not in front_end.text("shown"))


def test_settings_are_those_of_the_cells(front_end, gateway, session):
    front_end.click("Settings")
    until(lambda: front_end.has("Temperature"))
    front_end.type("۰٫۵", front_end.labelled("Temperature"))
    effort = front_end.labelled("Reasoning effort")
    effort.set_state({"index": effort.options.index("low")})
    front_end.labelled("Parameter").set_state({"index": front_end.labelled("Parameter").options.index("seed")})
    front_end.type("7", front_end.labelled("Value"))
    front_end.ask("with settings")
    sent = last_sent(gateway)
    assert (sent["temperature"], sent["seed"], sent["reasoning_effort"]) == (0.5, 7, "low")
    session.settings.temperature = 1.5
    until(lambda: front_end.labelled("Temperature").value == "1.5")


def test_a_command_answers_in_the_transcript(front_end):
    front_end.enter("/status")
    until(lambda: "test/model" in front_end.text("note"))


def test_an_unknown_command_names_the_nearest_and_is_back_in_the_box(front_end):
    front_end.enter("/modle x")
    until(lambda: "/model" in front_end.text("state") and front_end.box.value == "/modle x")


@pytest.mark.parametrize(("command", "said"), [("/login", "%liara /login"), ("/panel", "needs a cell")])
def test_what_needs_a_cell_says_so(front_end, command, said):
    front_end.enter(command)
    until(lambda: said in front_end.text("state"))


def test_conversations_begin_branch_and_change(front_end, session):
    front_end.ask("in main")
    front_end.click("Conversations")
    until(lambda: front_end.has("Name"))
    front_end.type("second", front_end.labelled("Name"))
    front_end.click("New")
    until(lambda: front_end.turns() == [] and front_end.labelled("Conversation").value == "second")
    front_end.ask("in second")
    front_end.type("third", front_end.labelled("Name"))
    front_end.click("Branch")
    until(lambda: front_end.labelled("Conversation").value == "third" and "in second" in front_end.turns()[0])
    choice = front_end.labelled("Conversation")
    choice.set_state({"index": choice.options.index("main")})
    until(lambda: "in main" in front_end.turns()[0])
    assert session.conversation.name == "main"


def test_a_conversation_that_a_cell_changes_is_shown(front_end, session):
    front_end.ask("in main")
    session.conversations.switch("elsewhere")
    until(lambda: front_end.turns() == [] and front_end.labelled("Conversation").value == "elsewhere")


def test_the_meter_shows_the_budget(front_end, session):
    session.settings.budget = 10.0
    front_end.ask("what does it cost?")
    until(lambda: "Budget: 0.98 of 10.0 تومان" in front_end.text("meter").replace("\u2066", ""))
    assert 'value="0.098"' in front_end.one("meter").value


def test_persian_by_the_setting_and_back(front_end, session, gateway):
    front_end.ask("hello")
    front_end.type("half a prompt")
    session.settings.language = "fa"
    until(lambda: front_end.all("mirrored") and front_end.has("بفرست"))
    assert front_end.box.value == "half a prompt"
    assert "۲۸ توکن" in front_end.text("meter")
    assert "۱۹ توکن فرستاده، ۹ دریافتی" in front_end.turns()[0]
    front_end.click("English")
    until(lambda: not front_end.all("mirrored") and front_end.has("Send"))


@pytest.mark.parametrize(
    ("variables", "language"), [({"LANG": "fa_IR.UTF-8"}, "fa"), ({"LANG": "C"}, "en"), ({}, "en")]
)
def test_the_language_is_that_of_the_environment(monkeypatch, variables, language):
    from liara_magic.panels.texts import language_of

    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert language_of("auto") == language


def test_every_text_has_both_languages():
    from liara_magic.panels.texts import _TEXTS

    places = {name: [text.count("{") for text in both] for name, both in _TEXTS.items()}
    assert all(len(counts) == 2 and counts[0] == counts[1] for counts in places.values()), places
    assert all(all(both) for both in _TEXTS.values())


def test_a_conversation_is_saved_exported_and_loaded(front_end, session, tmp_path):
    front_end.ask("keep this")
    front_end.click("Conversations")
    field = until(lambda: front_end.has("File") and front_end.labelled("File"))
    saved, page = tmp_path / "chat.json", tmp_path / "chat.md"
    front_end.type(str(saved), field)
    front_end.click("Save")
    until(saved.exists)
    front_end.type(str(page), field)
    front_end.click("Export")
    until(lambda: page.exists() and "keep this" in page.read_text("utf-8"))
    front_end.enter("/reset")
    until(lambda: front_end.turns() == [])
    front_end.type(str(saved), field)
    front_end.click("Load")
    until(lambda: front_end.turns() and "keep this" in front_end.turns()[0])
