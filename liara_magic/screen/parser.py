"""Markdown to tokens: CommonMark with tables, strikethrough, formulas, task lists, numbered references, bare links.

Beside it, ``raw_html.py`` alone parses, to find HTML. Raw HTML is text, links go to http, https and
mailto alone. Whatever is given to it, the time it takes grows with the length.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token

from .block_rules import ask_by_first_letter
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
    underlined_heading,
)
from .stopwatch import Stopwatch, TooIntricate

#: The share of what a text may take that its parse may: what is left is for making HTML, or a terminal's lines.
_SHARE = 0.65
#: Of that share what a single paragraph, heading or cell may take, in seconds or for each of its characters.
_INLINE, _INLINE_PER_CHARACTER = 0.03, 4e-6
#: Quotes and lists inside each other, two levels each, beyond which markdown-it would leave words out, and the depth at
#: which a text counts as too intricate before that.
_DEEPEST, _TOO_DEEP = 24, 20
#: Characters that all addresses of links may have together, beside those of the text: a reference names a long one in
#: three characters, as often as it likes.
_MOST_ADDRESSES = 100_000
#: What a text without marks does not have: it needs no parse. Persian marks of sentences are none.
_MARK = re.compile(r"[\n!#$%&*+\-:<=>@\[\\\]^_{}~`]")


def parse(source: str, references: dict[str, Any] | None = None, watch: Stopwatch | None = None) -> list[Token]:
    """The tokens of ``source``; link references are looked up in ``references``, and its own are added there.

    The parse stops at a share of what ``watch`` allows, and where quotes and lists nest too deep: the text from that
    top-level block on is then one token of the type ``unformatted``. So is a single paragraph, heading or cell that
    takes too long.
    """
    watch = watch or Stopwatch.of(source)
    whole, watch.limit = watch.limit, watch.limit * _SHARE
    try:
        return _PARSER.parse(source, {"references": {} if references is None else references, "watch": watch})
    finally:
        watch.is_over_now()
        watch.limit = whole


def rendered(tokens: list[Token], watch: Stopwatch, growing: bool = False) -> str:
    """The HTML of ``tokens``; without colours in code while they are ``growing``.

    Raises :class:`TooIntricate` when it takes longer than ``watch`` allows.
    """
    watch.go_on()
    return str(_PARSER.renderer.render(tokens, _PARSER.options, {"growing": growing, "watch": watch}))


def _watch(state: Any, *_: Any) -> bool:
    """A rule before all others that matches nothing and ends a parse that takes too long or goes too deep."""
    if state.level >= _TOO_DEEP or state.env["watch"].is_over():
        raise TooIntricate
    return False


def _blocks(state: Any) -> None:
    """Parse the blocks, as far as the time goes; a core rule."""
    try:
        state.md.block.parse(state.src, state.md, state.env, state.tokens)
    except TooIntricate:
        # What is whole ends with a token at the top that opens nothing.
        ends = (i for i in range(len(state.tokens) - 1, -1, -1) if _is_at_the_top(state.tokens[i], (0, -1)))
        if (last := next(ends, None)) is None:
            _leave_as_it_came(state, 0, 0)
        else:
            _leave_as_it_came(state, last + 1, state.tokens[_opening(state, last)].map[1])


def _inline(state: Any) -> None:
    """Parse each inline text for itself, so that one which takes too long costs no other its format; a core rule.

    There is a limit to the addresses that they may repeat.
    """
    watch, addresses = state.env["watch"], _MOST_ADDRESSES + len(state.src)
    whole = watch.limit
    for position, token in enumerate(state.tokens):
        if token.type != "inline":
            continue
        is_over = watch.is_over()
        if not is_over and _MARK.search(token.content):
            watch.limit = min(whole, watch.spent + max(_INLINE, len(token.content) * _INLINE_PER_CHARACTER))
            try:
                state.md.inline.parse(token.content, state.md, state.env, token.children)
            except TooIntricate:
                token.children = [Token("unformatted", "", 0, content=token.content)]
            addresses -= sum(len(str(value)) for child in token.children for value in child.attrs.values())
            watch.limit, is_over = whole, watch.spent > whole or addresses < 0
        elif not is_over:
            token.children = [Token("text", "", 0, content=token.content)]
        if is_over:
            opening = _opening(state, position)
            _leave_as_it_came(state, opening, state.tokens[opening].map[0])
            return


def _is_at_the_top(token: Token, nesting: tuple[int, int]) -> bool:
    return token.level == 0 and token.nesting in nesting


def _opening(state: Any, position: int) -> int:
    """Where the top-level block begins that the token at ``position`` belongs to."""
    return next(i for i in range(position, -1, -1) if _is_at_the_top(state.tokens[i], (0, 1)))


def _leave_as_it_came(state: Any, position: int, line: int) -> None:
    """Put the text from ``line`` on, as it is, in place of the tokens from ``position`` on."""
    lines = state.src.split("\n")
    rest = "\n".join(lines[line:]).strip("\n")
    state.tokens[position:] = [Token("unformatted", "", 0, content=rest, block=True, map=[line, len(lines)])]


def is_allowed_link(url: str) -> bool:
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
    parser.validateLink = is_allowed_link  # type: ignore[method-assign]  # markdown-it's documented way
    use_formulas(parser)
    block, inline, core = parser.block.ruler, parser.inline.ruler, parser.core.ruler
    block.before("table", "table_bomb", no_table_bomb, {"alt": ["paragraph", "reference"]})
    block.before("reference", "numbered_reference", not_a_reference)
    block.at("lheading", underlined_heading)
    ask_by_first_letter(block, _watch)
    inline.before("text", "watch", _watch)
    inline.before("autolink", "line_break", line_break)
    inline.before("link", "reference", reference)
    inline.before("reference", "unclosed_bracket", unclosed_bracket)
    core.at("block", _blocks)
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

__all__ = ["Token", "parse", "rendered"]
