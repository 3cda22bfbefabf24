"""What the package offers by name, and what importing it costs."""

import importlib.metadata
import subprocess
import sys
from pathlib import Path

import pytest

import liara_magic

PUBLIC = [
    "CallEnded",
    "CallStarted",
    "Chat",
    "Choice",
    "Finish",
    "Liara",
    "LiaraBudgetError",
    "LiaraContextLengthError",
    "LiaraCredentialsError",
    "LiaraCreditError",
    "LiaraError",
    "LiaraFormatError",
    "LiaraModelError",
    "LiaraNetworkError",
    "LiaraRateLimitError",
    "LiaraRequestError",
    "LiaraServerError",
    "LiaraStreamError",
    "LiaraUsageError",
    "LiaraWorkspaceError",
    "ReasoningDelta",
    "Reply",
    "TextDelta",
    "Usage",
    "UsageReport",
    "__version__",
    "chat",
    "load_ipython_extension",
    "panel",
    "tool",
    "unload_ipython_extension",
]
HEAVY = (
    "IPython",
    "httpx",
    "ipywidgets",
    "keyring",
    "markdown_it",
    "matplotlib",
    "mdit_py_plugins",
    "numpy",
    "pandas",
    "pydantic",
    "traitlets",
)


def loaded_after(code: str) -> set[str]:
    """Which heavy libraries a new Python has imported after ``code``."""
    said = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys\nprint(*(name for name in {HEAVY!r} if name in sys.modules))"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert not said.stderr
    return set(said.stdout.split())


def test_the_public_names_are_these():
    assert sorted(liara_magic.__all__) == PUBLIC


@pytest.mark.parametrize("name", PUBLIC)
def test_a_public_name_can_be_had(name):
    assert getattr(liara_magic, name) is not None


@pytest.mark.parametrize("name", [name for name in PUBLIC if name[0].isupper()])
def test_a_public_class_says_what_it_is(name):
    assert getattr(liara_magic, name).__doc__


def test_dir_lists_the_public_names():
    assert dir(liara_magic) == PUBLIC


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="has no attribute 'Chatt'"):
        _ = liara_magic.Chatt


def test_every_error_has_the_one_root():
    errors = [getattr(liara_magic, name) for name in PUBLIC if name.endswith("Error")]
    assert all(issubclass(error, liara_magic.LiaraError) for error in errors)


def test_importing_the_package_imports_nothing_heavy():
    assert loaded_after("import liara_magic") == set()


def test_making_a_chat_opens_no_http_client():
    needed = loaded_after("import liara_magic\nliara_magic.Chat(model='sandbox/echo')")
    assert needed == {"traitlets"}


def test_the_sandbox_needs_no_renderer():
    code = "import liara_magic\nassert liara_magic.Chat(model='sandbox/echo').ask('hi').text == 'hi'"
    assert loaded_after(code) == {"traitlets", "httpx"}


def test_the_version_is_the_installed_one():
    assert liara_magic.__version__ == importlib.metadata.version("liara_magic")


def test_type_checkers_may_read_the_annotations():
    assert (Path(liara_magic.__file__).parent / "py.typed").exists()


def test_the_kernels_own_chat_can_be_had_after_every_room_is_imported():
    """A room and a public name must not share a name: importing the room would put itself in the name's place."""
    rooms = {file.name for file in Path(liara_magic.__file__).parent.iterdir() if file.is_dir()}
    said = subprocess.run(
        [sys.executable, "-c", "import liara_magic as liara\nliara.Chat(model='sandbox/echo')\nprint(liara.chat())"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert said.stdout.startswith("<Chat with"), said.stderr + f" rooms: {rooms & set(PUBLIC)}"
