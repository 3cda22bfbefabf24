"""The log: what is on disk before, while and after a reply comes, and what is read back from it."""

import json
import os
import stat
import threading
from pathlib import Path

import pytest
from loopback import USAGE, Loopback

from liara_magic import LiaraError, LiaraStreamError, LiaraUsageError
from liara_magic.session.log_records import log_files, log_folder
from liara_magic.session.recovery import earlier_conversations, find_earlier, load_turns


def echo(line, request):
    line.reply("re: " + request.json["messages"][-1]["content"])


def cut(line, request):
    line.head()
    line.delta("half a reply")


def refused(line, request):
    line.answer_json({"error": "no such thing"}, "400 Bad Request")


def records(path=None):
    """The records of a log, the only one if none is named."""
    if path is None:
        (path,) = log_files()
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def kinds(path=None):
    """What records there are, but for checkpoints: a slow machine has more of them."""
    return [record["record"] for record in records(path) if record["record"] != "text"]


def only_conversation():
    found = earlier_conversations()
    assert not found.unreadable
    (conversation,) = found.conversations
    return conversation


def restored(conversation=None):
    turns, lost = load_turns(conversation or only_conversation())
    assert lost == 0
    return turns


def test_an_ask_is_one_file_for_its_owner_alone(chat_at):
    assert not log_folder().exists()
    with Loopback(echo) as gateway:
        chat = chat_at(gateway)
        assert not log_folder().exists()
        chat.ask("one")
        chat.ask("two")
    assert kinds() == ["session", "request", "end", "request", "end"]
    (path,) = log_files()
    modes = [stat.S_IMODE(one.stat().st_mode) for one in (path, path.parent, path.parent.parent)]
    assert modes == [0o600, 0o700, 0o700]
    assert path.parent.parent == Path(os.environ["JUPYTER_DATA_DIR"]) / "liara_magic"


def test_the_request_is_on_disk_before_it_leaves(chat_at):
    seen = []

    def script(line, request):
        seen.extend(records())
        echo(line, request)

    with Loopback(script) as gateway:
        chat_at(gateway, temperature=0.5).ask("one", max_tokens=7)
    assert [record["record"] for record in seen] == ["session", "request"]
    assert seen[1]["turn"]["prompt"] == "one"
    assert seen[1]["turn"]["row"]["model"] == "test/model"
    assert seen[1]["parameters"] == {"temperature": 0.5, "max_tokens": 7}


def test_text_is_on_disk_while_it_streams(chat_at):
    """The gateway goes on when it has seen its own words in the log: each piece once, nothing before it again."""
    pieces, waited = ["سلام 😀 ", "and more, ", "and the end."], threading.Event()

    def on_disk():
        deltas = [delta for record in records() if record["record"] == "text" for delta in record["deltas"]]
        return "".join(delta.get("text", "") for delta in deltas)

    def script(line, request):
        line.head()
        for count, piece in enumerate(pieces, 1):
            line.delta(piece)
            while on_disk() != "".join(pieces[:count]) and not waited.wait(0.02):
                pass
        line.finish()

    with Loopback(script) as gateway:
        try:
            assert chat_at(gateway).ask("one").text == "".join(pieces)
        finally:
            waited.set()
    (turn,) = restored()
    assert (turn.reply.text, turn.state) == ("".join(pieces), "complete")


def test_what_comes_back_is_what_was(chat_at):
    with Loopback(
        lambda line, request: (cut if "cut" in request.json["messages"][-1]["content"] else echo)(line, request)
    ) as gateway:
        chat = chat_at(gateway)
        chat.ask("یک")
        with pytest.raises(LiaraStreamError):
            chat.ask("to be cut")
        chat.ask("three")
    turns = restored()
    assert [(turn.prompt, turn.reply.text, turn.state, turn.reason) for turn in turns] == [
        (turn.prompt, turn.reply.text, turn.state, turn.reason) for turn in chat.turns
    ]
    assert [turn.reply.usage for turn in turns] == [turn.reply.usage for turn in chat.turns]
    assert [turn.row for turn in turns] == [turn.row for turn in chat.turns]
    assert [turn.messages() for turn in turns] == [turn.messages() for turn in chat.turns]


def test_the_index_tells_what_a_person_looks_for(chat_at, monkeypatch):
    monkeypatch.setenv("JPY_SESSION_NAME", "/home/somebody/work/فروش.ipynb")
    with Loopback(echo) as gateway:
        chat = chat_at(gateway)
        chat.ask("one")
        chat.ask("two")
    found = only_conversation()
    assert (found.notebook, found.chat, found.turns, found.unknown) == ("فروش.ipynb", "main", 2, 0)
    assert found.toman == pytest.approx(2 * USAGE["total_cost_toman"])
    assert found.date >= chat.turns[-1].reply.started
    assert [find_earlier(name) for name in (found.name, found.name[:-3], "فروش.ipynb")] == [found] * 3
    with pytest.raises(LiaraUsageError, match=r"no earlier conversation called nothing"):
        find_earlier("nothing")
    (path,) = log_files()
    assert earlier_conversations(but=path).conversations == []


