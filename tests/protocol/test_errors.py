"""Errors: the tree, what a cell shows of them, and the nearest right word."""

import copy
import pickle

import pytest

from liara_magic.protocol import errors
from liara_magic.protocol.errors import LiaraError, LiaraStreamError, LiaraUsageError, nearest

KINDS = sorted(
    (kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, LiaraError)),
    key=lambda kind: kind.__name__,
)


def raised(error):
    try:
        raise error
    except LiaraError as caught:
        return caught


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_each_kind_is_drawn_in_the_tree_and_says_when_it_is_raised(kind):
    assert kind.__name__ in errors.__doc__
    assert len(kind.__doc__) > 20
    assert issubclass(kind, LiaraError)


def test_the_drawn_tree_is_the_real_one():
    drawn = {word for word in errors.__doc__.split() if word.startswith("Liara")}
    assert drawn == {kind.__name__ for kind in KINDS}
    assert errors.LiaraContextLengthError.__base__ is errors.LiaraRequestError
    assert all(
        kind.__base__ is LiaraError for kind in KINDS if kind not in (LiaraError, errors.LiaraContextLengthError)
    )


def test_only_errors_after_the_request_reached_a_model_may_have_been_charged():
    charged = {kind.__name__ for kind in KINDS if kind.may_be_charged}
    assert charged == {"LiaraFormatError", "LiaraServerError", "LiaraStreamError"}


def test_unknown_facts_are_empty():
    error = LiaraError("What happened.")
    assert (error.status, error.retry_after) == (None, None)
    assert (error.hint, error.code, error.request_id, error.body) == ("", "", "", "")


def test_facts_are_attributes():
    error = LiaraError("m", hint="h", status=429, code="c", request_id="r", retry_after=1.5, body="b")
    facts = (error.message, error.hint, error.status, error.code, error.request_id, error.retry_after, error.body)
    assert facts == ("m", "h", 429, "c", "r", 1.5, "b")


def test_the_text_is_the_message_and_the_next_step():
    assert str(LiaraError("What happened.")) == "What happened."
    assert str(LiaraError("What happened.", hint="Do this.")) == "What happened.\nDo this."


@pytest.mark.parametrize(
    ("error", "lines"),
    [
        (LiaraUsageError("It is wrong."), ["LiaraUsageError: It is wrong."]),
        (LiaraUsageError("It is wrong.", hint="Do this."), ["LiaraUsageError: It is wrong.", "→ Do this."]),
        (
            LiaraStreamError("It broke.", hint="Ask anew.", request_id="6922b3"),
            ["LiaraStreamError: It broke.", "→ Ask anew.", "  (request 6922b3)"],
        ),
    ],
)
def test_a_cell_shows_a_short_block_and_no_frames(error, lines):
    assert raised(error)._render_traceback_() == lines


def test_a_cell_shows_the_python_traceback_on_request():
    error = raised(LiaraUsageError("It is wrong.", hint="Do this."))
    error.full_traceback = True
    lines = error._render_traceback_()
    assert lines[0].startswith("Traceback")
    assert any("in raised" in line for line in lines)
    assert "It is wrong." in lines[-2] and "Do this." in lines[-1]
    assert not any("\n" in line for line in lines)


def test_an_error_that_was_never_raised_renders_too():
    error = LiaraUsageError("It is wrong.")
    error.full_traceback = True
    assert "It is wrong." in "\n".join(error._render_traceback_())


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda error: pickle.loads(pickle.dumps(error))])
def test_an_error_survives_a_copy_and_another_process(again):
    error = LiaraStreamError("It broke.", hint="Ask anew.", status=502, code="x", retry_after=2.0)
    twin = again(error)
    assert type(twin) is LiaraStreamError
    assert (str(twin), twin.status, twin.code, twin.retry_after) == (str(error), 502, "x", 2.0)


@pytest.mark.parametrize(
    ("word", "candidates", "said"),
    [
        ("--temprature", ["--temperature", "--top-p"], "Did you mean --temperature?"),
        ("/modle", ["/models", "/model", "/reset"], "Did you mean /model?"),
        ("tempreture", {"temperature": 1, "seed": 2}, "Did you mean temperature?"),
        ("zzzz", ["temperature", "seed"], ""),
        ("", ["temperature"], ""),
        ("x", [], ""),
        ("seed", (name for name in ["seed"]), "Did you mean seed?"),
    ],
)
def test_the_nearest_word_is_named_where_one_is_near(word, candidates, said):
    assert nearest(word, candidates) == said


def test_what_others_said_reaches_no_terminal_as_commands():
    error = LiaraUsageError("no model \x1b]0;owned\x07\u202ea\x9b2J", hint="say \x1b[8mnothing\r")
    lines = error._render_traceback_()
    assert lines == ["LiaraUsageError: no model ]0;owneda2J", "→ say [8mnothing\n"]
    assert "\x1b" not in f"{error}{error!r}{error.args}"
