"""Cells in a real kernel: what a notebook shows while a reply flows, and what it keeps."""

import html5lib
import pytest
from loopback import Loopback

pytestmark = pytest.mark.kernel

HOSTILE = (
    '<script>alert(1)</script> <img src="http://evil.example/x.png" onerror="alert(2)"> '
    "[click](javascript:alert(3)) ![shot](http://evil.example/y.png)\n\n"
    '<iframe src="http://evil.example"></iframe>\n\n<a href="https://x" onclick="alert(4)">x</a>\n'
)


def elements(html):
    return list(html5lib.parse(html, namespaceHTMLElements=False).iter())


def only_bundle(cell):
    assert cell.status == "ok", cell.error
    assert cell.kinds() == ["display_data"]
    return cell.shown[0]


def test_loading_shows_nothing(own_kernel):
    cell = own_kernel.run("%reload_ext liara_magic")
    assert cell.status == "ok"
    assert cell.outputs == []


def test_a_reply_is_painted_while_it_comes_and_stays_as_one_output(notebook):
    cell = notebook.run("%%liara -m sandbox/tutor\nwhat arrives?")
    bundle = only_bundle(cell)
    assert len(cell.sent("update_display_data")) >= 2
    assert bundle["text/plain"] == notebook.value("this_kernel().session.conversation.turns[-1].reply.text")
    assert "<table" in bundle["text/html"]
    assert "✓ sandbox/tutor" in bundle["text/html"]


def test_the_first_output_says_who_is_asked(notebook):
    cell = notebook.run("%%liara\nhello")
    assert "sandbox/echo · connecting" in cell.sent("display_data")[0]["content"]["data"]["text/html"]


def test_updates_carry_no_metadata_and_each_output_has_its_own_id(notebook):
    cells = notebook.run_all(*["%%liara -m sandbox/tutor\nwhat arrives?"] * 2)
    shown = [message["content"] for cell in cells for message in cell.sent("display_data")]
    updates = [message["content"] for cell in cells for message in cell.sent("update_display_data")]
    assert all(not content["metadata"] for content in shown + updates)
    identities = [content["transient"]["display_id"] for content in shown]
    assert len(set(identities)) == len(identities)


def test_a_long_reply_folds_into_one_output_and_never_meets_the_limit_of_a_cell(notebook):
    cell = notebook.run("%%liara -m sandbox/long\ngo on")
    bundle = only_bundle(cell)
    assert 1 < cell.most_outputs <= 45
    assert len(bundle["text/plain"]) > 90_000
    painted = sum(
        len(message["content"]["data"].get("text/html", ""))
        for kind in ("display_data", "update_display_data")
        for message in cell.sent(kind)
    )
    assert painted < 9 * len(bundle["text/plain"])


def test_what_a_model_writes_is_never_active(notebook, ask_gateway):
    with Loopback(lambda line, request: line.reply(*HOSTILE)) as gateway:
        ask_gateway(gateway)
        cell = notebook.run("%%liara\nattack")
    assert only_bundle(cell)["text/plain"] == HOSTILE
    bundles = [m["content"]["data"] for m in cell.messages if "data" in m["content"]]
    assert len(bundles) >= 2
    for bundle in bundles:
        assert set(bundle) <= {"text/html", "text/plain"}
        for element in elements(bundle["text/html"]):
            assert element.tag not in ("script", "img", "iframe", "object", "embed", "style", "link", "form")
            assert not [name for name in element.attrib if name.startswith("on")]
            assert element.attrib.get("href", "https:").startswith(("https:", "http:", "mailto:"))


@pytest.mark.parametrize("ending", ["", "\n", "\n\n# that was it", ";", "\n   "])
def test_a_line_magic_shows_its_reply_once(notebook, ending):
    only_bundle(notebook.run(f"%liara hello there{ending}"))


def test_a_line_may_end_in_a_question_mark(notebook):
    assert only_bundle(notebook.run("%liara who is there?"))["text/plain"] == "who is there?"


def test_an_assigned_reply_is_a_value_and_is_shown_once(notebook):
    only_bundle(notebook.run("reply = %liara one two"))
    assert notebook.value("reply.text") == "one two"


def test_a_reply_shows_itself_as_a_result(notebook):
    cell = notebook.run("liara.Chat(model='sandbox/echo').ask('**bold**')")
    assert cell.kinds() == ["execute_result"]
    assert "<strong>bold</strong>" in cell.shown[0]["text/html"]
    assert cell.shown[0]["text/plain"] == "**bold**"


