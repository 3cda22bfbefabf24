"""Markdown to tokens: CommonMark with tables, strikethrough, formulas, task lists, numbered references, bare links.

It and ``elements.py`` and ``formulas.py`` alone import markdown_it. Raw HTML is text, links go to http, https and
mailto alone. Whatever is given to it, the time it takes grows with the length.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token

from .directions import give_directions
from .elements import Elements
from .formulas import use_formulas
from .rules import (
    bare_links,
    clean_entities,
    images_in_links,
    line_break,
    no_table_bomb,
    not_a_reference,
    reference,
    task_items,
    unclosed_bracket,
)
from .stopwatch import Stopwatch

#: Seconds of this thread's work that a text may take, or each of its characters if there are many: about eight times
#: what prose takes, also on a busy machine. What takes longer is shown as it came: nothing can hold a kernel up.
ALLOWANCE, ALLOWANCE_PER_CHARACTER = 0.15, 7.5e-6


#: Quotes and lists inside each other, two levels each, beyond which markdown-it would leave words out, and the depth at
#: which a text counts as too intricate before that.
_DEEPEST, _TOO_DEEP = 24, 20
#: Characters that all addresses of links may have together, beside those of the text: a reference names a long one in
#: three characters, as often as it likes.
_MOST_ADDRESSES = 100_000


class TooIntricate(Exception):
    """The text takes longer to parse than its length allows, or nests too deep."""


def parse(source: str, references: dict[str, Any] | None = None, allowance: float = ALLOWANCE) -> list[Token]:
    """The tokens of ``source``; link references are looked up in ``references``, and its own are added there.

    An inline text that takes more than ``allowance`` seconds, or than its length allows, becomes one token of the type
    ``unformatted``. Raises :class:`TooIntricate` when the blocks do.
    """
    env = {"references": {} if references is None else references, "allowance": allowance}
    _allow(env, len(source))
    return _PARSER.parse(source, env)


def rendered(tokens: list[Token], growing: bool = False) -> str:
    """The HTML of ``tokens``; without colours in code while they are ``growing``."""
    return str(_PARSER.renderer.render(tokens, _PARSER.options, {"growing": growing}))


def _allow(env: dict[str, Any], characters: int) -> None:
    env["watch"] = Stopwatch(max(env["allowance"], characters * ALLOWANCE_PER_CHARACTER))


def _watch(state: Any, *_: Any) -> bool:
    """A rule before all others that matches nothing and ends a parse that takes too long or goes too deep."""
    if state.level >= _TOO_DEEP or state.env["watch"].is_over():
        raise TooIntricate
    return False


def _inline(state: Any) -> None:
    """Parse each inline text for itself, so that one which takes too long costs no other its format.

    All of them together have one more allowance of the whole text's, and a limit to the addresses that they may repeat.
    """
    _allow(state.env, len(state.src))
    whole, addresses = state.env["watch"], _MOST_ADDRESSES + len(state.src)
    for token in state.tokens:
        if token.type != "inline":
            continue
        if addresses < 0 or whole.is_over_now():
            raise TooIntricate
        _allow(state.env, len(token.content))
        try:
            state.md.inline.parse(token.content, state.md, state.env, token.children)
        except TooIntricate:
            token.children = [Token("unformatted", "", 0, content=token.content)]
        addresses -= sum(len(str(value)) for child in token.children for value in child.attrs.values())
        if addresses < 0:
            token.children = [Token("unformatted", "", 0, content=token.content)]


def _is_allowed(url: str) -> bool:
    """Whether a link may lead there: to a mail address, or to a host without a user name that looks like one."""
    try:
        parts = urlsplit(url.strip())
        if parts.scheme.lower() == "mailto":
            return "@" in parts.path
        return parts.scheme.lower() in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        return False


def _parser() -> MarkdownIt:
    options = {"html": False, "maxNesting": _DEEPEST}
    parser = MarkdownIt("commonmark", options, renderer_cls=Elements).enable(["table", "strikethrough"])
    parser.validateLink = _is_allowed  # type: ignore[method-assign]  # markdown-it's documented way
    use_formulas(parser)
    block, inline, core = parser.block.ruler, parser.inline.ruler, parser.core.ruler
    block.before("table", "watch", _watch, {"alt": ["paragraph", "reference", "blockquote", "list"]})
    block.before("table", "table_bomb", no_table_bomb, {"alt": ["paragraph", "reference"]})
    block.before("reference", "numbered_reference", not_a_reference)
    inline.before("text", "watch", _watch)
    inline.before("autolink", "line_break", line_break)
    inline.before("link", "reference", reference)
    inline.before("reference", "unclosed_bracket", unclosed_bracket)
    core.at("inline", _inline)
    core.after("inline", "clean_entities", clean_entities)
    core.push("images_in_links", images_in_links)
    core.push("task_items", task_items)
    core.push("bare_links", bare_links)
    core.push("directions", give_directions)
    for name in ("math_inline", "math_inline_double", "math_block"):
        parser.add_render_rule(name, getattr(Elements, name))  # in place of the plug-in's own
    return parser


_PARSER = _parser()

__all__ = ["ALLOWANCE", "Token", "TooIntricate", "parse", "rendered"]
