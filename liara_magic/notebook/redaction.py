"""Hide secrets in whatever leaves: keys by their shape, values by their names, and what the environment keeps secret.

The same secret always becomes the same words, ``[hidden: GitHub token 1]``, so that a model can still see where two
values are equal. What was found once is hidden from then on wherever it stands, also without the name that gave it
away, if it is no word that other text may hold by chance.
"""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import NoReturn
from urllib.parse import quote
from weakref import WeakKeyDictionary

from .secret_labels import named_secrets
from .secret_names import Promise, promise_of
from .secret_shapes import shaped_secrets
from .secret_tables import tabled_secrets
from .secret_values import Span, is_path, is_placeholder, looks_issued, looks_random

#: A person's pattern sees this much of a line at once, and the last part again with what follows.
WINDOW, OVERLAP = 4_000, 1_000
#: So many different secrets are looked for in every text; each costs a search through it.
MOST_REMEMBERED = 100
_STRONG_VARIABLE = re.compile(
    r"PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN(?!IZ)|CREDENTIAL|APIKEY|API_KEY|ACCESS_KEY|PRIVATE_KEY|PWD$|(?:^|_)PWD_"
)
_WEAK_VARIABLE = re.compile(r"KEY|AUTH(?!OR(?!IZ))|(?:^|_)(?:API|PASS|CREDS|PAT|COOKIE|PRIVATE)(?:_|$)|DSN|PRIVATE")
_NO_SECRETS = frozenset({"PWD", "OLDPWD"})
_URL_PASSWORD = re.compile(r"://[^\s:/?#@]{0,100}:([^\s/?#]{4,200})@")
_BY_PATTERN = "text of your pattern"
_BY_ENVIRONMENT = "environment secret"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something hidden: its ``kind`` in plain words, its ``number`` among this kind, where its mark begins."""

    kind: str
    number: int
    start: int


@dataclass(frozen=True, slots=True)
class Redacted:
    """A ``text`` that may leave, and what was hidden in it, in the order of the text."""

    text: str
    found: tuple[Finding, ...] = ()

    @property
    def counts(self) -> Mapping[str, int]:
        """How many places were hidden, for each kind."""
        return dict(Counter(finding.kind for finding in self.found))


class _Memory:
    """What one redactor knows: where to look for secrets, and those it has met with their labels."""

    def __init__(self, patterns: Sequence[str], environment: Mapping[str, str]) -> None:
        self.patterns = tuple(_compiled(pattern) for pattern in patterns)
        self.environment = environment
        self.labels: dict[str, tuple[str, int]] = {}
        self.sought: list[str] = []
        self.kinds: Counter[str] = Counter()
        self.lock = Lock()

    def label(self, secret: str, kind: str) -> tuple[str, int]:
        """The kind and number of ``secret``, which is ``kind`` if it was never met before."""
        if secret not in self.labels:
            self.kinds[kind] += 1
            self.labels[secret] = (kind, self.kinds[kind])
            if len(secret) >= 8 and looks_issued(secret) and len(self.sought) < MOST_REMEMBERED:
                self.sought.append(secret)
        return self.labels[secret]


# Secrets stand here and not in the redactors: walking an object's attributes, copying or printing it finds nothing.
_MEMORIES: WeakKeyDictionary[Redactor, _Memory] = WeakKeyDictionary()


class Redactor:
    """Hides secrets in texts, and remembers what it hid so that equal secrets stay equal over all of them.

    ``extra_patterns`` are regular expressions of the person; one with a group hides only what its first group holds. A
    pattern sees one line at a time, and a long line in parts of 4,000 characters: what is slow by the square of a
    text's length stays fast, but no pattern is stopped that takes forever for a single line. One that cannot be read
    raises ValueError. ``environment`` is read anew for each text.
    """

    __slots__ = ("__weakref__",)

    def __init__(self, extra_patterns: Sequence[str] = (), environment: Mapping[str, str] = os.environ) -> None:
        _MEMORIES[self] = _Memory(extra_patterns, environment)

    def __reduce__(self) -> NoReturn:
        raise TypeError("A redactor is not copied or pickled: what it knows stays here.")

    def redact(self, text: str) -> Redacted:
        """``text`` with every secret that was found in it replaced by what kind of secret it was."""
        memory = _MEMORIES[self]
        with memory.lock:
            spans = [*_found_by_patterns(text, memory.patterns), *shaped_secrets(text), *named_secrets(text)]
            spans += tabled_secrets(text)
            spans += _found_by_environment(text, memory)
            for start, end, kind in _merged(spans):
                memory.label(text[start:end], kind)
            for secret in memory.sought:
                spans += _places(text, secret, memory.labels[secret][0])
            return _hidden(text, _merged(spans), memory)


def _found_by_patterns(text: str, patterns: Sequence[re.Pattern[str]]) -> Iterator[Span]:
    for start, end in _windows(text) if patterns else ():
        for pattern in patterns:
            for found in pattern.finditer(text, start, end):
                group = 1 if pattern.groups and found[1] else 0
                if found[group]:
                    yield Span(*found.span(group), _BY_PATTERN)


def _found_by_environment(text: str, memory: _Memory) -> Iterator[Span]:
    """The environment's secrets as they are, and as an address, JSON or a Python string writes them."""
    for secret in _environment_secrets(memory.environment):
        yield from _places(text, secret, _BY_ENVIRONMENT)
        for variant in {quote(secret, safe=""), json.dumps(secret)[1:-1], repr(secret)[1:-1]} - {secret}:
            for span in _places(text, variant, _BY_ENVIRONMENT):
                memory.labels.setdefault(variant, memory.label(secret, _BY_ENVIRONMENT))
                yield span


