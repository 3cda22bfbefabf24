"""One ask, from its first request's leaving to its entry in the books. Read :meth:`Exchange.events` first."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Protocol

from ..gateway.connection import Connection
from ..gateway.engine import Engine
from ..gateway.interrupts import interrupt_cancels
from ..gateway.stream import Stream
from ..protocol.errors import LiaraError
from ..protocol.events import Event, ReasoningDelta, TextDelta
from ..protocol.reply import Reply
from ..protocol.request import ChatRequest
from ..protocol.rounds import stop_runs, summed
from ..protocol.usage import Totals, Usage
from .account import Account
from .conversation import Conversation
from .endings import notices, reason_of, stopped
from .ledger import State
from .log_entry import Entry
from .replay import Replay
from .replay_store import ReplayStore
from .rounds import Rounds
from .time_limits import Stopped
from .turn import Turn

# Seconds for which it sleeps at most, so that the log has what came.
_PULSE = 0.5


class Screen(Protocol):
    """What a person sees of an ask. The session calls ``start`` once, ``show`` often, then ``finish`` or ``fail``."""

    def start(self, model: str) -> None:
        """The request is leaving."""

    def show(self, reply: Reply) -> float:
        """The reply as far as it has come. Returns the seconds after which the next call can show more."""

    def finish(self, reply: Reply, totals: Totals) -> None:
        """The reply is complete; ``totals`` are the conversation's."""

    def fail(self, reply: Reply, totals: Totals, reason: str, charged: bool) -> None:
        """The reply ended early, with whatever had come; ``charged`` says whether it may cost something."""


