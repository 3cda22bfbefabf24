"""A real IPython shell in this process, with the kernel's shared state made anew for each test."""

import pytest
from shells import running_shell


class Prompt:
    """Runs cells as a person in a terminal would, and reads what they printed."""

    def __init__(self, shell, capsys):
        self.shell = shell
        self._capsys = capsys

    def run(self, code):
        """Run a cell that works; returns what it printed."""
        result = self.shell.run_cell(code, store_history=True)
        said = self._capsys.readouterr()
        assert result.success, said.out
        assert said.err == ""
        return said.out

    def fails(self, code):
        """Run a cell that fails; returns its error, which was shown in a few lines."""
        result = self.shell.run_cell(code, store_history=True)
        shown = self._capsys.readouterr().out
        error = result.error_before_exec or result.error_in_exec
        assert error is not None, shown
        assert type(error).__name__ in shown
        return error

    def value(self, name):
        return self.shell.user_ns[name]


@pytest.fixture
def bare(capsys, tmp_path):
    """A shell without the extension."""
    with running_shell() as shell:
        shell.run_line_magic("load_ext", "json")  # no extension; IPython's own part for extensions is there from now on
        capsys.readouterr()
        yield Prompt(shell, capsys)


@pytest.fixture
def ipython(bare, kernel):
    """A shell with the extension loaded and the sandbox's echo chosen."""
    assert bare.run("%load_ext liara_magic") == ""
    kernel.settings.model = "sandbox/echo"
    return bare
