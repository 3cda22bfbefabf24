"""One call of a tool, from the model's words to its result. Read :meth:`Runner.run` first."""

from __future__ import annotations

import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..gateway.engine import Engine
from ..protocol.checks import read_json
from ..protocol.errors import LiaraError, nearest
from ..protocol.foreign_text import whole_characters
from ..protocol.rounds import ToolRun
from .approval import Approvals
from .host import Captured, Host
from .time_limits import OutOfTime, Stopped, run_aside, run_here, run_on_engine, run_on_kernel_loop
from .tools import Approval, Tool

#: Characters of a result that go to the model, and of arguments that are read at all.
LONGEST_RESULT, LONGEST_ARGUMENTS = 20_000, 1_000_000
_LONGEST_ERROR = 500


class _Wrong(Exception):
    """What is wrong with a call, as the model is told."""


@dataclass
class Runner:
    """Runs calls of ``tools`` under the person's hand; ``others`` are tools of which only the JSON was given.

    ``session_says`` is the setting ``tool_approval``, ``timeout`` the seconds of a call that has no limit of its own.
    ``takes_images`` says whether the model reads pictures, ``is_secret`` whether a text holds an API key,
    ``is_cancelled`` whether the person has stopped the whole ask.
    """

    tools: Mapping[str, Tool]
    host: Host
    engine: Engine
    approvals: Approvals
    others: frozenset[str] = frozenset()
    session_says: Approval = "ask"
    timeout: float = 30.0
    takes_images: bool = True
    is_secret: Callable[[str], bool] = lambda text: False
    is_cancelled: Callable[[], bool] = lambda: False

    def run(self, run: ToolRun) -> Iterator[None]:
        """Run one call to its end; pauses once when it is about to ask the person or to start.

        What is wrong with it becomes its result, which the model reads. Only the interrupt and :class:`Stopped` leave.
        """
        yield
        try:
            tool, arguments = self._read(run)
        except _Wrong as fault:
            run.state, run.result = "failed", f"Error: {fault}."
            return
        refusal = self.approvals.refusal(tool, run, self.session_says, self.host)
        if refusal:
            run.state, run.result = "refused", refusal
            return
        run.state = "running"
        yield
        began = time.monotonic()
        try:
            self._keep(run, self._called(tool, arguments, run))
            run.state = "done"
        except (KeyboardInterrupt, Stopped):
            run.state = "stopped"
            raise
        except OutOfTime:
            run.state, run.result = "failed", f"Error: it took longer than {self._limit(tool):g} s and was stopped."
        except BaseException as error:  # the function is the person's own, and may raise anything, SystemExit too
            self._note_failure(run, error)
        finally:
            run.seconds = time.monotonic() - began

    def _read(self, run: ToolRun) -> tuple[Tool, dict[str, Any]]:
        """The tool that a call names, and its arguments, which fit. Raises :class:`_Wrong`."""
        call = run.call
        tool = self.tools.get(call.name)
        if tool is None:
            near = nearest(call.name, self.tools)
            said = [f"there is no tool called {call.name:.80}.", near, f"There are {', '.join(self.tools)}"]
            raise _Wrong(" ".join(filter(None, said)))
        if len(call.arguments) > LONGEST_ARGUMENTS:
            raise _Wrong(f"the arguments have {len(call.arguments):,} characters; {LONGEST_ARGUMENTS:,} are allowed")
        try:
            arguments = read_json(call.arguments.strip() or "{}")
        except ValueError as error:
            raise _Wrong(f"the arguments are no JSON: {error}") from None
        if not isinstance(arguments, dict):
            raise _Wrong("the arguments must be a JSON object")
        from .validation import check_value

        faults = check_value(arguments, tool.parameters)
        if faults:
            raise _Wrong(f"the arguments do not fit: {'; '.join(faults)}")
        return tool, arguments

    def _called(self, tool: Tool, arguments: dict[str, Any], run: ToolRun) -> Any:
        """What the function returns, wherever it has to run."""
        call, limit = tool.bound(arguments), self._limit(tool)
        on_main = threading.current_thread() is threading.main_thread()
        if tool.is_async:
            loop = self.host.kernel_loop() if tool.loop == "kernel" and on_main else None
            if loop is not None:
                return run_on_kernel_loop(loop, call, limit)
            return run_on_engine(self.engine, call, limit, self.is_cancelled)
        if not on_main:
            return run_aside(call, limit, self.is_cancelled)
        caught = Captured()
        try:
            with self.host.captured() as caught:
                return run_here(call, limit)
        finally:
            run.printed, run.pictures = caught.printed, caught.pictures

    def _keep(self, run: ToolRun, value: Any) -> None:
        told = self.host.told(value, run.call.name)
        text = whole_characters(told.text)
        if len(text) > LONGEST_RESULT:
            text = f"{text[:LONGEST_RESULT]}\n[cut: the first {LONGEST_RESULT:,} of {len(text):,} characters]"
        if self.is_secret(text):
            text = "[The result held what looks like an API key, so it was not sent.]"
        run.result, run.images = text or "(nothing)", told.images if self.takes_images else []
        if told.images and not self.takes_images:
            run.result += "\n[The picture itself is not sent: this model reads none.]"

    def _note_failure(self, run: ToolRun, error: BaseException) -> None:
        words = " ".join(str(error.message if isinstance(error, LiaraError) else error).split())
        said = self.host.hidden(whole_characters(f"{type(error).__name__}: {words}" if words else type(error).__name__))
        run.state = "failed"
        run.result = f"Error: {said[:_LONGEST_ERROR]}" if not self.is_secret(said) else f"Error: {type(error).__name__}"
        frames = traceback.TracebackException.from_exception(error)
        run.traceback = self.host.hidden(whole_characters("".join(frames.format())))

    def _limit(self, tool: Tool) -> float:
        return tool.timeout or self.timeout
