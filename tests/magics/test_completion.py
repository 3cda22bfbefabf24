"""Tab completion in a real IPython shell: what is offered, what is left to IPython, and that nobody is asked."""

import subprocess
import sys

import pytest
from IPython.core.completer import provisionalcompleter
from loopback import Loopback

from liara_magic.gateway.sandbox import MODELS
from liara_magic.magics.commands import COMMANDS
from liara_magic.magics.flag_table import FLAGS

# What `complete` of the shell says of itself; it is what a terminal without prompt_toolkit calls.
pytestmark = pytest.mark.filterwarnings("ignore:`Completer.complete` is pending deprecation")

LISTED = ["meta/llama:free", "openai/gpt-4o", "openai/gpt-4o-mini", "openai/gpt-5"]
FLAG_NAMES = {spelling for flag in FLAGS for spelling in flag.spellings}


@pytest.fixture
def catalogue(ipython):
    """A gateway whose model list the person has asked for; it may not be asked again."""

    def script(line, request):
        line.answer_json({"data": [{"id": name} for name in LISTED]})

    with Loopback(script) as gateway:
        ipython.run(f"%liara /set base_url {gateway.base_url}\n%liara /model a/b\n%liara /models")
        yield gateway
        assert len(gateway.requests) == 1, "completion asks nobody"


@pytest.fixture
def offered(ipython):
    """What Tab offers at the end of a line, whole: ``offered(line)``."""

    def complete(line):
        used, matches = ipython.shell.complete("", line, len(line))
        assert line.endswith(used)
        return [line[: len(line) - len(used)] + match for match in matches]

    return complete


def ours(line, words):
    """The lines that ``line`` becomes when its last word becomes each of ``words``."""
    return [line[: len(line) - len(line.split(" ")[-1])] + word for word in words]


@pytest.mark.parametrize("line", ["%liara /", "  %liara /", "%liara   /"])
def test_a_slash_offers_the_commands(offered, line):
    assert sorted(offered(line)) == sorted(ours(line, COMMANDS))


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("%liara /mo", ["/model", "/models"]),
        ("%liara /MO", ["/model", "/models"]),
        ("%liara /set temp", ["temperature"]),
        ("%liara /set models", ["models_lifetime"]),
        ("%liara --tempe", ["--temperature"]),
        ("%liara -t 0 --tempe", ["--temperature"]),
        ("x = %liara --tempe", ["--temperature"]),
        ("%%liara openai/gpt-5 --tempe", ["--temperature"]),
        ("%%liara --no-str", ["--no-stream"]),
    ],
)
def test_commands_flags_and_settings(offered, line, words):
    assert sorted(offered(line)) == ours(line, words)


def test_every_setting_is_offered(offered, kernel):
    assert sorted(offered("%liara /set ")) == sorted(ours("%liara /set ", kernel.settings.settings()))


@pytest.mark.parametrize("line", ["%liara -", "%%liara -", "%liara --fresh -"])
def test_a_hyphen_offers_the_flags(offered, line):
    assert set(offered(line)) == set(ours(line, FLAG_NAMES))


@pytest.mark.parametrize(
    "start", ["%liara -m ", "%%liara -m ", "%%liara ", "%liara /model ", "%liara /set model ", "%%liara -t 0 --model "]
)
def test_models_are_offered_where_one_can_stand(offered, catalogue, start):
    assert set(offered(f"{start}")) == set(ours(start, [*LISTED, *MODELS]))
    assert offered(f"{start}openai/gpt-4") == ours(start, ["openai/gpt-4o", "openai/gpt-4o-mini"])
    assert offered(f"{start}meta/llama:fr") == ours(start, ["meta/llama:free"])
    assert offered(f"{start}sandbox/tu") == ours(start, ["sandbox/tutor"])
    assert offered(f"{start}OpenAI/GPT-5") == ours(start, ["openai/gpt-5"])


def test_a_model_after_an_equals_sign(offered, catalogue):
    assert offered("%liara --model=openai/gpt-5") == ["%liara --model=openai/gpt-5"]
    assert offered("%%liara -m=open") == [f"%%liara -m={name}" for name in LISTED[1:]]


def test_aliases_are_offered_with_the_models(ipython, offered):
    ipython.run("%liara /alias fast openai/gpt-4o-mini\n%liara /alias far a/b")
    assert offered("%liara -m fa") == ["%liara -m far", "%liara -m fast"]
    assert offered("%%liara fas") == ["%%liara fast"]
    assert offered("%liara /alias fas") == ["%liara /alias fast"]
    assert offered("%liara /alias quick sandbox/tu") == ["%liara /alias quick sandbox/tutor"]


