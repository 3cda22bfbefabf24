"""Every setting, as a trait with its help. The key is none of them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import traitlets
from traitlets.config import Configurable

from .protocol.errors import LiaraUsageError, nearest
from .protocol.parameters import SETTABLE
from .setting_kinds import ParameterTrait, SwitchTrait, TomanTrait, read_setting, takes_back

#: A setting called ``name`` is also read from the environment as ``LIARA_NAME``.
ENVIRONMENT_PREFIX = "LIARA_"
# Names that environments already use for the same thing.
_ENVIRONMENT_NAMES = {"workspace": "LIARA_WORKSPACE_ID"}


_ParameterDefaults: Any = type(
    "_ParameterDefaults", (Configurable,), {row.name: ParameterTrait(row).tag(config=True) for row in SETTABLE}
)


class Liara(_ParameterDefaults):  # type: ignore[misc]  # made from the parameter table at run time
    """Settings of liara_magic.

    Four ways to set one: ``%liara /set NAME VALUE`` or ``%config Liara.NAME = VALUE`` in the notebook, the environment
    variable ``LIARA_NAME``, ``c.Liara.NAME = VALUE`` in a configuration file. The earlier in this list wins.
    """

    model = traitlets.Unicode(
        "openai/gpt-4o-mini",
        help="The model that answers, as the gateway names it, such as openai/gpt-5. "
        "Models called sandbox/... are answered offline by the built-in gateway, free of charge.",
    ).tag(config=True)
    system = traitlets.Unicode(
        "", help="The system prompt: it stands first in every request and says how to answer. Empty: none is sent."
    ).tag(config=True)
    workspace = traitlets.Unicode(
        "",
        help="The workspace id, 24 letters and digits from console.liara.ir/ai/<id>/models; "
        "a pasted console page or base URL is understood too. In the environment it is LIARA_WORKSPACE_ID.",
    ).tag(config=True)
    base_url = traitlets.Unicode(
        "",
        help="The base URL of the gateway, where it is not Liara's: any OpenAI-compatible server, such as "
        "http://localhost:11434/v1. It wins over the workspace. A server on this machine needs no key.",
    ).tag(config=True)
    aliases = traitlets.Dict(
        key_trait=traitlets.Unicode(),
        value_trait=traitlets.Unicode(),
        help="Short names for models: {'fast': 'openai/gpt-4o-mini'} lets -m fast and /model fast mean that one; "
        "%liara /alias NAME ID adds one. An alias stands for a model, never for another alias.",
    ).tag(config=True)
    models_lifetime = traitlets.Float(
        3600.0, min=0, help="Seconds for which the model list is kept in memory before %liara /models fetches it again."
    ).tag(config=True)
    connect_timeout = traitlets.Float(10.0, min=0, help="Seconds until the connection must stand.").tag(config=True)
    idle_timeout = traitlets.Float(
        60.0, min=0, help="Seconds without a single byte after which a streamed reply is given up."
    ).tag(config=True)
    content_timeout = traitlets.Float(
        600.0,
        min=0,
        help="Seconds without any piece of the reply after which it is given up, although keep-alive signs come. "
        "Reasoning models may think for minutes; the interrupt ends the wait at any time.",
    ).tag(config=True)
    reply_limit = traitlets.Float(
        64.0,
        min=0,
        help="Megabytes, on the wire and in memory, after which a reply is cut; what came is kept. "
        "Its text may take 16 of them, or a quarter.",
    ).tag(config=True)
    event_limit = traitlets.Float(
        8.0, min=0, help="Megabytes that one event of a stream may have, unless it carries an image."
    ).tag(config=True)
    image_limit = traitlets.Float(
        64.0, min=0, help="Megabytes that one event of a stream may have when it carries an image."
    ).tag(config=True)
    use_proxies = traitlets.Bool(
        True,
        help="Use the proxies that the environment names (HTTPS_PROXY, ALL_PROXY). Addresses on this machine are never "
        "reached through a proxy.",
    ).tag(config=True)
    budget = TomanTrait(
        help="Toman that all requests of this kernel may cost together; none is set by itself. The most that a request "
        "can cost is reserved before it is sent, and one that could pass the budget is refused. %liara /budget TOMAN "
        "sets it; in Chat(budget=...) it is for that chat's own requests.",
    ).tag(config=True)
    budget_day = TomanTrait(
        help="Toman that the requests of one day may cost together, those of other kernels included as far as their "
        "log says. %liara /budget day TOMAN sets it.",
    ).tag(config=True)
    max_cost = TomanTrait(
        help="Toman that one request may cost at most: it is refused, or stopped, beyond. --max-cost for one alone.",
    ).tag(config=True)
    context_tokens = traitlets.Float(
        16000.0,
        min=0,
        help="Tokens, about, that may go along from the notebook with one question: cells, tables, files. What was "
        "named comes first, then the newest; what does not fit is cut and said.",
    ).tag(config=True)
    max_history = traitlets.Int(
        0,
        min=0,
        help="Turns of the conversation that go along with a prompt, the newest, beside those that are pinned; "
        "0: all of them. What is left out stays in the conversation.",
    ).tag(config=True)
    max_history_tokens = traitlets.Int(
        0,
        min=0,
        help="Tokens, about, that the turns of the conversation may take in a request, pinned ones included; "
        "0: no limit. The newest come first.",
    ).tag(config=True)
    cut_turns = traitlets.Enum(
        ("tell", "drop"),
        "tell",
        help="What becomes of turns whose reply was cut in later requests: tell sends what came and says to the model "
        "that it was cut, drop leaves them out.",
    ).tag(config=True)
    redact = traitlets.Bool(
        True,
        help="Hide keys, passwords and values of secret environment variables in what goes along from the notebook.",
    ).tag(config=True)
    redact_patterns = traitlets.List(
        traitlets.Unicode(),
        help='Regular expressions of what else is to be hidden, such as ["INV-[0-9]+"].',
    ).tag(config=True)
    log = traitlets.Bool(
        True,
        help="Keep what is asked and answered on disk, for this person alone, so that %liara /chats finds it again "
        "after a restart or a crash.",
    ).tag(config=True)
    log_days = traitlets.Float(
        90.0, min=0, help="Days after which a kernel's log is removed. 0: never for its age."
    ).tag(config=True)
    log_megabytes = traitlets.Float(
        500.0, min=0, help="Megabytes that all logs may have together; the oldest go first. 0: without a bound."
    ).tag(config=True)
    tool_approval = traitlets.Enum(
        ("ask", "allow", "deny"),
        "ask",
        help="Whether functions that a model asks for are run: ask shows each call and waits for your word, allow runs "
        "them, deny runs none. A tool may say otherwise for itself, except where this is deny. Where nobody can be "
        "asked, ask means deny.",
    ).tag(config=True)
    tool_timeout = traitlets.Float(
        30.0, min=0, help="Seconds that one call of a tool may take, unless the tool has a limit of its own."
    ).tag(config=True)
    max_tool_rounds = traitlets.Float(
        8.0,
        min=0,
        help="How many times in one turn the model may ask for tools. The request after the last asks for an answer.",
    ).tag(config=True)
    replay = SwitchTrait(
        ("off", "on", "require"),
        "off",
        help="on: a request that is identical to an earlier one is answered from the stored reply, free, and what is "
        "asked anew is stored. require: nothing is sent, and a request without a stored reply is an error.",
    ).tag(config=True)
    replay_megabytes = traitlets.Float(
        500.0,
        min=0,
        help="Megabytes that stored replies may have; those used the longest ago go first. 0: without a bound.",
    ).tag(config=True)
    digits = traitlets.Enum(
        ("latin", "persian"),
        "latin",
        help="The digits of our own texts, such as the usage line and tables: latin or persian. "
        "A model's words stay as they are.",
    ).tag(config=True)
    language = traitlets.Enum(
        ("auto", "en", "fa"),
        "auto",
        help="The language of the panel: en, fa, or auto for that of the environment (LANG). In Persian it is mirrored "
        "and has Persian digits.",
    ).tag(config=True)
    hide_reasoning = traitlets.Bool(
        False, help="Do not show what a model thinks before it answers; reply.reasoning keeps it."
    ).tag(config=True)
    verbose = traitlets.Bool(
        False, help="Show under each reply what was sent, and the details of the usage line unfolded."
    ).tag(config=True)
    full_traceback = traitlets.Bool(
        False, help="Show the Python traceback with an error, not only what went wrong and the next step."
    ).tag(config=True)

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        for name, trait in self.settings().items():
            variable = _ENVIRONMENT_NAMES.get(name, ENVIRONMENT_PREFIX + name.upper())
            text = os.environ.get(variable)
            if text and name not in values:
                self.set_trait(name, read_setting(trait, text, variable))

    @classmethod
    def settings(cls) -> dict[str, traitlets.TraitType[Any, Any]]:
        """Each setting's trait by name, in the order of the class."""
        traits = cls.class_traits(config=True)
        table = {row.name: traits.pop(row.name) for row in SETTABLE}
        return {**traits, **table}

    def parameters(self) -> dict[str, Any]:
        """The request parameters that are set."""
        values = {row.name: getattr(self, row.name) for row in SETTABLE}
        return {name: value for name, value in values.items() if value is not None}

    def change(self, name: str, text: str) -> Any:
        """Set ``name`` to what was typed and return the value. ``default``, ``none`` or nothing takes it back."""
        trait = find_setting(name)
        setattr(self, name, trait.default() if takes_back(trait, text) else read_setting(trait, text, name))
        return getattr(self, name)

    def copy(self, changes: Mapping[str, Any]) -> Liara:
        """The same settings with ``changes``."""
        values = {name: getattr(self, name) for name in self.settings()}
        for name, value in changes.items():
            find_setting(name)
            values[name] = value
        try:
            return type(self)(**values)
        except traitlets.TraitError as error:
            raise LiaraUsageError(str(error)) from None


def find_setting(name: str) -> traitlets.TraitType[Any, Any]:
    """The trait of the setting ``name``; an unknown one is refused with the nearest right name."""
    traits = Liara.settings()
    if name not in traits:
        raise LiaraUsageError(
            f"There is no setting called {name}.", hint=nearest(name, traits) or "%liara /set lists all of them."
        )
    return traits[name]
