"""Markdown to safe HTML, block by block.

What a model writes is hostile text. It can only become the elements that ``elements.py`` builds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import accumulate
from typing import Any

from .elements import unformatted
from .parser import Token, parse, rendered
from .stopwatch import LONGEST, LONGEST_PAINT, Stopwatch
from .unfinished import completed, half_definition, without_half_address

#: Characters of a block that are parsed once more while it grows.
MOST_PROBABLE = 16_000

# What plain() puts before a letter or in its place; code holds none of it.
_MARKED = re.compile(
    r"(?<!`)(?P<ticks>`+)(?!`).*?(?<!`)(?P=ticks)(?!`)|\\(?P<letter>[\\`*_<>$~#&!])|&#9[13];", re.DOTALL
)
_BRACKETS = {"&#91;": "[", "&#93;": "]"}


class Block:
    """A top-level block of a source; ``end`` is where it ends in it, as a character offset."""

    def __init__(self, source: str, end: int, tokens: list[Token], watch: Stopwatch) -> None:
        self.end = end
        #: Characters at the end that its HTML leaves out for now, or shows as something else.
        self.left_out = 0
        self._source = source
        self._tokens = tokens
        self._watch = watch

    def html(self, growing: bool = False) -> str:
        """Its HTML. While it is ``growing``, and painted many times, its code has no colours."""
        try:
            return rendered(self._read(growing), self._watch, growing)
        except Exception:  # it takes too long, or a fault of ours: the words matter, not their looks
            return unformatted(self._source.strip("\n"))

    @property
    def has_code(self) -> bool:
        """Whether it is code that will have colours."""
        return any(token.type == "fence" for token in self._tokens)

    def _read(self, growing: bool) -> list[Token]:
        return self._tokens


class LastBlock(Block):
    """The one that may go on. While it grows it is shown as what it will probably be, which takes another parse.

    ``behind`` are the characters that come after it, and are shown by no block yet.
    """

    def __init__(
        self,
        source: str,
        end: int,
        tokens: list[Token],
        watch: Stopwatch,
        *,
        references: dict[str, Any],
        behind: int,
    ) -> None:
        super().__init__(source, end, tokens, watch)
        self._references = references
        self._behind = behind

    def _read(self, growing: bool) -> list[Token]:
        self.left_out, tokens = self._behind, self._tokens
        if not growing:
            return tokens
        is_soon_read = len(self._source) <= MOST_PROBABLE and self._watch.spent < self._watch.limit / 4
        if is_soon_read and (probable := completed(self._source, tokens)) != self._source:
            tokens = _tokens(probable, self._references, self._watch)
            self.left_out += len(self._source) - _shared(self._source, probable)
        return without_half_address(tokens, self._source)


class Markdown:
    """A renderer that remembers link references, so that a source can be given to it piece by piece."""

    def __init__(self) -> None:
        self._references: dict[str, Any] = {}
        #: Whether the last source, or what is remembered, defines link references: text before them may then look
        #: different when it is rendered again.
        self.has_references = False

    def render(self, source: str) -> str:
        """The HTML of ``source``."""
        return "".join(block.html() for block in self._blocks(source, LONGEST))

    def blocks(self, source: str) -> list[Block]:
        """The top-level blocks of ``source``, for a paint. Only the last one can change when the source grows.

        Should the parser fail, the whole source is one block of escaped text: a reply is never lost to its rendering.
        The blocks share what the source may take.
        """
        return self._blocks(source, LONGEST_PAINT, growing=True)

    def _blocks(self, source: str, longest: float, growing: bool = False) -> list[Block]:
        references, watch = dict(self._references), Stopwatch.of(source, longest)
        tokens = _tokens(source, references, watch)
        behind = 0
        if growing and (start := half_definition(references, self._references, source)) >= 0:
            behind = len(source) - start
            source, references = source[:start], dict(self._references)  # links would lead to half an address
            tokens = _tokens(source, references, watch)
        self.has_references = bool(references)
        return list(_split(source, tokens, watch, references, behind))

    def tokens(self, source: str) -> list[Token]:
        """The parser's tokens of ``source``, for a screen without HTML; one of the type ``unformatted`` if it fails."""
        return _tokens(source, dict(self._references))

    def remember(self, source: str) -> None:
        """Keep the link references that ``source`` defines; it must be finished, for the first definition counts."""
        if "]:" in source:
            _tokens(source, self._references)


def _tokens(source: str, references: dict[str, Any], watch: Stopwatch | None = None) -> list[Token]:
    try:
        return parse(source, references, watch)
    except Exception:  # whatever it is: a text that cannot be parsed is still a text
        return [Token("unformatted", "", 0, content=source, block=True, map=[0, source.count("\n")])]


def _split(
    source: str, tokens: list[Token], watch: Stopwatch, references: dict[str, Any], behind: int
) -> Iterator[Block]:
    """One block for each top-level token that knows its lines, with what stands between it and the next."""
    offsets = _line_offsets(source)
    starts = [i for i, token in enumerate(tokens) if token.level == 0 and token.nesting >= 0 and token.map]
    if not starts:
        return
    starts[0] = begin = 0
    for start, following in zip(starts, [*starts[1:], None], strict=True):
        if following is None:
            yield LastBlock(source[begin:], len(source), tokens[start:], watch, references=references, behind=behind)
            return
        end = offsets[(tokens[following].map or [0])[0]]
        yield Block(source[begin:end], end, tokens[start:following], watch)
        begin = end


def plain(text: str) -> str:
    """Markdown that shows ``text`` as it is. Brackets become entities, since an escaped one begins a formula."""
    text = re.sub(r"([\\`*_<>$~#&!])", r"\\\1", text)
    return text.replace("[", "&#91;").replace("]", "&#93;")


def unmarked(source: str) -> str:
    """Markdown of ours to be read as it is: what :func:`plain` marked, outside of code, stands without its marks."""
    return _MARKED.sub(lambda found: found["letter"] or _BRACKETS.get(found[0]) or found[0], source)


def closed(source: str) -> str:
    """``source`` with the code or formula closed in which it was cut off, so that it does not swallow what follows."""
    tokens = _tokens(source, {})
    last = tokens[-1] if tokens else None
    words = next((token.content for token in reversed(tokens) if token.type == "inline"), "")
    if last is not None and last.type == "paragraph_close" and words.count("$$") % 2:
        return source.rstrip("\n") + "\n$$"
    if last is None or last.type not in ("fence", "math_block") or last.level:
        return source
    mark = last.markup or "$$"
    lines = source.rstrip().split("\n")
    is_closed = len(lines) > 1 and set(lines[-1].strip()) == set(mark) and len(lines[-1].strip()) >= len(mark)
    return source if is_closed or lines[-1].rstrip().endswith("$$") else f"{source.rstrip(chr(10))}\n{mark}"


def _shared(one: str, other: str) -> int:
    """How many letters both begin with."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _line_offsets(source: str) -> list[int]:
    """Where each line begins."""
    return [0, *accumulate(len(line) + 1 for line in source.split("\n")[:-1])]
