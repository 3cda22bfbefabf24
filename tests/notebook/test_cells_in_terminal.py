"""The record of executed cells in IPython as people start it in a terminal."""

import ast
import os
import sys

import pytest

pexpect = pytest.importorskip("pexpect")
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a terminal of its own is a Unix thing")

INSTALL = "from liara_magic.notebook.cells import CellRecorder; r = CellRecorder(get_ipython()); r.install()"
TELL = "print('>>', [(c.count, c.source, c.printed, c.result, c.error and c.error.name) for c in r.last(9)], '<<')"


def test_a_session_in_a_terminal(tmp_path):
    command = ["-m", "IPython", "--simple-prompt", "--no-banner", "--colors=NoColor", "--no-confirm-exit"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONWARNINGS": "ignore"}
    terminal = pexpect.spawn(
        sys.executable, command, encoding="utf-8", timeout=60, env=environment, cwd=str(tmp_path), dimensions=(40, 900)
    )
    typed = [INSTALL, "print('hello'); 42", "1/0", "display('shown')", "import time; print('begun'); time.sleep(99)"]
    for line in typed:
        terminal.expect(r"In \[\d+\]: ")
        terminal.sendline(line)
    terminal.expect("begun\r\n")
    terminal.sendintr()
    terminal.expect(r"In \[\d+\]: ")
    terminal.sendline(TELL)
    terminal.expect(r">> (\[\(.*\)\]) <<\r\n")
    recorded = ast.literal_eval(terminal.match[1])
    terminal.sendeof()
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert [one[:2] for one in recorded] == list(enumerate(typed, 1))
    assert [one[2:] for one in recorded] == [
        ("", {}, None),
        ("hello\n", {"text/plain": "42"}, None),
        ("", {}, "ZeroDivisionError"),
        ("", {}, None),
        (recorded[4][2], {}, "KeyboardInterrupt"),
    ]
    assert recorded[4][2] in ("begun", "begun\n")  # the line's end is on the screen before it is recorded
