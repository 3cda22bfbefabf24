"""Answers that land: what the request says of the format, what goes into the next cell and into a variable."""

import sys
import types

import pytest
from loopback import Loopback

from liara_magic import LiaraFormatError, LiaraUsageError
from liara_magic.session.formats import FORMATS
from liara_magic.session.reply_json import reply_from_json, reply_to_json

TWO_BLOCKS = "First:\n\n```python\na = 1\n```\n\nThen:\n\n```bash\nls\n```\n\n- or\n\n  ```python\n  b = 2\n  ```\n"


@pytest.fixture
def replying(ipython):
    """A gateway that gives the texts in turn: ``with replying("one", "two") as gateway``."""

    def start(*texts):
        left = list(texts)
        gateway = Loopback(lambda line, request: line.reply(left.pop(0)))
        ipython.run(f"%liara /set base_url {gateway.base_url}\n%liara /model test/model")
        return gateway

    return start


@pytest.fixture
def next_cell(ipython):
    """What the shell would put into its next prompt."""
    return lambda: getattr(ipython.shell, "rl_next_input", None)


# What the request says


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_is_in_the_request(ipython, kernel, name):
    with Loopback(
        lambda line, request: line.reply("```python\nx = 1\n```" if name == "code" else '{"a": 1}')
    ) as gateway:
        ipython.run(f"%liara /set base_url {gateway.base_url}\n%liara /model test/model")
        ipython.shell.run_cell(f"%liara -f {name} hello")
    body = gateway.requests[0].json
    told = [message["content"] for message in body["messages"] if message["role"] == "system"]
    assert told == ([FORMATS[name].told] if FORMATS[name].told else [])
    assert body["messages"][-1] == {"role": "user", "content": "hello"}
    for parameter in ("response_format", "modalities"):
        assert body.get(parameter) == FORMATS[name].parameters.get(parameter)


def test_what_a_format_says_follows_the_person_s_own_system_prompt(ipython, replying):
    with replying("```\nx\n```") as gateway:
        ipython.run("%liara -s 'Be terse.' -f code hello")
    (system, _) = gateway.requests[0].json["messages"]
    assert system["content"] == f"Be terse.\n\n{FORMATS['code'].told}"


def test_a_person_s_own_response_format_wins(ipython, replying):
    own = '{"type":"json_schema","json_schema":{"name":"x","schema":{}}}'
    with replying("{}") as gateway:
        ipython.run(f"%liara --response-format {own} -f json hello")
    assert gateway.requests[0].json["response_format"]["type"] == "json_schema"


@pytest.mark.parametrize(("listed", "sent"), [(["temperature"], False), (["response_format"], True), ([], True)])
def test_json_is_asked_of_the_api_unless_the_catalogue_says_that_the_model_ignores_it(ipython, listed, sent):
    def script(line, request):
        models = {"data": [{"id": "test/model", "supported_parameters": listed}]}
        line.answer_json(models) if request.method == "GET" else line.reply("{}")

    with Loopback(script) as gateway:
        ipython.run(f"%liara /set base_url {gateway.base_url}\n%liara /model test/model\n%liara /models")
        ipython.run("%liara -f json hello")
    body = gateway.requests[-1].json
    assert ("response_format" in body) is sent
    assert "JSON" in body["messages"][0]["content"]


def test_a_dry_run_shows_what_the_model_is_told(ipython):
    assert FORMATS["code"].told[:60] in ipython.run("%liara -f code --dry-run hello")


# Code


def test_code_goes_into_the_next_cell_and_is_not_run(ipython, replying, next_cell):
    with replying("```python\nlanded = 1\n```"):
        shown = ipython.run("%%liara -f code\nhello")
    assert next_cell() == "landed = 1"
    assert "landed" not in ipython.shell.user_ns
    assert shown.count("landed = 1") == 1


