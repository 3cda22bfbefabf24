"""A ``%liara`` line that ends in a question mark, through IPython's own input transformers."""

import textwrap
from types import SimpleNamespace

import pytest
from IPython.core.inputtransformer2 import TransformerManager

from liara_magic.magics.question import keep_question


@pytest.fixture
def transform():
    manager = TransformerManager()
    manager.cleanup_transforms.append(keep_question)
    return manager.transform_cell


@pytest.fixture
def plain():
    """IPython's transformation without ours."""
    return TransformerManager().transform_cell


@pytest.fixture
def run(transform):
    """Runs a cell and returns the magic calls that it makes, and its variables."""

    def run(cell):
        calls = []

        def line_magic(name, line):
            calls.append((name, line))
            return f"reply {len(calls)}"

        shell = SimpleNamespace(
            run_line_magic=line_magic, run_cell_magic=lambda name, line, cell: calls.append((name, line, cell))
        )
        variables = {"get_ipython": lambda: shell}
        exec(compile(transform(textwrap.dedent(cell)), "a cell", "exec"), variables)
        return calls, variables

    return run


PROMPTS = [
    "what is df?",
    "what is in df?",
    "why??",
    "is it so? really?",
    "what's in Bob's df?",
    'what is "df"?',
    "what is '''df'''?",
    'is """x""" a string?',
    "what is {df}, and $HOME?",
    r"what is \n in C:\temp?",
    "--temperature 0 -s 'a b' what is df?",
    "این df چیست?",
    "is 2 == 2 # or not?",
    "a = b?",
    "(a [b {c?",
    "/help model?",
]


@pytest.mark.parametrize("prompt", PROMPTS)
def test_a_question_alone_reaches_the_magic_as_it_was_typed(run, prompt):
    calls, _ = run(f"%liara {prompt}")
    assert calls == [("liara", prompt)]


@pytest.mark.parametrize("prompt", PROMPTS)
@pytest.mark.parametrize("target", ["reply", "a.b", "d['x']", "first, second", "reply_2"])
def test_a_question_may_be_assigned(transform, prompt, target):
    code = transform(f"{target} = %liara {prompt}")
    assert code == f"{target} = get_ipython().run_line_magic('liara', {prompt!r})\n"


@pytest.mark.parametrize("target", ["پاسخ", "réponse", "d['پاسخ']", "d[f(1)]"])
def test_a_question_may_be_assigned_to_any_name_that_python_has(transform, target):
    code = transform(f"{target} = %liara what is df?")
    assert code == f"{target} = get_ipython().run_line_magic('liara', 'what is df?')\n"


def test_an_assigned_question_is_the_reply(run):
    calls, variables = run("reply=%liara what is df?\nother = %liara and now?\n")
    assert calls == [("liara", "what is df?"), ("liara", "and now?")]
    assert (variables["reply"], variables["other"]) == ("reply 1", "reply 2")


@pytest.mark.parametrize("prompt", PROMPTS)
def test_a_question_may_stand_in_a_block(run, prompt):
    calls, variables = run(f"for x in [1, 2]:\n    if x == 2:\n        reply = %liara {prompt}\n    %liara {prompt}\n")
    assert calls == [("liara", prompt)] * 3
    assert variables["reply"] == "reply 2"


@pytest.mark.parametrize("ending", ["", "\n", "  ", " \t\n", "\n\n"])
def test_what_follows_the_question_mark_does_not_matter(run, ending):
    assert run(f"%liara what is df?{ending}")[0] == [("liara", "what is df?")]


def test_several_questions_among_other_code(run):
    cell = """
        # a comment with an apostrophe: it's fine
        x = "%liara not this?"
        %liara what's first?
        y = '''text'''; z = "it's"
        %liara what's second?
        %echo it's
        %liara what's third?
    """
    calls, variables = run(cell)
    assert calls == [
        ("liara", "what's first?"),
        ("liara", "what's second?"),
        ("echo", "it's"),
        ("liara", "what's third?"),
    ]
    assert variables["x"] == "%liara not this?"


@pytest.mark.parametrize(
    "before", ["reply = %liara don't worry", "%liara it's fine", "reply = %echo it's", "files = !echo it's"]
)
def test_an_apostrophe_in_an_earlier_magic_line_opens_nothing(transform, before):
    assert "run_line_magic('liara', 'and this?')" in transform(f"{before}\n%liara and this?\n")


def test_a_line_with_a_percent_sign_that_ends_a_string_does_end_it(transform):
    cell = 'text = """\n%d items""" % 3\n%liara what is text?\n'
    assert (
        transform(cell) == 'text = """\n%d items""" % 3\nget_ipython().run_line_magic(\'liara\', \'what is text?\')\n'
    )


# What is left alone


@pytest.mark.parametrize("quotes", ["'''", '"""'])
@pytest.mark.parametrize("prefix", ["", "r", "f", "b", "Rb"])
def test_lines_inside_a_string_stay(run, quotes, prefix):
    _, variables = run(f"x = {prefix}{quotes}\n%liara what is df?\n    reply = %liara why?\n{quotes}\n")
    text = variables["x"].decode() if isinstance(variables["x"], bytes) else variables["x"]
    assert text == "\n%liara what is df?\n    reply = %liara why?\n"


def test_a_question_after_a_string_that_holds_one(run):
    calls, variables = run("x = '''\n%liara inside?\n'''\n%liara outside?\n")
    assert calls == [("liara", "outside?")]
    assert variables["x"] == "\n%liara inside?\n"


@pytest.mark.parametrize(
    "cell",
    [
        "%%liara\n%liara what is df?\n",
        "%%liara openai/gpt-5\nwhat is df?\n",
        "%%bash\n%liara what is df?\nls\n",
        "\n\n%%time\n%liara what is df?\n",
    ],
)
def test_a_cell_magic_s_text_stays(run, plain, transform, cell):
    assert transform(cell) == plain(cell)
    ((_, _, text),) = run(cell)[0]
    assert text == cell.lstrip("\n").partition("\n")[2]


@pytest.mark.parametrize(
    "cell",
    [
        "%liara?",
        "%liara??",
        "?%liara",
        "%%liara?",
        "%liara",
        "%liara what is df",
        "reply = %liara what is df",
        "%timeit?",
        "%timeit x?",
        "%liarax what?",
        "%xliara what?",
        "df?",
        "df.head??",
        "x = df?",
        "?df",
        "# %liara what?",
        "x = '%liara what?'",
        "x = 5 %liara",
        "x = 1\ny = 2\n",
        "",
        "\n",
        "!echo %liara what?",
    ],
)
def test_everything_else_stays_as_ipython_has_it(transform, plain, cell):
    assert transform(cell) == plain(cell)


@pytest.mark.parametrize("lines", [[], ["\n"], ["x = (\n"], ["'''\n", "%liara what?\n"], ["  x\n", " y\n", "%liara\n"]])
def test_lines_that_are_no_whole_code_do_no_harm(lines):
    assert keep_question(lines) == lines
