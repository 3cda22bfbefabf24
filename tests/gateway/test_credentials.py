"""Where a key is found and kept: the environment, the keyring, a file that only its owner reads."""

import json
import sys
from importlib.machinery import ModuleSpec
from types import ModuleType, SimpleNamespace

import pytest

from liara_magic.gateway.api_key import ApiKey
from liara_magic.gateway.credentials import find_key, forget_key, keep_key, keep_workspace, kept_workspace, key_file
from liara_magic.protocol.errors import LiaraCredentialsError


class FakeKeyring(ModuleType):
    """A keyring module with one entry; ``failing`` makes its calls raise."""

    def __init__(self, held=None, priority=5.0, failing=()):
        super().__init__("keyring")
        self.__spec__ = ModuleSpec("keyring", None)
        self.held, self.priority, self.failing = held, priority, failing

    def _call(self, name):
        if name in self.failing:
            raise RuntimeError(f"{name}: the collection is locked")

    def get_keyring(self):
        self._call("get_keyring")
        return SimpleNamespace(priority=self.priority)

    def get_password(self, service, name):
        self._call("get_password")
        return self.held

    def set_password(self, service, name, text):
        self._call("set_password")
        self.held = text

    def delete_password(self, service, name):
        self._call("delete_password")
        self.held = None


@pytest.fixture(autouse=True)
def no_keyring(monkeypatch):
    """No keyring of the machine; ``use_keyring`` puts a fake one in."""
    monkeypatch.setitem(sys.modules, "keyring", None)


@pytest.fixture
def use_keyring(monkeypatch):
    def use(**options):
        keyring = FakeKeyring(**options)
        monkeypatch.setitem(sys.modules, "keyring", keyring)
        return keyring

    return use


def text_of(key):
    return key.text()


def write(text, mode=0o600):
    key_file().parent.mkdir(parents=True, exist_ok=True)
    key_file().write_text(text, "utf-8")
    key_file().chmod(mode)


# The order


def test_without_any_place_there_is_no_key():
    assert find_key() is None
    assert kept_workspace() == ""


def test_the_environment_comes_before_the_keyring_and_the_keyring_before_the_file(monkeypatch, use_keyring):
    write('{"api_key": "from-file"}')
    assert (text_of(find_key()), find_key().source) == ("from-file", str(key_file()))
    use_keyring(held="from-keyring")
    assert (text_of(find_key()), find_key().source) == ("from-keyring", "the keyring")
    monkeypatch.setenv("LIARA_API_KEY", "Bearer from-environment")
    assert (text_of(find_key()), find_key().source) == ("from-environment", "LIARA_API_KEY")
    monkeypatch.setenv("LIARA_API_KEY", "  ")
    assert text_of(find_key()) == "from-keyring"


@pytest.mark.parametrize(
    "broken",
    [
        {"priority": 0},
        {"priority": -1},
        {"failing": ["get_keyring"]},
        {"failing": ["get_password"]},
        {"held": None},
        {"held": ""},
    ],
)
def test_a_keyring_that_gives_nothing_leaves_it_to_the_file(use_keyring, broken):
    write('{"api_key": "from-file"}')
    use_keyring(**{"held": "from-keyring", **broken})
    assert text_of(find_key()) == "from-file"


def test_colab_s_secrets_come_last(monkeypatch):
    userdata = SimpleNamespace(get={"LIARA_API_KEY": "from-colab"}.get)
    colab = ModuleType("google.colab")
    colab.userdata = userdata
    monkeypatch.setitem(sys.modules, "google", ModuleType("google"))
    monkeypatch.setitem(sys.modules, "google.colab", colab)
    assert (text_of(find_key()), find_key().source) == ("from-colab", "Colab's secrets")
    write('{"api_key": "from-file"}')
    assert text_of(find_key()) == "from-file"


def test_a_kept_key_that_cannot_be_one_is_refused_by_position():
    write('{"api_key": "abcé"}')
    with pytest.raises(LiaraCredentialsError, match="Character 4"):
        find_key()


# Keeping and forgetting


def test_a_key_is_kept_in_the_keyring_where_one_works(use_keyring):
    keyring = use_keyring()
    assert keep_key(ApiKey("Bearer my-key")) == "the keyring"
    assert keyring.held == "my-key"
    assert not key_file().exists()
    assert text_of(find_key()) == "my-key"


@pytest.mark.parametrize("broken", [{"priority": 0}, {"failing": ["get_keyring"]}, {"failing": ["set_password"]}])
def test_a_key_is_kept_in_the_file_where_no_keyring_works(use_keyring, broken):
    keyring = use_keyring(**broken)
    assert keep_key(ApiKey("my-key")) == str(key_file())
    assert keyring.held is None
    assert json.loads(key_file().read_text("utf-8")) == {"api_key": "my-key"}
    assert text_of(find_key()) == "my-key"


def test_the_key_that_was_kept_last_is_the_one_that_is_found(use_keyring):
    use_keyring(held="old-key", failing=["set_password"])
    keep_key(ApiKey("new-key"))
    assert text_of(find_key()) == "new-key"


def test_key_and_workspace_are_kept_side_by_side():
    keep_workspace("w1")
    keep_key(ApiKey("k1"))
    keep_workspace("w2")
    keep_key(ApiKey("k2"))
    assert (kept_workspace(), text_of(find_key())) == ("w2", "k2")


def test_a_key_is_forgotten_wherever_it_was_kept(use_keyring):
    keep_key(ApiKey("in-file"))
    keyring = use_keyring(held="in-keyring")
    assert forget_key() == ["the keyring", str(key_file())]
    assert (find_key(), keyring.held, key_file().exists()) == (None, None, False)
    assert forget_key() == []


@pytest.mark.parametrize("failing", ["get_keyring", "get_password", "delete_password"])
def test_a_keyring_that_cannot_be_opened_stops_no_forgetting(use_keyring, failing):
    keep_key(ApiKey("in-file"))
    use_keyring(held="in-keyring", failing=[failing])
    assert forget_key() == [str(key_file())]


def test_forgetting_names_no_place_that_held_no_key():
    keep_workspace("w1")
    assert forget_key() == []
