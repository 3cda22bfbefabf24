"""What one ask does to the memory of a process of its own. As a program it asks once and prints one JSON object."""

import json
import os
import subprocess
import sys
from typing import Any


def held(name: str) -> int:
    """A figure of this process in bytes: VmRSS is the memory it holds, VmHWM the most that it ever held."""
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith(name))


def forget_the_peak() -> None:
    """From here on VmHWM counts anew: imports would hide a small growth behind their own peak."""
    with open("/proc/self/clear_refs", "w") as switch:
        switch.write("5")


def of_one_ask(url: str, key: str, screen: str = "silent") -> dict[str, Any]:
    """Ask the server at ``url`` in a fresh process: ``growth`` in bytes, ``error``, ``said``, ``kept``.

    ``screen`` is ``silent`` or ``notebook``, which renders the reply while it comes and makes messages of it.
    """
    variables = {name: value for name, value in os.environ.items() if not name.startswith("LIARA_")}
    said = subprocess.run(
        [sys.executable, __file__, url, screen],
        check=False,
        capture_output=True,
        text=True,
        timeout=100,
        env=variables | {"LIARA_API_KEY": key},
    )
    assert said.returncode == 0, said.stderr
    return json.loads(said.stdout)


class _Publisher:
    """Makes the bytes that a kernel would send."""

    def publish(self, data: dict[str, str], metadata: Any = None, *, transient: Any = None, update: bool = False):
        json.dumps(data).encode()

    def clear_output(self, wait: bool = False) -> None:
        pass


def _ask(url: str, screen: str) -> dict[str, Any]:
    """The error's kind and words, the beginning of the text that was kept, and the growth of the memory."""
    from liara_magic import Chat, LiaraError
    from liara_magic.screen.notebook import NotebookScreen
    from liara_magic.screen.silent import SilentScreen
    from liara_magic.session.ask import Ask

    chat = Chat(base_url=url, model="test/model")

    def ask(**options: Any) -> None:
        shown = NotebookScreen(_Publisher(), owns_cell=True) if screen == "notebook" else SilentScreen()
        chat._session.ask(Ask("hi", **options), shown)

    ask(fresh=True, model="sandbox/echo")  # what is imported at the first ask is not what is measured
    forget_the_peak()
    before = held("VmRSS")
    error = said = ""
    try:
        ask()
    except LiaraError as failure:
        error, said = type(failure).__name__, str(failure)
    growth = held("VmHWM") - before
    return {"error": error, "said": said, "kept": chat.turns[-1].reply.text[:100], "growth": growth}


if __name__ == "__main__":
    print(json.dumps(_ask(*sys.argv[1:])))
