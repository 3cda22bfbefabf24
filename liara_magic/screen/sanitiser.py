"""HTML that a model wrote -> HTML that shows and does nothing: an allow-list, and everything written anew.

Nothing of the model's own markup is kept. What the parser finds becomes a tree of elements that are on the list, with
attributes that are on the list, and that tree is written out; words in elements that are not stay as words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser

from ..protocol.foreign_text import clean
from .directions import first_letter_direction
from .formulas import inert
from .parser import is_allowed_link
from .stopwatch import Stopwatch, TooIntricate

_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
# fmt: off
#: The elements there are, and those that become another one.
ELEMENTS = frozenset((
    "p", *_HEADINGS, "ul", "ol", "li", "dl", "dt", "dd", "blockquote", "pre", "code", "em", "strong", "s", "sub", "sup",
    "small", "a", "br", "hr", "span", "div", "table", "caption", "thead", "tbody", "tr", "th", "td", "details",
    "summary",
))
_BECOMES = {
    **dict.fromkeys(("b", "dfn"), "strong"),
    **dict.fromkeys(("i", "cite", "var", "address"), "em"),
    **dict.fromkeys(("del", "strike"), "s"),
    **dict.fromkeys(("kbd", "samp", "tt"), "code"),
    **dict.fromkeys(("section", "article", "header", "footer", "main", "aside", "nav", "figure", "figcaption"), "div"),
    **dict.fromkeys(("center", "fieldset", "legend"), "div"),
    "tfoot": "tbody",
}
_EMPTY = ("br", "hr")
#: Elements whose words are not for a reader.
_SKIPPED = ("script", "style", "title")
# An element that begins ends these, if they are open inside the same container.
_ENDS = {
    "li": ("li", "p"),
    "dt": ("dt", "dd", "p"),
    "dd": ("dt", "dd", "p"),
    "tr": ("td", "th", "tr", "p"),
    "td": ("td", "th", "p"),
    "th": ("td", "th", "p"),
    "tbody": ("td", "th", "tr", "thead", "tbody", "p"),
    **dict.fromkeys(("p", *_HEADINGS, "ul", "ol", "dl", "blockquote", "pre", "div", "table", "hr", "details"), ("p",)),
}
_CONTAINERS = ("ul", "ol", "dl", "table", "div", "blockquote", "details")
# fmt: on
_DEEPEST = 60
#: Characters beyond which HTML is shown as its source: the parser has no limit to its work on a single piece of it.
LONGEST = 200_000
_NUMBERS = {"colspan": 100, "rowspan": 100, "start": 100_000}
# As in Markdown: Jupyter's themes indent lists and mark quotes at the left.
_FROM_THE_RIGHT = {
    **dict.fromkeys(("ul", "ol"), "padding-left:0;padding-right:2em"),
    "blockquote": "border-left:0;border-right:5px solid var(--jp-border-color2,#bdbdbd)",
    "p": "text-align:start",
}
_BLOCKS = ("p", *_HEADINGS, "ul", "ol", "dl", "blockquote", "div", "table", "caption", "th", "td", "details")


@dataclass
class _Element:
    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[_Element | str] = field(default_factory=list)

    def words(self) -> Iterator[str]:
        for child in self.children:
            if isinstance(child, str):
                yield child
            else:
                yield from child.words()


def sanitised(html: str) -> str:
    """``html`` as inert HTML. Raises :class:`TooIntricate` for what takes too long."""
    if len(html) > LONGEST:
        raise TooIntricate
    reader = _Reader(Stopwatch.of(html))
    for piece in _pieces(clean(html)):
        reader.feed(piece)
        reader.watch.check()
    reader.close()
    return "".join(_written(child, "ltr") for child in reader.root.children)


def _pieces(html: str) -> Iterator[str]:
    """``html`` up to each end of a tag, so that the parser's work on one piece stays small.

    A mark that begins no tag is a letter: the parser would look for the end of such a thing again and again.
    """
    html = re.sub(r"<![a-zA-Z][^>]*>", "", html)
    html = re.sub(r"<!--.*?(?:-->|\Z)", "", html, flags=re.DOTALL)
    html = re.sub(r"<(?![a-zA-Z/])|</(?![a-zA-Z])", "&lt;", html)
    yield from re.split(r"(?<=>)", html)


class _Reader(HTMLParser):
    """Builds the tree."""

    def __init__(self, watch: Stopwatch) -> None:
        super().__init__(convert_charrefs=True)
        self.root = _Element("div")
        self._open = [self.root]
        self._skipping = ""
        self.watch = watch

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.watch.check()
        if tag in _SKIPPED:
            self._skipping = tag
        if self._skipping:
            return
        given = {name: value or "" for name, value in reversed(attrs)}  # the first one of a name counts
        if tag == "img":
            self._image(given)
            return
        name = _BECOMES.get(tag, tag)
        if name not in ELEMENTS:
            return
        self._end_open(name)
        if len(self._open) > _DEEPEST:
            return
        element = _Element(name, _kept(name, given))
        self._open[-1].children.append(element)
        if name not in _EMPTY:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        self.watch.check()
        if self._skipping:
            self._skipping = "" if tag == self._skipping else self._skipping
            return
        name = _BECOMES.get(tag, tag)
        if any(one.name == name for one in self._open[1:]):
            while self._open.pop().name != name:
                pass

    def handle_data(self, data: str) -> None:
        self.watch.check()
        if not self._skipping and data:
            self._open[-1].children.append(clean(data))

    def _end_open(self, name: str) -> None:
        """End what ``name`` cannot stand in."""
        if name == "a" and any(one.name == "a" for one in self._open):
            while self._open.pop().name != "a":
                pass
        while len(self._open) > 1 and self._open[-1].name in _ENDS.get(name, ()):
            if self._open[-1].name in _CONTAINERS:
                return
            self._open.pop()

    def _image(self, given: dict[str, str]) -> None:
        """An image is a request to wherever the model likes: it is shown as a link."""
        words = f"[image: {clean(given.get('alt', ''))}]"
        link = _Element("a", _kept("a", {"href": given.get("src", "")}), [words])
        in_link = any(one.name == "a" for one in self._open)
        self._open[-1].children.append(words if in_link or "href" not in link.attributes else link)


def _kept(name: str, given: dict[str, str]) -> dict[str, str]:
    """The attributes that may stay, with values that can only mean what they say."""
    kept = {}
    if given.get("dir", "").lower() in ("ltr", "rtl"):
        kept["dir"] = given["dir"].lower()
    for attribute, most in _NUMBERS.items():
        if given.get(attribute, "").isascii() and given.get(attribute, "").isdigit() and len(given[attribute]) < 7:
            kept[attribute] = str(min(most, int(given[attribute])))
    if name == "details" and "open" in given:
        kept["open"] = ""
    if name == "a":
        url = re.sub(r"[\t\r\n]", "", given.get("href", "")).strip()
        if is_allowed_link(url) and url.isprintable() and not re.search(r"[\s\\<>\"]", url):
            kept["href"] = url
    return {key: value for key, value in kept.items() if key in ("dir", "href", "open") or name in _WITH[key]}


_WITH = {"colspan": ("td", "th"), "rowspan": ("td", "th"), "start": ("ol",)}


def _written(node: _Element | str, around: str) -> str:
    """The HTML of a part of the tree that stands in text of the direction ``around``."""
    if isinstance(node, str):
        return inert(node)
    name = node.name
    attributes = {key: value for key, value in node.attributes.items() if key not in ("dir", "href")}
    direction = around
    if name in _BLOCKS or "dir" in node.attributes:
        direction = node.attributes.get("dir") or _first_direction(node) or around
    if name == "pre":
        direction = "ltr"
    if direction != around:
        attributes["dir"] = direction
    if name in ("td", "th"):
        attributes["style"] = "text-align:start"
    elif direction == "rtl" and name in _FROM_THE_RIGHT:
        attributes["style"] = _FROM_THE_RIGHT[name]
    inside = "".join(_written(child, direction) for child in node.children)
    if name == "a":
        return _link(node, inside)
    said = "".join(f' {key}="{escape(value)}"' for key, value in attributes.items())
    return f"<{name}{said}>" if name in _EMPTY else f"<{name}{said}>{inside}</{name}>"


def _link(node: _Element, inside: str) -> str:
    """A link says where it leads; one that may not lead there is its words."""
    from .elements import host_of

    url = node.attributes.get("href", "")
    if not url:
        return f"<span>{inside}</span>"
    host = host_of(url)
    shows = "".join(node.words()).strip() in (host, url)
    behind = "" if shows else f' <small dir="ltr">({inert(host)})</small>'
    return f'<a href="{escape(url)}" rel="noopener noreferrer" target="_blank">{inside}</a>{behind}'


def _first_direction(node: _Element) -> str:
    return next(filter(None, map(first_letter_direction, node.words())), "")
