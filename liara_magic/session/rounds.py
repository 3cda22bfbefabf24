"""The loop of an ask: whether calls of the model are answered, and the request that carries the answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from ..protocol.events import CallEnded, CallStarted, Event
from ..protocol.messages import Message
from ..protocol.reply import Reply
from ..protocol.request import ChatRequest
from ..protocol.rounds import Round, ToolRun, close_round
from .approval import NOBODY_ASKED
from .tool_runs import Runner

#: Calls that a reply may make at once; of one that makes more, none is run.
MOST_CALLS = 32
#: Rounds in a row without a call that could be run, after which the model is asked to answer without tools.
MOST_FUTILE = 3


class Rounds:
    """Answers the calls of one turn, at most ``most`` times. Without a runner no call is ever answered."""

    def __init__(self, runner: Runner | None = None, most: int = 8) -> None:
        self._runner = runner
        self._most = most

    def go_on(self, reply: Reply) -> bool:
        """Whether the calls in ``reply`` are to be answered: it is whole, asks for them, and another round is allowed.

        Calls of tools that were given as raw JSON are for whoever gave them, so they end the loop.
        """
        calls = reply.tool_calls
        if self._runner is None or not calls or not reply.finished or len(reply.choices) > 1:
            return False
        if any(call.name in self._runner.others for call in calls):
            return False
        if len(reply.rounds) < self._most and not self._is_futile(reply):
            return True
        reply.notices.append(
            f"The model asked for tools in {len(reply.rounds) + 1} rounds; after {len(reply.rounds)} no more are run. "
            "%liara /set max_tool_rounds raises the limit."
        )
        return False

    def answer(self, reply: Reply, is_cancelled: Callable[[], bool]) -> Iterator[Event]:
        """Run what the reply asks for, one call after the other; yields before and after each.

        Raises :class:`Stopped` when ``is_cancelled`` says so meanwhile.
        """
        if self._runner is not None:
            self._runner.is_cancelled = is_cancelled
        closed = close_round(reply)
        if len(closed.runs) > MOST_CALLS:
            self._refuse_all(reply, closed)
        for run in closed.runs:
            yield from self._answer(reply, run)

    def _answer(self, reply: Reply, run: ToolRun) -> Iterator[Event]:
        if self._runner is not None and run.state == "waiting":
            for _ in self._runner.run(run):
                yield CallStarted(run)
            reply.notices += _said_of(run)
        yield CallEnded(run)

    def following(self, request: ChatRequest, reply: Reply) -> ChatRequest:
        """The request that carries the last round's calls and results.

        A wish that a tool must be called is for the first request: with it the model could never answer. The last
        request that is allowed asks for an answer without tools.
        """
        parameters = dict(request.parameters)
        if parameters.get("tool_choice") not in (None, "auto", "none"):
            del parameters["tool_choice"]
        if len(reply.rounds) >= self._most or self._is_futile(reply):
            parameters["tool_choice"] = "none"
        messages: list[Message] = [*request.messages, *reply.rounds[-1].messages()]
        return replace(request, messages=messages, parameters=parameters)

    def _is_futile(self, reply: Reply) -> bool:
        last = reply.rounds[-MOST_FUTILE:]
        return len(last) == MOST_FUTILE and all(
            run.state in ("failed", "refused") and not run.seconds for one in last for run in one.runs
        )

    def _refuse_all(self, reply: Reply, closed: Round) -> None:
        """Of thousands of calls none is run, and one is answered."""
        count = len(closed.runs)
        del closed.runs[1:]
        closed.runs[0].state = "refused"
        closed.runs[0].result = f"Error: {count:,} calls at once; at most {MOST_CALLS} are allowed, so none was run."
        reply.notices.append(f"The model made {count:,} calls at once; none of them was run.")


def _said_of(run: ToolRun) -> list[str]:
    """What the person should know of a call that was not run. How it can be allowed is not for the model to read."""
    if run.state != "refused":
        return []
    way = " %liara /set tool_approval allow, or @liara.tool(approval='allow'), allows it without a question."
    return [f"{run.call.name} was not run. {run.result}{way if run.result.startswith(NOBODY_ASKED) else ''}"]