class Exchange:
    """A turn whose request is about to leave. Run it once; cancel it from any thread.

    A reply that asks for tools is answered with another request, so a turn is one request or several.
    """

    def __init__(
        self,
        engine: Engine,
        connect: Callable[[], Connection],
        request: ChatRequest,
        turn: Turn,
        *,
        conversation: Conversation,
        account: Account,
        open_account: Callable[[ChatRequest, Usage], Account],
        rounds: Rounds,
        advise: Callable[[BaseException], None] = lambda _: None,
        watch: Callable[[Turn], None] = lambda _: None,
        entry: Entry | None = None,
        replay: Replay | None = None,
    ) -> None:
        self.turn = turn
        self._engine = engine
        self._connect = connect
        self._request = request
        self._conversation = conversation
        self._account = account
        self._advise = advise  # adds to an error's hint what the session knows
        self._open_account = open_account  # for a request that brings the results of tools
        self._rounds = rounds
        self._watch = watch  # told whenever the turn has changed, on the thread that asked
        self._entry = entry or Entry()  # of the log
        self._replay = replay or Replay(ReplayStore())
        self._stream: Stream | None = None
        self._started = self._sent = time.monotonic()  # of the turn, of its last request
        self._cancelled = self._begun = self._interrupted = False
        self._lock = threading.Lock()  # of whether it has begun when it is cancelled
        self._reasons = False  # whether the model is at its reasoning
        turn.reply.model = request.model

    def run(self, screen: Screen) -> Reply:
        """Send the request, show the reply while it comes, and return it.

        Raises :class:`LiaraError` for whatever went wrong and KeyboardInterrupt when interrupted; what came of the
        reply is in the conversation then too.
        """
        for _ in self.events(screen):
            pass
        return self.turn.reply

    def cancel(self) -> None:
        """Close the connection. What came is kept; :meth:`run` then raises :class:`LiaraStreamError`."""
        with self._lock:
            self._cancelled = True
            never_began = not self._begun
        if self._stream is not None:
            self._stream.cancel()
        elif never_began and self.turn.state == "running":  # it has not left, and will not
            self._end(stopped(), charged=False)

    def each(self, screen: Screen) -> Iterator[Event]:
        """:meth:`events` one by one, for code that does something between them, which an interrupt is for then."""
        for events in self.events(screen):
            self._attend(False)
            yield from events
            self._attend(True)

    def events(self, screen: Screen) -> Iterator[list[Event]]:
        """The whole story: yields the events of the reply in batches, as they come.

        A caller who stops listening stops the request.
        """
        reply, self._started = self.turn.reply, time.monotonic()
        with self._lock:
            if self._cancelled:
                raise stopped()
            self._begun = True
        reply.started = datetime.now().astimezone()
        self._log_request()
        try:
            yield from self._receive(screen)
            while self._rounds.go_on(reply):
                yield from self._call_tools(screen)
                self._open_next_request()
                yield from self._receive(screen)
        except BaseException as error:  # a failure, the interrupt, or a caller who stopped listening
            if self._stream is not None:
                self._interrupted = self._stream.cancelled
                self._stream.cancel()
            self._advise(error)
            refused = reply.waiting is not None and time.monotonic() < reply.waiting[1]  # and not sent again yet
            charged = not refused and (not isinstance(error, LiaraError) or error.may_be_charged)
            self._end(error, charged)
            screen.fail(reply, self._totals(), self.turn.reason, charged or bool(reply.rounds))
            raise
        self._end()
        screen.finish(reply, self._totals())

    def _attend(self, attended: bool) -> None:
        if self._stream is not None:
            self._stream.attended = attended

    def _log_request(self) -> None:
        """Write down what is about to be sent. A disk may take its time over it, and the person stop it."""
        try:
            self._entry.begin()
        except BaseException as error:
            self._end(error, charged=False)
            raise

    def _receive(self, screen: Screen) -> Iterator[list[Event]]:
        """One request: its reply is drained and shown until it ends. Raises whatever ended it early."""
        reply, pause = self.turn.reply, 0.0
        self._sent = time.monotonic()
        stored = self._replay.stream()
        connection = None if stored else self._connect()
        self._stream = stream = stored or Stream()
        if self._cancelled:  # before anything has left
            raise stopped(charged=False)
        with interrupt_cancels(stream):
            if connection is not None:
                self._engine.chat(connection, self._account.request, stream)
            if not reply.rounds:
                screen.start(self._request.model)
                self._watch(self.turn)
            while not stream.finished and not self._cancelled:
                events = stream.drain(hold=min(pause, _PULSE), patience=_PULSE)
                for event in events:
                    reply.add(event)
                reply.estimate = self._account.count(events)
                self._note_times({type(event) for event in events}, time.monotonic() - self._started)
                self._entry.checkpoint()
                pause = screen.show(reply)
                self._watch(self.turn)
                yield events
        if stream.error:
            raise stream.error
        if stream.cancelled or self._cancelled:
            raise stopped()
        self._replay.keep(self._request, reply)

    def _call_tools(self, screen: Screen) -> Iterator[list[Event]]:
        """Run the tools that the reply asks for. The person's own interrupt ends one that runs, and the turn."""
        self._settle("complete")
        try:
            for event in self._rounds.answer(self.turn.reply, lambda: self._cancelled):
                screen.show(self.turn.reply)
                self._watch(self.turn)
                yield [event]
                if self._cancelled:
                    raise Stopped
        except Stopped:
            raise stopped() from None

    def _open_next_request(self) -> None:
        """Prepare the request that carries the tools' results; it is reserved and entered into the books by itself."""
        reply = self.turn.reply
        self._request = self._rounds.following(self._request, reply)
        self._account = self._open_account(self._request, summed(one.usage for one in reply.rounds))
        self._conversation.continue_turn(self.turn, self._account.row)

    def _note_times(self, came: set[type], seconds: float) -> None:
        """When the first word came, and how long the model reasoned before its answer."""
        reply = self.turn.reply
        if reply.first_word is None and came & {ReasoningDelta, TextDelta}:
            reply.first_word = seconds
            self._reasons = ReasoningDelta in came
        if self._reasons and TextDelta in came and reply.first_word is not None:
            reply.thought = seconds - reply.first_word
            self._reasons = False

    def _totals(self) -> Totals:
        return self._account.in_totals(self._conversation.totals())

    def _settle(self, state: State) -> None:
        """Enter into the books what the last request used, also where an interrupt comes meanwhile."""
        try:
            self._account.settle(self.turn.reply)
            if self._replay.settle(self.turn.reply):
                state = "replayed"
        finally:
            self.turn.row.settle(self.turn.reply.usage, time.monotonic() - self._sent, state)

    def _end(self, error: BaseException | None = None, charged: bool = True) -> None:
        turn, reply = self.turn, self.turn.reply
        reply.seconds = time.monotonic() - self._started
        used = [one.usage for one in reply.rounds]
        try:
            if turn.row.state == "running":  # else the turn ends between two requests
                self._settle("complete" if error is None else "cut" if charged else "refused")
                used.append(reply.usage)
            reply.notices += notices(reply, self._account.request)
            reply.usage = summed(used)
        finally:  # a turn that went on running could be neither stopped nor taken back
            if error is None:
                turn.complete()
            else:
                stop_runs(reply)  # the interrupt may have come before the call itself could hear of it
                turn.cut(reason_of(error, self._interrupted))
        self._account.warn(reply)
        self._entry.end()
        self._watch(turn)
