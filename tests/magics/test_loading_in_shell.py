"""Loading, reloading and unloading in a real IPython shell: two magics come, and everything goes again."""

import subprocess
import sys

import liara_magic


def registered(shell):
    """Everything of a shell that loading may touch."""
    magics = shell.magics_manager
    return (
        sorted(magics.magics["line"]),
        sorted(magics.magics["cell"]),
        sorted(magics.registry),
        [type(one).__name__ for one in shell.configurables],
        [getattr(one, "__qualname__", repr(one)) for one in shell.input_transformers_cleanup],
        list(shell.input_transformers_post),
        {
            name: [getattr(hook, "__qualname__", hook) for hook in hooks]
            for name, hooks in shell.events.callbacks.items()
        },
        sys.excepthook,
        shell.custom_exceptions,
    )


def test_loading_prints_nothing_and_adds_two_magics(bare, kernel):
    before = registered(bare.shell)
    assert bare.run("%load_ext liara_magic") == ""
    after = registered(bare.shell)
    assert set(after[0]) - set(before[0]) == {"liara"}
    assert set(after[1]) - set(before[1]) == {"liara"}
    assert len(after[4]) == len(before[4]) + 1
    # What ran is recorded, for questions that ask for it.
    new = {name: set(hooks) - set(before[6][name]) for name, hooks in after[6].items()}
    assert {name for name, hooks in new.items() if hooks} == {"pre_run_cell", "post_run_cell"}
    assert (after[5], *after[7:]) == (before[5], *before[7:])


def test_unloading_takes_everything_back(bare, kernel):
    before = registered(bare.shell)
    assert bare.run("%load_ext liara_magic\n%liara -m sandbox/echo hi")
    assert bare.run("%unload_ext liara_magic") == ""
    assert registered(bare.shell) == before
    assert bare.shell.find_line_magic("liara") is None


def test_reloading_twenty_times_changes_nothing(ipython):
    before = registered(ipython.shell)
    for _ in range(20):
        assert ipython.run("%reload_ext liara_magic") == ""
    assert registered(ipython.shell) == before
    assert ipython.run("%liara once").count("once") == 1


def test_loading_twice_changes_nothing(ipython):
    before = registered(ipython.shell)
    liara_magic.load_ipython_extension(ipython.shell)
    assert registered(ipython.shell) == before


def test_the_conversation_outlives_a_reload(ipython, kernel):
    ipython.run("%liara one")
    ipython.run("%unload_ext liara_magic")
    ipython.run("%load_ext liara_magic")
    ipython.run("%liara two")
    assert [turn.prompt for turn in kernel.session.conversation.turns] == ["one", "two"]


def test_loading_imports_nothing_heavy():
    heavy = ("httpx", "httpcore", "ipywidgets", "markdown_it", "mdit_py_plugins", "pandas", "numpy", "pydantic")
    code = (
        "import sys\n"
        "from IPython.core.interactiveshell import InteractiveShell\n"
        "shell = InteractiveShell()\n"
        "before = set(sys.modules)\n"
        "shell.run_cell('%load_ext liara_magic')\n"
        f"print([name for name in {heavy!r} if name in set(sys.modules) - before])"
    )
    said = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True, timeout=60)
    assert (said.stdout, said.stderr) == ("[]\n", "")
