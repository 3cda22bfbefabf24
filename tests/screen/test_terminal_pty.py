"""IPython itself on a terminal of its own: what a person sees there."""

import os
import sys

import pytest
from ansi import seen, style_of, widest

pexpect = pytest.importorskip("pexpect")
if sys.platform == "win32":
    pytest.skip("there are no pseudo-terminals", allow_module_level=True)


def ask(line, columns=60, **environment):
    """What IPython prints for a line, on a terminal of so many columns."""
    own = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES", "NO_COLOR")}
    shell = pexpect.spawn(
        sys.executable,
        ["-m", "IPython", "--simple-prompt", "--no-banner", "--colors=NoColor", "--HistoryManager.enabled=False"],
        env={**own, "TERM": "xterm-256color", "PYTHONWARNINGS": "ignore", **environment},
        dimensions=(40, columns),
        encoding="utf-8",
        timeout=60,
        echo=False,
    )
    try:
        for number, typed in enumerate(["%load_ext liara_magic", line], 1):
            shell.expect_exact(f"In [{number}]: ")
            shell.sendline(typed)
        shell.expect_exact("In [3]: ")
        return shell.before.replace("\r\n", "\n")
    finally:
        shell.close(force=True)


def test_a_reply_has_colours_and_fits_the_terminal():
    text = ask("%liara -m sandbox/tutor why is revenue down")
    words = seen(text)
    assert "You asked: “why is revenue down”" in words.replace("\n", " ")
    assert "parameters                │ —" in words
    assert "python\nnumbers = [3, 1, 4, 1, 5]" in words
    assert style_of(text, "sandbox") == {"1"}
    assert style_of(text, "print") == {"36"}
    assert style_of(text, "✓ sandbox/tutor") == {"2"}
    assert widest(text) <= 60


def test_persian_and_no_colours():
    text = ask("%liara -m sandbox/tutor سلام، می\u200cخواهم یاد بگیرم", NO_COLOR="1")
    assert "\x1b" not in text
    assert "این **sandbox** است" in text
    assert "می\u200cخواهم یاد بگیرم" in text.replace("\n", " ")
    assert widest(text) <= 60
