"""What a person should know about a model before and after it was asked, as far as the catalogue knows."""

from __future__ import annotations

import difflib

from ..gateway.address import Address
from ..gateway.models import Catalogues
from ..protocol.errors import LiaraModelError
from ..protocol.request import ChatRequest
from ..settings import Liara


class Advice:
    """Knows the aliases of ``settings`` and what ``catalogues`` have loaded; asks nobody."""

    def __init__(self, settings: Liara, catalogues: Catalogues) -> None:
        self._settings = settings
        self._catalogues = catalogues
        self._warned: set[tuple[str, str]] = set()  # the model and the parameter

    def on_request(self, request: ChatRequest, address: Address) -> list[str]:
        """A sentence for each parameter that the model is known to ignore, the first time that it is sent."""
        model = self._catalogues.known(address).find(request.model)
        new = [name for name in request.parameters if model and model.ignores(name)]
        new = [name for name in new if (request.model, name) not in self._warned]
        self._warned.update((request.model, name) for name in new)
        return [f"{request.model} does not list {name} among its parameters and may ignore it." for name in new]

    def on_error(self, model: str, address: Address, error: BaseException) -> None:
        """Add to the hint of an unknown model the ids that may have been meant."""
        if isinstance(error, LiaraModelError):
            aliases = difflib.get_close_matches(model, self._settings.aliases, n=1)
            known = self._catalogues.known(address)
            near = [*aliases, *known.nearest(model)][:3]
            if near:
                error.hint += f" Did you mean {' or '.join(near)}?"
            elif not known and not address.is_sandbox:
                error.hint += " %liara /models lists what there is."
