"""A cell that ran: as it is kept, and as it is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .cell_errors import CellError
from .outputs import Outputs
from .printed import cut_middle

_LONGEST_SOURCE = 65_536
_FIXED = 500  # bytes that a record takes besides its texts


@dataclass(frozen=True)
class Cell:
    """A cell that ran.

    ``printed`` is standard output and error as one text without colours, long ones cut in the middle. ``result`` is the
    value's MIME bundle, empty without one; ``displays`` are the bundles displayed, ``displays_left_out`` how many more
    there were. Values are text, images in base64. ``cell_id`` is the front end's, where it tells.
    """

    count: int
    source: str
    printed: str = ""
    result: Mapping[str, str] = field(default_factory=dict)
    displays: tuple[Mapping[str, str], ...] = ()
    displays_left_out: int = 0
    error: CellError | None = None
    cell_id: str = ""


@dataclass
class Record:
    """A cell that ran, as the recorder keeps it. Threads that it left behind may still add to ``outputs``."""

    order: int
    count: int
    source: str
    outputs: Outputs = field(default_factory=Outputs)
    cell_id: str = ""
    message: str = ""  # the front end's message that ran it
    weight: int = 0  # about how many bytes are held

    def __post_init__(self) -> None:
        self.source = cut_middle(self.source, _LONGEST_SOURCE)
        self.weigh()

    def weigh(self) -> None:
        """Find out how much is held."""
        self.weight = _FIXED + len(self.source) + self.outputs.size

    def cell(self) -> Cell:
        """What a reader gets."""
        outputs = self.outputs.visible()
        return Cell(
            count=self.count,
            source=self.source,
            printed=outputs.printed.text(),
            result=outputs.result.bundle() if outputs.result else {},
            displays=tuple(shown.bundle() for shown in outputs.displays),
            displays_left_out=outputs.left_out,
            error=self.outputs.error,
            cell_id=self.cell_id,
        )
