"""What of a notebook goes along: from a real shell, by the panel's switches."""

import json
import re
from datetime import datetime
from html import unescape

import pytest
from by_hand import until
from shells import running_shell


@pytest.fixture
def shell(kernel, session):
    with running_shell() as shell:
        shell.run_cell("%load_ext liara_magic", store_history=True)
        yield shell
        shell.run_cell("%unload_ext liara_magic")


@pytest.fixture
def front_end(open_panel, shell):
    return open_panel(shell)


def sent(gateway):
    return "\n".join(str(message["content"]) for message in gateway.requests[-1].json["messages"])


def choose(front_end, *options):
    field = front_end.labelled("Variables")
    field.set_state({"index": [field.options.index(one) for one in field.options if one[1] in options]})


def test_the_list_of_variables_is_live_and_has_types_and_sizes(front_end, shell):
    front_end.click("Add context")
    until(lambda: front_end.has("Variables"))
    shell.run_cell("prices = {'a': 1, 'b': 2}\n_hidden = 1\nimport os", store_history=True)
    until(lambda: front_end.labelled("Variables").options)
    assert [label for label, _ in front_end.labelled("Variables").options] == ["prices · dict, 2"]


def test_a_chosen_variable_goes_along(front_end, shell, gateway):
    shell.run_cell("prices = {'apple': 31}", store_history=True)
    front_end.click("Add context")
    until(lambda: front_end.has("Variables") and front_end.labelled("Variables").options)
    choose(front_end, "prices")
    front_end.ask("what is dear?")
    assert "apple" in sent(gateway) and "with context" in front_end.turns()[0]


def test_the_last_cell_and_the_last_error_go_along(front_end, shell, gateway):
    shell.run_cell("print('in the last' + ' cell')", store_history=True)
    shell.run_cell("1 / 0", store_history=True)
    front_end.click("Add context")
    front_end.click("Last error")
    front_end.ask("why?")
    assert "ZeroDivisionError" in sent(gateway) and "in the last cell" not in sent(gateway)


def test_a_name_in_braces_is_filled(front_end, shell, gateway):
    shell.run_cell("answer = 41 + 1", store_history=True)
    front_end.ask("is it {answer}?")
    assert "is it 42?" in sent(gateway)


def test_a_prompt_is_edited_as_it_was_typed_and_filled_anew(front_end, shell, gateway):
    shell.run_cell("answer = 41 + 1", store_history=True)
    front_end.ask("is it {answer}?")
    front_end.click("Edit the prompt and ask again")
    until(lambda: front_end.box.value == "is it {answer}?")
    shell.run_cell("answer = 43", store_history=True)
    front_end.enter("or is it {answer}?")
    until(lambda: len(gateway.requests) == 2 and front_end.is_idle())
    assert "or is it 43?" in sent(gateway) and "42" not in sent(gateway)


@pytest.mark.parametrize("release", [7, 8])
def test_a_file_goes_along_whatever_release_gives_it(front_end, gateway, release):
    from liara_magic.panels.uploads import uploads

    content = b"city,sales\nTehran,31\n"
    record = {"name": "sales.csv", "type": "text/csv", "size": len(content), "content": memoryview(content)}
    value = {"sales.csv": {"metadata": record, "content": content}} if release == 7 else (record,)
    assert [(one.name, one.content) for one in uploads(value)] == [("sales.csv", content)]


def upload(front_end):
    field = until(lambda: front_end.has("Files") and front_end.labelled("Files"))
    content = b"city,sales\nTehran,31\n"
    record = {"name": "../sales.csv", "type": "text/csv", "size": len(content), "content": content}
    record["last_modified"] = datetime.now()
    is_8 = not isinstance(field.value, dict)
    field.set_trait("value", (record,) if is_8 else {"../sales.csv": {"metadata": record, "content": content}})
    return field


def test_an_uploaded_file_goes_along(front_end, gateway):
    front_end.click("Add context")
    upload(front_end)
    front_end.ask("what is in it?")
    assert "sales.csv" in sent(gateway) and "Tehran,31" in sent(gateway)
    assert "/tmp" not in sent(gateway)
    front_end.click("Edit the prompt and ask again")
    until(lambda: front_end.box.value == "what is in it?")
    front_end.enter("and now?")
    until(lambda: len(gateway.requests) == 2 and front_end.is_idle())
    assert "Tehran,31" in sent(gateway) and "and now?" in sent(gateway)


def test_what_was_typed_and_chosen_is_there_in_another_language(front_end, shell, session, gateway):
    shell.run_cell("prices = {'apple': 31}\nother = 1", store_history=True)
    shell.run_cell("1 / 0", store_history=True)
    front_end.click("Add context")
    until(lambda: front_end.has("Variables") and front_end.labelled("Variables").options)
    choose(front_end, "prices")
    front_end.click("Last error")
    field = upload(front_end)
    front_end.click("Larger box")
    until(lambda: front_end.all("area"))
    front_end.type("why?")
    session.settings.language = "fa"
    until(lambda: front_end.has("بفرست") and front_end.has("متغیرها"))
    assert front_end.labelled("پرونده‌ها") is field and len(field.value) == 1
    assert front_end.labelled("متغیرها").value == ("prices",)
    assert front_end.labelled("آخرین خطا").value and not front_end.labelled("آخرین سلول").value
    assert front_end.all("area") and front_end.box.value == "why?"
    front_end.click("بفرست")
    until(lambda: gateway.requests)
    assert all(part in sent(gateway) for part in ("apple", "ZeroDivisionError", "Tehran,31", "why?"))
    assert "other" not in sent(gateway)