def test_all_blocks_for_a_cell_or_the_one_that_is_asked_for(ipython, replying, next_cell):
    with replying(*[TWO_BLOCKS] * 3):
        for flag, code in (("code", "a = 1\n\nb = 2"), ("code:2", "ls"), ("code:۳", "b = 2")):
            ipython.run(f"%%liara --fresh -f {flag}\nhello")
            assert next_cell() == code


def test_a_block_that_is_not_there_is_an_error_that_keeps_the_text(ipython, replying, next_cell):
    with replying(TWO_BLOCKS):
        error = ipython.fails("%%liara -f code:4\nhello")
    assert isinstance(error, LiaraFormatError)
    assert error.message == "The reply has 3 blocks of code, so there is no block 4."
    assert error.text == TWO_BLOCKS
    assert next_cell() is None


@pytest.mark.parametrize("text", ["import math\nprint(math.pi)", "x = {'a': 1}"])
def test_code_without_a_fence_is_code(ipython, replying, next_cell, text):
    with replying(text):
        ipython.run("%%liara -f code\nhello")
    assert next_cell() == text


@pytest.mark.parametrize("text", ["Hello", "I cannot do that.", "yes, no", "", "`x`"])
def test_words_are_no_code(ipython, replying, next_cell, text):
    with replying(text):
        error = ipython.fails("%%liara -f code\nhello")
    assert "holds no code" in error.message
    assert next_cell() is None


def test_code_for_the_next_cell_holds_no_invisible_characters(ipython, replying, next_cell):
    with replying("```python\nadmin = 'u\u202e\u2066ser'  # \x1b[31m\u200cok\n```"):
        ipython.run("%%liara -f code\nhello")
    assert next_cell() == "admin = 'user'  # [31m\u200cok"


def test_where_a_front_end_cannot_insert_the_code_is_shown_ready_to_copy(ipython, replying, next_cell, monkeypatch):
    monkeypatch.setitem(sys.modules, "google.colab", types.ModuleType("google.colab"))
    with replying("```python\nlanded = 1\n```"):
        shown = ipython.run("%%liara -f code\nhello")
    assert next_cell() is None
    assert shown.count("landed = 1") == 2
    assert "for the next cell" in shown


def test_without_the_flag_nothing_goes_into_the_next_cell(ipython, replying, next_cell):
    with replying(TWO_BLOCKS):
        ipython.run("%%liara\nhello")
    assert next_cell() is None


# JSON


def test_json_is_parsed_out_of_its_fence(ipython, replying):
    with replying('Here it is:\n\n```json\n{"city": "تهران", "n": [1, 2]}\n```\n'):
        ipython.run("%%liara -f json -o found\nhello")
    assert ipython.value("found") == {"city": "تهران", "n": [1, 2]}


def test_a_null_is_a_value(ipython, replying):
    with replying("null"):
        ipython.run("found = 1\nreply = %liara -f json -o found hello")
    assert ipython.value("found") is None


def test_one_repair_is_asked_for_said_and_paid_on_its_own(ipython, replying, kernel):
    with replying('{"a": 1', '{"a": 1}') as gateway:
        shown = ipython.run("reply = %liara -f json -o found hello")
    assert ipython.value("found") == ipython.value("reply").value == {"a": 1}
    assert gateway.posts == len(kernel.ledger.rows) == 2
    assert "One more request asks for its repair; it is paid like any other" in shown.replace("\n", " ")
    assert shown.count("✓ test/model") == 2
    prompt = gateway.requests[1].json["messages"][-1]["content"]
    assert prompt.startswith("hello\n") and '{"a": 1' in prompt and "line 1, column 8" in prompt
    assert [turn.reply.text for turn in kernel.session.conversation.turns] == ['{"a": 1']


def test_after_one_repair_it_is_an_error_that_keeps_the_text(ipython, replying):
    with replying("no", "neither") as gateway:
        error = ipython.fails("found = 1\n%liara -f json -o found hello")
    assert isinstance(error, LiaraFormatError)
    assert error.text == "neither"
    assert "Neither could its repair" in error.message
    assert gateway.posts == 2
    assert ipython.value("found") == 1


