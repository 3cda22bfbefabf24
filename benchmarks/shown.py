"""What a notebook's cell shows of a reply, without a notebook around it."""

from __future__ import annotations

from liara_magic.api import Chat
from liara_magic.kernel import this_kernel
from liara_magic.protocol.errors import LiaraError
from liara_magic.screen.notebook import NotebookScreen
from liara_magic.session.ask import Ask

from .rig import Loopback


class _Publisher:
    """Stands for the shell's; keeps every bundle that it is given."""

    def __init__(self) -> None:
        self.bundles: list[dict[str, str]] = []

    def publish(self, data: dict[str, str], **_: object) -> None:
        self.bundles.append(dict(data))

    def clear_output(self, wait: bool = False) -> None:
        """Nothing is taken back here: what was shown for a moment counts too."""


def bundles_in_a_cell(gateway: Loopback) -> tuple[list[dict[str, str]], str]:
    """Ask once, as a magic cell does: every MIME bundle that was shown, and the words of the error, if it failed."""
    publisher, said = _Publisher(), ""
    session = Chat(base_url=gateway.base_url, model="test/model")._session
    try:
        session.ask(Ask("hi"), NotebookScreen(publisher, owns_cell=True))
    except LiaraError as error:
        said = str(error)
    finally:
        this_kernel().engine.close()
    return publisher.bundles, said


def in_a_cell(gateway: Loopback) -> tuple[str, str]:
    """The same: all HTML that was shown, and the words of the error."""
    bundles, said = bundles_in_a_cell(gateway)
    return "".join(bundle.get("text/html", "") for bundle in bundles), said
