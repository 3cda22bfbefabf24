"""Row A7: addresses. What may be a link is one, with its host for the eye; everything else stays text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

import html5lib

from liara_magic.screen.markdown import Markdown

from .fault_row import Figure, Row, Tally

#: May never be a link: schemes, control characters before or in one, letters that only look like one, entities, tabs,
#: user names, relative addresses, and hosts that are none.
REFUSED = {
    "schemes": "javascript:alert(1) vbscript:x data:text/html,x file:///etc/passwd blob:x filesystem:x ftp://x.example "
    "view-source:x jar:x feed:x intent://x command:x vscode://x tel:+1 about:blank ws://x.example",
    "C0": "\x01javascript:alert(1) \x08javascript:alert(1) java\x02script:alert(1) \x1bjavascript:alert(1)",
    "letters": "ｊavascript:x javascript：x java\u00adscript:x javascript\u200b:x \u200bjavascript:x "
    "\u2060javascript:x јavascript:x ʝavascript:x \ufeffjavascript:x java\u200dscript:x javascript\u2236x",
    "entities": "javascript&colon;x javascript&#58;x javascript&#x3a;x &#106;avascript:x &#x6A;avascript:x "
    "java&Tab;script:x java&NewLine;script:x javascript&#0000058;x %6aavascript:x javascript%3Ax",
    "no host": "https:// http: https:x http:javascript:x https:/x.example //x.example /x ../x #x ?x \\\\x.example "
    "http://[::1 https:\\\\x.example http:///x",
    "user names": "https://user@x.example https://user:word@x.example https://good.example@x.example "
    "https://good.example%2f@x.example",
    "nothing": "",
}
#: May be a link, and leads where it says.
ACCEPTED = (
    "https://ok.example",
    "http://ok.example:8080/a?b=c#d",
    "HTTPS://OK.EXAMPLE/x",
    "https://آزمایش.example/مسیر",
    "https://аpple.example",
    "https://xn--80ak6aa92e.example",
    "https://ok.example/%6a%0a",
    "https://ok.example/(a)",
    "https://127.0.0.1/x",
    "mailto:person@ok.example",
    "mailto:person@ok.example?body=x",
)
#: Words that name another place than the one that the link leads to.
DECEPTIVE = (
    ("https://good.example", "https://x.example"),
    ("good.example", "https://x.example/good.example"),
    ("https://good.example@x.example", "https://x.example"),
    ("good.example\\\\@x.example", "https://x.example"),
    ("https://x.example.good.example", "https://x.example"),
    ("**https://good.example**", "https://x.example"),
    ("`good.example`", "https://x.example"),
    ("![good.example](https://good.example/x.png)", "https://x.example"),
    ("https://good.example/\u2044x", "https://x.example"),
    (" ", "https://x.example"),
    ("", "https://x.example"),
)
_FORMS = ("[x](%s)", "[x](<%s>)", "<%s>", "![x](%s)", "[x][r]\n\n[r]: %s", "[x]\n\n[x]: <%s>", "%s", "(%s)")
_HTTP = re.compile("https?://", re.IGNORECASE)


def _links(source: str) -> Iterator[tuple[Element, str]]:
    """Each link of what is shown, with the words behind it in the same paragraph."""
    root = html5lib.parseFragment(Markdown().render(source), namespaceHTMLElements=False)
    for parent in root.iter():
        children = list(parent)
        for position, child in enumerate(children):
            if child.tag == "a":
                following = children[position + 1 : position + 2]
                yield child, "".join(text for one in following if one.tag == "small" for text in one.itertext())


def _host(address: str) -> str:
    parts = urlsplit(address)
    return parts.hostname or parts.path


def _leads_where_it_may(link: Element) -> bool:
    address = link.attrib.get("href", "")
    parts = urlsplit(address)
    if parts.scheme == "mailto":
        return "@" in parts.path
    is_web = parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
    return is_web and link.attrib.get("rel") == "noopener noreferrer"


def _says_its_host(link: Element, behind: str) -> bool:
    return _host(link.attrib["href"]) in ("".join(link.itertext()) + behind).lower()


def _addresses() -> Figure:
    found = Tally()
    for kind, listed in REFUSED.items():
        for url in listed.split(" "):
            for form in _FORMS:
                if not (kind == "user names" and form in ("%s", "(%s)")) or not _HTTP.match(url):
                    links = list(_links(form % url))
                    found.add(f"{kind}: {form % url!r}", not links)
    refused = found.count
    for url in ACCEPTED:
        for form in _FORMS[:3]:
            links = list(_links(form % url.replace("(a)", "a") if form == "[x](%s)" else form % url))
            good = len(links) == 1 and _leads_where_it_may(links[0][0]) and _says_its_host(*links[0])
            found.add(f"link: {form % url!r}", good)
    for words, url in DECEPTIVE:
        links = list(_links(f"[{words}]({url})"))
        named = [behind for link, behind in links if link.attrib["href"] == url]
        found.add(f"deceptive: [{words}]({url})", named == [f"({_host(url)})"])
    happened = (
        f"plain text instead of a link: {refused} forms of addresses with another scheme, control characters, letters "
        f"that look alike, entities, tabs, user names or no host; with its host for the eye: {len(ACCEPTED)} links "
        f"in 3 forms (IDN as punycode), {len(DECEPTIVE)} links whose words name another host"
    )
    return found.figure(happened)


ROWS = (Row("A7", "tricks with addresses", _addresses),)
