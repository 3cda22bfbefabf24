"""``%%liara`` and ``%liara``: parse, ask, show. Importing this imports nothing heavy."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from IPython.core.magic import Magics, line_cell_magic, magics_class, no_var_expand

from ..kernel import this_kernel
from ..notebook.cells import CellRecorder
from ..notebook.runs import CellRuns
from ..protocol.errors import LiaraError, LiaraUsageError
from ..protocol.reply import Reply
from ..session.ask import Ask, Place
from .registry import NextCell, Shown

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from ..session.exchange import Screen
    from .tool_names import Shelf

NAME = "liara"


@magics_class
class LiaraMagics(Magics):
    """The magics of one shell."""

    shell: Any

    def __init__(self, shell: InteractiveShell) -> None:
        super().__init__(shell)
        self.recorder = CellRecorder(shell)
        self.runs = CellRuns(shell, _leave)

    @cached_property
    def shelf(self) -> Shelf:
        """The tools that the notebook has."""
        from .tool_names import Shelf

        return Shelf(self.shell, self.recorder)

    @no_var_expand  # a prompt is data: braces and dollars in it are the person's own
    @line_cell_magic
    def liara(self, line: str, cell: str | None = None) -> Reply | None:
        """Ask a model, or give a command.

        ``%%liara [MODEL] [flags]`` with the prompt in the cell; ``%liara [flags] prompt`` on one line;
        ``%liara /help`` for flags and commands.
        """
        try:
            return self._run(line, cell)
        except LiaraError as error:
            error.full_traceback = this_kernel().settings.full_traceback
            raise
        except KeyboardInterrupt as stop:
            said = str(stop) or "stopped"  # one line, in place of the frames that were waiting
            stop._render_traceback_ = lambda: [f"KeyboardInterrupt: {said}"]  # type: ignore[attr-defined]
            raise

    def _run(self, line: str, cell: str | None) -> Reply | None:
        from ..gateway.api_key import key_in_a_cell, looks_like_key
        from .options import parse_cell, parse_line

        if looks_like_key(line):
            raise key_in_a_cell()
        if line.lstrip().startswith("/"):
            return self._command(line.strip() if cell is None else f"{line.strip()}\n{cell}")
        if cell is not None:
            return self._ask(parse_cell(line, cell))
        if not line.strip():
            return self._command("")
        return self._ask(parse_line(line))

    def _ask(self, ask: Ask) -> Reply | None:
        source = _cell_source(self.shell)
        owns_cell = source.lstrip().startswith("%%" + NAME)
        kernel = this_kernel()
        ask = self.ready(self._placed(ask))
        if ask.wanted.dry_run:
            from .previews import dry_run

            self._show(dry_run(kernel.session, ask))
            return None
        screen = _screen(self.shell, owns_cell, kernel.settings.digits, ask.format, ask.carried.summary())
        reply = self._put(ask, screen)
        if ask.format not in ("markdown", "text") or ask.wanted.out:
            reply = self._deliver(ask, reply)
        # The reply has just been shown. It is returned for `reply = %liara ...`, and not for the shell to show again.
        return None if owns_cell or _last_statement(source).startswith("%" + NAME) else reply

    def _deliver(self, ask: Ask, reply: Reply) -> Reply:
        """Give what was asked for of the reply; its repair, where that took one, is the reply that is returned."""
        from ..screen.footer import notices_html
        from ..screen.markdown import plain
        from ..session.structured import announcement
        from ..values import evaluate
        from .delivery import deliver

        kernel, repaired = this_kernel(), ask
        while repair := evaluate(repaired, reply):
            self._show(Shown(plain(announcement(repair)), partial(notices_html, [announcement(repair)])))
            repaired = repair
            reply = self._put(repair, _screen(self.shell, False, kernel.settings.digits, ask.format))
        failed = self.recorder.error(None) if ask.wanted.fix else None
        deliver(reply, ask, self.shell, self._show, failed)
        return reply

    def _put(self, ask: Ask, screen: Screen) -> Reply:
        try:
            return this_kernel().session.ask(ask, screen)
        except KeyboardInterrupt:
            raise KeyboardInterrupt("stopped; what came of the reply is kept") from None

    def _placed(self, ask: Ask) -> Ask:
        """``ask`` with its place in the notebook, unless it is asked in a place that it knows."""
        return ask if ask.replaces else replace(ask, place=Place(*self.runs.next_place()))

    def ready(self, ask: Ask) -> Ask:
        """``ask`` with everything that it names of the notebook, so that it can be put."""
        return self._with_context(self._prepared(ask))

    def _prepared(self, ask: Ask) -> Ask:
        """``ask`` with what its flags name beside the context: a saved prompt, the shape of its value, tools."""
        if ask.wanted.template and not ask.is_filled:
            from .templates import filled

            ask = filled(ask, self.shell.user_ns)
        if ask.wanted.schema:
            from .schema_names import shape_named

            ask = replace(ask, shape=shape_named(ask.wanted.schema, self.shell.user_ns))
        if ask.wanted.tools:
            toolbox = this_kernel().session.toolbox
            named = {tool.name: tool for tool in (*toolbox.enabled, *map(toolbox.named, ask.wanted.tools))}
            ask = replace(ask, tools=tuple(named.values()), wanted=replace(ask.wanted, tools=()))
        other = this_kernel().session.conversations.near(ask.chat) if ask.chat else ""
        if other:
            note = f"{ask.chat} is a new conversation. There is also {other}: --chat {other} asks there."
            ask = replace(ask, notes=(*ask.notes, note))
        return ask

    def _with_context(self, ask: Ask) -> Ask:
        """``ask`` with what its prompt and flags name of the notebook."""
        if ask.is_filled or ("{" not in ask.prompt and ask.wanted == type(ask.wanted)()):
            return ask
        from ..carrying import Carrier
        from .gathering import Gatherer

        carrier = Carrier.of(this_kernel().session, ask)
        return replace(Gatherer(self.shell, self.recorder, carrier).gather(ask), typed=ask.prompt)

    def _command(self, line: str) -> Reply | None:
        """Give a command; one whose answer is an ask returns its reply, as any ask does."""
        from .commands import run_command

        answer = run_command(this_kernel().session, line)
        if isinstance(answer, Ask):
            return self._ask(answer)
        if isinstance(answer, NextCell):
            from .delivery import propose

            propose(answer.source, self.shell, self._show)
            answer = answer.markdown
        if isinstance(answer, (str, Shown)):
            self._show(answer if isinstance(answer, Shown) else Shown(answer))
        elif _has_front_end(self.shell):
            answer._ipython_display_()
        else:
            raise LiaraUsageError(
                f"{line} needs a notebook.", hint="In JupyterLab, Notebook, VS Code or Colab it works."
            )
        return None

    def _show(self, shown: Shown) -> None:
        if not _has_front_end(self.shell):
            from ..screen.terminal import show_document as print_document

            print_document(shown.markdown)
        else:
            from ..screen.notebook import show_document

            show_document(self.shell.display_pub, shown.markdown, shown.page, this_kernel().settings.digits)


def _leave(cell: str, count: int, asked: int) -> None:
    """A run of a cell has ended well: what only earlier runs of it asked goes."""
    for conversation in this_kernel().session.conversations.all():
        conversation.leave(cell, count, asked)


def _has_front_end(shell: Any) -> bool:
    """Whether the shell is a Jupyter kernel's, not one in a terminal."""
    return hasattr(shell, "kernel")


def _screen(shell: Any, owns_cell: bool, digits: str, format: str, carried: str = "") -> Screen:
    if _has_front_end(shell):
        from ..screen.notebook import NotebookScreen

        return NotebookScreen(shell.display_pub, owns_cell, digits, carried, format)
    from ..screen.terminal import TerminalScreen

    return TerminalScreen(digits=digits, format=format)


def _last_statement(source: str) -> str:
    """The last line that is no comment: what the shell shows the value of."""
    lines = (line.strip() for line in reversed(source.splitlines()))
    return next((line for line in lines if line and not line.startswith("#")), "")


def _cell_source(shell: Any) -> str:
    """The text of the cell that runs now, as it was typed; empty where the shell does not tell."""
    if _has_front_end(shell):
        parent = shell.get_parent() if hasattr(shell, "get_parent") else shell.parent_header
        return str(parent.get("content", {}).get("code", ""))
    history = shell.history_manager.input_hist_raw
    return str(history[-1]) if history else ""
