"""Markdown to safe HTML. The only room that imports markdown_it.

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
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.texmath import texmath_plugin

_ALLOWED_SCHEMES = ("http", "https", "mailto")
# Leaves take the direction of their own first strong letter; containers are given theirs, because `dir=auto` looks past
# children that have a `dir`.
_LEAVES = ("paragraph_open", "heading_open", "td_open", "th_open")
_CONTAINERS = ("bullet_list_open", "ordered_list_open", "blockquote_open", "table_open")
# `text-align: start` is inherited from the wrapper of the whole output. Jupyter's themes set another alignment on
# paragraphs (left) and cells (right) themselves, so there it is said again, where left is not what start means.
_START = "text-align:start"
_CODE_BLOCK = '<pre dir="ltr" style="overflow-x:auto"><code>'
# TeX commands by which a formula could leave typesetting: links, styles, HTML attributes, loading of extensions.
_UNSAFE_TEX = re.compile(
    r"\\(href|url|style|class|cssId|html\w*|data|require|includegraphics|unicode|def|newcommand|let)"
)


@dataclass(frozen=True)
class Block:
    """A top-level block of a source: where it ends in it, as a character offset, and its HTML."""

    end: int
    html: str


class Markdown:
    """A renderer that remembers link references, so that a source can be given to it piece by piece."""

    def __init__(self) -> None:
        self._env: dict[str, Any] = {"references": {}}

    @property
    def has_references(self) -> bool:
        """Whether a link reference was defined: what stands before it may then look different when rendered again."""
        return bool(self._env["references"])

    def render(self, source: str) -> str:
        """The HTML of ``source``."""
        return "".join(block.html for block in self.blocks(source))

    def blocks(self, source: str) -> list[Block]:
        """The top-level blocks of ``source`` with their HTML. Only the last one can change when the source grows.

        Should the parser fail, the whole source is one block of escaped text: a reply is never lost to its rendering.
        """
        try:
            tokens = _PARSER.parse(source, self._env)
            return list(self._split(source, tokens))
        except Exception:
            return [Block(len(source), f'<pre dir="auto">{escape(source)}</pre>')]

    def _split(self, source: str, tokens: list[Token]) -> Iterator[Block]:
        """One block for each top-level token that knows its lines, with what stands between it and the next."""
        offsets = _line_offsets(source)
        starts = [i for i, token in enumerate(tokens) if token.level == 0 and token.nesting >= 0 and token.map]
        if not starts:
            return
        starts[0] = 0
        for start, following in zip(starts, [*starts[1:], None], strict=True):
            line = (tokens[following].map or [0])[0] if following is not None else None
            end = len(source) if line is None else offsets[line]
            yield Block(end, _PARSER.renderer.render(tokens[start:following], _PARSER.options, self._env))


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

    def fence(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return f"{_CODE_BLOCK}{escape(tokens[idx].content)}</code></pre>\n"

    def image(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        """An image is a request to wherever the model likes: it is shown as a link."""
        token = tokens[idx]
        alt = escape(self.renderInlineAsText(token.children, options, env))
        url = str(token.attrs.get("src", ""))
        return f"{_link(url)}[image: {alt}] {escape(host_of(url))}</a>"

    def link_open(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return _link(str(tokens[idx].attrs.get("href", "")))

    def text(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        """A lone dollar sign is money: alone in an element, no front end takes it for the start of a formula."""
        return escape(tokens[idx].content).replace("$", "<span>$</span>")

    def table_open(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        """A table in a block of its direction, so that a Persian one stands at the right."""
        direction = tokens[idx].attrs.get("dir", "auto")
        return f'<div dir="{direction}" style="overflow-x:auto"><table dir="{direction}">\n'

    def table_close(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return "</table></div>\n"

    def math_inline(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return _math(tokens[idx].content, "$")

    def math_inline_double(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return _math(tokens[idx].content, "$$")

    def math_block(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return f'<div dir="ltr">{_math(tokens[idx].content, "$$")}</div>\n'

    math_single = math_inline
    math_block_eqno = math_block


def _link(url: str) -> str:
    shown = escape(url, quote=True)
    return f'<a href="{shown}" title="{shown}" rel="noopener noreferrer" target="_blank">'


def _math(tex: str, mark: str) -> str:
    if _UNSAFE_TEX.search(tex):
        return f'<code dir="ltr">{escape(mark + tex + mark)}</code>'
    return f'<span dir="ltr">{escape(mark + tex + mark)}</span>'


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
    dollarmath_plugin(parser, allow_labels=False, allow_space=False, allow_digits=False, double_inline=True)
    texmath_plugin(parser, delimiters="brackets")
    for name in ("math_inline", "math_inline_double", "math_block", "math_single", "math_block_eqno"):
        # Both plug-ins bring renderers of their own; ours are the inert ones.
        parser.add_render_rule(name, getattr(_Renderer, name))
    parser.validateLink = _is_allowed  # type: ignore[method-assign]  # markdown-it's documented way
    parser.core.ruler.push("directions", _directed)
    return parser


_PARSER = _parser()