def test_what_ended_at_its_limit_is_not_asked_for_again(ipython):
    def script(line, request):
        line.head()
        line.delta('{"a": [1, 2')
        line.finish("length")

    with Loopback(script) as gateway:
        ipython.run(f"%liara /set base_url {gateway.base_url}\n%liara /model test/model")
        error = ipython.fails("%liara -f json --max-tokens 5 hello")
    assert gateway.posts == 1
    assert "--max-tokens" in error.hint


# A variable


def test_a_reply_s_text_goes_into_a_variable(ipython, replying):
    with replying("**bold**"):
        ipython.run("%%liara -o answer\nhello")
    assert ipython.value("answer") == "**bold**"


def test_code_goes_into_a_variable_too(ipython, replying):
    with replying("```\nx = 1\n```"):
        ipython.run("%%liara -f code -o answer\nhello")
    assert ipython.value("answer") == "x = 1"


@pytest.mark.parametrize("name", ["2x", "a.b", "for", "a-b", "None"])
def test_what_is_no_name_is_refused_before_anything_is_sent(ipython, kernel, name):
    error = ipython.fails(f"%liara -o {name} hello")
    assert isinstance(error, LiaraUsageError)
    assert name in error.message
    assert not kernel.ledger.rows


def test_a_name_that_hides_one_of_python_s_own_is_said(ipython):
    shown = ipython.run("%liara -o list hello")
    assert "-o list hides Python's own list" in shown.replace("\n", " ")
    assert ipython.value("list") == "hello"


@pytest.mark.parametrize(
    ("flag", "hint"), [("jsn", "json"), ("code:0", "code:2"), ("json:2", "code:2"), ("x", "one of")]
)
def test_an_unknown_format_names_the_right_one(ipython, kernel, flag, hint):
    error = ipython.fails(f"%liara -f {flag} hello")
    assert isinstance(error, LiaraUsageError)
    assert hint in error.hint
    assert not kernel.ledger.rows


# Other formats


def test_images_go_into_a_variable_as_bytes_that_show_themselves(ipython):
    ipython.run("%liara -m sandbox/image -f image -o pictures hello")
    (picture,) = ipython.value("pictures")
    assert picture.mime_type == "image/png" and picture.data.startswith(b"\x89PNG")


def test_a_reply_without_an_image_is_an_error_that_keeps_the_text(ipython, replying):
    with replying("I cannot draw."):
        error = ipython.fails("%liara -f image hello")
    assert isinstance(error, LiaraFormatError)
    assert error.text == "I cannot draw."


def test_html_goes_into_a_variable_made_safe(ipython, replying):
    with replying("<p onclick=x()>hi<script>x()</script>"):
        ipython.run("%liara -f html -o page hello")
    assert ipython.value("page") == "<p>hi</p>"


def test_a_formula_goes_into_a_variable_without_its_marks(ipython, replying):
    with replying("$$x^2$$"):
        ipython.run("%liara -f math -o tex hello")
    assert ipython.value("tex") == "x^2"


def test_a_stored_reply_lands_as_a_new_one_does(ipython, kernel):
    for name in ("first", "second"):
        ipython.run(f"%liara -m sandbox/json --fresh --replay -f json -o {name} hello")
    assert ipython.value("second") == ipython.value("first") == {"sandbox": True, "prompt": "hello", "messages": 2}


def test_a_reply_that_was_written_down_is_still_in_its_format(ipython, replying):
    with replying('{"a": 1}'):
        ipython.run("reply = %liara -f json hello")
    again = reply_from_json(reply_to_json(ipython.value("reply")))
    assert again._repr_mimebundle_() == ipython.value("reply")._repr_mimebundle_()
    assert reply_from_json({"format": "unknown"}).format == "markdown"
