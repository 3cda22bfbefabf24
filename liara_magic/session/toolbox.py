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
    """Tools by name, in the order in which they were put in; each is on or off."""

    def __init__(self) -> None:
        self._tools: dict[str, Tool] = {}
        self._off: set[str] = set()
        self.approvals = Approvals()

    @property
    def tools(self) -> list[Tool]:
        """All of them."""
        return list(self._tools.values())

    @property
    def enabled(self) -> tuple[Tool, ...]:
        """Those that each request offers."""
        return tuple(tool for tool in self._tools.values() if tool.name not in self._off)

    def is_on(self, name: str) -> bool:
        """Whether requests offer the tool ``name``."""
        return name in self._tools and name not in self._off

    def add(self, tool: Tool) -> None:
        """Offer ``tool`` from now on, in place of an earlier one of its name."""
        self._tools[tool.name] = tool
        self._off.discard(tool.name)

    def switch(self, name: str, on: bool) -> None:
        """Offer the tool ``name``, or no longer. Raises :class:`LiaraUsageError` if there is none."""
        if name not in self._tools:
            raise LiaraUsageError(
                f"There is no tool called {name:.80}.", hint=nearest(name, self._tools) or "%liara /tools lists them."
            )
        (self._off.discard if on else self._off.add)(name)

    def rounds(self, tools: Iterable[Tool], parameters: Mapping[str, Any], *, settings: Liara, engine: Engine,
               host: Host, is_secret: Callable[[str], bool]) -> Rounds:  # fmt: skip
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
            is_secret=is_secret,
        )
        return Rounds(runner, int(settings.max_tool_rounds))


def sorted_out(given: Iterable[Any]) -> tuple[tuple[Tool, ...], list[dict[str, Any]]]:
    """What a person gave as tools: functions, and definitions in JSON, which are sent as they are."""
    if isinstance(given, (str, Mapping)) or not isinstance(given, Iterable):
        raise LiaraUsageError("tools must be a list of functions, or of tool definitions as JSON.")
    entries = list(given)
    raw = [dict(one) for one in entries if isinstance(one, Mapping)]
    return tuple(tool_of(one) for one in entries if not isinstance(one, Mapping)), raw


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
