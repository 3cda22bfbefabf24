"""The tools of a session: which there are, which are offered, and the loop that answers calls of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

from ..gateway.engine import Engine
from ..protocol.errors import LiaraUsageError, nearest
from ..settings import Liara
from .approval import Approvals
from .host import Host
from .rounds import Rounds
from .tool_runs import Runner
from .tools import Approval, Tool, tool_of


class Toolbox:
    """The tools that a session offers to models.

    ``shelf`` gives those that could be offered beside them, by name: whoever knows the notebook says so.
    """

    def __init__(self) -> None:
        self._on: dict[str, Tool] = {}
        self._seen: dict[str, Tool] = {}  # also those that were switched off
        self.approvals = Approvals()
        self.shelf: Callable[[], Mapping[str, Tool]] = dict
        #: Finds a function of the notebook that is no tool yet. Raises :class:`LiaraUsageError` for one that cannot be.
        self.find: Callable[[str], Tool | None] = lambda name: None

    @property
    def enabled(self) -> tuple[Tool, ...]:
        """Those that each request offers."""
        return tuple(self._on.values())

    @property
    def tools(self) -> list[Tool]:
        """All that are on or could be."""
        return list({**self.shelf(), **self._seen}.values())

    def is_on(self, name: str) -> bool:
        """Whether requests offer the tool ``name``."""
        return name in self._on

    def add(self, tool: Tool) -> None:
        """Offer ``tool`` from now on, in place of an earlier one of its name."""
        self._on[tool.name] = self._seen[tool.name] = tool

    def named(self, name: str) -> Tool:
        """The tool ``name``. Raises :class:`LiaraUsageError` if there is none."""
        tool = self.find(name) or {**self.shelf(), **self._seen}.get(name)
        if tool is None:
            names = [one.name for one in self.tools]
            raise LiaraUsageError(
                f"There is no tool and no function called {name:.80}.",
                hint=nearest(name, names) or "%liara /tools lists the tools.",
            )
        return tool

    def switch(self, name: str, on: bool) -> None:
        """Offer the tool ``name`` from now on, or no longer. Raises :class:`LiaraUsageError` if there is none."""
        if on:
            self.add(self.named(name))
        elif name in self._on:
            del self._on[name]
        else:
            self.named(name)

    def rounds(
        self,
        tools: Iterable[Tool],
        parameters: Mapping[str, Any],
        *,
        settings: Liara,
        engine: Engine,
        host: Host,
        takes_images: bool,
        is_secret: Callable[[str], bool],
    ) -> Rounds:
        """The loop for a request that offers ``tools`` and has ``parameters``."""
        by_name = {tool.name: tool for tool in tools}
        if not by_name:
            return Rounds()
        runner = Runner(
            by_name,
            host,
            engine,
            self.approvals,
            others=frozenset(names_in(parameters.get("tools", ())) - by_name.keys()),
            session_says=cast(Approval, settings.tool_approval),
            timeout=settings.tool_timeout,
            takes_images=takes_images,
            is_secret=is_secret,
        )
        return Rounds(runner, int(settings.max_tool_rounds))


def sorted_out(given: Iterable[Any], named: Callable[[str], Tool]) -> tuple[tuple[Tool, ...], list[dict[str, Any]]]:
    """What a person gave as tools: functions or names of tools, and definitions in JSON, which are sent as they are."""
    if isinstance(given, (str, Mapping)) or not isinstance(given, Iterable):
        raise LiaraUsageError("tools must be a list of functions, or of tool definitions as JSON.")
    entries = list(given)
    raw = [dict(one) for one in entries if isinstance(one, Mapping)]
    own = (one for one in entries if not isinstance(one, Mapping))
    return tuple(named(one) if isinstance(one, str) else tool_of(one) for one in own), raw


def with_tools(parameters: Mapping[str, Any], tools: Iterable[Tool]) -> dict[str, Any]:
    """``parameters`` with the definitions of ``tools`` among them.

    A gateway takes ``tools`` or the older ``functions``, so functions beside tools become tools. Two of one name are an
    error.
    """
    own = [tool.to_json() for tool in tools]
    if not own:
        return dict(parameters)
    older = [{"type": "function", "function": one} for one in parameters.get("functions", ())]
    raw = [*parameters.get("tools", ()), *older]
    twice = names_in(raw) & names_in(own)
    if twice:
        raise LiaraUsageError(f"Two tools are called {min(twice)}.", hint="Give one of them another name.")
    return {**{name: value for name, value in parameters.items() if name != "functions"}, "tools": [*raw, *own]}


def names_in(definitions: Iterable[Any]) -> set[str]:
    """The names of tools that are given as JSON."""
    functions = (one.get("function") for one in definitions if isinstance(one, Mapping))
    return {str(one["name"]) for one in functions if isinstance(one, Mapping) and "name" in one}
