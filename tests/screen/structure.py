"""The structure of HTML: elements and words, without what is merely our way of showing them.

What is left of attributes: where a link leads, the number that a list starts with, the alignment of a cell, the
language of a code block. The title of a link, which browsers show on hover, is shown nowhere by this package.
"""

import re

import html5lib

_BLOCKS = "p h1 h2 h3 h4 h5 h6 ul ol li blockquote table thead tbody tr th td pre hr br"
_SPACE = re.compile("[ \t\r\n\f]+")
_IMAGE_WITH_HOST = re.compile(r"(\[image: .*\]) \S+", re.DOTALL)


def structure_of_theirs(html):
    """A list of words and of elements (tag, attributes, what is inside) of a specification's HTML."""
    return _tidy(_inside(_parsed(html), _theirs))


def structure_of_ours(html):
    """The same of HTML that this package made."""
    return _tidy(_inside(_parsed(html), _ours))


def _parsed(html):
    return html5lib.parseFragment(html, namespaceHTMLElements=False)


def _inside(element, convert, exact=False):
    """What stands inside ``element``; runs of space count as one space, except where they are ``exact``, in code."""
    exact = exact or element.tag in ("pre", "code")
    found = [element.text or ""]
    for child in element:
        found += convert(child, _inside(child, convert, exact), found, element)
        found.append(child.tail or "")
    return _joined(found, exact)


def _joined(pieces, exact):
    joined = []
    for piece in pieces:
        if isinstance(piece, str) and joined and isinstance(joined[-1], str):
            joined[-1] += piece
        elif piece != "":
            joined.append(piece)
    return [_SPACE.sub(" ", one) if isinstance(one, str) and not exact else one for one in joined]


def _theirs(element, inside, before, parent):
    if element.tag == "img":
        words = f"[image: {element.attrib['alt']}]"
        return [words] if parent.tag == "a" else [("a", (element.attrib["src"],), [words])]
    if element.tag == "pre":
        language = element[0].attrib.get("class", "").removeprefix("language-")
        return [("pre", (language,), inside)]
    return [(element.tag, _attributes(element, element.attrib.get("align", "")), inside)]


def _ours(element, inside, before, parent):
    if element.tag in ("span", "div"):
        return inside
    if element.tag == "small" and len(parent) > 1 and parent[1].tag == "pre":
        return []  # the label of a code block, which is told with it
    if element.tag == "small" and len(before) > 1 and before[-1] == " " and before[-2][0] == "a":
        before.pop()
        return []  # the host behind a link
    if element.tag == "pre":
        return [("pre", ("".join(parent[0].itertext()) if parent[0].tag == "small" else "",), inside)]
    if element.tag == "a":
        inside = [_IMAGE_WITH_HOST.sub(r"\1", one) if isinstance(one, str) else one for one in inside]
    alignment = element.attrib.get("style", "").removeprefix("text-align:").removeprefix("start")
    return [(element.tag, _attributes(element, alignment), inside)]


def _attributes(element, alignment):
    if element.tag in ("th", "td"):
        return (alignment,)
    return tuple(element.attrib[name] for name in ("href", "start") if name in element.attrib)


def _tidy(pieces):
    """Without the space that stands around blocks, where it has no meaning."""
    found = []
    for before, piece, after in zip([None, *pieces], pieces, [*pieces[1:], None], strict=False):
        if isinstance(piece, str):
            words = piece.lstrip(" ") if _is_edge(before) else piece
            found.append(words.rstrip(" ") if _is_edge(after) else words)
        else:
            tag, attributes, inside = piece
            found.append((tag, attributes, inside if tag == "pre" or not _is_edge(piece) else _tidy(inside)))
    return [piece for piece in found if piece]


def _is_edge(neighbour):
    return neighbour is None or neighbour[0] in _BLOCKS.split()
