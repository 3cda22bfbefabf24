"""Saved prompts: found, filled, and refused in one line before anything is sent."""

import pytest

from liara_magic import LiaraUsageError
from liara_magic.magics.templates import template_files, template_named

SHIPPED = {
    "explain-table": ("table",),
    "find-problems": ("table",),
    "choose-test": ("question", "table"),
    "plot": ("question", "table"),
    "docstring": ("function",),
    "translate-to-persian": ("text",),
}


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project with the folder for templates; the kernel runs in a folder of it."""
    (tmp_path / ".liara").mkdir()
    (tmp_path / "notebooks").mkdir()
    monkeypatch.chdir(tmp_path / "notebooks")
    return tmp_path / ".liara"


def last_prompt(kernel):
    return kernel.session.last_request.messages[-1].content


@pytest.mark.parametrize(("name", "fields"), SHIPPED.items())
def test_the_templates_of_the_package(name, fields):
    template = template_named(name)
    assert template.fields == fields
    assert template.origin == "package"
    assert 20 < len(template.help) < 120 and "{{" not in template.help


def test_a_field_takes_a_variable_along_by_its_name(ipython, kernel):
    ipython.run("sales = {'month': ['Mehr'], 'sum': [1240]}")
    ipython.run("%liara --template explain-table table=sales")
    context, prompt = kernel.session.last_request.messages
    assert prompt.content.startswith("Explain the table `sales` to a colleague")
    assert "Mehr" in context.content


def test_a_field_without_a_value_is_the_variable_of_its_name(ipython, kernel):
    ipython.run("table = {'a': [1]}\n%liara --template explain-table")
    assert "the table `table` to" in last_prompt(kernel)


def test_a_text_is_a_text(ipython, kernel):
    ipython.run("%liara --template plot table=sales.csv question='how {x} grew'")
    prompt = last_prompt(kernel)
    assert "this best: how {x} grew\n" in prompt and "Data: sales.csv" in prompt


def test_what_is_written_follows_the_template_or_fills_its_prompt(ipython, kernel, project):
    (project / "ask.md").write_text("<!-- help -->\nBefore {{ prompt }} after {{x}}.\n", "utf-8")
    ipython.run("%%liara --template ask x=1\nthe words")
    assert last_prompt(kernel) == "Before the words after 1."
    ipython.run("%liara --template explain-table table=5 Be brief.")
    assert last_prompt(kernel).endswith("\n\nBe brief.")


def test_the_project_s_template_wins_over_the_person_s_and_that_over_ours(project, tmp_path):
    own = tmp_path / "config" / "liara_magic" / "templates"
    own.mkdir(parents=True)
    (own / "plot.md").write_text("mine {{x}}", "utf-8")
    assert template_named("plot").origin == "yours"
    (project / "plot.md").write_text("the project's", "utf-8")
    assert template_named("plot").text == "the project's"
    assert template_files()["explain-table"][1] == "package"


def test_a_field_s_value_is_never_a_field(ipython, kernel, project):
    (project / "two.md").write_text("{{a}} {{b}}", "utf-8")
    ipython.run("%liara --template two a='{{b}}' b=1")
    assert last_prompt(kernel) == "{{b}} 1"


def test_json_in_a_template_stays(ipython, kernel, project):
    (project / "json.md").write_text('Give {"a": 1} and {{}} for {{x}}', "utf-8")
    ipython.run("%liara --template json x=1")
    assert last_prompt(kernel) == 'Give {"a": 1} and {{}} for 1'


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("--template explain-tabel x", "Did you mean explain-table?"),
        ("--template ../secret x", "no template called ../secret"),
        ("--template plot table=x", "needs question"),
        ("--template plot", "needs question and table"),
        ("--template plot tabel=x", "Did you mean table?"),
        ("--template", "needs a value"),
    ],
)
def test_what_cannot_be_filled_is_said_and_nothing_is_sent(ipython, kernel, line, said):
    error = ipython.fails(f"%liara {line}")
    assert isinstance(error, LiaraUsageError)
    assert said in str(error)
    assert not kernel.ledger.rows


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"x" * 200_000])
def test_a_file_that_is_no_template_is_said(ipython, kernel, project, content):
    (project / "bad.md").write_bytes(content)
    assert "template bad" in ipython.fails("%liara --template bad x").message
    assert "template bad" in ipython.run("%liara /templates").replace("\n", " ")


def test_the_list_says_what_each_is_for(ipython, project):
    (project / "own.md").write_text("<!-- A | pipe and <b> -->\n{{x}}", "utf-8")
    shown = ipython.run("%liara /templates")
    assert all(name in shown for name in (*SHIPPED, "own", "project", "package"))
