"""Hostile replies, put to the real package: what must happen, what happens, the figure.

``python -m benchmarks.security`` takes about five minutes, two of them in a browser, and prints one Markdown table;
``--write`` writes it to docs/security.md; ``python -m benchmarks.security A1 A7`` runs these rows alone.
"""

from __future__ import annotations

import sys
from pathlib import Path

if __package__ in (None, ""):  # started as a file: make the package around it known
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.fault_page import FaultPage  # before the rows: it makes the tests' own helpers known

from benchmarks import (  # isort: skip
    security_rows_context,
    security_rows_links,
    security_rows_markup,
    security_rows_page,
    security_rows_text,
    security_rows_tools,
)

_MODULES = (
    security_rows_markup,
    security_rows_page,
    security_rows_links,
    security_rows_text,
    security_rows_context,
    security_rows_tools,
)
_OPENING = """# Security of what is shown and sent

What happens when a model, or whoever speaks through it, writes to attack the person who reads. [The promise and how
it is kept](../SECURITY.md) stand elsewhere; here each row puts one kind of attack to the real package and gives the
figure that was measured. The texts are our own, written from the specifications of HTML, CommonMark, URLs and
Unicode; figures of others are those that were measured when the attacks were collected, and were not measured again
here. Rows A3 to A5 open a real JupyterLab and nbconvert's page in Chromium; the others look at every part of every
MIME bundle after an HTML5 parse. Rows C5 and D10 are about the other direction: what goes along from a notebook, at
the body that leaves a socket. To measure it yourself: `python -m benchmarks.security`, or with `--write` to write
this page anew.
"""
PAGE = FaultPage("docs/security.md", _OPENING, _MODULES, ("markdown-it-py", "pygments", "html5lib"))

if __name__ == "__main__":
    PAGE.main(__doc__)
