"""What goes along with a question: named in the prompt or by a flag, fenced as data, without secrets, nothing else."""

import re

import pytest

from liara_magic import LiaraUsageError


@pytest.fixture
def asked(ipython, kernel):
    """Run cells, then give the messages of the last request."""

    def ask(*cells):
        for cell in cells:
            ipython.shell.run_cell(cell, store_history=True)
        return kernel.session.last_request.messages

    return ask


def text_of(message):
    return message.content if isinstance(message.content, str) else message.content[0]["text"]


def test_a_question_without_names_or_flags_takes_nothing_along(asked):
    (message,) = asked("x = 1", "%%liara\nhello")
    assert (message.role, message.content) == ("user", "hello")


def test_a_table_that_is_named_goes_along_described(asked):
    context, prompt = asked(
        "rows = {'month': ['Mehr', 'Aban'], 'sum': [1240, 980]}",
        "%%liara\nwhy did {rows} fall after {rows['month'][0]}?",
    )
    assert prompt.content == "why did `rows` fall after Mehr?"
    assert "rows" in text_of(context) and "Aban" in text_of(context)


def test_the_context_is_fenced_with_a_new_mark_each_time(asked):
    texts = [text_of(asked("x = list(range(99))", "%%liara --fresh\nwhat is {x}?")[0]) for _ in range(2)]
    marks = [re.search(r"begin with (\[[0-9a-f]{12}\])", text)[1] for text in texts]
    assert marks[0] != marks[1]
    for mark, text in zip(marks, texts, strict=True):
        assert "no instruction" in text and text.count(mark) == 3


def test_the_last_cells_go_along_with_what_they_showed(asked):
    context, _ = asked(
        "a = 1", "print('seen')\n2 + 2", "# liara: ignore\nb = 'kept out'", "%%liara -c 2\nwhat happened?"
    )
    text = text_of(context)
    assert "a = 1" in text and "print('seen')" in text and "seen\n" in text and "\n4" in text
    assert "kept out" not in text
    assert text.index("a = 1") < text.index("print('seen')")


def test_the_last_error_goes_along_with_its_cell_and_the_types_in_its_line(asked):
    context, _ = asked("d = {'a': 1}", "key = 'b'\nd[key]", "%%liara --error\nwhy?")
    text = text_of(context)
    assert "d[key]" in text and "KeyError: 'b'" in text and "- key: str" in text and "- d: dict" in text


def test_errors_are_named_in_prompts_too(asked, kernel):
    messages = asked("1/0", "%%liara\nwhat is {Err} about?")
    assert "ZeroDivisionError" in text_of(messages[0]) and messages[1].content == "what is `Err` about?"


@pytest.mark.parametrize("what", ["In[1]", "numbers", "numbers[0]"])
def test_what_is_attached_goes_along_under_its_name(asked, what):
    context, _ = asked("numbers = [[3, 1, 4]]", f"%%liara -a {what}\nwell?")
    assert f"] {what}\n" in text_of(context)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x03\0\0\0\x02\x08\x02\0\0\0", "image_url"),
        (b"%PDF-1.7 x", "file"),
        (b"RIFF\0\0\0\0WAVEfmt ", "input_audio"),
        (b"ID3\x03 x", "input_audio"),
    ],
)
def test_a_file_goes_along_as_the_part_that_it_is(asked, tmp_path, content, kind):
    path = tmp_path / "a file"
    path.write_bytes(content)
    context, _ = asked(f"%%liara -a '{path}'\nwell?")
    assert [part["type"] for part in context.content] == ["text", kind]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1256"])
def test_a_text_file_goes_along_by_its_encoding(asked, tmp_path, encoding):
    path = tmp_path / "notes.txt"
    path.write_bytes("درآمد".encode(encoding) if encoding != "cp1256" else "سلام".encode(encoding))
    context, _ = asked(f"%%liara -a {path}\nwell?")
    assert ("درآمد" if encoding != "cp1256" else "سلام") in text_of(context)


