"""The key: cleaned of what pasting adds, and shown by nothing."""

import copy
import json
import pickle
import pprint

import pytest

from liara_magic.gateway.address import SANDBOX
from liara_magic.gateway.api_key import ApiKey, clean_key, key_in_a_cell, looks_like_key
from liara_magic.gateway.connection import Connection
from liara_magic.gateway.credentials import missing_key
from liara_magic.protocol.errors import LiaraCredentialsError

KEY = "eyJhbGciOiJIUzI1NiJ9.eyJrIjoxfQ.s1gnature-_"
NBSP, ZWSP, ZWNJ, BOM, RLM, SHY = "\u00a0", "\u200b", "\u200c", "\ufeff", "\u200f", "\u00ad"


@pytest.mark.parametrize(
    "pasted",
    [
        KEY,
        f"  {KEY}\t",
        f"{KEY}\n",
        f"{KEY}\r\n",
        f"{KEY[:20]}\n{KEY[20:]}",
        f"{KEY[:20]} \r\n  {KEY[20:]}",
        f"Bearer {KEY}",
        f"bearer {KEY}",
        f"BEARER   {KEY}",
        f"Bearer: {KEY}",
        f"Bearer : {KEY}",
        f"Bearer\n{KEY}",
        f"Bearer{NBSP}{KEY}",
        f"Authorization: Bearer {KEY}",
        f"authorization:Bearer: {KEY}",
        f'"{KEY}"',
        f"'{KEY}'",
        f"`{KEY}`",
        f'"Bearer {KEY}"',
        f'Bearer "{KEY}"',
        f"{NBSP}{KEY}{NBSP}",
        f"{ZWSP}{KEY}",
        f"{BOM}{KEY}{ZWNJ}{RLM}",
        f"{KEY[:9]}{ZWSP}{KEY[9:30]}{SHY}{KEY[30:]}",
        f"{RLM}Bearer{ZWSP} {KEY}",
        KEY.replace("1", "۱"),
        KEY.replace("1", "١").replace("2", "٢").replace("6", "۶"),
    ],
)
def test_what_pasting_adds_is_taken_off(pasted):
    assert clean_key(pasted) == KEY
    assert ApiKey(pasted).text() == KEY


@pytest.mark.parametrize("pasted", ["", " ", "\n", '""', ZWSP, NBSP, "Bearer", "Bearer: ", "Authorization: Bearer "])
def test_a_key_of_nothing_is_refused(pasted):
    with pytest.raises(LiaraCredentialsError, match="The key is empty") as refused:
        ApiKey(pasted)
    assert "%liara /login" in refused.value.hint and "sandbox/tutor" in refused.value.hint


@pytest.mark.parametrize("bad", ["é", "س", "…", "\x00", "\x1b", "\x7f", "\x80", "😀", "\udc80"])
@pytest.mark.parametrize("position", [1, 5, 44])
def test_a_character_that_no_key_has_is_named_by_its_position_only(bad, position):
    text = KEY[: position - 1] + bad + KEY[position - 1 :]
    with pytest.raises(LiaraCredentialsError) as refused:
        ApiKey(f"Bearer {text}")
    assert refused.value.message == f"Character {position} of the key is not a plain letter, digit or sign."
    assert bad not in str(refused.value)
    assert KEY[:10] not in str(refused.value) and KEY[-10:] not in str(refused.value)
    assert refused.value.__cause__ is None


@pytest.fixture
def key(canary_key):
    return ApiKey(f"Bearer {canary_key}", source="a test")


@pytest.mark.parametrize(
    "show",
    [
        repr,
        str,
        ascii,
        pprint.pformat,
        format,
        "{}".format,
        "{0!r:>60}".format,
        "{:s}".format,
        lambda key: f"{key} {key!r} {key!s:>40}",
    ],
)
def test_a_key_shows_where_it_is_from_and_nothing_else(key, canary_key, show):
    shown = show(key)
    assert "a test" in shown
    assert canary_key[:12] not in shown and canary_key[-12:] not in shown


def everything_about(value, seen, depth=3):
    """The texts of an object, its attributes, and what they hold, as a debugger would walk them."""
    if id(value) in seen or depth == 0:
        return
    seen[id(value)] = value
    yield repr(value)
    yield str(value)
    if isinstance(value, (str, bytes, int, type)):
        return
    for name in dir(value):
        if name not in ("bearer", "__globals__", "__builtins__", "f_globals"):
            try:
                held = getattr(value, name)
            except Exception:
                continue
            yield from everything_about(held, seen, depth - 1)


def test_walking_a_key_s_attributes_finds_nothing(key, canary_key):
    texts = list(everything_about(key, {}))
    assert len(texts) > 50
    assert not [text for text in texts if canary_key in text]
    with pytest.raises(TypeError):
        vars(key)


def test_what_holds_a_key_does_not_show_it_either(key, canary_key):
    for holder in (Connection(SANDBOX, key), [key], {"key": key}, missing_key(), key_in_a_cell()):
        assert canary_key not in f"{holder!r} {holder!s} {pprint.pformat(holder)}"


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_key_is_not_pickled(key, canary_key, protocol):
    for value in (key, [key], {"key": key}):
        with pytest.raises(TypeError) as refused:
            pickle.dumps(value, protocol)
        assert canary_key not in str(refused.value)


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy])
def test_a_copy_of_a_key_is_the_key_itself(key, again):
    assert again(key) is key
    assert again([key])[0] is key
    assert again(key).text() == key.text()


def test_a_key_is_no_json(key, canary_key):
    with pytest.raises(TypeError):
        json.dumps({"key": key})
    assert canary_key not in json.dumps({"key": key}, default=str)


def test_a_key_without_a_source_shows_itself_too():
    assert KEY not in repr(ApiKey(KEY))


def test_keys_do_not_mix():
    first, second = ApiKey("first-key"), ApiKey("second-key")
    assert ("Bearer " + first.text(), "Bearer " + second.text()) == ("Bearer first-key", "Bearer second-key")
    del first
    assert "Bearer " + second.text() == "Bearer second-key"


def test_a_key_takes_itself_out_of_a_text(key, canary_key):
    assert key.scrub(f"a {canary_key} b {canary_key}") == "a [key] b [key]"
    assert key.scrub("nothing here") == "nothing here"
    assert key.is_in(f"x{canary_key}x") and not key.is_in("nothing here")


@pytest.mark.parametrize(
    "text",
    [
        KEY,
        f"--user {KEY}",
        f"key={KEY}",
        f'"{KEY}"',
        f"Bearer {KEY}",
        "sk-or-v1-" + "0123456789abcdef" * 4,
        "sk-proj-" + "aB3_" * 10,
        "eyJhbGciOiJIUzI1NiJ9.eyJrIjoxfQ",
    ],
)
def test_what_has_the_shape_of_a_key_is_recognised(text):
    assert looks_like_key(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "what is a JWT?", "it begins with eyJ", "eyJhbGciOi", "sk-learn", "sk-learn and sk-image",
        "task-force-of-twenty-people-here",
        "import sklearn", "6922b3240bbead6ac2126c0a", "https://ai.liara.ir/api/6922b3240bbead6ac2126c0a/v1", "a.b.c",
        "کلید من کجاست؟",
    ],
)  # fmt: skip
def test_words_about_keys_are_no_key(text):
    assert not looks_like_key(text)


def test_the_advice_after_a_key_in_a_cell_is_to_make_a_new_one():
    error = key_in_a_cell()
    assert "nothing was sent" in error.message
    assert "clear the cell" in error.hint and "new key" in error.hint
