"""axe-core, which knows the rules of accessibility: from npm, into a folder of the test run alone."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

VERSION = "4.10.3"
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def axe_script(folder):
    """The text of axe-core. Skips the test, with the reason, where npm cannot bring it."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("axe-core needs npm, which is not installed")
    command = [npm, "install", "--no-audit", "--no-fund", "--prefix", str(folder), f"axe-core@{VERSION}"]
    try:
        home = {**os.environ, "HOME": str(folder)}
        said = subprocess.run(command, capture_output=True, text=True, timeout=90, env=home, check=False)
    except subprocess.TimeoutExpired:
        pytest.skip("npm did not bring axe-core within 90 s")
    script = Path(folder, "node_modules/axe-core/axe.min.js")
    if not script.exists():
        pytest.skip(f"npm did not bring axe-core: {said.stderr.strip()[-200:]}")
    return script.read_text("utf-8")


def violations(page, inside):
    """What axe finds wrong with the elements that ``inside`` selects: the rule, and the elements."""
    found = page.evaluate(
        "([inside, tags]) => axe.run(inside, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})",
        [inside, _RULES],
    )
    return [
        (rule["id"], rule["help"], [(node["html"][:200], node["failureSummary"][:300]) for node in rule["nodes"]])
        for rule in found["violations"]
    ]
