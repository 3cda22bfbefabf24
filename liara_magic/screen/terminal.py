"""A screen for IPython in a terminal: finished blocks are printed once, append-only, without moving the cursor."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

from ..protocol.foreign_text import clean
from ..protocol.reply import Reply
from ..protocol.usage import Totals
from .calls import result_line
from .code_blocks import fenced
from .document import answers, live_text
from .figures import TOMAN, in_digits, without_isolates
from .footer import details, footer
from .markdown import unmarked
from .markup import tex_of
from .painter import INTERVAL
from .terminal_text import GrowingText, Look, Printer
from .wrapping import BOLD, DIM, Span, styled

#: Formats that mean something only when they are complete, and how they are then shown to a person.
_WHOLE: dict[str, Callable[[str], str]] = {
    "json": lambda text: fenced(text, "json"),
    "html": lambda text: fenced(text, "html"),
    "math": lambda text: f"$$\n{tex}\n$$" if (tex := tex_of(text)) else text,
}
_NOTICE = styled(BOLD, "35")


def show_document(source: str) -> None:
    """Print Markdown of our own, such as a command's answer."""
    printer = Printer(_write, Look.of_output())
    if printer.look.formatted:
        printer.blocks(without_isolates(source), "", {})
    else:
        printer.line(Span(unmarked(without_isolates(source))))


def _write(text: str) -> None:
    print(text, end="", flush=True)


class TerminalScreen:
    """Prints a reply block by block, as each is finished; ``write`` is how it prints, ``format`` what the
    reply was asked for in.

    A person sees the model's reasoning and the answer, formatted; a pipe or a file gets the answer's Markdown.
    """

    def __init__(
        self,
        write: Callable[[str], None] = _write,
        look: Look | None = None,
        digits: str = "latin",
        format: str = "markdown",
    ) -> None:
        self._digits = digits
        self._format = format
        self._printer = Printer(write, look or Look.of_output())
        self._reasoning = GrowingText(self._printer, DIM)
        is_plain = format == "text"
        printer = Printer(write, Look(formatted=False)) if is_plain else self._printer
        self._new_answer = partial(GrowingText, printer)
        self._answer = self._new_answer()
        self._rounds = self._calls = 0  # rounds whose words are printed, and calls of the last of them
        self._stage = "waiting"  # then perhaps "reasoning", then "answer"

    def start(self, model: str) -> None:
        """Nothing: a line that is printed cannot be taken back."""

    def show(self, reply: Reply) -> float:
        """Print the blocks that cannot change any more."""
        began = time.monotonic()
        text = live_text(reply)
        if self._format in _WHOLE:  # it can be shown when it is complete
            return 1.0
        self._show_rounds(reply)
        has_grown = self._reason(reply, is_over=bool(text))
        has_grown |= self._answer.show(text)
        # A block that goes on and on is parsed again each time: the pauses grow with what that costs.
        return max(INTERVAL, 4 * (time.monotonic() - began)) if has_grown else 0.0

    def finish(self, reply: Reply, totals: Totals) -> None:
        """Print the rest and the footer."""
        self._end(reply, footer(reply, totals, digits=self._digits))

    def fail(self, reply: Reply, totals: Totals, reason: str, charged: bool) -> None:
        """Print the rest, and that it ended early."""
        self._end(reply, footer(reply, totals, reason, charged, self._digits))

    def _show_rounds(self, reply: Reply) -> None:
        """Print what the model said before a call of a tool, and the line of each call that has ended."""
        for number, one in enumerate(reply.rounds):
            if number == self._rounds:
                self._rounds += 1
                self._calls = 0
                self._answer.finish(clean(one.choice.text))
                self._answer, self._stage = self._new_answer(), "waiting"
            if number + 1 < self._rounds:
                continue
            for run in one.runs[self._calls :]:
                if run.state in ("waiting", "running"):
                    break
                self._calls += 1
                self._printer.line(Span(result_line(run), DIM))

    def _reason(self, reply: Reply, is_over: bool) -> bool:
        """Print the reasoning as far as it is finished, under a word that says what it is. Returns whether it grew.

        Nobody can unfold it in a terminal, so it is shown while it comes. What comes of it after the answer has begun
        is left to ``reply.reasoning``.
        """
        if self._stage == "answer" or reply.hide_reasoning or not self._printer.look.formatted:
            return False
        text = clean(reply.reasoning)
        if self._stage == "waiting" and text.strip():
            self._begin("reasoning")
        if not is_over:
            return self._reasoning.show(text)
        if self._stage == "reasoning":
            self._reasoning.finish(text)
            self._begin("answer")
        self._stage = "answer"
        return True

    def _begin(self, stage: str) -> None:
        self._stage = stage
        self._printer.line(Span(stage, DIM))
        self._printer.write("\n")

    def _end(self, reply: Reply, line: str) -> None:
        self._show_rounds(reply)
        text = answers(reply)
        if self._printer.look.formatted and text:
            text = _WHOLE.get(self._format, str)(text)
        self._reason(reply, is_over=bool(text))
        if self._stage == "reasoning":  # it was all that came
            self._reasoning.finish(clean(reply.reasoning))
        self._answer.finish(text)
        for notice in reply.notices:
            self._printer.line(Span("!", _NOTICE), Span(f" {clean(notice)}"))
        for name, value in () if reply.verbose else reply.details:
            self._printer.line(Span(f"{clean(name)}: {in_digits(clean(value), self._digits)}", DIM))
        line = without_isolates(line)
        # Where the line must be broken, an amount keeps its unit.
        line = line.replace(f" {TOMAN}", f"\N{NO-BREAK SPACE}{TOMAN}") if self._printer.look.formatted else line
        self._printer.line(Span(line, DIM))
        for name, value in details(reply, self._digits) if reply.verbose else ():
            self._printer.line(Span(f"{in_digits(name, self._digits)}: {without_isolates(value)}", DIM))
