"""What stands in a line of Markdown, as styled text for a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import unquote

from .elements import NOT_FORMATTED, host_of
from .wrapping import BOLD, DIM, ITALIC, STRUCK, UNDERLINE, Line, Span, styled

#: markdown-it's token. It is not imported: only the parser knows where tokens come from.
Token = Any

#: Magenta is the colour of the palette that reads best on light and on dark.
CODE = "35"
_STYLES = {"strong": BOLD, "em": ITALIC, "s": STRUCK, "link": UNDERLINE}
_MARKS = {"code_inline": "`", "math_inline": "$", "math_inline_double": "$$"}


def inline(tokens: Sequence[Token], colours: bool, base: str = "") -> Line:
    """The children of an inline token. Without colours, Markdown's own marks stay where a style would be."""
    out: Line = []
    styles = [base]
    links: list[tuple[str, int]] = []  # the address, and where in `out` the link's text begins
    for token in tokens:
        kind, _, side = token.type.rpartition("_")
        if side not in ("open", "close"):
            out.append(_piece(token, colours, styles[-1]))
            continue
        mark = "" if colours or kind == "link" else token.markup
        if side == "open":
            styles.append(styled(styles[-1], _STYLES.get(kind, "")))
            out.append(Span(mark, styles[-1]))
            if kind == "link":
                links.append((str(token.attrs.get("href", "")), len(out)))
        else:
            out.append(Span(mark, styles.pop()))
            if kind == "link":
                url, start = links.pop()
                out += _target(url, "".join(span.text for span in out[start:]), styles[-1])
    return [span for span in out if span.text]


def _piece(token: Token, colours: bool, style: str) -> Span:
    """A token that holds no others."""
    kind, content = token.type, token.content
    if kind in ("softbreak", "hardbreak"):
        return Span(" " if kind == "softbreak" else "\n", style)
    if kind in _MARKS:
        mark = "" if colours and kind == "code_inline" else _MARKS[kind]
        return Span(mark + content + mark, styled(style, CODE))
    if kind == "unformatted":
        return Span(f"{content} ({NOT_FORMATTED})", style)
    if kind == "reference":
        return Span(f"[{content}]", styled(style, DIM))
    if kind == "image":
        alt = "".join(child.content for child in token.children or ())
        return Span(f"[image: {alt}] {host_of(str(token.attrs.get('src', '')))}", style)
    return Span(content, style)


def _target(url: str, shown: str, style: str) -> Line:
    """The address of a link, unless its text has said it."""
    says = unquote(shown.strip()).rstrip("/")
    if says in (unquote(form).rstrip("/") for form in (url, url.partition("://")[2], url.removeprefix("mailto:"))):
        return []
    if not says:
        return [Span(url, styled(style, UNDERLINE))]
    return [Span(" ", style), Span(f"({url})", styled(style, DIM))]
