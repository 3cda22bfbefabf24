"""Code blocks, coloured by the theme of whoever shows them."""

from __future__ import annotations

from functools import cache
from html import escape
from typing import Any

from ..protocol.foreign_text import clean
from .formulas import inert
from .stopwatch import Stopwatch

#: Pygments' lexers for what models write, each with the names that stand behind a fence. A fixed list: Pygments itself
#: would look for an unknown name in whatever packages are installed.
_NAMES = {
    "Bash": "bash sh shell zsh console terminal",
    "Batch": "bat batch cmd",
    "C": "c h",
    "CSharp": "csharp cs c#",
    "Clojure": "clojure clj",
    "Cpp": "cpp c++ cc hpp cuda",
    "Css": "css scss less",
    "Dart": "dart",
    "Diff": "diff patch",
    "Docker": "dockerfile docker",
    "Elixir": "elixir ex",
    "FSharp": "fsharp f#",
    "Fortran": "fortran f90",
    "Go": "go golang",
    "GraphQL": "graphql",
    "Haskell": "haskell hs",
    "Html": "html htm xhtml vue svelte",
    "Ini": "ini cfg conf properties",
    "Java": "java",
    "Javascript": "javascript js jsx node mjs",
    "Json": "json json5 jsonc jsonl geojson",
    "Julia": "julia jl",
    "Kotlin": "kotlin kt",
    "Lua": "lua",
    "Makefile": "makefile make",
    "Matlab": "matlab octave",
    "NginxConf": "nginx",
    "Perl": "perl pl",
    "Php": "php",
    "PowerShell": "powershell ps1 pwsh",
    "ProtoBuf": "protobuf proto",
    "Python": "python py python3 py3 ipython ipython3",
    "PythonConsole": "pycon",
    "PythonTraceback": "pytb traceback",
    "Ruby": "ruby rb",
    "Rust": "rust rs",
    "S": "r splus",
    "Scala": "scala",
    "Sql": "sql mysql postgres postgresql sqlite tsql plsql bigquery",
    "Swift": "swift",
    "TOML": "toml",
    "Terraform": "terraform hcl tf",
    "Tex": "tex latex",
    "TypeScript": "typescript ts tsx",
    "VbNet": "vb vbnet vba",
    "Xml": "xml svg",
    "Yaml": "yaml yml",
}
_LEXERS = {name: lexer for lexer, names in _NAMES.items() for name in names.split()}

#: What is coloured: the kind's letter, by the beginning of Pygments' name of a token; the longest beginning counts.
KINDS = {
    "Comment": "c",
    "Comment.Preproc": "b",
    "Generic.Deleted": "r",
    "Generic.Heading": "d",
    "Generic.Inserted": "i",
    "Keyword": "k",
    "Literal.Number": "n",
    "Literal.String": "s",
    "Literal.String.Affix": "k",
    "Literal.String.Interpol": "b",
    "Name.Attribute": "b",
    "Name.Builtin": "b",
    "Name.Class": "d",
    "Name.Constant": "n",
    "Name.Decorator": "b",
    "Name.Exception": "b",
    "Name.Function": "d",
    "Name.Tag": "k",
    "Operator.Word": "k",
}
# JupyterLab's colour for a kind; elsewhere one that reads on white and on nearly black, 4:1 on both.
_COLOURS = {
    "b": "--jp-mirror-editor-builtin-color,#1b8599",
    "c": "--jp-mirror-editor-comment-color,#7a7a7a",
    "d": "--jp-mirror-editor-def-color,#2c7fc9",
    "i": "--jp-success-color1,#2e8b57",
    "k": "--jp-mirror-editor-keyword-color,#9a5fd6",
    "n": "--jp-mirror-editor-number-color,#2f8a4a",
    "r": "--jp-error-color1,#d1495b",
    "s": "--jp-mirror-editor-string-color,#c4601a",
}
_BOX = "overflow-x:auto;padding:.5em .8em;border:1px solid #8885;border-radius:4px"
#: Seconds that the colours of a block may take, and that each character adds; a block that takes longer has none.
_ALLOWANCE, _ALLOWANCE_PER_CHARACTER = 0.05, 5e-6


def code_block(code: str, info: str = "", coloured: bool = True) -> str:
    """The HTML of a code block; ``info`` is what stands behind the fence. Its text is ``code``, to the letter."""
    language = language_of(info)
    pieces = kinds(code, language) if coloured else [("", code)]
    used = sorted({kind for kind, _ in pieces if kind})
    variables = "".join(f";--{kind}:var({_COLOURS[kind]})" for kind in used)
    html = "".join(
        f'<span style="color:var(--{kind})">{escape(text)}</span>' if kind else escape(text) for kind, text in pieces
    )
    label = f'<small style="opacity:.7;user-select:none">{inert(language)}</small>' if language else ""
    block = f'<pre style="{_BOX}{variables}"><code style="white-space:pre">{html}</code></pre>'
    return f'<div dir="ltr" style="margin-bottom:1em">{label}{block}</div>\n'


def language_of(info: str) -> str:
    """The language that stands behind a fence, as it was written: ``python``, ``{.python}``, ``python title=x``."""
    words = clean(info).split(maxsplit=1)
    return words[0].strip("{}.").partition(",")[0][:30] if words else ""


def kinds(code: str, language: str) -> list[tuple[str, str]]:
    """``code`` in pieces, each with the letter of its kind (see :data:`KINDS`) or an empty one."""
    lexer = _lexer(_LEXERS.get(language.lower(), ""))
    if lexer is None:
        return [("", code)]
    try:
        found = _tokenized(lexer, code)
    except Exception:  # a lexer's own fault, for hostile code, or too slow: the code matters, not its colours
        return [("", code)]
    return found if sum(len(text) for _, text in found) == len(code) else [("", code)]


def _tokenized(lexer: Any, code: str) -> list[tuple[str, str]]:
    """The pieces; those of one kind in a row are one. Raises :class:`TimeoutError`."""
    watch = Stopwatch(_ALLOWANCE + _ALLOWANCE_PER_CHARACTER * len(code))
    found: list[tuple[str, str]] = []
    texts: list[str] = []
    last = ""
    for _, token_type, text in lexer.get_tokens_unprocessed(code):
        if watch.is_over():
            raise TimeoutError
        kind = _KIND_OF[token_type]
        # Space has no colour: it joins what stands before it, so that words of one kind need one element.
        if kind != last and not text.isspace():
            found.append((last, "".join(texts)))
            last, texts = kind, []
        texts.append(text)
    found.append((last, "".join(texts)))
    return [piece for piece in found if piece[1]]


@cache
def _lexer(name: str) -> Any:
    if not name:
        return None
    from pygments import lexers  # only when there is code to colour

    return getattr(lexers, f"{name}Lexer")(stripnl=False, ensurenl=False)


class _KindOf(dict[tuple[str, ...], str]):
    """The kind of each type of token, looked up once."""

    def __missing__(self, token_type: tuple[str, ...]) -> str:
        beginnings = (".".join(token_type[:length]) for length in range(len(token_type), 0, -1))
        self[token_type] = next((KINDS[name] for name in beginnings if name in KINDS), "")
        return self[token_type]


_KIND_OF = _KindOf()
