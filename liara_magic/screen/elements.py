"""The HTML of each kind of token: markdown-it's own renderer, with directions, and with nothing in it that acts.

What a model writes is hostile text. It can only become the elements that are built here: images are never loaded, a
link shows the host it leads to, and formulas that could carry a link or a style are code.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any
from urllib.parse import urlsplit

from markdown_it.common.utils import unescapeAll
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

from ..protocol.foreign_text import clean
from .code import code_block
from .formulas import formula, inert
from .reach import letters_of_formula, letters_of_table, reached

#: Line ends between these are seen by nobody, and a long table that is painted many times sends them each time.
_IN_TABLES = {"thead", "tbody", "tr", "th", "td"}
NOT_FORMATTED = "shown as it came: it could not be formatted"


class Elements(RendererHTML):
    """Renders the tokens of ``parser.py``, as long as the stopwatch in ``env`` allows."""

    def render(self, tokens: Sequence[Token], options: Any, env: Any) -> str:
        out: list[str] = []
        for position, token in enumerate(tokens):
            env["watch"].check()
            if token.type == "inline":
                out.append(self.renderInline(token.children or (), options, env))
            elif rule := self.rules.get(token.type):
                out.append(rule(tokens, position, options, env))
            else:
                out.append(self.renderToken(tokens, position, options, env))
        return "".join(out)

    def renderInline(self, tokens: Sequence[Token], options: Any, env: Any) -> str:
        return self.render(tokens, options, env)

    def renderToken(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        """As markdown-it does it; most tokens by the short way, and tables without a line for each cell."""
        token = tokens[idx]
        if token.nesting < 0 and not token.hidden:
            return f"</{token.tag}>\n" if token.block and token.tag not in _IN_TABLES else f"</{token.tag}>"
        html = super().renderToken(tokens, idx, options, env)
        return html.rstrip("\n") if token.tag in _IN_TABLES else html

    def code_inline(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return f'<code dir="ltr">{escape(tokens[idx].content, quote=False)}</code>'

    def code_block(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return code_block(tokens[idx].content)

    def fence(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return code_block(tokens[idx].content, unescapeAll(tokens[idx].info), coloured=not env.get("growing"))

    def image(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        """An image is a request to wherever the model likes: it is shown as a link."""
        token = tokens[idx]
        alt = inert(clean(self.renderInlineAsText(token.children, options, env)))
        url = str(token.attrs.get("src", ""))
        words = f"[image: {alt}] {inert(host_of(url))}".rstrip()
        if url and not token.meta.get("in a link"):
            return f"{_link(url, is_address=True)}{words}</a>"
        return f'<span dir="ltr">{words}</span>'

    def link_open(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        url = str(tokens[idx].attrs.get("href", ""))
        return _link(url, _shows_its_host(tokens, idx)) if url else "<span>"

    def link_close(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        """A link whose words do not say where it leads has its host behind it."""
        opening = next(i for i in range(idx - 1, -1, -1) if tokens[i].type == "link_open")
        if not tokens[opening].attrs.get("href"):
            return "</span>"
        if _shows_its_host(tokens, opening):
            return "</a>"
        host = inert(host_of(str(tokens[opening].attrs.get("href", ""))))
        return f'</a> <small dir="ltr">({host})</small>'

    def text(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return inert(tokens[idx].content)

    def reference(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return f"<sup>{tokens[idx].content}</sup>"

    def unformatted(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return unformatted(tokens[idx].content, "pre" if tokens[idx].block else "code")

    def table_open(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        """A table in a block of its direction, so that a Persian one stands at the right."""
        direction = "".join(f' dir="{value}"' for name, value in tokens[idx].attrs.items() if name == "dir")
        reach = "" if env.get("growing") else reached(letters_of_table(tokens, idx))
        return f'<div{direction} style="overflow-x:auto"{reach}><table{direction}>'

    def table_close(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return "</table></div>\n"

    def math_inline(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return formula(tokens[idx].content, "$")

    def math_inline_double(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return formula(tokens[idx].content, "$$")

    def math_block(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        tex = tokens[idx].content
        reach = "" if env.get("growing") else reached(letters_of_formula(tex))
        return f'<div dir="ltr"{reach}>{formula(tex, "$$")}</div>\n'


def unformatted(text: str, tag: str = "pre") -> str:
    """``text`` as it is, and that it is not formatted."""
    return f'{as_it_is(text, tag)} <small dir="ltr">({NOT_FORMATTED})</small>'


def as_it_is(text: str, tag: str = "pre") -> str:
    """``text`` without any format, as prose looks; in an element in which no front end looks for formulas."""
    words = escape(text, quote=False)
    return f'<{tag} dir="auto" style="white-space:pre-wrap;font:inherit">{words}</{tag}>'


def host_of(url: str) -> str:
    """The host of a link, or the address of a mail link, for the eye."""
    try:
        parts = urlsplit(url)
        return parts.hostname or parts.path.split("?")[0]
    except ValueError:
        return ""


def _link(url: str, is_address: bool = False) -> str:
    """An address runs from the left, whatever the direction of the words around it."""
    direction = ' dir="ltr"' if is_address else ""
    return f'<a href="{escape(url, quote=True)}"{direction} rel="noopener noreferrer" target="_blank">'


def _shows_its_host(tokens: Sequence[Token], opening: int) -> bool:
    """Whether the words of a link are the address, or the host, that it leads to."""
    closing = next(i for i in range(opening + 1, len(tokens)) if tokens[i].type == "link_close")
    words = tokens[opening + 1].content if closing == opening + 2 and tokens[opening + 1].type == "text" else ""
    host = host_of(str(tokens[opening].attrs.get("href", "")))
    # What stands before an @ in an address is a name that may look like another host.
    if not words or "@" in words or any(character.isspace() for character in words):
        return bool(words) and words == host
    return host_of(words if ":" in words else f"https://{words}") == host or words == host
