"""Replay: what counts as identical, what is stored, and that nothing leaves where it is replayed."""

import json
import stat

import pytest
from calling import call, calling, saying, scripted
from loopback import USAGE, Loopback

from liara_magic import LiaraStreamError, LiaraUsageError
from liara_magic.notebook.context import Context, Piece
from liara_magic.protocol.messages import Message
from liara_magic.protocol.request import ChatRequest
from liara_magic.session.ask import Ask
from liara_magic.session.replay import identity
from liara_magic.session.replay_store import ReplayStore

IMAGE = {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}}


def numbered(line, request):
    """Each answer is another, as with a temperature."""
    numbered.count += 1
    line.reply(f"answer {numbered.count} to ", request.json["messages"][-1]["content"])


numbered.count = 0


def rich(line, request):
    line.head()
    line.event(
        {
            "id": "l0g",
            "model": "test/model",
            "provider": "some",
            "choices": [
                {"index": 0, "delta": {"reasoning": "because "}},
                {"index": 1, "delta": {"content": "second"}, "finish_reason": "stop"},
            ],
        }
    )
    call = {"index": 0, "id": "c1", "function": {"name": "rows", "arguments": "{}"}}
    line.event({"choices": [{"index": 0, "delta": {"content": "first 😀", "images": [IMAGE], "tool_calls": [call]}}]})
    line.finish("tool_calls")


def cut(line, request):
    line.head()
    line.delta("half a reply")


def files():
    return list(ReplayStore().folder().glob("*"))


def test_off_neither_stores_nor_looks(chat_at):
    with Loopback(numbered) as gateway:
        for _ in range(2):
            chat_at(gateway).ask("hi")
        assert gateway.posts == 2
    assert files() == []


def test_the_second_time_nothing_leaves(chat_at, kernel):
    with Loopback(numbered) as gateway:
        first = chat_at(gateway, replay="on").ask("hi", temperature=1)
        second = chat_at(gateway, replay=True).ask("hi", temperature=1)
        assert gateway.posts == 1
    assert second.text == first.text
    assert first.replayed is None
    assert (second.usage.total_cost_toman, second.usage.cost) == (0, 0)
    assert second.replayed.usage.total_cost_toman == USAGE["total_cost_toman"]
    assert second.replayed.date.tzinfo is not None
    assert [row.state for row in kernel.ledger.rows] == ["complete", "replayed"]
    assert kernel.ledger.totals().toman == pytest.approx(USAGE["total_cost_toman"])
    assert kernel.ledger.totals().unknown == 0
    (path,) = files()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_everything_of_a_reply_comes_back(chat_at):
    with Loopback(rich) as gateway:
        first, second = (chat_at(gateway, replay="on").ask("hi", n=2) for _ in range(2))
        assert gateway.posts == 1
    for one, other in zip(first.choices, second.choices, strict=True):
        for name in ("text", "reasoning", "refusal", "finish_reason", "images", "logprobs", "annotations"):
            assert getattr(one, name) == getattr(other, name), name
        assert [call.to_json() for call in one.tool_calls] == [call.to_json() for call in other.tool_calls]
    assert (second.id, second.model, second.raw) == (first.id, first.model, first.raw)


def test_a_whole_conversation_is_replayed(chat_at):
    with Loopback(numbered) as gateway:
        for _ in range(3):
            chat = chat_at(gateway, replay="on", system="Be brief.")
            texts = [chat.ask(f"prompt {number}").text for number in range(5)]
        assert gateway.posts == 5
    assert len(set(texts)) == 5


@pytest.mark.parametrize(
    "changed",
    [
        {"prompt": "hi!"},
        {"model": "other/model"},
        {"temperature": 0.5},
        {"temperature": 0},
        {"system": "Be brief."},
        {"n": 2},
        {"context": Message("user", [{"type": "text", "text": "a"}, IMAGE])},
    ],
    ids=str,
)
def test_what_differs_is_asked(changed, chat_at):
    with Loopback(numbered) as gateway:
        chat = chat_at(gateway, replay="on")
        chat.ask("hi", fresh=True)
        ask = {name: changed[name] for name in ("prompt", "model", "system", "context") if name in changed}
        parameters = {name: value for name, value in changed.items() if name not in ask}
        session = chat._session
        session.ask(Ask(**{"prompt": "hi", **ask}, parameters=parameters, fresh=True), Silent())
        assert gateway.posts == 2
        chat.ask("hi", fresh=True)
        assert gateway.posts == 2


