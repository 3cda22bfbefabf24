"""Answers that land, in a real kernel: what a front end is told to put into the next cell, and what stands there."""

import pytest

pytestmark = pytest.mark.kernel


def next_cells(cell):
    """What the kernel asks a front end to insert: text, and whether it replaces the cell."""
    payload = cell.reply.get("payload", [])
    return [(one["text"], one["replace"]) for one in payload if one["source"] == "set_next_input"]


def test_code_is_handed_to_the_front_end_as_the_next_cell(notebook):
    cell = notebook.run("%%liara -m sandbox/tutor -f code\nthe mean")
    assert cell.status == "ok", cell.error
    ((text, replaces),) = next_cells(cell)
    assert text.startswith("numbers = [") and replaces is False
    assert cell.kinds() == ["display_data"]
    assert "numbers" not in notebook.value("sorted(globals())")


def test_without_the_flag_the_front_end_is_told_nothing(notebook):
    assert next_cells(notebook.run("%%liara -m sandbox/tutor\nthe mean")) == []


def test_json_ends_as_one_output_with_a_tree_and_the_text(notebook):
    cell = notebook.run("%%liara -m sandbox/json -f json -o about\nhello")
    assert cell.kinds() == ["display_data"]
    assert "<details" in cell.shown[0]["text/html"]
    assert cell.shown[0]["text/plain"] == '{\n  "sandbox": true,\n  "prompt": "hello",\n  "messages": 2\n}'
    assert notebook.value("about") == {"sandbox": True, "prompt": "hello", "messages": 2}


def test_a_schema_gives_objects_of_the_notebook_s_own_class(notebook):
    notebook.run("from dataclasses import dataclass\n@dataclass\nclass City:\n    name: str\n    people: int")
    cell = notebook.run("%liara -m sandbox/json --schema list[City] -o cities two cities")
    assert cell.status == "ok", cell.error
    assert notebook.value("[type(city).__name__ for city in cities]") == ["City", "City"]


def test_a_cell_that_failed_is_corrected_as_a_proposal(notebook):
    notebook.run("%liara /model sandbox/tutor")
    assert notebook.run("total = 3\nprint(totl)").ename == "NameError"
    cell = notebook.run("%liara /fix")
    assert cell.status == "ok", cell.error
    assert next_cells(cell) == [("total = 3\nprint(total)", False)]
    assert cell.kinds() == ["display_data", "display_data"]
    assert "-print(totl)\n+print(total)" in cell.shown[1]["text/plain"]
