"""``/fix``: the last error is asked about, the change is shown, the corrected cell is proposed, nothing is run."""

import pytest

from liara_magic import LiaraUsageError


@pytest.fixture
def fixing(ipython, kernel):
    """Run a cell that fails, then ``/fix``; gives what it showed."""

    def fix(cell, command="%liara /fix"):
        ipython.run("%liara /model sandbox/tutor")
        ipython.fails(cell)
        return ipython.run(command)

    return fix


def next_cell(ipython):
    return getattr(ipython.shell, "rl_next_input", None)


def test_a_misspelt_name_is_corrected_and_proposed_with_the_change(ipython, fixing):
    shown = fixing("total = 3\nprint(totl)")
    assert next_cell(ipython) == "total = 3\nprint(total)"
    assert "-print(totl)" in shown and "+print(total)" in shown
    assert "--- cell [" in shown and "+++ proposal" in shown
    assert "nothing was run" in shown.replace("\n", " ")


def test_the_cell_and_its_error_go_along_and_the_model_is_told_to_send_code(fixing, kernel):
    fixing("total = 3\nprint(totl)")
    system, context, prompt = (message.content for message in kernel.session.last_request.messages)
    assert "code only" in system
    assert "Cell:\ntotal = 3\nprint(totl)" in context and "NameError" in context
    assert prompt.startswith("Correct the cell that failed")


def test_flags_and_words_follow_the_command(fixing, kernel, ipython):
    ipython.run("sales = {'revenue': 1}")
    fixing("sales['revenu']", "%liara /fix -a sales --seed 5 keep it short")
    request = kernel.session.last_request
    assert request.parameters["seed"] == 5
    assert request.messages[-1].content.endswith("\n\nkeep it short")
    assert "revenue" in request.messages[-2].content
    assert next_cell(ipython) == "sales['revenue']"


def test_a_proposal_that_changes_nothing_says_so(ipython, fixing, kernel):
    shown = fixing("1 / 0")
    assert "+# The sandbox corrects misspelt names" in shown
    assert next_cell(ipython).endswith("\n1 / 0")


def test_without_an_error_nothing_is_sent(ipython, kernel):
    error = ipython.fails("%liara /fix")
    assert isinstance(error, LiaraUsageError)
    assert "no error" in error.message
    assert not kernel.ledger.rows


def test_a_secret_that_was_kept_back_is_said(ipython, fixing):
    shown = fixing('key = "ghp_16C7e42F292c6912E7710c838347Ae178B4a"\nprint(kye)')
    assert "[hidden: " in next_cell(ipython)
    assert "put those back" in shown.replace("\n", " ")
