"""Markdown to safe HTML. Beside the formulas, the only file that imports markdown_it.

What a model writes is hostile text. It can only become elements that this module builds: raw HTML is text, links go
to http, https and mailto alone, images are never loaded, and formulas that could carry a link or a style are code.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import accumulate
from typing import Any
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

from .formulas import formula, inert, use_formulas

_ALLOWED_SCHEMES = ("http", "https", "mailto")
# Leaves take the direction of their own first strong letter; containers are given theirs, because `dir=auto` looks past
# children that have a `dir`.
_LEAVES = ("paragraph_open", "heading_open", "td_open", "th_open")
_CONTAINERS = ("bullet_list_open", "ordered_list_open", "blockquote_open", "table_open")
# `text-align: start` is inherited from the wrapper of the whole output. Jupyter's themes set another alignment on
# paragraphs (left) and cells (right) themselves, so there it is said again, where left is not what start means.
_START = "text-align:start"
_CODE_BLOCK = '<pre dir="ltr" style="overflow-x:auto"><code>'


@dataclass(frozen=True)
class Block:
    """A top-level block of a source: where it ends in it, as a character offset, and its HTML."""

    end: int
    html: str


class Markdown:
    """A renderer that remembers link references, so that a source can be given to it piece by piece."""

    def __init__(self) -> None:
        self._references: dict[str, Any] = {}
        #: Whether the last source, or what is remembered, defines link references: text before them may then look
        #: different when it is rendered again.
        self.has_references = False

    def render(self, source: str) -> str:
        """The HTML of ``source``."""
        return "".join(block.html for block in self.blocks(source))

    def blocks(self, source: str) -> list[Block]:
        """The top-level blocks of ``source`` with their HTML. Only the last one can change when the source grows.

        Should the parser fail, the whole source is one block of escaped text: a reply is never lost to its rendering.
        """
        env: dict[str, Any] = {"references": dict(self._references)}
        try:
            found = list(_split(source, _PARSER.parse(source, env), env))
        except Exception:
            return [Block(len(source), f'<pre dir="auto">{escape(source)}</pre>')]
        self.has_references = bool(env["references"])
        return found

    def remember(self, source: str) -> None:
        """Keep the link references that ``source`` defines; it must be finished, for the first definition counts."""
        if "]:" in source:
            env: dict[str, Any] = {"references": self._references}
            _PARSER.parse(source, env)


def _split(source: str, tokens: list[Token], env: dict[str, Any]) -> Iterator[Block]:
    """One block for each top-level token that knows its lines, with what stands between it and the next."""
    offsets = _line_offsets(source)
    starts = [i for i, token in enumerate(tokens) if token.level == 0 and token.nesting >= 0 and token.map]
    if not starts:
        return
    starts[0] = 0
    for start, following in zip(starts, [*starts[1:], None], strict=True):
        line = (tokens[following].map or [0])[0] if following is not None else None
        end = len(source) if line is None else offsets[line]
        yield Block(end, _PARSER.renderer.render(tokens[start:following], _PARSER.options, env))


def plain(text: str) -> str:
    """Markdown that shows ``text`` as it is. Brackets become entities, since an escaped one begins a formula."""
    text = re.sub(r"([\\`*_<>$~#&!])", r"\\\1", text)
    return text.replace("[", "&#91;").replace("]", "&#93;")


def closed(source: str) -> str:
    """``source`` with the code or formula closed in which it was cut off, so that it does not swallow what follows."""
    tokens = _PARSER.parse(source, {})
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


def host_of(url: str) -> str:
    """The host of a link, or the address of a mail link, for the eye."""
    try:
        parts = urlsplit(url)
        return parts.hostname or parts.path.split("?")[0]
    except ValueError:
        return ""


class _Renderer(RendererHTML):
    """markdown-it's own renderer, with directions, and with code, formulas and images made inert."""

    def code_inline(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return f'<code dir="ltr">{escape(tokens[idx].content)}</code>'

    def code_block(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return f"{_CODE_BLOCK}{escape(tokens[idx].content)}</code></pre>\n"

    fence = code_block

    def image(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        """An image is a request to wherever the model likes: it is shown as a link."""
        token = tokens[idx]
        alt = inert(self.renderInlineAsText(token.children, options, env))
        url = str(token.attrs.get("src", ""))
        return f"{_link(url)}[image: {alt}] {inert(host_of(url))}</a>"

    def link_open(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return _link(str(tokens[idx].attrs.get("href", "")))

    def text(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return inert(tokens[idx].content)

    def table_open(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        """A table in a block of its direction, so that a Persian one stands at the right."""
        direction = tokens[idx].attrs.get("dir", "auto")
        return f'<div dir="{direction}" style="overflow-x:auto"><table dir="{direction}">\n'

    def table_close(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return "</table></div>\n"

    def math_inline(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return formula(tokens[idx].content, "$")

    def math_inline_double(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return formula(tokens[idx].content, "$$")

    def math_block(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return f'<div dir="ltr">{formula(tokens[idx].content, "$$")}</div>\n'


def _link(url: str) -> str:
    shown = escape(url, quote=True)
    return f'<a href="{shown}" title="{shown}" rel="noopener noreferrer" target="_blank">'


def _directed(state: Any) -> None:
    """Give each block its direction; a core rule of the parser."""
    lists = 0
    for position, token in enumerate(state.tokens):
        if token.type in ("bullet_list_open", "ordered_list_open"):
            lists += 1
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            lists -= 1
        if token.type in _CONTAINERS:
            token.attrSet("dir", _first_direction(state.tokens, position))
        # In a list the list decides: an item that begins with a Latin name stays in its Persian list's direction.
        elif token.type in _LEAVES and not lists:
            token.attrSet("dir", "auto")
        if token.type in ("td_open", "th_open"):
            token.attrs.setdefault("style", _START)
        elif token.type == "paragraph_open" and _first_direction(state.tokens, position) != "ltr":
            token.attrSet("style", _START)


def _first_direction(tokens: Sequence[Token], start: int) -> str:
    """The direction of the first strong letter inside the block that opens at ``start``."""
    for position in range(start + 1, len(tokens)):
        token = tokens[position]
        if token.level <= tokens[start].level:
            break
        for child in token.children or ():
            for letter in child.content if child.type == "text" else "":
                kind = unicodedata.bidirectional(letter)
                if kind in ("L", "R", "AL"):
                    return "ltr" if kind == "L" else "rtl"
    return "auto"


def _is_allowed(url: str) -> bool:
    try:
        return urlsplit(url.strip()).scheme.lower() in _ALLOWED_SCHEMES
    except ValueError:
        return False


def _line_offsets(source: str) -> list[int]:
    """Where each line begins."""
    return [0, *accumulate(len(line) + 1 for line in source.split("\n")[:-1])]


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}, renderer_cls=_Renderer).enable(["table", "strikethrough"])
    use_formulas(parser)
    for name in ("math_inline", "math_inline_double", "math_block"):
        parser.add_render_rule(name, getattr(_Renderer, name))  # in place of the plug-in's own
    parser.validateLink = _is_allowed  # type: ignore[method-assign]  # markdown-it's documented way
    parser.core.ruler.push("directions", _directed)
    return parser


_PARSER = _parser()