class Silent:
    def start(self, model): ...
    def show(self, reply):
        return 0.0

    def finish(self, reply, totals): ...
    def fail(self, reply, totals, reason, charged): ...


def test_another_host_is_another_request(chat_at):
    with Loopback(numbered) as one, Loopback(numbered) as other:
        chat_at(one, replay="on").ask("hi")
        chat_at(other, replay="on").ask("hi")
        assert (one.posts, other.posts) == (1, 1)


def context(text, *parts):
    return Context((Piece("df", text), *parts)).message()


def test_the_marks_around_a_context_are_no_part_of_it(chat_at):
    """And a model that repeats the mark is understood later too."""

    def repeats(line, request):
        said = request.json["messages"][0]["content"]
        line.reply("I see ", said[said.index("[") : said.index("]") + 1])

    with Loopback(repeats) as gateway:
        for _ in range(2):
            chat = chat_at(gateway, replay="on")
            given = context("1 2 3")
            reply = chat._session.ask(Ask("what is it?", context=given), Silent())
            assert reply.text.removeprefix("I see ") in given.content
            chat.ask("and now?")
        assert gateway.posts == 2
        chat._session.ask(Ask("what is it?", context=context("1 2 4"), fresh=True), Silent())
        assert gateway.posts == 3


def test_marks_in_their_order_belong_to_the_identity():
    def request(*texts):
        messages = [context(text) for text in texts]
        return ChatRequest("m", [*messages, Message("user", "hi")])

    assert identity(request("a", "b"), "h").key == identity(request("a", "b"), "h").key
    assert identity(request("a", "b"), "h").key != identity(request("b", "a"), "h").key
    assert len(identity(request("a", "b"), "h").marks) == 2
    # A text that only looks like a mark is part of the request.
    looks = [ChatRequest("m", [Message("user", f"what is [{mark}]?")]) for mark in ("0123456789ab", "ba9876543210")]
    assert identity(looks[0], "h").key != identity(looks[1], "h").key


def test_streamed_or_not_is_the_same_request(chat_at):
    with Loopback(numbered) as gateway:
        chat_at(gateway, replay="on").ask("hi")
        chat_at(gateway, replay="on").ask("hi", stream=False)
        assert gateway.posts == 1


def test_no_replay_asks_anew_and_stores_the_new_one(chat_at):
    with Loopback(numbered) as gateway:
        old = chat_at(gateway).ask("hi", replay=True).text
        new = chat_at(gateway, replay="on").ask("hi", replay=False).text
        assert old != new
        assert chat_at(gateway).ask("hi", replay=True).text == new
        assert gateway.posts == 2


def test_a_cut_reply_and_an_error_are_not_stored(chat_at):
    def refused(line, request):
        line.answer_json({"error": "no"}, "400 Bad Request")

    for script, error in ((cut, LiaraStreamError), (refused, Exception)):
        with Loopback(script) as gateway, pytest.raises(error):
            chat_at(gateway, replay="on").ask("hi")
    assert files() == []


def test_required_replay_sends_nothing_and_names_what_is_missing(chat_at):
    with Loopback(numbered) as gateway:
        chat_at(gateway, replay="on").ask("known")
        chat = chat_at(gateway, replay="require")
        assert chat.ask("known").replayed
        with pytest.raises(LiaraUsageError, match="no stored reply to “unknown”, and replay is required"):
            chat.ask("unknown")
        with pytest.raises(LiaraUsageError, match="no stored reply"):
            chat.ask("unknown", replay=False)
        assert gateway.posts == 1
    assert [turn.prompt for turn in chat.turns] == ["known"]


