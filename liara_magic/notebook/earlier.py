"""The cells that ran before anyone recorded them, as far as the shell's history still tells."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from .cell_errors import CellError, Describer
from .outputs import Outputs
from .printed import cut_middle, readable
from .records import Record
from .sources import is_left_out


def earlier_cells(shell: Any, most: int) -> list[Record]:
    """The last ``most`` cells of the history, also one that still runs.

    Sources and the text of results are in every IPython's history. Since 9.1 printed text, displays and errors are
    too, displays only where ipykernel was told to keep them. https://github.com/ipython/ipython/pull/14780
    """
    history = getattr(shell, "history_manager", None)
    sources = history.input_hist_raw if history is not None else []
    records = []
    for number in range(max(1, len(sources) - most), len(sources)):
        if sources[number].strip() and not is_left_out(sources[number]):
            outputs = _outputs(history, number)
            outputs.error = _stored_error(history, number)
            records.append(Record(0, number, sources[number], outputs))
    return records


def add_last_error(records: list[Record], describer: Describer) -> None:
    """Add the last error that was shown to its cell: every IPython keeps it, for ``%debug``."""
    error = getattr(sys, "last_value", None)
    if not isinstance(error, BaseException):
        return
    count = describer.cell_of(error)
    for record in records:
        if record.count == count and (record.outputs.error is None or not record.outputs.error.failing_line):
            record.outputs.error = describer.describe(error, record.source)


def _outputs(history: Any, number: int) -> Outputs:
    outputs = Outputs()
    for kind, bundle in _stored_outputs(history, number):
        if kind in ("out_stream", "err_stream"):
            stream = bundle.get("stream", "")
            for text in [stream] if isinstance(stream, str) else stream:
                outputs.printed.take(text)
        elif kind == "display_data":
            outputs.show(bundle)
        elif kind == "execute_result":
            outputs.set_result(bundle)
    text = getattr(history, "output_hist_reprs", {}).get(number)
    if outputs.result is None and isinstance(text, str):
        outputs.set_result({"text/plain": text})
    return outputs


def _stored_outputs(history: Any, number: int) -> Iterator[tuple[str, dict[str, Any]]]:
    stored = getattr(history, "outputs", {})
    for one in list(stored.get(number, ())):  # by get(): asking a defaultdict otherwise would add to it
        bundle = getattr(one, "bundle", None)
        if isinstance(bundle, dict):
            yield str(getattr(one, "output_type", "")), bundle


def _stored_error(history: Any, number: int) -> CellError | None:
    stored = getattr(history, "exceptions", {}).get(number)
    if not isinstance(stored, dict):
        return None
    lines = stored.get("traceback") or []
    return CellError(
        name=str(stored.get("ename", "")),
        message=cut_middle(readable(str(stored.get("evalue", ""))), 2_048),
        traceback=cut_middle(readable("\n".join(map(str, lines))), 4_096),
    )
