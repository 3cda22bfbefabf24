"""A real kernel with the extension loaded, and what its cells show."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# Makes the tests' folders known.
from .rig import Loopback, running_kernel  # isort: skip
from front_end import Cell, FrontEnd

__all__ = ["LOAD", "FrontEnd", "html", "loaded_kernel", "point"]

LOAD = "%load_ext liara_magic\nimport liara_magic as liara\nfrom liara_magic.kernel import this_kernel"


@contextmanager
def loaded_kernel() -> Iterator[FrontEnd]:
    """A kernel of its own, in a folder of its own, ended with the block."""
    folder = tempfile.TemporaryDirectory(prefix="faults-", ignore_cleanup_errors=True)
    with folder as home, running_kernel(Path(home)) as front_end:
        front_end.run(LOAD)
        yield front_end


def point(front_end: FrontEnd, gateway: Loopback) -> None:
    """From now on the kernel asks ``gateway``, with an empty conversation."""
    front_end.run(f"%liara /set base_url {gateway.base_url}\n%liara /model test/model\n%liara /reset")


def html(cell: Cell) -> str:
    """All that stands in the cell's output area as HTML."""
    return "".join(str(bundle.get("text/html", "")) for bundle in cell.shown)
