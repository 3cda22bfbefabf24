"""The file that keeps a key: its owner's alone, never half written, never emptied."""

import os
import stat
import sys

import pytest

from liara_magic.gateway import credentials
from liara_magic.gateway.api_key import ApiKey
from liara_magic.gateway.credentials import find_key, forget_key, keep_key, keep_workspace, kept_workspace, key_file
from liara_magic.protocol.errors import LiaraCredentialsError

on_posix = pytest.mark.skipif(sys.platform == "win32", reason="file modes are POSIX's")


@pytest.fixture(autouse=True)
def no_keyring(monkeypatch):
    monkeypatch.setitem(sys.modules, "keyring", None)


def text_of(key):
    return key.text()


def write(text, mode=0o600):
    key_file().parent.mkdir(parents=True, exist_ok=True)
    key_file().write_text(text, "utf-8")
    key_file().chmod(mode)


@on_posix
def test_the_file_is_its_owner_s_alone_from_the_first_byte(monkeypatch):
    seen = []
    for name in ("fdopen", "fsync", "replace"):
        real = getattr(os, name)

        def watched(first, *rest, real=real, **options):
            facts = os.stat(first)
            seen.append((stat.S_IMODE(facts.st_mode), facts.st_size))
            return real(first, *rest, **options)

        monkeypatch.setattr(credentials.os, name, watched)
    before = os.umask(0)
    try:
        keep_key(ApiKey("my-key"))
    finally:
        os.umask(before)
    assert {mode for mode, _ in seen} == {0o600}
    assert seen[0] == (0o600, 0)
    assert stat.S_IMODE(key_file().stat().st_mode) == 0o600
    assert stat.S_IMODE(key_file().parent.stat().st_mode) == 0o700


@on_posix
@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o620, 0o602, 0o610, 0o666, 0o777])
def test_a_file_that_others_may_open_is_refused_and_left_as_it_is(mode):
    write('{"api_key": "my-secret"}', mode)
    with pytest.raises(LiaraCredentialsError) as refused:
        find_key()
    assert f"mode {mode:o}" in refused.value.message and "my-secret" not in str(refused.value)
    assert f"chmod 600 {key_file()}" in refused.value.hint
    with pytest.raises(LiaraCredentialsError):
        keep_key(ApiKey("other"))
    assert key_file().read_text("utf-8") == '{"api_key": "my-secret"}'
    assert stat.S_IMODE(key_file().stat().st_mode) == mode


@on_posix
def test_a_link_is_refused_and_its_target_untouched(tmp_path):
    target = tmp_path / "elsewhere.json"
    target.write_text('{"api_key": "planted"}', "utf-8")
    target.chmod(0o600)
    key_file().parent.mkdir(parents=True)
    key_file().symlink_to(target)
    for use in (find_key, kept_workspace, lambda: keep_key(ApiKey("mine")), lambda: keep_workspace("w")):
        with pytest.raises(LiaraCredentialsError, match="is not a plain file"):
            use()
    assert target.read_text("utf-8") == '{"api_key": "planted"}'
    assert forget_key() == [str(key_file())]
    assert not key_file().is_symlink() and target.exists()


@on_posix
def test_a_link_to_nowhere_is_refused_too():
    key_file().parent.mkdir(parents=True)
    key_file().symlink_to(key_file().parent / "nowhere")
    with pytest.raises(LiaraCredentialsError, match="is not a plain file"):
        find_key()
    assert forget_key() == [str(key_file())]


@pytest.mark.parametrize(
    "text",
    ["", "{", "my-secret", "[]", "5", "null", '"my-secret"', '{"api_key": "my-secret"', "[" * 20_000],
    ids=lambda text: repr(text[:12]),
)
def test_a_file_that_is_no_json_object_is_refused_and_left_as_it_is(text):
    write(text)
    with pytest.raises(LiaraCredentialsError, match="cannot be read as JSON") as refused:
        find_key()
    assert "my-secret" not in str(refused.value) and refused.value.__suppress_context__
    assert "/logout" in refused.value.hint
    assert key_file().read_text("utf-8") == text


def test_a_file_that_is_no_text_is_refused_too():
    write("")
    key_file().write_bytes(b'{"api_key": "\xff\xfe"}')
    with pytest.raises(LiaraCredentialsError, match="cannot be read as JSON"):
        find_key()


def test_what_else_stands_in_the_file_is_passed_over():
    write('{"api_key": 5, "workspace": ["w"], "x": null}')
    assert (find_key(), kept_workspace()) == (None, "")


@pytest.mark.parametrize("failing", ["fsync", "replace"])
@pytest.mark.parametrize("held", [None, "old-key"])
def test_a_failing_write_leaves_what_was_there(monkeypatch, failing, held):
    if held:
        keep_key(ApiKey(held))
    with monkeypatch.context() as broken:
        broken.setattr(
            credentials.os, failing, lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device"))
        )
        with pytest.raises(LiaraCredentialsError) as refused:
            keep_key(ApiKey("new-key"))
    assert refused.value.message == f"{key_file()} cannot be written: No space left on device."
    assert "LIARA_API_KEY" in refused.value.hint
    assert (text_of(find_key()) if held else find_key()) == held
    assert [file.name for file in key_file().parent.iterdir()] == (["credentials.json"] if held else [])


def test_a_place_that_cannot_be_written_is_named(monkeypatch, tmp_path):
    (tmp_path / "a-file").write_text("")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "a-file"))
    monkeypatch.setenv("APPDATA", str(tmp_path / "a-file"))
    with pytest.raises(LiaraCredentialsError, match="cannot be written"):
        keep_key(ApiKey("my-key"))


@on_posix
def test_an_interrupted_write_leaves_no_piece_behind(monkeypatch):
    keep_key(ApiKey("old-key"))
    with monkeypatch.context() as broken:
        broken.setattr(credentials.os, "fsync", lambda _: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            keep_key(ApiKey("new-key"))
    assert text_of(find_key()) == "old-key"
    assert [file.name for file in key_file().parent.iterdir()] == ["credentials.json"]