def test_asking_in_a_loop_leaves_the_persons_own_output_alone(notebook):
    cell = notebook.run("for number in range(2):\n    print('mine', number)\n    %liara reply $number {number}\n")
    assert cell.kinds() == ["stream", "display_data"] * 2
    assert cell.printed == "mine 0\nmine 1\n"
    assert [bundle["text/plain"] for bundle in cell.shown] == ["reply $number 0", "reply $number 1"]
    assert not cell.sent("clear_output")


@pytest.mark.parametrize("model", ["sandbox/echo", "sandbox/tutor"])
def test_a_captured_reply_is_one_output(notebook, model):
    assert notebook.run(f"%%capture captured\n%liara -m {model} hello").outputs == []
    assert notebook.value("len(captured.outputs)") == 1
    assert notebook.value("captured.stdout + captured.stderr") == ""
    assert "hello" in notebook.value("captured.outputs[0].data['text/plain']")


def test_a_timed_cell_shows_its_reply_and_its_time(notebook):
    cell = notebook.run("%%time\n%liara hello")
    assert cell.kinds() == ["display_data", "stream"]


def test_the_text_of_a_command_s_answer_is_to_be_read_as_it_is(notebook):
    notebook.run("%liara /reset")
    notebook.run("%liara -m sandbox/echo a_b [c] `d_e`")
    bundle = only_bundle(notebook.run("%liara /history"))
    assert "| a_b [c] `d_e` |" in bundle["text/plain"]
    cells = ["".join(one.itertext()) for one in elements(bundle["text/html"]) if one.tag == "td"]
    assert "a_b [c] `d_e`" in cells


def test_a_command_answers_with_one_output(notebook):
    for line in ("%liara", "%liara /help", "%liara /status", "%liara /set", "%liara /usage", "%liara /version"):
        assert only_bundle(notebook.run(line))["text/plain"]


@pytest.mark.parametrize(
    ("code", "ename"),
    [
        ("%%liara -m sandbox/error-401\nhi", "LiaraCredentialsError"),
        ("%%liara -m sandbox/error-429\nhi", "LiaraRateLimitError"),
        ("%%liara -m sandbox/error-500\nhi", "LiaraServerError"),
        ("%%liara -m sandbox/cut\nhi", "LiaraStreamError"),
        ("%%liara --temprature 1\nhi", "LiaraUsageError"),
        ("%liara /modle", "LiaraUsageError"),
        ("liara.Chat(model='sandbox/error-402').ask('hi')", "LiaraCreditError"),
    ],
)
def test_an_error_is_a_few_lines_and_the_next_cell_works(notebook, code, ename):
    cell = notebook.run(code)
    assert (cell.status, cell.ename) == ("error", ename)
    assert len(cell.error.splitlines()) <= 3
    assert "File" not in cell.error
    only_bundle(notebook.run("%%liara\nnext"))


def test_the_python_traceback_is_a_setting(notebook):
    cell = notebook.run("%liara /set full_traceback true\n%liara -m sandbox/error-401 hi")
    assert "session.py" in cell.error
    assert notebook.run("%liara /set full_traceback none").status == "ok"


def test_a_cut_reply_keeps_its_text_in_the_cell_and_in_the_conversation(notebook, ask_gateway):
    def script(line, request):
        line.head()
        line.delta("half a ")
        line.delta("reply")

    with Loopback(script) as gateway:
        ask_gateway(gateway)
        cell = notebook.run("%%liara\nhi")
        assert gateway.posts == 1
    assert cell.kinds() == ["display_data", "error"]
    assert cell.shown[0]["text/plain"] == "half a reply"
    assert "✗" in cell.shown[0]["text/html"]
    assert "12 characters" in cell.error
    assert notebook.value("[(t.state, t.reply.text) for t in this_kernel().session.conversation.turns]") == [
        ("cut", "half a reply")
    ]


def test_awaiting_at_top_level(notebook):
    cell = notebook.run("answer = await liara.Chat(model='sandbox/echo').aask('from a coroutine')\nprint(answer.text)")
    assert cell.printed == "from a coroutine\n"


def test_awaiting_several_at_once(notebook):
    code = (
        "import asyncio\n"
        "chats = [liara.Chat(model='sandbox/echo') for _ in range(4)]\n"
        "answers = await asyncio.gather(*(one.aask(f'number {i}') for i, one in enumerate(chats)))\n"
        "print([answer.text for answer in answers])"
    )
    assert notebook.run(code).printed == "['number 0', 'number 1', 'number 2', 'number 3']\n"
