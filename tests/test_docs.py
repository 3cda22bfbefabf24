"""The reference pages are those that the code gives, and the README's two commands are there."""

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
generate = importlib.util.module_from_spec(spec)
spec.loader.exec_module(generate)


@pytest.mark.parametrize("name", generate.PAGES)
def test_a_generated_page_is_not_stale(name):
    written = (ROOT / "docs" / name).read_text("utf-8")
    assert written == generate.PAGES[name](), f"docs/{name} is stale: python docs/generate.py"


def test_the_first_screen_of_the_readme_holds_two_commands():
    first_screen = (ROOT / "README.md").read_text("utf-8").splitlines()[:30]
    commands = [line for line in first_screen if line.startswith("python3 -m venv")]
    assert len(commands) == 2
    assert commands[0].endswith("liara-magic demo")
    assert "pytest" in commands[1]


def test_every_page_that_the_readme_links_to_exists():
    text = (ROOT / "README.md").read_text("utf-8")
    for target in ("docs/architecture.md", "docs/performance.md", "SECURITY.md", "CONTRIBUTING.md", "LICENSE"):
        assert target in text
        assert (ROOT / target).exists()