def test_a_url_goes_along_as_an_address(asked):
    context, _ = asked("%%liara -a https://a.example/x.png\nwell?")
    assert context.content[1] == {"type": "image_url", "image_url": {"url": "https://a.example/x.png"}}


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        ("-a nothing_here", "There is no variable and no file called nothing_here."),
        ("-a numbrs", "numbers"),
        ("-a Err", "No cell has failed, so there is no error to send."),
        ("--error", "No cell has failed"),
        ("--plot", "No cell has shown a figure yet."),
        ("-a https://a.example/page", "neither a picture nor a PDF"),
        ("-a /", "/ is no file."),
    ],
)
def test_what_is_not_there_is_named_and_nothing_is_sent(ipython, kernel, flags, said):
    ipython.run("numbers = [1]")
    with pytest.raises(LiaraUsageError) as refused:
        ipython.shell.run_cell_magic("liara", flags, "hello")
    assert said in str(refused.value)
    assert not kernel.session.conversation.turns and not kernel.ledger.rows


def test_binary_junk_is_no_text(ipython, tmp_path):
    path = tmp_path / "junk"
    path.write_bytes(b"\0\1\2\3")
    with pytest.raises(LiaraUsageError) as refused:
        ipython.shell.run_cell_magic("liara", f"-a {path}", "hello")
    assert "neither text nor an image" in str(refused.value)


def test_secrets_are_hidden_before_anything_leaves(asked, kernel, monkeypatch):
    monkeypatch.setenv("SERVICE_TOKEN", "tok-very-secret-value-1")
    context, prompt = asked(
        "url = 'postgres://me:hunter2secret@db/x'\nt = 'tok-very-secret-value-1'", "%%liara -c 1\nuse {url} and {t}"
    )
    sent = text_of(context) + prompt.content
    assert "hunter2secret" not in sent and "tok-very-secret-value-1" not in sent and "hidden" in prompt.content
    details = dict(kernel.session.conversation.turns[-1].reply.details)
    assert details["hidden before sending"] == "2 × environment secret, 2 × password"


def test_a_budget_cuts_what_is_long_and_says_so(asked, kernel):
    kernel.settings.context_tokens = 500
    context, _ = asked("long = 'word ' * 9999", "%%liara -a long\nwell?")
    assert len(text_of(context)) < 3000
    details = dict(kernel.session.conversation.turns[-1].reply.details)
    assert "of 49,995 characters left out" in details["cut of long"]
    assert details["from the notebook"].startswith("1 part, 2,000 bytes")


def test_the_context_of_a_turn_goes_along_again(asked):
    messages = asked("x = list(range(99))", "%%liara\nwhat is {x}?", "%%liara\nand now?")
    assert [message.role for message in messages] == ["user", "user", "assistant", "user"]
    assert "`x`" in messages[1].content


def test_a_dry_run_shows_what_would_leave_and_sends_nothing(ipython, kernel):
    ipython.run("x = list(range(99))")
    shown = ipython.run("%%liara --dry-run\nwhat is {x}?")
    assert "2 messages" in shown and "what is `x`?" in shown and "no instruction" in shown
    assert not kernel.session.conversation.turns and not kernel.ledger.rows


def test_the_last_request_can_be_seen(ipython, kernel):
    assert "No request has left yet" in ipython.run("%liara /context")
    ipython.run("x = list(range(99))\n")
    ipython.run("%%liara\nwhat is {x}?")
    assert "what is `x`?" in ipython.run("%liara /context")


def test_the_last_request_of_a_turn_with_tools_holds_their_results(ipython):
    ipython.run('def in_stock(fruit: str) -> int:\n    """How much of a fruit there is."""\n    return 4321')
    ipython.run("%liara /set tool_approval allow")
    ipython.run("%liara -m sandbox/tools --tool in_stock enough?")
    shown = ipython.run("%liara /context")
    assert "3 messages" in shown and "4321" in shown
    assert "assistant · 0 bytes" not in shown  # the call itself is sent too
