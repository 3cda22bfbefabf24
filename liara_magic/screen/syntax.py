r"""Code in pieces by kind, in one pass whose time grows with the length of the code, whatever stands in it.

Every expression here either fails within a few characters or matches, and what it matched is not looked at again: no
comment, string or word can make a second look at the same text necessary, as a lexer's ordinary expressions do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from .languages import Language, languages

Piece = tuple[str, str]  # the kind's letter, or an empty one, and the text

# How a comment or a string goes on, by how it begins. One without an end goes to the end of the line, or of the code.
_COMMENTS = {
    "#": r"\#[^\n]*",
    "//": r"//[^\n]*",
    "--": r"--[^\n]*",
    ";": r";[^\n]*",
    "%": r"%[^\n]*",
    "!": r"![^\n]*",
    "vb'": r"'[^\n]*",
    "::": r"::[^\n]*",
    "rem": r"\b[Rr][Ee][Mm]\b[^\n]*",
    "/*": r"/\*(?s:.*?)(?:\*/|\Z)",
    "(*": r"\(\*(?s:.*?)(?:\*\)|\Z)",
    "{-": r"\{-(?s:.*?)(?:-\}|\Z)",
    "<#": r"<\#(?s:.*?)(?:\#>|\Z)",
    "--[[": r"--\[\[(?s:.*?)(?:\]\]|\Z)",
}
_STRINGS = {
    '"': r'"[^"\\\n]*(?:\\(?s:.)[^"\\\n]*)*"?',
    "'": r"'[^'\\\n]*(?:\\(?s:.)[^'\\\n]*)*'?",
    "`": r"`[^`\\]*(?:\\(?s:.)[^`\\]*)*`?",
    "m'": r"'[^']*'?",
    # An apostrophe that may be something else: a lifetime, a transposed matrix, a part of a name.
    "c'": r"'(?:\\[^\n]{1,8}?|[^'\\\n])'",
    "t'": r"(?<![\w)\]}.'])'[^'\n]*'?",
    '"""': r'"""(?s:.*?)(?:"""|\Z)',
    "'''": r"'''(?s:.*?)(?:'''|\Z)",
}
_NUMBER = r"\b0[xXbBoO]\w+|\b\d[\d_]*(?:\.\d[\d_]*)?(?:[eE][+-]?\d+)?\w*"
# What some languages have beside comments, strings, numbers and words.
_MORE = (
    ("preprocessor", "b", r"^[ \t]*\#[ \t]*\w+"),
    ("decorators", "b", r"@[\w.]+"),
    ("variables", "b", r"[$@%]\{?\w+\}?|\$[@\#?*!$({<^]"),
    ("sections", "d", r"^\[[^\]\n]*\]?"),
    ("commands", "k", r"\\[A-Za-z@]+\*?"),
)
_TAG = re.compile(r"<!--(?s:.*?)(?:-->|\Z)|</?[A-Za-z!?][\w:.-]*")
_IN_TAG = re.compile(r"(?P<s>\"[^\"]*\"?|'[^']*'?)|(?P<b>[\w:@.#-]+)|(?P<k>[/?]?>)|[^\w:@.#\"'>-]")
_DIFF = (("+++", "d"), ("---", "d"), ("+", "i"), ("-", "r"), ("@@", "d"), ("diff", "d"), ("index", "d"))


def pieces(code: str, name: str) -> Iterator[Piece]:
    """The pieces of ``code`` in the language ``name``; a single one if that is not known."""
    language = languages().get(name)
    if language is None:
        yield "", code
    elif language.way == "markup":
        yield from _markup(code)
    elif language.way in ("diff", "console", "traceback"):
        for line in code.splitlines(keepends=True):
            yield from _line(line, language.way)
    else:
        yield from _words(code, language)


def _words(code: str, language: Language) -> Iterator[Piece]:
    done = 0
    naming = False  # whether the next word is the name of what is defined
    rules = _Rules.of(language)
    for found in rules.expression.finditer(code):
        kind, text = (found.lastgroup or "")[:1], found[0]
        if found.start() > done:
            yield "", code[done : found.start()]
        if kind == "w":
            word = text.lower() if language.any_case else text
            kind = rules.kinds.get(word, "d" if naming else "")
            naming = word in rules.before_a_name
        if rules.has_keys and kind in ("", "s") and _is_key(code, found.end()):
            kind = "k"
        yield kind, text
        done = found.end()
    yield "", code[done:]


def _is_key(code: str, end: int) -> bool:
    following = code[end : end + 20].lstrip(" \t")
    return following[:1] in (":", "=") and following[:2] != "=="


class _Rules:
    """What is looked for in a language."""

    def __init__(self, language: Language) -> None:
        groups = ((language.names, "b"), (language.words, "k"), (language.values, "n"))
        self.kinds = {word: kind for words, kind in groups for word in words.split()}
        self.before_a_name = frozenset(language.before.split())
        self.has_keys = "keys" in language.more.split()
        self.expression = _expression(language)

    @staticmethod
    @cache
    def of(language: Language) -> _Rules:
        return _Rules(language)


def _expression(language: Language) -> re.Pattern[str]:
    marks = language.marks.split()
    comments = [_COMMENTS[mark] for mark in marks if mark in _COMMENTS]
    strings = "|".join(_STRINGS[mark] for mark in marks if mark in _STRINGS)
    prefix = r"(?:\b[rbfuRBFU]{1,2}(?=[\"']))?" if "prefixes" in language.more.split() else ""
    more = [(kind, pattern) for name, kind, pattern in _MORE if name in language.more.split()]
    groups = [
        ("c", "|".join(comments)),
        ("s", f"{prefix}(?:{strings})" if strings else ""),
        *more,
        ("n", _NUMBER),
        ("w", rf"[^\W\d][\w{re.escape(language.letters)}]*"),
    ]
    # A group for each, since a name may be given once: the kind is the first letter of it.
    named = (f"(?P<{kind}{number}>{pattern})" for number, (kind, pattern) in enumerate(groups) if pattern)
    return re.compile("|".join(named), re.MULTILINE)


def _markup(code: str) -> Iterator[Piece]:
    done = 0
    while found := _TAG.search(code, done):
        yield "", code[done : found.start()]
        yield "c" if found[0].startswith("<!--") else "k", found[0]
        done = found.end()
        while not found[0].startswith("<!--") and (inside := _IN_TAG.match(code, done)):
            yield inside.lastgroup or "", inside[0]
            done = inside.end()
            if inside.lastgroup == "k":
                break
    yield "", code[done:]


def _line(line: str, way: str) -> Iterator[Piece]:
    if way == "diff":
        yield next((kind for beginning, kind in _DIFF if line.startswith(beginning)), ""), line
    elif way == "console" and line[:4] in (">>> ", "... "):
        yield "b", line[:4]
        yield from _words(line[4:], languages()["python"])
    elif way == "traceback" and line[:1] not in (" ", "\t", "\n"):
        name, colon, rest = line.partition(":")
        yield "r" if name.strip().isidentifier() else "", name
        yield "", colon + rest
    else:
        yield "", line
