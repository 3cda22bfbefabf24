"""What really leaves: the body at the socket, for each way to name context; and what cannot be sent sends nothing."""

import json

import pytest
from loopback import Loopback

from liara_magic import LiaraUsageError

CATALOGUE = {
    "object": "list",
    "data": [
        {"id": "test/sees", "context_length": 128000, "architecture": {"input_modalities": ["text", "image"]}},
        {"id": "test/reads", "context_length": 128000, "architecture": {"input_modalities": ["text"]}},
        {"id": "test/tiny", "context_length": 2000, "architecture": {"input_modalities": ["text"]}},
    ],
}
PICTURE = (
    "png = 'iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAIAAAASFvFNAAAAEElEQVR4nGP4z8DwHwwZIBQAQtcH+eMRItwAAAAASUVORK5CYII='\n"
    "get_ipython().display_pub.publish({'image/png': png, 'text/plain': 'a drawing'})"
)


def answer(line, request):
    if request.method == "GET":
        line.answer_json(CATALOGUE)
    else:
        line.reply("fine")


@pytest.fixture
def gateway(ipython, kernel):
    with Loopback(answer) as gateway:
        kernel.settings.base_url = gateway.base_url
        kernel.settings.model = "test/model"
        yield gateway


@pytest.fixture
def sent(ipython, gateway):
    """Run cells; gives the content of the last request's messages."""

    def run(*cells):
        for cell in cells:
            ipython.run(cell)
        return [message["content"] for message in gateway.requests[-1].json["messages"]]

    return run


def text_of(content):
    return content if isinstance(content, str) else content[0]["text"]


def pictures_of(content):
    return [] if isinstance(content, str) else [part for part in content if part["type"] == "image_url"]


BAD = {
    "an attachment that is not there": (
        "x = 1",
        "-a nothing_here",
        "There is no variable and no file called nothing_here.",
    ),
    "a file of 3 GB": (
        "import tempfile, os\nbig = os.path.join(tempfile.mkdtemp(), 'big.bin')\nwith open(big, 'wb') as file:\n"
        "    _ = file.truncate(3 * 2**30)\nos.chdir(os.path.dirname(big))",
        "-a big.bin",
        "big.bin has 3,072 MB, and 20 MB is the most that can be attached.",
    ),
    "a repr that raises": (
        "class Odd:\n    def __repr__(self): raise ValueError('broken')\nodd = Odd()",
        "-a odd",
        "odd cannot be sent: its repr raised ValueError: broken.",
    ),
    "a repr that never ends": (
        "class Odd:\n    def __repr__(self):\n        while True: pass\nodd = Odd()",
        "-a odd",
        "odd cannot be sent: its repr took longer than 2 s and was given up.",
    ),
    "a repr without a floor": (
        "class Odd:\n    def __repr__(self): return repr(self)\nodd = Odd()",
        "-a odd",
        "odd cannot be sent: its repr raised RecursionError",
    ),
    "a property that raises": (
        "class Odd:\n    @property\n    def p(self): raise ValueError('broken')\nodd = Odd()",
        "-a odd.p",
        "odd.p could not be read: reading it raised ValueError.",
    ),
    "binary junk as text": (
        "import pathlib\n_ = pathlib.Path('junk.txt').write_bytes(bytes(range(256)))",
        "-a junk.txt",
        "junk.txt is neither text nor an image, a PDF or a sound that models read.",
    ),
    "a folder": ("x = 1", "-a /", "/ is no file."),
    "a page": ("x = 1", "-a https://a.example/page", "https://a.example/page is neither a picture nor a PDF."),
    "a password in an address": ("x = 1", "-a https://me:pw1234@a.example/x.png", "has a password in it"),
    "a cell that did not fail": ("x = 1", "-a Err[2]", "Cell 2 did not fail, so there is no error to send."),
    "a cell that is kept out": ("# liara: ignore\nsecret = 1", "-a In[2]", "In[2] could not be read"),
    "all cells at once": ("x = 1", "-a In", "In needs a number: In[3]."),
    "no figure": ("x = 1", "--plot", "No cell has shown a figure yet."),
    "a pattern that is none": ('%liara /set redact_patterns ["("]', "-a liara_x", "is not a regular expression"),
}