def _compiled(pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern, re.MULTILINE)
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(f"The pattern {pattern!r} for secrets is not a regular expression: {error}.") from None


def _windows(text: str) -> Iterator[tuple[int, int]]:
    """The lines of ``text``, long ones in parts that overlap."""
    start = 0
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        while end - start > WINDOW:
            yield start, start + WINDOW
            start += WINDOW - OVERLAP
        yield start, end
        start = end + 1


def _places(text: str, secret: str, kind: str) -> Iterator[Span]:
    start = text.find(secret)
    while start >= 0:
        yield Span(start, start + len(secret), kind)
        start = text.find(secret, start + len(secret))


def _merged(spans: Sequence[Span]) -> Iterator[Span]:
    """The spans in the order of the text, overlapping ones as one that has the kind of the first found of them."""
    merged: Span | None = None
    first = 0
    for index in sorted(range(len(spans)), key=lambda index: (spans[index].start, index)):
        span = spans[index]
        if merged is None or span.start >= merged.end:
            if merged:
                yield merged
            merged, first = span, index
        else:
            merged = Span(merged.start, max(merged.end, span.end), span.kind if index < first else merged.kind)
            first = min(first, index)
    if merged:
        yield merged


def _hidden(text: str, spans: Iterable[Span], memory: _Memory) -> Redacted:
    pieces: list[str] = []
    found: list[Finding] = []
    done = length = 0
    for start, end, kind in spans:
        name, number = memory.label(text[start:end], kind)
        mark = f"[hidden: {name} {number}]"  # which HIDDEN of protocol/carried.py finds again
        pieces += [text[done:start], mark]
        found.append(Finding(name, number, length + start - done))
        length += start - done + len(mark)
        done = end
    return Redacted("".join([*pieces, text[done:]]), tuple(found))


def _environment_secrets(environment: Mapping[str, str]) -> Iterator[str]:
    """The values of environment variables that are secrets, going by their names and by what they look like."""
    for name in list(environment):
        upper, value = name.upper(), environment.get(name, "")
        if upper in _NO_SECRETS or len(value) < 6:
            continue
        strong = _STRONG_VARIABLE.search(upper) is not None
        if "://" in value:
            yield from _URL_PASSWORD.findall(value)
        elif (strong or _WEAK_VARIABLE.search(upper)) and _is_secret_value(value.strip(), upper, strong):
            yield value.strip()


def _is_secret_value(value: str, name: str, strong: bool) -> bool:
    if is_placeholder(value) or is_path(value) or len(value) < 6:
        return False
    if not strong:
        return len(value) >= 8 and looks_random(value)
    if re.fullmatch(r"[\d.,:+-]+", value):
        return promise_of(name) is Promise.PASSWORD and value.isdigit()
    if promise_of(name) is Promise.NOTHING:
        return len(value) >= 12 and looks_random(value)
    words = re.fullmatch(r"[A-Za-z][a-z]*|[A-Z]+", value)
    return not (words and len(value) < 12)
