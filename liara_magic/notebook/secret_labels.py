"""Secrets that show by the name before them: ``password = "…"``, ``api_key: …``, ``X_SECRET=…``, ``--token …``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from .secret_names import LONGEST_NAME, Promise, promise_of
from .secret_values import Span, has_digit, is_path, is_placeholder, looks_random

_NAME_CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"

_STRING_TYPE = (
    r":[ \t]{0,2}(?:Optional\[)?(?:str|bytes|string|String|SecretStr|Any)\]?(?: ?\| ?None)?[ \t]{0,2}=|string[ \t]?="
)
# The part of a name that gives it away, the rest of the name, what closes it, and what stands between it and its value.
# The beginning of the name is read backwards from here, so that a long word is not scanned from each of its letters.
_NAMED = re.compile(
    r"(?:pass|pwd?|secret|token|credential|key|auth|sessionid)(?P<rest>[A-Za-z0-9_-]{0,40})(?![A-Za-z0-9_-])"
    rf"(?P<close>[\\\"'`\])]{{0,4}})[ \t]{{0,20}}(?P<sign>{_STRING_TYPE}|[!=?.+|]{{1,2}}=|=>|:{{0,3}}="
    r"|,?\s{0,40}[\"']?value[\"']?[ ]?[:=]|: ?[|>][+-]?\n|[:,>])(?:(?<=[>\n])\s{0,40}|[ \t]{0,8})",
    re.IGNORECASE,
)
_PERSIAN = re.compile(
    r"(?:رمز(?:[ \u200c]?عبور)?|گذرواژه|پسورد|کلمه[ \u200c]?عبور|كلمة المرور|توکن|کلید)"
    r"(?:[ \u200c]\w{1,12}){0,3} ?[:=] ?(?=[!-~])"
)
_OPTION = re.compile(r"(?:(?<![\w-])--|\b(?:ENV|ARG|setx) )(?P<name>[A-Za-z0-9_-]{2,40})[ \t]{1,4}(?=[^\s-])")
_QUOTED = re.compile(
    r"[bBrRuUfF]{0,2}(?:\"{3}(.+?)\"{3}|'{3}(.+?)'{3}|\\\"((?:[^\"\\\n]|\\(?!\"))+)\\\"|\\'((?:[^'\\\n]|\\(?!'))+)\\'"
    r"|\"([^\"\\\n]*(?:\\.[^\"\\\n]*)*)\"|'([^'\\\n]*(?:\\.[^'\\\n]*)*)'|`([^`\n]*)`|[\"']([^\s\"'`<>;&|\\]{4,400})(?=\s|$))"
)
# Of a long value without quotes the first part is judged.
_MOST_JUDGED = 400
_BARE = re.compile(rf"[^\s\"'`<>;&|\\]{{4,{_MOST_JUDGED}}}")
_REST_OF_LONG = re.compile(r"[\w+/=.~-]*")
_CALL = re.compile(r"[A-Za-z_][\w.]*[(\[]")
_DOTTED_NAME = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+")
_MINIFIED = re.compile(r"[)\]},:&|?][({\[&|!,)}\]]|![01]\b")
_OTHER_TARGETS = re.compile(r"^[ \t]*(?:[A-Za-z_]\w*, )+\Z", re.MULTILINE)
_NEXT_ARGUMENT = re.compile(r",(?=[A-Za-z_]\w*=)")

# For the names of labels only: values may be secrets, and stay in no cache.
_promise_of_label = lru_cache(maxsize=4096)(promise_of)


class _Label(NamedTuple):
    """What stands before a value: a name at ``start``, its promise, the sign, a quote opened before the name."""

    start: int
    name: str
    promise: Promise
    sign: str
    quote: str = ""

    @property
    def kind(self) -> str:
        lowered = self.name.lower()
        if self.promise is Promise.PASSWORD or "passw" in lowered:
            return "password"
        return "API key" if "key" in lowered else "token" if "token" in lowered else "secret"

    def is_refuted_by(self, value: str) -> bool:
        """Whether a value is itself the name of a secret, or a word after a "pass" that is a filter's."""
        last = value.rpartition(".")[2]
        if len(value) > LONGEST_NAME or has_digit(last):
            return False
        return (value.isalpha() and self.name.lower().endswith("pass")) or (
            promise_of(last) is not Promise.NOTHING and (self.promise is Promise.SECRET or not value.isalpha())
        )


def named_secrets(text: str) -> Iterator[Span]:
    """The values of ``text`` that their name makes secrets."""
    places = [*_labels(text)]
    following = 0
    for begin, label in places:
        # Without quotes a value ends where the next name begins, unless it begins with what looks like a name itself.
        while following < len(places) and places[following][1].start <= begin:
            following += 1
        end = places[following][1].start if following < len(places) else len(text)
        yield from _value(text, begin, end, label)
    for option in _OPTION.finditer(text):
        label = _Label(option.start(), option["name"], promise_of(option["name"]), "=")
        yield from _value(text, option.end(), len(text), label)
    for found in _PERSIAN.finditer(text):
        yield from _value(text, found.end(), len(text), _Label(found.start(), "password", Promise.PASSWORD, ":"))