def test_two_conversations_of_a_kernel_and_one_begun_anew(chat_at):
    with Loopback(echo) as gateway:
        first, second = chat_at(gateway), chat_at(gateway)
        first.ask("a")
        second.ask("b")
        first.ask("c")
        first.reset()
        first.ask("d")
    found = sorted(earlier_conversations().conversations, key=lambda one: one.chat)
    assert [[turn.prompt for turn in restored(one)] for one in found] == [["a", "c"], ["b"], ["d"]]


def test_what_was_taken_back_is_not_restored(chat_at):
    with Loopback(echo) as gateway:
        chat = chat_at(gateway)
        for word in ("a", "b", "c"):
            chat.ask(word)
    chat._session.conversation.remove(chat.turns[1])
    assert kinds()[-1] == "turns"
    assert [turn.prompt for turn in restored()] == ["a", "c"]


def test_turns_from_elsewhere_are_copied_when_the_conversation_goes_on(chat_at):
    with Loopback(echo) as gateway:
        first = chat_at(gateway)
        first.ask("a")
        first.ask("b")
        turns = restored()
        first.reset()
        second = chat_at(gateway)
        second._session.conversation.take(turns)
        second.ask("c")
    (path,) = log_files()
    assert kinds(path).count("copy") == 0  # they are in this file already
    found = {one.chat: [turn.prompt for turn in restored(one)] for one in earlier_conversations().conversations}
    assert found == {"main": ["a", "b"], "main 2": ["a", "b", "c"]}


def test_many_conversations_do_not_make_the_file_grow_with_their_square(chat_at):
    with Loopback(echo) as gateway:
        for _ in range(60):
            chat_at(gateway).ask("a")
    assert len(earlier_conversations().conversations) == 60
    told = sum(len(record.get("chats", ())) for record in records())
    assert told <= 4 * 60 * 2


def test_an_ask_outside_the_conversation_is_kept_but_is_no_part_of_it(chat_at):
    with Loopback(echo) as gateway:
        chat = chat_at(gateway)
        chat.ask("inside")
        chat.ask("outside", fresh=True)
    assert [turn.prompt for turn in restored()] == ["inside"]
    assert [record["turn"]["prompt"] for record in records() if record["record"] == "request"] == ["inside", "outside"]


def test_the_log_can_be_off_for_a_while(chat_at):
    with Loopback(echo) as gateway:
        chat = chat_at(gateway, log=False)
        chat.ask("one")
        assert not log_folder().exists()
        chat._session.settings.change("log", "on")
        chat.ask("two")
    assert [turn.prompt for turn in restored()] == ["one", "two"]


def test_a_key_that_a_server_repeats_is_in_no_file(chat_at, canary_key, monkeypatch, tmp_path):
    monkeypatch.setenv("LIARA_API_KEY", canary_key)
    with Loopback(lambda line, request: line.reply(request.headers["authorization"])) as gateway:
        chat = chat_at(gateway)
        assert canary_key in chat.ask("one").text
    files = [chat.export(tmp_path / f"chat.{ending}") for ending in ("md", "html", "ipynb")]
    for file in (*log_files(), chat.save(tmp_path / "chat.json"), *files):
        assert canary_key not in file.read_text("utf-8")
        assert "[key]" in file.read_text("utf-8")


def test_a_refused_ask_leaves_a_turn_that_cost_nothing(chat_at):
    with Loopback(refused) as gateway, pytest.raises(LiaraError):
        chat_at(gateway).ask("one")
    (turn,) = restored()
    assert (turn.state, turn.row.state, turn.row.cost_is_unknown) == ("cut", "refused", False)


def test_two_threads_write_whole_records(chat_at):
    with Loopback(echo) as gateway:
        chat = chat_at(gateway)
        workers = [
            threading.Thread(target=lambda word=word: [chat.ask(f"{word}{number}") for number in range(10)])
            for word in ("a", "b", "c")
        ]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(60)
    assert sorted(turn.prompt for turn in restored()) == sorted(turn.prompt for turn in chat.turns)
    assert [turn.prompt for turn in restored()] == [turn.prompt for turn in chat.turns]


def test_of_a_text_that_no_model_writes_the_end_keeps_the_beginning(chat_at):
    def script(line, request):
        line.head()
        for _ in range(50):
            line.delta("words " * 20_000)
        line.finish()

    with Loopback(script) as gateway:
        assert len(chat_at(gateway).ask("much").text) == 6_000_000
    assert len(records()[-1]["turn"]["reply"]["choices"][0]["text"]) == 4_000_000
