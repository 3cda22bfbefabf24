"""A real ipykernel, and a front end to it: one for all tests of a module, or one for a test alone."""

import pytest
from kernels import running_kernel


@pytest.fixture(scope="module")
def shared_kernel(tmp_path_factory):
    with running_kernel(tmp_path_factory.mktemp("kernel")) as front_end:
        yield front_end


@pytest.fixture
def own_kernel(tmp_path):
    """A kernel for one test alone, for what cannot be undone in it."""
    with running_kernel(tmp_path) as front_end:
        assert front_end.run("%load_ext liara_magic").status == "ok"
        yield front_end


@pytest.fixture
def notebook(shared_kernel):
    """The module's kernel with the extension loaded, an empty conversation and its first settings."""
    cell = shared_kernel.run(
        "%load_ext liara_magic\n"
        "%xmode Context\n"
        "import liara_magic as liara\n"
        "from liara_magic.kernel import this_kernel\n"
        "%liara /reset\n"
        "%liara /set base_url none\n"
        "%liara /set model sandbox/echo\n"
        "%liara /set idle_timeout none\n"
        "%liara /set system none\n"
        "%liara /set full_traceback none\n"
        "%liara /set budget none\n"
    )
    assert cell.status == "ok", cell.error
    shared_kernel.forget()
    return shared_kernel


@pytest.fixture
def ask_gateway(notebook):
    """Point the kernel at a gateway of the test: ``ask_gateway(loopback)``."""

    def point(loopback):
        cell = notebook.run(f"%liara /set base_url {loopback.base_url}\n%liara /model test/model")
        assert cell.status == "ok", cell.error

    return point