def _labels(text: str) -> Iterator[tuple[int, _Label]]:
    """Each label that promises something, and where its value begins."""
    for found in _NAMED.finditer(text):
        before = text[max(0, found.start() - 40) : found.start()]
        beginning = len(before.rstrip(_NAME_CHARACTERS))
        name = before[beginning:] + text[found.start() : found.end("rest")]
        opener = before[beginning - 1 : beginning]
        sign = found["sign"]
        promise = _promise_of_label(name)
        in_csv = sign == "," and found["close"] == "" == opener.strip() and text[found.end() - 1] == ","
        if (
            (sign == ">" and opener != "<")
            or promise is Promise.NOTHING
            or not (sign != "," or found["close"] or in_csv)
        ):
            continue
        if sign == ",":
            promise = Promise.MAYBE
        quote = opener if opener in {"'", '"'} and not found["close"] else ""
        start = found.start() - len(before) + beginning
        yield _start_of_value(text, start, found.end()), _Label(start, name, promise, sign, quote)


def _start_of_value(text: str, name: int, start: int) -> int:
    """Where the value begins: behind those of the other targets in ``user, password = "…", "…"``."""
    others = _OTHER_TARGETS.search(text, max(0, name - 80), name) if text.startswith(", ", name - 2) else None
    for _ in range(others[0].count(",") if others else 0):
        skipped = _QUOTED.match(text, start)
        if not skipped or not text.startswith(", ", skipped.end()):
            break
        start = skipped.end() + 2
    return start


def _value(text: str, start: int, limit: int, label: _Label) -> Iterator[Span]:
    """The value at ``start`` if it keeps its label's promise; without quotes it ends at ``limit``."""
    if label.promise is Promise.NOTHING:
        return
    quoted = _QUOTED.match(text, start)
    if quoted:
        group = quoted.lastindex or 0
        if not _ends_a_string(text, start, quoted[group], label) and _is_quoted_secret(quoted[group], label):
            yield Span(*quoted.span(group), label.kind)
        return
    bare = _BARE.match(text, start, limit)
    if bare:
        value = _NEXT_ARGUMENT.split(bare[0], maxsplit=1)[0].rstrip(",.)]}:\u060c")
        end = start + len(value)
        spaced = text[start - 1] in " \t"
        if _is_bare_secret(value, label, spaced=spaced, in_call=text.startswith((", ", ",\n", ")"), end)):
            rest = _REST_OF_LONG.match(text, end, limit) if len(value) == _MOST_JUDGED else None
            yield Span(start, rest.end() if rest else end, label.kind)


def _ends_a_string(text: str, start: int, value: str, label: _Label) -> bool:
    """Whether the quote at ``start`` closes a string such as "Password:" and opens none."""
    if label.quote and text.startswith(label.quote, start):
        return True
    line = text.rfind("\n", max(0, label.start - 200), label.start)
    return (
        value.startswith((",", ")", "+", "]", "}", ":", ";"))
        and text.count(text[start], line + 1, label.start) % 2 == 1
    )


def _is_quoted_secret(value: str, label: _Label) -> bool:
    promise = label.promise
    if is_path(value) or "://" in value:
        return False
    if any(character.isspace() for character in value) and not (promise is Promise.PASSWORD and looks_random(value)):
        return False
    if promise is Promise.PASSWORD:
        return len(value) >= 4 and not is_placeholder(value, password=True) and not label.is_refuted_by(value)
    if is_placeholder(value) or not value.isascii():
        return False
    if promise is Promise.SECRET:
        return len(value) >= 8 and not label.is_refuted_by(value)
    return len(value) >= 16 and looks_random(value) and not set(value) & {"\\", "%"}


def _is_bare_secret(value: str, label: _Label, *, spaced: bool, in_call: bool) -> bool:
    """Whether what stands without quotes is a secret, and not a word, a name or an expression of a program."""
    promise, assigned = label.promise, label.sign == "=" and not spaced
    shortest = {Promise.MAYBE: 16, Promise.SECRET: 8}.get(promise, 4 if assigned else 6)
    if len(value) < shortest or is_placeholder(value) or is_path(value) or _is_expression(value, label):
        return False
    if promise is Promise.MAYBE:
        return looks_random(value) and value.isascii() and not in_call
    if not value.isascii() or label.is_refuted_by(value):
        return False
    if value.isdigit():
        return promise is Promise.PASSWORD or len(value) >= 16
    mixed = has_digit(value) and value.lower() != value.upper()
    if value.isidentifier():
        return not in_call and _is_secret_word(value, label, mixed=mixed, assigned=assigned)
    return mixed or (assigned and promise is Promise.PASSWORD and sum(map(str.isalnum, value)) * 2 >= len(value))


def _is_secret_word(value: str, label: _Label, *, mixed: bool, assigned: bool) -> bool:
    """A word is a secret in a settings file, and a variable in a program, which leaves blanks around the sign."""
    bare = value.rstrip("0123456789")
    if mixed and not assigned:
        is_name = not has_digit(bare) and promise_of(bare) is not Promise.NOTHING
        return not is_name and (label.promise is Promise.PASSWORD or looks_random(value))
    return mixed or (assigned and (len(value) >= 8 if label.name.isupper() else label.promise is Promise.PASSWORD))


def _is_expression(value: str, label: _Label) -> bool:
    if _DOTTED_NAME.fullmatch(value):
        return not (label.name.isupper() and looks_random(value))
    return _CALL.match(value) is not None or _MINIFIED.search(value) is not None or "://" in value
