"""What Python code uses: :class:`Chat`, and :func:`chat` for the conversation of the notebook's cells."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import traitlets

from .carrying import with_values
from .kernel import this_kernel
from .protocol.checks import check_toman
from .protocol.errors import LiaraUsageError, nearest
from .protocol.events import Event
from .protocol.parameters import SETTABLE
from .protocol.reply import Reply
from .protocol.usage import Totals
from .screen.silent import SilentScreen
from .session.ask import Ask
from .session.exchange import Exchange
from .session.formats import FORMATS
from .session.saved import load, save
from .session.session import Session
from .session.toolbox import sorted_out
from .session.turn import Turn

_HEARTBEAT = 0.05  # seconds
_ASK_OPTIONS = ("model", "system", "fresh", "max_cost", "format", "schema", "hide_reasoning", "replay")
# A kernel's budget holds for its chats as it is when they ask; a chat of its own has none beside it by itself.
_OF_THE_KERNEL = {"budget": None, "budget_day": None}


class Chat:
    """A conversation of its own.

    ``settings`` are those of :class:`Liara`, by name; what is not given is as it is in the kernel at this moment::

        chat = Chat(model="openai/gpt-5", system="You are terse.")
        reply = chat.ask("What is a p-value?", temperature=0)
        reply = chat.ask("What stands out?", df, Path("report.pdf"))
        reply.text, reply.usage.total_cost_toman

    ``tools`` are functions that the model may ask for (:func:`tool`), or tool definitions as JSON.
    """

    def __init__(self, *, tools: Iterable[Any] = (), **settings: Any) -> None:
        kernel = this_kernel()
        functions, raw = sorted_out(tools, kernel.session.toolbox.named)
        settings |= {"tools": raw} if raw else {}
        own = kernel.settings.copy({**_OF_THE_KERNEL, **settings})
        self._session = Session(own, kernel.shared)
        self._session.host = kernel.session.host
        for one in functions:
            self._session.toolbox.add(one)

    @classmethod
    def _of(cls, session: Session) -> Chat:
        chat = cls.__new__(cls)
        chat._session = session
        return chat

    @property
    def turns(self) -> list[Turn]:
        """The turns so far, the oldest first."""
        return self._session.conversation.turns

    @property
    def totals(self) -> Totals:
        """What the conversation has used: requests, tokens, toman."""
        return self._session.conversation.totals()

    @property
    def budget(self) -> float | None:
        """Toman that this conversation's requests may cost together; that of the kernel for the kernel's own.

        Setting it raises :class:`LiaraUsageError` for what is no amount.
        """
        budget: float | None = self._session.settings.budget
        return budget

    @budget.setter
    def budget(self, toman: float | None) -> None:
        try:
            self._session.settings.budget = toman
        except traitlets.TraitError as error:
            raise LiaraUsageError(str(error)) from None

    def ask(self, prompt: str, *context: Any, **options: Any) -> Reply:
        """Ask and wait for the reply.

        ``context`` goes along as data, without secrets: tables, arrays, figures and other objects described, text as
        it is, the file of a ``Path`` by what it holds. The settings ``context_tokens`` and ``redact`` count for it.
        ``options`` are ``model``, ``system``, ``fresh`` (outside the conversation), ``max_cost`` (in toman),
        ``format``, ``schema``, ``tools`` in the place of the chat's, and every request parameter by its name, such as
        ``temperature=0``.

        ``reply.value`` is what ``format`` asks for: parsed JSON, the code, safe HTML, TeX, images; ``None`` for
        Markdown and text. With ``schema``, a type or a JSON Schema as a dict, the reply is JSON, checked, the value
        the object. JSON that does not fit is sent back once, a second paid request that ``reply.notices`` tells of;
        a reply without what was asked for raises :class:`LiaraFormatError`, which has its text. Raises
        :class:`LiaraError`; KeyboardInterrupt when interrupted.
        """
        ask = self._asked(prompt, context, options)
        reply = self._session.ask(ask, SilentScreen())
        while repair := _evaluate(ask, reply):
            ask, reply = repair, self._session.ask(repair, SilentScreen())
        return reply

    def stream(self, prompt: str, *context: Any, **options: Any) -> Iterator[Event]:
        """:meth:`ask` and yield the events of the reply as they come: ``TextDelta``, ``Finish`` and others.

        The reply is ``turns[-1].reply`` then, with its value. One that does not fit is not asked for again, since its
        events have been read: :class:`LiaraFormatError`.
        """
        ask = self._asked(prompt, context, options)
        exchange = self._session.begin(ask)
        yield from exchange.each(SilentScreen())
        _evaluate(ask, exchange.turn.reply, may_repair=False)

    async def aask(self, prompt: str, *context: Any, **options: Any) -> Reply:
        """:meth:`ask` for ``await``. Cancelling the task closes the connection."""
        ask = self._asked(prompt, context, options)
        reply = await _awaited(self._session.begin(ask))
        while repair := _evaluate(ask, reply):
            ask, reply = repair, await _awaited(self._session.begin(repair))
        return reply

    def reset(self) -> None:
        """Forget the conversation."""
        self._session.conversation.clear()

    def save(self, file: str | os.PathLike[str], overwrite: bool = False) -> Path:
        """Keep the conversation in a JSON file for :meth:`load`. Another file is replaced only with ``overwrite``."""
        return save(self._session.conversation, file, overwrite, self._session.without_key)

    def load(self, file: str | os.PathLike[str]) -> Chat:
        """Go on with the conversation that :meth:`save` kept; ``Chat().load("analysis.json")`` is one of its own.

        A conversation that is here already stays among the chat's others. Raises :class:`LiaraUsageError` for a file
        that is none of ours, damaged, or of a newer format.
        """
        load(self._session.conversations, file)
        return self

    def export(self, file: str | os.PathLike[str], overwrite: bool = False) -> Path:
        """Write the conversation for people: ``.md``, ``.html`` (a page that stands alone) or ``.ipynb``."""
        from .export.files import export

        session = self._session
        return export(session.conversation, file, overwrite, session.settings.digits, session.without_key)

    def __repr__(self) -> str:
        return f"<Chat with {self._session.settings.model}, {len(self.turns)} turns>"

    def _asked(self, prompt: str, context: tuple[Any, ...], options: dict[str, Any]) -> Ask:
        if not isinstance(prompt, str):
            raise LiaraUsageError(f"The prompt is of type {type(prompt).__name__}, but must be text.")
        for name in options:
            if name not in _ASK_OPTIONS and name not in {row.name for row in SETTABLE}:
                known = [*_ASK_OPTIONS, *(row.name for row in SETTABLE)]
                raise LiaraUsageError(f"ask() has no option called {name}.", hint=nearest(name, known))
        own = {name: options.pop(name) for name in _ASK_OPTIONS if name in options}
        if own.get("max_cost") is not None:
            own["max_cost"] = check_toman(own["max_cost"], "max_cost")
        if "format" in own and own["format"] not in FORMATS:
            raise LiaraUsageError(f"There is no format {own['format']!r:.40}.", hint=f"One of {', '.join(FORMATS)}.")
        schema = own.pop("schema", None)
        if schema is not None:
            from .session.shapes import shape_of

            own |= {"format": "json", "shape": shape_of(schema)}
        kernel = this_kernel()
        place = kernel.next_place() if self._session is kernel.session else None
        if "tools" in options:
            own["tools"], raw = sorted_out(options.pop("tools"), kernel.session.toolbox.named)
            options |= {"tools": raw} if raw else {}
        return with_values(self._session, Ask(prompt, parameters=options, place=place, **own), context)


def _evaluate(ask: Ask, reply: Reply, may_repair: bool = True) -> Ask | None:
    """Set the value of ``reply``, or return the ask for its repair."""
    if ask.format in ("markdown", "text"):
        return None
    from .values import evaluate  # which knows how replies look

    return evaluate(ask, reply, may_repair)


async def _awaited(exchange: Exchange) -> Reply:
    """The reply of an exchange, for ``await``; a task that is cancelled closes the connection."""
    running = asyncio.ensure_future(asyncio.to_thread(exchange.run, SilentScreen()))
    try:
        # A kernel notes the interrupt on its loop, which sees it when it next wakes up: so it wakes regularly.
        # https://github.com/ipython/ipykernel/issues/881
        while not running.done():
            await asyncio.wait({running}, timeout=_HEARTBEAT)
    except asyncio.CancelledError:
        exchange.cancel()
        running.add_done_callback(lambda task: task.cancelled() or task.exception())  # looked at: it says "stopped"
        await asyncio.wait({running}, timeout=1)  # until the turn is in the books
        raise
    return running.result()


def chat() -> Chat:
    """The conversation that ``%%liara`` cells share."""
    return Chat._of(this_kernel().session)
