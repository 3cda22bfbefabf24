"""The way to the gateway: its address, the key, the connection, and what is known of its models."""

from __future__ import annotations

from ..gateway import credentials
from ..gateway.address import SANDBOX, SANDBOX_PREFIX, Address, resolve
from ..gateway.api_key import ApiKey
from ..gateway.connection import Connection
from ..gateway.models import Catalogue, Catalogues, Model
from ..protocol.errors import LiaraError
from ..settings import Liara
from .connecting import connection_limits


class Access:
    """How the gateway is reached by these ``settings``; the kernel's ``catalogues`` hold what it said of its models."""

    def __init__(self, settings: Liara, catalogues: Catalogues) -> None:
        self.settings = settings
        self._catalogues = catalogues
        self._key: ApiKey | None = None

    def model_id(self, name: str) -> str:
        """The model that ``name`` means: an alias stands for one, any other name for itself."""
        return str(self.settings.aliases.get(name, name))

    def connection(self, model: str) -> Connection:
        """How ``model`` is reached: inside this process for the sandbox's, else by address and key."""
        settings = self.settings
        limits = connection_limits(settings)
        if model.startswith(SANDBOX_PREFIX):
            return Connection(SANDBOX, limits=limits)
        key = self.key()
        if key is None and not settings.base_url:
            raise credentials.missing_key()
        address = self.address()
        if key is None and not address.is_local:
            raise credentials.missing_key()
        return Connection(address, key, limits, settings.use_proxies)

    def address(self) -> Address:
        """Where the gateway is: by the settings, or by the workspace given at an earlier login."""
        settings = self.settings
        workspace = settings.workspace or ("" if settings.base_url else credentials.kept_workspace())
        return resolve(workspace, settings.base_url)

    def key(self) -> ApiKey | None:
        """The key in use. One that the environment names is read anew each time; others are looked up once."""
        if self._key is None or self._key.source == credentials.ENVIRONMENT_VARIABLE:
            self._key = credentials.find_key()
        return self._key

    def use_key(self, key: ApiKey | None) -> None:
        """Use ``key`` from now on; ``None`` looks it up again."""
        self._key = key

    def without_key(self, text: str) -> str:
        """``text`` for a file: the key in use is taken out, should a server have repeated it."""
        return self._key.scrub(text) if self._key else text

    def models(self, connection: Connection) -> Catalogue:
        """The gateway's model list as it is now. Asking for it is free."""
        return self._catalogues.fetch(connection)

    def catalogue(self) -> Catalogue:
        """The models where the model of the settings is; asks the gateway when nothing recent is known."""
        connection = self.connection(self.model_id(self.settings.model))
        return self._catalogues.load(connection, self.settings.models_lifetime)

    def known_model(self, model: str) -> Model | None:
        """What the catalogue says of the model with this id, if it was ever loaded; nobody is asked."""
        return self.known_models(model).find(model)

    def known_models(self, model: str = "") -> Catalogue:
        """What is known of the models where ``model`` is, else that of the settings, without asking anyone."""
        address = self.known_address(model or self.model_id(self.settings.model))
        return self._catalogues.known(address) if address else Catalogue()

    def known_address(self, model: str) -> Address | None:
        """Where ``model`` is reached; ``None`` while there is no address."""
        try:
            return SANDBOX if model.startswith(SANDBOX_PREFIX) else self.address()
        except LiaraError:
            return None
