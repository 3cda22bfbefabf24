"""Faults of the wire, put to the real package: what must happen, what happens, the figure.

``python -m benchmarks.faults`` takes about four minutes and prints one Markdown table; ``--write`` writes it to
docs/reliability.md; ``python -m benchmarks.faults B3 B14`` runs these rows alone.
"""

from __future__ import annotations

import sys
from pathlib import Path

if __package__ in (None, ""):  # started as a file: make the package around it known
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import (
    fault_rows_decode,
    fault_rows_kernel,
    fault_rows_life,
    fault_rows_log,
    fault_rows_money,
    fault_rows_network,
    fault_rows_process,
    fault_rows_retry,
    fault_rows_status,
    fault_rows_stream,
)
from benchmarks.fault_page import FaultPage

_MODULES = (
    fault_rows_decode,
    fault_rows_stream,
    fault_rows_status,
    fault_rows_retry,
    fault_rows_network,
    fault_rows_process,
    fault_rows_kernel,
    fault_rows_life,
    fault_rows_log,
    fault_rows_money,
)
_OPENING = """# Reliability

What the package does when the network, the gateway or the kernel fails. Each row puts one kind of fault to the real
package, over real sockets on this machine and, where the row says so, in a real kernel, and gives the figure that was
measured. The cases are our own, written from the specifications; figures of other clients are those that were measured
on their current releases when the faults were collected, and were not measured again here. To measure it yourself:
`python -m benchmarks.faults`, or with `--write` to write this page anew.
"""
PAGE = FaultPage("docs/reliability.md", _OPENING, _MODULES, ("httpx", "ipykernel", "ipython"))

if __name__ == "__main__":
    PAGE.main(__doc__)