@pytest.mark.parametrize(
    "line",
    [
        "%liara why ",
        "%liara why -",
        "%liara -t ",
        "%liara -t hot --temp",
        "%liara why is /mo",
        "%%liara a b -",
        "%%liara a/b ",
        "%%liara /mo",
        "%liara /help ",
        "%liara /nothing ",
        "%liara --user=x",
        "%liara why -m ",
        "%liarax -",
        "liara -m ",
        "# %liara -",
    ],
)
def test_the_rest_is_left_to_ipython(ipython, offered, line):
    before = offered(line)
    ipython.run("%unload_ext liara_magic")
    assert [one for one in before if "liara" not in one.rpartition(" ")[2]] == [
        one for one in offered(line) if "liara" not in one.rpartition(" ")[2]
    ]


def test_names_in_a_prompt_are_completed_by_ipython(ipython, offered):
    ipython.run("revenue_by_month = 1")
    ipython.shell.Completer.use_jedi = False  # what it finds is in no answer of `complete`
    assert "%liara what is revenue_by_month" in offered("%liara what is revenue_by")


@pytest.mark.parametrize("line", ["%liara /", "%liara -", "%%liara -m ", "%liara /set "])
def test_a_kernel_offers_ours_and_with_matchers_nothing_else(ipython, line):
    """Kernels ask for completions with their places; so old IPythons add what Jedi makes of the line."""
    with provisionalcompleter():
        found = list(ipython.shell.Completer.completions(f"{line}\nwhy is it so?", len(line)))
    texts = {line[: one.start] + one.text for one in found if one._origin != "jedi"}
    assert texts and all(text.startswith(line) for text in texts)
    if hasattr(sys.modules["IPython.core.completer"], "context_matcher"):
        assert not [one for one in found if one._origin == "jedi"]


def test_without_an_address_the_sandbox_is_offered(ipython, offered):
    ipython.run("%liara /model openai/gpt-5")
    assert offered("%liara -m sandbox/ec") == ["%liara -m sandbox/echo"]


def completers(shell):
    """What completion may add to a shell."""
    hooks = shell.strdispatchers["complete_command"]
    return list(shell.Completer.custom_matchers), dict(hooks.regexs), sorted(hooks.strs)


def test_loading_twice_and_unloading_leave_nothing(bare, kernel):
    before = completers(bare.shell)
    bare.run("%load_ext liara_magic")
    once = completers(bare.shell)
    assert once != before
    bare.run("%reload_ext liara_magic")
    assert [len(part) for part in completers(bare.shell)] == [len(part) for part in once]
    bare.run("%unload_ext liara_magic")
    assert completers(bare.shell) == before


def test_completing_flags_and_commands_imports_nothing_heavy():
    code = (
        "import sys\n"
        "from IPython.core.interactiveshell import InteractiveShell\n"
        "shell = InteractiveShell()\n"
        "shell.run_cell('%load_ext liara_magic')\n"
        "for line in ('%liara -', '%liara --temp', '%%liara a/b --fr'):\n"
        "    assert shell.complete('', line, len(line))[1], line\n"
        "print([name for name in ('httpx', 'markdown_it', 'pandas', 'ipywidgets') if name in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True, timeout=60)
    assert (said.stdout, said.stderr) == ("[]\n", "")


# What follows a flag

CELL = """
import json
from dataclasses import dataclass
sales, sold_out, _hidden = [1], 2, 3
schema = {"type": "object"}
plain = {"a": 1}

@dataclass
class Sale:
    sum: int
"""


@pytest.fixture
def variables(ipython, tmp_path, monkeypatch):
    """A notebook with variables, in a folder with two files."""
    (tmp_path / "sales.csv").write_text("")
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "sound.wav").write_text("")
    monkeypatch.chdir(tmp_path)
    ipython.run(CELL)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("%liara -a sa", ["sales", "sales.csv"]),
        ("%liara --attach=sol", ["--attach=sold_out"]),
        ("%%liara -t 0 -a sol", ["sold_out"]),
        ("%liara -a deep/", ["deep/sound.wav"]),
        ("%liara -a Ou", ["Out["]),
        ("%liara -a jso", []),
        ("%liara -a _h", []),
        ("%liara -o sol", ["sold_out"]),
        ("%liara -f js", ["json"]),
        ("%liara --format=ma", ["--format=markdown", "--format=math"]),
        ("%liara --schema s", ["schema"]),
        ("%liara --schema S", ["Sale"]),
        ("%liara --schema list[S", ["list[Sale"]),
        ("%liara --schema ta", ["table["]),
        ("%liara --schema pl", []),
        ("%liara --template expl", ["explain-table"]),
        ("%liara --template plot ", ["question=", "table="]),
        ("%liara --template plot table=sol", ["table=sold_out"]),
        ("%liara --reasoning-effort h", ["high"]),
        ("%liara /fix -a sol", ["sold_out"]),
        ("%liara /templ", ["/templates"]),
    ],
)
def test_what_can_follow_a_flag_is_offered(offered, variables, line, words):
    assert sorted(offered(line)) == ours(line, words)


def test_in_the_prompt_a_flag_s_values_are_not_offered(offered, variables):
    assert offered("%liara what does -f jso") == []
