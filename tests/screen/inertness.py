"""What makes HTML inert, checked on what an HTML5 parser makes of it."""

import re
from urllib.parse import urlsplit

import html5lib

_TAGS = """
    div p h1 h2 h3 h4 h5 h6 ul ol li blockquote table thead tbody tr th td pre code em strong s a br hr span bdi
    sup small img details summary
"""
_STYLES = re.compile(
    r"text-align|overflow-x|overflow-wrap|(margin|padding)(-top|-left|-right|-bottom)?|font-size|opacity|white-space"
    r"|border(-top|-left|-right|-radius)?|list-style|user-select|color|background|font|font-family|font-weight|max-width|max-height|overflow|--[a-z]"
)
_COLOUR = r"(#[0-9a-f]{3,8}|rgba\([\d,.]+\)|var\(--[\w-]+(,var\(--[\w-]+(,#[0-9a-f]{3,8})?\)|,#[0-9a-f]{3,8})?\))"
_STYLE_VALUE = re.compile(rf"[\w.% -]*|(\d+px solid )?{_COLOUR}")
# The one thing that is loaded: a picture that stands in the page itself.
_PICTURE = re.compile(r"data:image/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/]+=*")
_TYPESET = re.compile(r"\$\$.+?\$\$|\$.+?\$|\\\(.+?\\\)|\\\[.+?\\\]|\\begin\{.+?\\end\{", re.DOTALL)
#: TeX by which a formula can carry a link, an id, a class or a style, or define what does.
_UNSAFE_TEX = re.compile(
    r"\\(href|url|style|class|cssId|html\w*|data|require|includegraphics|unicode|mmlToken|bbox|def|newcommand|let)\b"
)
# Every tag as this package writes it; whatever else begins with `<` was not meant to be a tag.
_OWN_TAG = re.compile(r"</?[a-z][a-z0-9]*( [a-z]+=\"[^\"<>]*\")*( /)?>")


def faults(html):
    """What in ``html`` is not inert, as sentences; none when all is well."""
    found = ["a tag that nobody wrote"] if "<" in _OWN_TAG.sub("", html) else []
    root = html5lib.parseFragment(html, namespaceHTMLElements=False)
    for element in root.iter():
        if element is root:
            continue
        if element.tag not in _TAGS.split():
            found.append(f"<{element.tag}>")
        found += [f"{name}={value!r}" for name, value in element.attrib.items() if not _is_allowed(name, value)]
    found += [f"typeset: {piece}" for piece in _typeset(root) if _UNSAFE_TEX.search(piece)]
    return found


def looks_broken(html):
    """A quick look at whether a tag or attribute could have come in; for many steps of a stream."""
    return "<" in _OWN_TAG.sub("", html)


def _is_allowed(name, value):
    if name == "style":
        pairs = [part.split(":", 1) for part in value.split(";")]
        return all(_STYLES.fullmatch(key) and _STYLE_VALUE.fullmatch(text) for key, text in pairs)
    if name == "href":
        return urlsplit(value).scheme in ("http", "https", "mailto") and value == value.strip()
    return {
        "dir": value in ("auto", "ltr", "rtl"),
        "start": value.isdigit(),
        "rel": value == "noopener noreferrer",
        "target": value == "_blank",
        "title": True,
        "open": value == "",
        "tabindex": value == "0",
        "alt": True,
        "src": _PICTURE.fullmatch(value) is not None,
    }.get(name, False)


def _typeset(root):
    """What a typesetter takes for formulas: marks within one element, outside code."""
    return [match.group() for run in _runs(root, [[]]) for match in _TYPESET.finditer("".join(run))]


def _runs(element, runs):
    if element.tag in ("code", "pre"):
        return runs
    runs[-1].append(element.text or "")
    for child in element:
        if child.tag != "br":
            runs.append([])
            _runs(child, runs)
            runs.append([])
        runs[-1].append(child.tail or "")
    return runs
