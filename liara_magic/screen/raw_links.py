"""Pictures and links in Markdown that is exported: whatever opens it fetches nothing.

A picture becomes a link that names its host. What leads elsewhere than to a host or a mail address becomes text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.common.utils import normalizeReference, unescapeAll
from markdown_it.token import Token

from .elements import host_of
from .markdown import plain
from .parser import is_allowed_link
from .raw_html import beside_code

_References = Mapping[str, Mapping[str, Any]]

_MAY_ACT = re.compile(r"!\[|\]\s*[(:\[]|<[A-Za-z][\w+.-]*:")
_TO = r"\s*(?:<(?P<within>[^<>\n]*)>|(?P<bare>[^\s()<>]*))"
_WORDS = r"(?:[^\[\]\\]|\\.|\[[^\[\]\\]*\])*"
#: A picture's mark with its words, and behind them where it is or under which name that is told.
_PICTURE = re.compile(
    r"(?<!\\)(?P<slashes>(?:\\\\)*)!\[(?:(?P<alt>" + _WORDS + r")\](?=\(" + _TO + r")"
    r"|(?P<words>" + _WORDS + r")\](?:\[(?P<name>(?:[^\[\]\\]|\\.)*)\])?)?",
    re.DOTALL,
)
_LINK = re.compile(r"(?<!\\)((?:\\\\)*)\]\((?=" + _TO + ")")
_BETWEEN_ANGLES = re.compile(r"(?<!\\)((?:\\\\)*)<(?=([A-Za-z][A-Za-z0-9+.-]*:[^\s<>]*)>)")
# A definition, in a quote or a list too.
_DEFINITION = re.compile(
    r"^((?:[ \t]*(?:>|[-*+]|\d{1,9}[.)]))*[ \t]*)\[(?=(?P<label>(?:[^\[\]\\]|\\.)+)\]:" + _TO + ")",
    re.MULTILINE | re.DOTALL,
)
#: The names under which the exported file itself keeps pictures.
_OURS = re.compile(r"IMAGE-\d+-\d+")


def without_requests(source: str) -> str:
    """``source`` with its pictures as links, and without links that no screen of ours would show as one."""
    if not _MAY_ACT.search(source):
        return source
    for change in (_beside_code, _everywhere, lambda text, _: plain(text)):
        environment: dict[str, Any] = {}
        places = [*_places(_parser().parse(source, environment)), *_definitions(environment)]
        lines = source.split("\n")
        for start, end in places:
            lines[start:end] = change("\n".join(lines[start:end]), environment.get("references", {})).split("\n")
        source = "\n".join(lines)
        if not places:
            break
    return source


def _places(tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """The lines of each block with a picture or an unsafe link, from one up to another."""
    for token in tokens:
        acts = any(
            child.type == "image" or (child.type == "link_open" and _is_unsafe(str(child.attrs.get("href", ""))))
            for child in token.children or ()
        )
        if acts and token.map:
            yield token.map[0], token.map[1]


def _definitions(environment: Mapping[str, Any]) -> Iterator[tuple[int, int]]:
    """The lines of each definition that is unsafe, or takes the name of a picture of ours."""
    named = [{"label": name, **one} for name, one in environment.get("references", {}).items()]
    for one in (*named, *environment.get("duplicate_refs", ())):
        if _is_unsafe(one["href"]) or _OURS.fullmatch(one["label"]):
            yield one["map"][0], one["map"][1]


def _is_unsafe(href: str) -> bool:
    """Whether it leads elsewhere than a screen's link may; what names neither scheme nor host leads nowhere."""
    beginning = re.split(r"[/?#]", href, maxsplit=1)[0]
    return (":" in beginning or href.startswith("//")) and not is_allowed_link(href)


def _beside_code(text: str, references: _References) -> str:
    return beside_code(text, lambda piece: _everywhere(piece, references))


def _everywhere(text: str, references: _References) -> str:
    text = _PICTURE.sub(lambda found: found["slashes"] + _link_to(found, references), text)
    text = _LINK.sub(lambda found: f"{found[1]}]\\(" if _is_unsafe(_target(found)) else found[0], text)
    text = _BETWEEN_ANGLES.sub(lambda found: f"{found[1]}&lt;" if _is_unsafe(found[2]) else found[0], text)
    return _DEFINITION.sub(
        lambda found: f"{found[1]}\\[" if _is_unsafe(_target(found)) or _is_ours(found["label"]) else found[0], text
    )


def _link_to(found: re.Match[str], references: _References) -> str:
    """The words of a picture, and its host, as those of a link."""
    if found["alt"] is not None:
        return f"[image: {_named(found['alt'], _target(found))}]"
    if found["words"] is None:
        return "[image: "
    name = found["name"] or found["words"]
    reference = references.get(normalizeReference(name))
    return f"[image: {_named(found['words'], reference['href'])}][{name}]" if reference else found[0]


def _named(words: str, url: str) -> str:
    return ", ".join(filter(None, (words.strip(), plain(host_of(url)) if is_allowed_link(url) else "")))


def _target(found: re.Match[str]) -> str:
    return str(unescapeAll(found["within"] or found["bare"] or ""))


def _is_ours(label: str) -> bool:
    return _OURS.fullmatch(normalizeReference(label)) is not None


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark").enable("table")
    parser.validateLink = lambda url: True  # type: ignore[method-assign]  # it is to find what others would follow
    return parser
