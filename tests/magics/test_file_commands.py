"""/save, /load and /export, typed in a real IPython shell."""

import json

import nbformat
import pytest

from liara_magic import LiaraUsageError


@pytest.fixture
def folder(tmp_path, monkeypatch, ipython):
    place = tmp_path / "work"
    place.mkdir()
    monkeypatch.chdir(place)
    ipython.run("%liara one")
    ipython.run("%liara two")
    return place


def prompts(kernel):
    return [turn.prompt for turn in kernel.session.conversation.turns]


def test_a_conversation_is_kept_and_gone_on_with(ipython, kernel, folder):
    assert "2 turns kept in `my chat.json`" in ipython.run("%liara /save my chat.json")
    ipython.run("%liara /reset")
    assert "**main**" in ipython.run("%liara /load my chat.json")
    assert prompts(kernel) == ["one", "two"]
    ipython.run("%liara three")
    assert len(kernel.session.last_request.messages) == 5
    assert "/chat main" in ipython.run('%liara /load "my chat.json"')
    assert (kernel.session.conversation.name, prompts(kernel)) == ("main 2", ["one", "two"])
    ipython.run("%liara /chat main")
    assert prompts(kernel) == ["one", "two", "three"]


def test_nothing_is_replaced_unasked(ipython, kernel, folder):
    for line in ("/save x.json", "/export x.md"):
        ipython.run(f"%liara {line}")
        error = ipython.fails(f"%liara {line}")
        assert "exists already" in str(error)
        assert "--overwrite" in error.hint
        ipython.run(f"%liara {line} --overwrite")
        ipython.run(f"%liara {line.replace(' ', ' --overwrite ')}")


def test_exports(ipython, kernel, folder):
    for ending in ("md", "html", "ipynb"):
        assert f"`x.{ending}`" in ipython.run(f"%liara /export x.{ending}")
    assert "> one" in (folder / "x.md").read_text("utf-8")
    assert "<title>main</title>" in (folder / "x.html").read_text("utf-8")
    nbformat.validate(nbformat.read(folder / "x.ipynb", as_version=4))


def test_an_exported_notebook_asks_again_when_it_is_run(ipython, kernel, folder):
    ipython.run("%liara /export x.ipynb")
    ipython.run("%liara /reset")
    for cell in json.loads((folder / "x.ipynb").read_text("utf-8"))["cells"][2:]:
        ipython.run(cell["source"])
    assert prompts(kernel) == ["one", "two"]


@pytest.mark.parametrize(
    ("typed", "near"),
    [("anlysis.json", "analysis.json"), ("analysis", "analysis.json"), ("REVENUE.JSON", "revenue.json")],
)
def test_a_file_that_is_not_there_names_near_ones_and_what_to_type(ipython, kernel, folder, typed, near):
    for name in ("analysis.json", "revenue.json"):
        ipython.run(f"%liara /save {name}")
    error = ipython.fails(f"%liara /load {typed}")
    assert "could not be read: No such file" in error.message
    assert error.hint.endswith(f"Such as: %liara /load {near}")
    (folder / "kept").mkdir()
    ipython.run("%liara /save kept/one.json")
    assert ipython.fails("%liara /load kept/two").hint == "kept holds one.json. Such as: %liara /load kept/one.json"


def test_a_file_in_a_folder_without_any_says_how_one_is_made(ipython, folder):
    assert "/save FILE" in ipython.fails("%liara /load nothing.json").hint
    assert ipython.fails("%liara /load no/nothing.json").hint == "There is no folder no either."


@pytest.mark.parametrize("line", ["/save", "/load", "/export", "/save ''", "/export x.pdf", "/load nothing.json"])
def test_what_cannot_be_is_refused(ipython, kernel, folder, line):
    assert isinstance(ipython.fails(f"%liara {line}"), LiaraUsageError)
    assert prompts(kernel) == ["one", "two"]
    assert list(folder.iterdir()) == []
