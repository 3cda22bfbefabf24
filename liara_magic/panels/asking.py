"""The prompts of all panels of one session, put one after the other on one thread of their own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Protocol
from weakref import WeakKeyDictionary, proxy

from ..protocol.errors import LiaraError, LiaraStreamError
from ..protocol.reply import Reply
from ..protocol.rounds import ToolRun
from ..protocol.usage import Totals
from ..screen.painter import INTERVAL
from ..session.ask import Ask
from ..session.exchange import Exchange
from ..session.host import CannotAsk, Decision, Host
from ..session.session import Session


@dataclass(eq=False)
class Job:
    """A prompt or a command that waits for its turn.

    ``text`` is what the person typed, to be given back if it comes to nothing. ``work`` makes an ask of it, which is
    then put, or does all there is to do; ``deliver`` does what is to be done with the ask's whole reply. Both run on
    the asking thread.
    """

    text: str
    work: Callable[[], Ask | None]
    deliver: Callable[[Ask, Reply], None] = lambda ask, reply: None


@dataclass(eq=False)
class Question:
    """A call of the model that waits for the person's word, which is a refusal until there is another."""

    run: ToolRun
    answer: Decision = "deny"
    answered: threading.Event = field(default_factory=threading.Event)


class Listener(Protocol):
    """Who is told what becomes of the jobs, on the asking thread or that of the click."""

    def jobs_changed(self) -> None:
        """A job was added, begun, ended or dropped."""

    def job_failed(self, job: Job, error: Exception, lost: bool) -> None:
        """What went wrong; ``lost`` says that nothing came of it, so that the text is to be given back."""


class Asking:
    """The queue of one session. Its thread lives while there is something to ask."""

    def __init__(self, session: Session) -> None:
        self._session = proxy(session)  # which keeps this one: see `asking_of`
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._exchange: Exchange | None = None
        self._unwanted: Job | None = None  # was stopped while it was at work
        self.waiting: list[Job] = []
        self.current: Job | None = None
        self.question: Question | None = None
        self.listeners: list[Listener] = []

    def put(self, job: Job) -> None:
        """Ask when all earlier ones have ended. Returns at once."""
        with self._lock:
            self.waiting.append(job)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="liara-asking", daemon=True)
                self._thread.start()
        self._tell()

    def queued(self) -> list[Job]:
        """Those that wait for another to end: the first of all begins at once."""
        with self._lock:
            return self.waiting[0 if self.current else 1 :]

    def drop(self, job: Job) -> None:
        """Take a job out of the queue, if it has not begun."""
        with self._lock:
            if job in self.waiting:
                self.waiting.remove(job)
        self._tell()

    def stop(self) -> None:
        """Close the connection of the one that is being asked; what came is kept, and the next one begins.

        One that still gathers what goes along will not be sent.
        """
        with self._lock:
            self._unwanted, exchange = self.current, self._exchange
        if exchange is not None:
            exchange.cancel()
        self.answer("deny")

    def answer(self, decision: Decision) -> None:
        """The person's word on the call that waits for it, if one does."""
        question = self.question
        if question is not None:
            question.answer = decision
            question.answered.set()

    def remove(self, listener: Listener) -> None:
        """Tell ``listener`` nothing more. When nobody is left to be asked, what waits for an answer is refused."""
        self.listeners.remove(listener)
        if not self.listeners:
            self.answer("deny")

    def join(self, timeout: float = 5.0) -> None:
        """Wait until all is asked."""
        thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join(timeout)

    def _work(self) -> None:
        while job := self._next():
            self._tell()
            self._do(job)

    def _next(self) -> Job | None:
        with self._lock:
            self.current = self.waiting.pop(0) if self.waiting else None
            if self.current is None:
                self._thread = None
        if self.current is None:
            self._tell()
        return self.current

    def _do(self, job: Job) -> None:
        exchange = None
        try:
            ask = job.work()
            if ask is not None:
                if self._unwanted is job:
                    raise LiaraStreamError("The reply was stopped.", hint="Nothing was sent.")
                host = replace(self._session.host, approve=self._approve, captured=Host().captured)
                exchange = self._session.begin(ask, host)
                with self._lock:  # a stop comes before or after
                    self._exchange, is_unwanted = exchange, self._unwanted is job
                if is_unwanted:
                    exchange.cancel()
                job.deliver(ask, exchange.run(_Pace()))
        except Exception as error:  # whatever it is, the person is told, and the next one is asked
            is_stopped = exchange is not None and exchange.turn.reason == "The reply was stopped."
            lost = exchange is None or (
                isinstance(error, LiaraError) and not exchange.turn.reply.text and not is_stopped
            )
            for listener in list(self.listeners):
                if not is_stopped:
                    listener.job_failed(job, error, lost)
        finally:
            self._exchange = None

    def _approve(self, run: ToolRun) -> Decision:
        """Ask whoever has a panel open; waits on the asking thread, and Stop ends it."""
        if not self.listeners:
            raise CannotAsk("no panel is open")
        self.question = question = Question(run)
        if not self.listeners or self._unwanted is self.current:  # closed or stopped before there was a question
            question.answered.set()
        self._tell()
        question.answered.wait()
        self.question = None
        self._tell()
        return question.answer

    def _tell(self) -> None:
        for listener in list(self.listeners):
            listener.jobs_changed()


class _Pace:
    """The screen of the asking thread. Panels watch the turn, so there is nothing to show but how often they look."""

    def start(self, model: str) -> None:
        """Nothing."""

    def show(self, reply: Reply) -> float:
        """What came until now is enough for one look of the panels; the first words are shown at once."""
        return INTERVAL if reply.choices else 0.0

    def finish(self, reply: Reply, totals: Totals) -> None:
        """Nothing."""

    def fail(self, reply: Reply, totals: Totals, reason: str, charged: bool) -> None:
        """Nothing."""


_lock = threading.Lock()
_askings: WeakKeyDictionary[Session, Asking] = WeakKeyDictionary()


def asking_of(session: Session) -> Asking:
    """The queue that all panels of ``session`` share."""
    with _lock:
        if session not in _askings:
            _askings[session] = Asking(session)
        return _askings[session]
