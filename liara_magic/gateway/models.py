"""The model catalogue: what the gateway says about its models, kept in memory for a while, searchable.

It is fetched when the person asks for it, and never on loading. For an ask it is fetched only where a limit on its cost
needs the prices.
"""

from __future__ import annotations

import functools
import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from ..protocol.foreign_text import clean, whole_characters
from ..protocol.parameters import BY_NAME
from ..protocol.usage import figure
from .address import Address
from .connection import Connection, fit
from .sandbox_models import MODELS, catalogue_entry

# Fields that the gateway itself reads: no model's list names them, whether they work or not.
# https://openrouter.ai/docs/api-reference/list-available-models
_OF_THE_GATEWAY = frozenset(
    ("stream", "stream_options", "n", "modalities", "prediction", "metadata", "store", "service_tier", "user")
)
# Fields that the gateway turns into another one, so that the other's name in the list is enough.
_SAME_AS = {
    "max_tokens": "max_completion_tokens",
    "max_completion_tokens": "max_tokens",
    "reasoning_effort": "reasoning",
    "functions": "tools",
    "parallel_tool_calls": "tools",
}
_WORD = re.compile(r"[\w.-]{1,40}")
_LIKE_ENOUGH = 0.6  # as difflib's own default for close matches


@dataclass(frozen=True, slots=True)
class Model:
    """A model of the catalogue. ``None``, empty text and empty lists mean that the catalogue does not say.

    ``context_length`` and ``max_completion_tokens`` are in tokens; the prices are for one token, in the catalogue's
    currency, which is the US dollar at Liara and OpenRouter.
    """

    id: str
    name: str = ""
    description: str = ""
    context_length: int | None = None
    max_completion_tokens: int | None = None
    prompt_price: float | None = None
    completion_price: float | None = None
    input_modalities: tuple[str, ...] = ()
    output_modalities: tuple[str, ...] = ()
    supported_parameters: tuple[str, ...] = ()

    @classmethod
    def from_json(cls, record: Any, read: Callable[[str], str] | None = None) -> Model | None:
        """Read an entry of the gateway's list, taking from it whatever makes sense; ``None`` if it names no model.

        ``read`` makes the server's text fit to be shown.
        """
        read = read or _fit
        entry = _object(record)
        model = _text(entry.get("id"), read)
        if not model:
            return None
        architecture, pricing = _object(entry.get("architecture")), _object(entry.get("pricing"))
        provider = _object(entry.get("top_provider"))
        return cls(
            id=model,
            name=_text(entry.get("name"), read),
            description=_text(entry.get("description"), read),
            context_length=_tokens(entry.get("context_length")) or _tokens(provider.get("context_length")),
            max_completion_tokens=_tokens(provider.get("max_completion_tokens")),
            prompt_price=figure(pricing.get("prompt")),
            completion_price=figure(pricing.get("completion")),
            input_modalities=_words(architecture.get("input_modalities")),
            output_modalities=_words(architecture.get("output_modalities")),
            supported_parameters=_words(entry.get("supported_parameters")),
        )

    def ignores(self, parameter: str) -> bool:
        """Whether the catalogue says that the model does nothing with a request parameter.

        It says so by leaving the parameter out of a list that names others; models ignore such parameters silently.
        """
        listed = self.supported_parameters
        if not listed or parameter not in BY_NAME or parameter in _OF_THE_GATEWAY:
            return False
        return parameter not in listed and _SAME_AS.get(parameter) not in listed


class Catalogue:
    """The models at one address, sorted by id. Empty when nothing is known."""

    def __init__(self, models: Iterable[Model] = ()) -> None:
        self._models: dict[str, Model] = {}
        for model in sorted(models, key=lambda model: model.id):
            self._models.setdefault(model.id, model)

    def __len__(self) -> int:
        return len(self._models)

    def __iter__(self) -> Iterator[Model]:
        return iter(self._models.values())

    def find(self, model: str) -> Model | None:
        """The model of exactly this id."""
        return self._models.get(model)

    def search(self, words: str) -> list[Model]:
        """The models in whose id, name or description every word occurs, whatever its case; all for no words."""
        wanted = words.casefold().split()
        return [
            model
            for model in self
            if all(word in f"{model.id}\n{model.name}\n{model.description}".casefold() for word in wanted)
        ]

    def nearest(self, model: str) -> list[str]:
        """Up to three ids that may have been meant by ``model``, the likeliest first; never ``model`` itself."""
        scores = {other: _likeness(model.casefold(), other.casefold()) for other in self._models if other != model}
        close = [other for other, score in scores.items() if score >= _LIKE_ENOUGH]
        return sorted(close, key=lambda other: (-scores[other], other))[:3]


class Catalogues:
    """The catalogue of each address as it was last fetched. Safe to use from several threads.

    ``fetch`` gets the list from the gateway and raises :class:`LiaraError` where it cannot.
    """

    def __init__(self, fetch: Callable[[Connection], list[dict[str, Any]]]) -> None:
        self._fetch = fetch
        self._kept: dict[Address, tuple[float, Catalogue]] = {}
        self._lock = threading.Lock()

    def known(self, address: Address) -> Catalogue:
        """What was last fetched from ``address``, however long ago; nobody is asked and nothing is waited for.

        The sandbox's models are always known.
        """
        kept = self._kept.get(address)
        return kept[1] if kept else _of_the_sandbox() if address.is_sandbox else Catalogue()

    def load(self, connection: Connection, lifetime: float) -> Catalogue:
        """The catalogue at ``connection``; fetched if there is none, or one that is ``lifetime`` seconds old.

        Threads that want it at the same time fetch it once. What is known stays when fetching fails.
        """
        with self._lock:
            fetched, catalogue = self._kept.get(connection.address, (None, Catalogue()))
            if fetched is not None and time.monotonic() - fetched < lifetime:
                return catalogue
            return self.fetch(connection)

    def fetch(self, connection: Connection) -> Catalogue:
        """The catalogue at ``connection`` as it is now. Raises :class:`LiaraError`; asking is free."""
        records = self._fetch(connection)
        read = (Model.from_json(record, lambda text: fit(text, connection)) for record in records)
        catalogue = Catalogue(model for model in read if model is not None)
        self._kept[connection.address] = (time.monotonic(), catalogue)
        return catalogue


@functools.cache
def _of_the_sandbox() -> Catalogue:
    return Catalogue(model for name in MODELS if (model := Model.from_json(catalogue_entry(name))))


def _likeness(wanted: str, other: str) -> float:
    """How much alike two ids are: as a whole, or by what follows the maker's name; being contained counts more."""
    tail, other_tail = wanted.rpartition("/")[2], other.rpartition("/")[2]
    whole = SequenceMatcher(None, wanted, other).ratio()
    bonus = 0.5 if len(tail) > 1 and tail in other else 0.0
    return max(whole, SequenceMatcher(None, tail, other_tail).ratio()) + bonus


def _fit(text: str) -> str:
    return clean(whole_characters(text))


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _text(value: Any, read: Callable[[str], str]) -> str:
    return read(value).strip() if isinstance(value, str) else ""


def _tokens(value: Any) -> int | None:
    """A number of tokens; 0 is what servers say that do not know."""
    return int(figure(value) or 0) or None


def _words(value: Any) -> tuple[str, ...]:
    items = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    return tuple(item for item in items if isinstance(item, str) and _WORD.fullmatch(item))
