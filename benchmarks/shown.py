"""What a notebook's cell shows of a reply, without a notebook around it."""

from __future__ import annotations

from liara_magic.api import Chat, this_kernel
from liara_magic.protocol.errors import LiaraError
from liara_magic.screen.notebook import NotebookScreen
from liara_magic.session.session import Ask

from .rig import Loopback


class _Publisher:
    """Stands for the shell's; keeps all HTML that it is given."""

    def __init__(self) -> None:
        self.html: list[str] = []

    def publish(self, data: dict[str, str], **_: object) -> None:
        self.html.append(data.get("text/html", ""))

    def clear_output(self, wait: bool = False) -> None:
        """Nothing is taken back here: what was shown for a moment counts too."""


def in_a_cell(gateway: Loopback) -> tuple[str, str]:
    """Ask once, as a magic cell does: all HTML that was shown, and the words of the error, if there was one."""
    publisher, said = _Publisher(), ""
    session = Chat(base_url=gateway.base_url, model="test/model")._session
    try:
        session.ask(Ask("hi"), NotebookScreen(publisher, owns_cell=True))
    except LiaraError as error:
        said = str(error)
    finally:
        this_kernel().engine.close()
    return "".join(publisher.html), said