def test_an_edit_goes_on_in_another_language(front_end, session, gateway):
    front_end.ask("wrong")
    front_end.click("Edit the prompt and ask again")
    until(lambda: front_end.box.value == "wrong")
    session.settings.language = "fa"
    until(lambda: front_end.has("بفرست"))
    assert front_end.box.value == "wrong" and "به‌جای: wrong" in front_end.text("queued")
    front_end.enter("right")
    until(lambda: len(gateway.requests) == 2 and "re: right" in front_end.turns()[0])
    assert [turn.prompt for turn in session.conversation.turns] == ["right"]


def test_the_preview_is_what_is_sent(front_end, shell, gateway):
    shell.run_cell("secret = 'sk-ant-REDACTED'\nprices = {'apple': 31}", store_history=True)
    front_end.click("Add context")
    until(lambda: front_end.has("Variables") and front_end.labelled("Variables").options)
    choose(front_end, "prices")
    front_end.type("what is dear?")
    front_end.click("Preview")
    until(lambda: "apple" in front_end.text("shown") and "what is dear?" in front_end.text("shown"))
    assert gateway.requests == []
    front_end.click("Preview")
    until(lambda: "apple" not in front_end.text("shown"))


def test_what_is_not_there_is_said_and_the_text_is_back(front_end, gateway):
    front_end.click("Add context")
    front_end.click("Last error")
    front_end.enter("why?")
    until(lambda: "No cell has failed" in front_end.text("state") and front_end.box.value == "why?")
    assert gateway.requests == []


def test_an_object_that_raises_when_it_is_looked_at_is_listed_by_its_type(front_end, shell):
    shell.run_cell(
        "class Closed:\n    @property\n    def shape(self):\n        raise ValueError('closed')\n"
        "class Proxy:\n    @property\n    def __class__(self):\n        raise RuntimeError('no request')\n"
        "class Lost(list):\n    def __len__(self):\n        raise OSError('gone')\n"
        "closed, proxy, lost = Closed(), Proxy(), Lost()\nfor one in (Closed, Proxy, Lost): pass\n"
        "del one, Closed, Proxy, Lost",
        store_history=True,
    )
    front_end.click("Add context")
    until(lambda: front_end.has("Variables") and front_end.labelled("Variables").options)
    labels = [label for label, _ in front_end.labelled("Variables").options]
    assert labels == ["lost · Lost", "proxy · Proxy", "closed · Closed"]


FIXED = "total = 3\nprint(total * 2)"


def fix(front_end, shell, gateway, reply, line="/fix"):
    """The last cell fails, and the person asks for its correction."""
    gateway.script = lambda line, request: line.reply(reply)
    shell.run_cell("total = 3\nprint(totl * 2)", store_history=True)
    front_end.enter(line)
    until(lambda: front_end.turns() and front_end.is_idle())


@pytest.mark.parametrize("reply", [FIXED, f"```python\n{FIXED}\n```", f"Here:\n\n```\n{FIXED}\n```\nThat is all."])
def test_a_correction_goes_into_a_new_cell(front_end, shell, gateway, reply):
    fix(front_end, shell, gateway, reply)
    assert "NameError" in sent(gateway) and "print(totl * 2)" in sent(gateway)
    front_end.click("Code of this reply")
    shown = until(lambda: front_end.all("shown", front_end.all("turn")[0]))[0].value
    arguments = json.loads(unescape(re.search('data-commandlinker-args="(.*?)"', shown)[1]))
    assert arguments["args"]["text"] == FIXED
    assert shell.user_ns["total"] == 3  # nothing was run


def test_code_with_marks_of_secrets_says_so(front_end, shell, gateway):
    fix(front_end, shell, gateway, "```python\nkey = '[hidden: API key 1]'\nprint(key)\n```")
    front_end.click("Code of this reply")
    until(lambda: "put those back before it runs" in front_end.text("shown"))


def test_the_value_of_a_commands_reply_is_kept_in_a_variable(front_end, shell, gateway):
    fix(front_end, shell, gateway, f"```python\n{FIXED}\n```", "/fix -o fixed")
    assert shell.user_ns["fixed"] == FIXED


def test_a_turn_asked_again_as_code_gives_its_value(front_end, shell, gateway):
    front_end.ask("add two numbers")
    gateway.script = lambda line, request: line.reply(f"```python\n{FIXED}\n```")
    front_end.enter("/retry 1 -f code -o kept")
    until(lambda: len(gateway.requests) == 2 and front_end.is_idle())
    assert shell.user_ns["kept"] == FIXED and "Python code only" in sent(gateway)


def test_a_correction_without_code_says_so(front_end, shell, gateway):
    fix_it = "I cannot do that."
    gateway.script = lambda line, request: line.reply(fix_it)
    shell.run_cell("1 / 0", store_history=True)
    front_end.enter("/fix")
    until(lambda: "The reply holds no code." in front_end.text("state"))
    assert fix_it in front_end.turns()[0] and front_end.box.value == ""
    front_end.click("Code of this reply")
    until(lambda: "There is no code in this reply." in front_end.text("shown"))