def test_no_key_is_needed_for_what_is_stored(chat_at, monkeypatch, kernel):
    """A notebook that somebody else ran, on a machine without a key."""
    store, request = ReplayStore(), ChatRequest("test/model", [Message("user", "hi")])
    reply = chat_reply(chat_at)
    store.keep(identity(request, "ai.liara.ir").key, (), "hi", reply)
    chat = chat_at_nothing(kernel)
    assert chat.ask("hi").text == reply.text


def chat_reply(chat_at):
    with Loopback(numbered) as gateway:
        return chat_at(gateway).ask("hi")


def chat_at_nothing(kernel):
    from liara_magic import Chat

    return Chat(model="test/model", replay="on")


@pytest.mark.parametrize(
    "damage", [b"", b"{", b"[]", b"\xff\xfe", b'{"version":1}', b'{"version":1,"key":"other","reply":{}}']
)
def test_a_damaged_file_is_asked_anew(damage, chat_at):
    with Loopback(numbered) as gateway:
        chat_at(gateway, replay="on").ask("hi")
        (path,) = files()
        path.write_bytes(damage)
        again = chat_at(gateway, replay="on").ask("hi")
        assert (gateway.posts, again.replayed) == (2, None)
        assert chat_at(gateway, replay="on").ask("hi").text == again.text
        assert gateway.posts == 2


def test_a_newer_file_is_left_alone(chat_at):
    with Loopback(numbered) as gateway:
        chat_at(gateway, replay="on").ask("hi")
        (path,) = files()
        newer = {**json.loads(path.read_text("utf-8")), "version": 2}
        path.write_text(json.dumps(newer), "utf-8")
        chat_at(gateway, replay="on").ask("hi")
        assert gateway.posts == 2
    assert json.loads(path.read_text("utf-8")) == newer


def test_what_cannot_be_stored_is_said(chat_at, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "file"))
    with Loopback(numbered) as gateway:
        reply = chat_at(gateway, replay="on", log=False).ask("hi")
    assert reply.notices == ["The reply is not stored for replay (File exists)."]


def test_the_store_has_a_bound_and_can_be_cleared(chat_at, kernel):
    kernel.settings.replay_megabytes = 0.02
    with Loopback(numbered) as gateway:
        chat = chat_at(gateway, replay="on")
        for number in range(6):
            chat.ask(f"{number}" + "x" * 8000, fresh=True)
    count, size = ReplayStore().size()
    assert 1 <= count < 6
    assert size <= 0.02 * 2**20
    assert ReplayStore().clear() == count
    assert files() == []


def test_a_replayed_turn_is_logged_and_restored(chat_at):
    from liara_magic.session.recovery import earlier_conversations, load_turns

    with Loopback(numbered) as gateway:
        for _ in range(2):
            chat = chat_at(gateway, replay="on")
            chat.ask("hi")
    found = sorted(earlier_conversations().conversations, key=lambda one: one.chat)
    (turn,) = load_turns(found[-1])[0]
    assert (turn.row.state, turn.row.usage.total_cost_toman, turn.reply.text) == (
        "replayed",
        0,
        chat.turns[0].reply.text,
    )


def test_a_loop_of_tools_is_replayed_request_by_request(chat_at):
    """The function runs again; while it returns the same, nothing leaves, and the first other result asks anew."""
    stock, ran = {"pears": 12}, []

    def in_stock(fruit: str) -> int:
        """How much of a fruit there is."""
        ran.append(fruit)
        return stock[fruit]

    def ask():
        return chat_at(gateway, replay=True, tools=[in_stock], tool_approval="allow").ask("how many pears?").text

    with scripted(calling(call("in_stock", {"fruit": "pears"})), saying("twelve"), saying("eleven")) as gateway:
        assert [ask(), ask()] == ["twelve"] * 2
        assert (gateway.posts, ran) == (2, ["pears"] * 2)
        stock["pears"] = 11
        assert ask() == "eleven"
        assert gateway.posts == 3
        results = [m["content"] for m in gateway.requests[2].json["messages"] if m["role"] == "tool"]
        assert len(results) == 1 and "11" in results[0]
