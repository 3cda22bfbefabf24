"""What a secret's value looks like, and what stands in its place without being one: words, paths, templates."""

from __future__ import annotations

import base64
import re
from typing import NamedTuple


class Span(NamedTuple):
    """A secret's place in a text, and what it is in plain words."""

    start: int
    end: int
    kind: str


_SEGMENT = re.compile(r"[A-Za-z0-9]{6,}")
_WORD_AND_NUMBER = re.compile(r"[A-Za-z]+\d{1,4}|\d+[A-Za-z]{1,3}|\d+|[A-Za-z]+")
_LONG_SEGMENT = re.compile(r"[A-Za-z0-9]{16}")
_PATH = re.compile(r"(?:~|\.{1,2}|[A-Za-z]:)?(?:[/\\][\w.@ +-]*)+|[\w.-]+(?:/[\w.-]+)*\.[a-z]{2,5}")
_TEMPLATE = re.compile(
    r"[<\[(].*[>\])]|.*\$?\{[^{}]*\}.*|\{\{.*|\$\(.*|\$(?:[A-Z_]+|[a-z_]+)|%\(\w+\).*|%[a-z]|.*%s.*|%[A-Z_]+%|@[A-Z_]+@"
)
_LETTERS = re.compile(r"[A-Za-z]+")
_WORD = re.compile(r"[^\W_]")
_DIGIT = re.compile(r"\d")
# What a placeholder is made of: "your-api-key", "<token>", "enter password".
_PLACEHOLDERS = """
a access accesskey account add an and any api apikey app application are as auth authorization authtoken aws azure basic
be bearer bytes change changeme client column config confirm credential credentials current database db default dummy
empty enter env environ environment example fake field file foo bar for from func get github go google hash header here
hidden id in include insert invalid is json key keys label liara login me missing my name new nil no none not null of
old omit one openai optional or origin os param pass passphrase passwd password passwords pem placeholder private public
pwd put redacted repeat replace request required sample same secret secretkey secrets self service set settings some str
string test text the this to todo token tokens true txt type undefined unset user username value values var variable was
with wrong x your yaml
"""
# What stands for a password in a form or a schema. Weak passwords such as "test" and "secret" are not among it.
_PASSWORD_PLACEHOLDERS = """
bytes confirm credentials empty enter field false forgot here hidden invalid key login missing my name new nil no none
not null of old optional or pass passphrase passwd password passwords placeholder pwd repeat required reset str string
text the true type undefined unset user username wrong your
"""
_WORDS_OF_PLACEHOLDERS = frozenset(_PLACEHOLDERS.split())
_WORDS_FOR_PASSWORDS = frozenset(_PASSWORD_PLACEHOLDERS.split())


def looks_random(value: str) -> bool:
    """Whether letters and digits are mixed in a stretch of ``value``, as in no word, number, version or date."""
    return any(not _WORD_AND_NUMBER.fullmatch(segment) for segment in _SEGMENT.findall(value))


def looks_issued(value: str) -> bool:
    """Whether ``value`` could come from a generator: random, or a long stretch without a break."""
    return looks_random(value) or _LONG_SEGMENT.search(value) is not None


def has_digit(value: str) -> bool:
    """Whether there is a digit in ``value``."""
    return _DIGIT.search(value) is not None


def is_path(value: str) -> bool:
    """Whether ``value`` is a file's path whose parts are names."""
    return _PATH.fullmatch(value) is not None and not any(
        looks_random(part) for part in re.split(r"[/\\]", value) if len(part) >= 20
    )


def is_template(value: str) -> bool:
    """Whether ``value`` is a place to be filled in, ``{password}``, ``$PASSWORD``, ``<password>``, dots or stars."""
    hollow = not value or value.count(value[0]) == len(value) or not _WORD.search(value)
    return hollow or _TEMPLATE.fullmatch(value) is not None


def is_placeholder(value: str, *, password: bool = False) -> bool:
    """Whether ``value`` stands for a secret to be put there: a template, dots, or words such as "your-api-key"."""
    if is_template(value):
        return True
    if not value.isascii():
        return " " in value or not has_digit(value)
    words = _WORDS_FOR_PASSWORDS if password else _WORDS_OF_PLACEHOLDERS
    return not has_digit(value) and words.issuperset(_LETTERS.findall(value.lower()))


def is_user_and_password(encoded: str) -> bool:
    """Whether ``encoded`` is the base64 of a user and a password with a colon between."""
    try:
        decoded = base64.b64decode(encoded.rstrip("=") + "=" * (-len(encoded.rstrip("=")) % 4), altchars=b"-_")
        return b":" in decoded and decoded.decode("utf-8").isprintable()
    except ValueError:
        return False
