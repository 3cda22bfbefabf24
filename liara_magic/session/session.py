"""What is needed for an ask: conversation, ledger, settings, the way to the gateway. The ask itself is an exchange."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from ..gateway.api_key import ApiKey
from ..protocol.checks import layered
from ..protocol.errors import LiaraUsageError
from ..protocol.messages import Message
from ..protocol.reply import Reply
from ..protocol.request import ChatRequest
from ..protocol.usage import Usage
from ..settings import Liara
from . import formats
from .access import Access
from .account import Account
from .advice import Advice
from .ask import Ask
from .connecting import holds_key, refuse_key, without_need
from .conversation import Conversation
from .conversations import Conversations
from .endings import reason_of
from .exchange import Exchange, Screen
from .host import Host
from .purse import Purse
from .recall import LeftOut, Recall
from .replay import Replays
from .request_facts import request_facts
from .rounds import Rounds
from .shared import Shared
from .toolbox import Toolbox, with_tools
from .tools import Tool
from .turn import Turn


class Session(Access):
    """A conversation with its settings, the kernel's ledger and model catalogues, and the way to the gateway."""

    def __init__(self, settings: Liara, shared: Shared) -> None:
        super().__init__(settings, shared.catalogues)
        self.conversations = Conversations()
        self.ledger = shared.ledger
        self.log = shared.log
        self.log.follow(self.conversations, settings)
        self.replays = Replays(settings, shared.replays)
        self.purse = Purse(settings, shared.ledger, shared.budget, shared.catalogues)
        self._engine = shared.engine
        self._advice = Advice(settings, shared.catalogues)
        self._left_out = LeftOut()
        self.toolbox = Toolbox()
        #: Where tools run and who is asked, unless an ask says otherwise.
        self.host = Host()
        #: Who wants to know of every turn as it begins, grows and ends. They are called on the thread that asks, and
        #: read the reply there: elsewhere it may be read only when it has ended.
        self.watchers: list[Callable[[Turn], None]] = []
        #: The last request that was begun, and its ask, for whoever wants to see what left.
        self.last_request: ChatRequest | None = None
        self.last_ask: Ask | None = None

    def ask(self, ask: Ask, screen: Screen) -> Reply:
        """Ask and return the reply; ``screen`` shows it while it comes. See :meth:`Exchange.events` for the story."""
        return self.begin(ask).run(screen)

    def begin(self, ask: Ask, host: Host | None = None) -> Exchange:
        """Check the ask, enter it into the books, prepare its exchange. One that cannot be sent leaves no trace.

        ``host`` is where tools run that the model asks for, and who is asked whether they may.
        """
        ask = replace(ask, prompt=ask.prompt.strip())
        home = self._home(ask)
        request, left_out = self._request(ask, home)
        model = request.model
        purse, connect = self.purse, partial(self.connection, model)
        replay = self.replays.of(ask, connect)
        connection = without_need(connect) if replay.find(request) else connect()
        refuse_key(request, ask.context is not None, connection.key)
        account = purse.open_free(request) if replay.found else purse.open(request, connection, ask.max_cost)
        try:
            self.last_request, self.last_ask = account.request, ask
            home = home if ask.fresh else self.conversations.put(home)
            account.row.chat = purse.chat("" if ask.fresh else home.name)
            account.row.cell = ask.place.count if ask.place else 0
            turn = home.begin(replace(ask, is_filled=True), account.row)
            turn.reply.hide_reasoning = _said(ask.hide_reasoning, self.settings.hide_reasoning)
            turn.reply.verbose = _said(ask.verbose, self.settings.verbose)
            if turn.reply.verbose:
                turn.reply.details += request_facts(account.request, connection.address)
            turn.reply.notices += [
                *self._advice.on_request(request, connection.address),
                *account.notes,
                *ask.notes,
                *self._left_out.said(home.name, self.recall(), left_out),
            ]
            turn.reply.details += ask.carried.details()
            advise = partial(self._advice.on_error, model, connection.address)

            def open_next(more: ChatRequest, spent: Usage) -> Account:
                free = replay.find(more)
                opened = purse.open_free(more) if free else purse.open_next(more, spent, connect(), ask.max_cost)
                self.last_request = opened.request
                return opened

            self._tell(turn)
            return Exchange(
                self._engine,
                connect,
                request,
                turn,
                conversation=self.conversation if ask.fresh else home,
                account=account,
                open_account=open_next,
                rounds=self._rounds(ask, request, connection.key, host or self.host),
                advise=advise,
                watch=self._tell,
                entry=self.log.entry(turn, None if ask.fresh else home, request, connection.key, self.settings),
                replay=replay,
            )
        except BaseException as error:  # the turn that it replaces went meanwhile, or the interrupt
            home.abandon(account.row, reason_of(error))
            raise

    def request(self, ask: Ask) -> ChatRequest:
        """The request that ``ask`` would send now. Raises :class:`LiaraUsageError` for one that cannot be sent."""
        request = self._request(replace(ask, prompt=ask.prompt.strip()), self._home(ask))[0]
        refuse_key(request, ask.context is not None, self._key)
        return request

    @property
    def conversation(self) -> Conversation:
        """The current conversation."""
        return self.conversations.current

    def recall(self) -> Recall:
        """How much of a conversation is sent, by the settings."""
        settings = self.settings
        return Recall(settings.max_history, settings.max_history_tokens, settings.cut_turns == "drop")

    def _home(self, ask: Ask) -> Conversation:
        """Where the turn of ``ask`` will stand."""
        if ask.fresh:
            return Conversation()
        if ask.replaces and self.conversation.holds(ask.replaces):  # also where it was once asked in another one
            return self.conversation
        return self.conversations.named(ask.chat) if ask.chat else self.conversation

    def _request(self, ask: Ask, home: Conversation) -> tuple[ChatRequest, int]:
        """The request, and how many turns the settings leave out of it."""
        if not ask.prompt:
            raise LiaraUsageError(
                "The prompt is empty.", hint="Write it below %%liara, or after %liara on the same line."
            )
        system = self.settings.system if ask.system is None else ask.system
        past, left_out = self.recall().choose(home.before(ask))
        system = formats.told(ask, system)
        opening = [Message("system", system)] if system else []
        given = [ask.context] if ask.context else []
        said = [message for turn in past for message in turn.messages()]
        model = self.model_id(ask.model or self.settings.model)
        form = formats.parameters(ask, self.known_models(model).find(model))
        parameters = layered(layered(self.settings.parameters(), form), ask.parameters)
        parameters = with_tools(parameters, self._tools(ask))
        return ChatRequest(model, [*opening, *said, *given, Message("user", ask.prompt)], parameters), left_out

    def _tools(self, ask: Ask) -> tuple[Tool, ...]:
        return self.toolbox.enabled if ask.tools is None else ask.tools

    def _rounds(self, ask: Ask, request: ChatRequest, key: ApiKey | None, host: Host) -> Rounds:
        """What answers the calls of the model, as far as they are calls of functions here."""
        model = self.known_model(request.model)
        takes = model.input_modalities if model else ()
        return self.toolbox.rounds(
            self._tools(ask),
            request.parameters,
            settings=self.settings,
            engine=self._engine,
            host=host,
            takes_images=not takes or "image" in takes,
            is_secret=partial(holds_key, key=key),
        )

    def _tell(self, turn: Turn) -> None:
        for watch in list(self.watchers):
            watch(turn)


def _said(asked: bool | None, setting: bool) -> bool:
    return setting if asked is None else asked