@pytest.mark.parametrize("what", BAD)
def test_what_cannot_be_sent_gets_one_line_and_nothing_leaves(ipython, gateway, kernel, what, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    prepared, flags, said = BAD[what]
    ipython.run(prepared)
    error = ipython.fails(f"%%liara {flags}\nwell?")
    assert isinstance(error, LiaraUsageError)
    assert said in error.message and "\n" not in error.message and len(error.message) < 300
    assert gateway.posts == 0
    assert not kernel.ledger.rows and not kernel.session.conversation.turns


def test_a_table_that_a_cell_showed_keeps_its_column_of_passwords(sent):
    pytest.importorskip("pandas")
    make = "import pandas as pd\ndf = pd.DataFrame({'user': ['ann', 'bob'], 'password': ['hunter2', 'letmein']})"
    said = text_of(sent(make + "\nprint(df)", "df[['password']]", "%%liara -c 2\nwho?")[0])
    outputs = said.split("Output:")[1:]
    assert len(outputs) == 2 and not any("hunter2" in one or "letmein" in one for one in outputs)
    assert said.count("[hidden: value of a column 1]") == 2 and "ann" in outputs[0]


def test_what_a_prompt_names_goes_along_and_all_else_stays_as_typed(sent):
    prompt = (
        "{data['b'][0]} of {data} as {\"a\": 1}, {}, {{data}}, \\frac{data}{2}, p {color: red}, f'{data}', {missing}, "
        "{data.keys()}, {len(data)}, {data + 1}, `{data}`"
    )
    context, filled = sent("data = {'a': 'x' * 500, 'b': [7, 8]}", f"%%liara\n{prompt}")
    assert filled == prompt.replace("{data['b'][0]}", "7", 1).replace("{data}", "`data`", 1)
    assert "dict of 2 items" in text_of(context)


def test_cells_by_their_numbers(sent):
    context, filled = sent(
        "40 + 2",
        "'z' * 400",
        "1/0 if False else 'not wrong'",
        "%%liara\n{In[2]} gave {Out[2]}; {Out[3]} {In[99]} {Out[1]} {In}",
    )
    assert filled == "40 + 2 gave 42; `Out[3]` {In[99]} {Out[1]} {In}"
    assert "zzzz" in text_of(context)


def test_errors_by_their_numbers(ipython, sent):
    ipython.run("d = {'a': 1}")
    ipython.fails("d['b']")
    ipython.fails("1/0")
    context, filled = sent("%%liara\n{Err} and {Err[3]} and {Err[2]}")
    assert filled == "`Err` and `Err[3]` and {Err[2]}"
    text = text_of(context)
    assert "ZeroDivisionError" in text and "KeyError: 'b'" in text and "- d: dict" in text


def test_what_could_not_be_read_is_said_once(ipython, gateway, kernel):
    ipython.run("class Odd:\n    @property\n    def p(self): raise ValueError('broken')\nodd = Odd()")
    ipython.run("%%liara\n{odd.p} and again {odd.p}")
    assert gateway.requests[-1].json["messages"][0]["content"] == "{odd.p} and again {odd.p}"
    notices = kernel.session.conversation.turns[-1].reply.notices
    assert notices == ["{odd.p} stays as typed: reading it raised ValueError."]


@pytest.mark.parametrize(
    ("code", "filled"),
    [
        ("x = ''", "a  b"),
        ("x = None", "a None b"),
        ("x = 10**4000", "a `x` b"),
        ("x = 'دو می‌نو'", "a دو می‌نو b"),
        ("x = 'two\\nlines'", "a `x` b"),
        ("class T(str):\n    def __str__(self): raise ValueError\nx = T('plain')", "a plain b"),
        ("import pathlib\nx = pathlib.PurePosixPath('/a/b')", "a /a/b b"),
    ],
)
def test_short_values_stand_in_the_prompt_itself(sent, code, filled):
    assert sent(code, "%%liara\na {x} b")[-1] == filled


def test_pictures_of_cells_go_along_where_the_model_takes_them(ipython, gateway, sent, kernel):
    ipython.run(PICTURE)
    assert not pictures_of(sent("%%liara -c 1\nwhat is it?")[0])  # nobody knows yet
    assert "a picture stands here, which is not sent" in text_of(sent("%%liara --fresh -c 1\nwhat is it?")[0])
    ipython.run("%liara /models")
    assert pictures_of(sent("%%liara --fresh -m test/sees -c 1\nwhat is it?")[0])
    assert not pictures_of(sent("%%liara --fresh -m test/reads -c 1\nwhat is it?")[0])
    assert pictures_of(sent("%%liara -m test/reads -c 1 --plot\nwhat is it?")[-2])
    (notice,) = kernel.session.conversation.turns[-1].reply.notices
    assert notice.startswith("The catalogue does not say that the model reads pictures")


@pytest.mark.parametrize("flags", ["-m test/sees -c 1", "-c 2 --plot", "--plot"])
@pytest.mark.parametrize("data", ["AAAA", "'", "iVBORw0KGgoAAAANSUhEUg", PICTURE[7:60]])
def test_a_figure_that_cannot_be_sent_is_refused_before_anything_leaves(ipython, gateway, kernel, flags, data):
    ipython.run("%liara /models")
    ipython.run(PICTURE)  # an earlier one that would do is not sent in its place
    ipython.run(f"get_ipython().display_pub.publish({{'image/png': {data!r}, 'text/plain': '<Figure>'}})")
    error = ipython.fails(f"%%liara {flags}\nwhat is it?")
    assert isinstance(error, LiaraUsageError) and "showed cannot be sent" in error.message
    assert "# liara: ignore" in error.hint
    assert gateway.posts == 0 and not kernel.session.conversation.turns
    assert "fine" in ipython.run("%%liara -m test/reads -c 1\nwhat is it?")  # which takes no pictures


def test_a_figure_that_cannot_be_drawn_is_refused_before_anything_leaves(ipython, gateway, kernel):
    pytest.importorskip("matplotlib")
    ipython.run("from matplotlib.figure import Figure\nfig = Figure()\naxes = fig.subplots()")
    ipython.run("axes.set_title(r'$\\nothing{$')")
    for asked in ("%%liara -a fig\nwhat is it?", "%liara what is {fig}?", "%%liara -c 2 -a fig\nwhat is it?"):
        error = ipython.fails(asked)
        assert error.message == "fig cannot be sent: drawing it raised ValueError."
    assert gateway.posts == 0 and not kernel.session.conversation.turns


def test_the_last_figure_goes_once(ipython, sent):
    ipython.run(PICTURE)
    assert len(pictures_of(sent("%%liara --fresh -c 1 --plot\nwhat is it?")[0])) == 1
    context, _ = sent("y = 1", "%%liara --fresh -c 1 --plot\nwhat is it?")
    assert len(pictures_of(context)) == 1 and "figure of cell [2]" in text_of(context)


def test_our_own_and_ignored_cells_stay_out(sent):
    context, _ = sent(
        "kept = 1",
        "# liara: ignore\nsecret = 2",
        "%liara --fresh aside",
        "%%liara --fresh\naside",
        "also = 3",
        "%%liara --fresh -c 9\nwell?",
    )
    text = text_of(context)
    assert "kept = 1" in text and "also = 3" in text
    assert "secret" not in text and "aside" not in text


def test_a_small_model_gets_what_it_has_room_for(ipython, sent, kernel):
    ipython.run("%liara /models")
    context, _ = sent("text = 'word ' * 9000", "%%liara -m test/tiny --max-tokens 300 -a text\nwell?")
    assert 4000 < len(text_of(context).encode()) < 6300  # (0.9 × 2000 − 300) tokens of four bytes, and the frame
    details = dict(kernel.session.conversation.turns[-1].reply.details)
    assert "of 45,000 characters left out" in details["cut of text"]


def test_redaction_can_be_switched_off_and_extended(ipython, sent):
    ipython.run("url = 'postgres://me:hunter2secret@db/x'\nbill = 'INV-12345'")
    assert "hunter2secret" not in sent("%liara --fresh use {url}")[-1]
    ipython.run('%liara /set redact_patterns ["INV-[0-9]+"]')
    assert sent("%liara --fresh use {bill}")[-1] == "use [hidden: text of your pattern 1]"
    ipython.run("%liara /set redact false")
    assert "hunter2secret" in sent("%liara --fresh use {url}")[-1]


def test_a_preview_shows_exactly_what_leaves(ipython, gateway, kernel, sent):
    ipython.run("url = 'postgres://me:hunter2secret@db/x'\nrows = list(range(90))")
    shown = ipython.run("%%liara --dry-run -a rows\nuse {url}")
    assert gateway.posts == 0
    assert "use postgres://me:[hidden: password 1]@db/x" in shown
    assert "hidden before sending, and marked below: 1 × password" in shown
    context, filled = sent("%%liara -a rows\nuse {url}")
    after = ipython.run("%liara /context")
    assert filled in after and text_of(context) in after
    assert json.dumps(gateway.requests[-1].json).count("hunter2secret") == 0


def test_a_key_in_a_prompt_is_refused_in_a_preview_too(ipython, gateway, canary_key):
    error = ipython.fails(f"%%liara --dry-run\nmy key is {canary_key}")
    assert canary_key not in str(error)
    assert gateway.posts == 0
