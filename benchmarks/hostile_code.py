"""Code that could keep a colouring of it busy for long, in every language that models write."""

from __future__ import annotations

import random
from collections.abc import Iterator

from .worst_inputs import Maker, filled

#: The word behind the fence, one for each language.
LANGUAGES = """
bash batch c c# clojure cpp css dart diff dockerfile elixir f# fortran go graphql haskell html ini java javascript json
julia kotlin lua makefile matlab nginx perl php powershell protobuf python pycon pytb ruby rust r scala sql swift toml
terraform tex typescript vb xml yaml
"""
#: Repeated to the length that is wanted, in every language.
UNITS = (
    *(
        "a",
        "0",
        "_",
        " ",
        "\t",
        "\n",
        "x\n",
        "a ",
        "a.",
        "a(",
        "a<",
        "a,",
        "a=",
        "a:",
        "::",
        "->",
        "1 ",
        "1_",
        "0x",
        "1e",
    ),
    *(
        '"',
        "'",
        "`",
        '"""',
        "'''",
        '""',
        "''",
        "\\",
        "\\\\",
        '\\"',
        "\\0",
        "\\\n",
        "(",
        "[",
        "{",
        "<",
        "()",
        "{}",
        "${",
        "#{",
    ),
    *(
        "{{",
        "{%",
        "%",
        "%%",
        "%(",
        "$",
        "$(",
        "@",
        "#",
        "//",
        "/*",
        "*/",
        "/",
        "<!--",
        "<a ",
        "</",
        "<?",
        "<<",
        "<<<",
        "--",
    ),
    *("=", "-", "\n ", " \n", "\n\t", " \t", "!", "&", "|", "^", "~", "?", ";", "سلام ", "😀"),
)
#: What stands before them: nothing, or something that wants an end.
OPENINGS = ("", '"', "'", '"""', "/*", "<", "a", "(", "#", "=")
#: What was found to keep Pygments' lexers busy: language, what stands before, what is repeated.
FOUND = (
    *(("bash", "$'", "\\0"), ("bash", "<<", "_"), ("batch", "goto/?", "%*"), ("batch", 'for /f %%a in ("', "%):^)$=%")),
    *(
        ("c", "a", " "),
        ("c", "::", "\n"),
        ("c", '#include"*"', "\t"),
        ("cpp", "\\\ncase0x", " "),
        ("cpp", "short", "\t"),
    ),
    *(("dockerfile", "VOLUME", "\t"), ("dockerfile", "HEALTHCHECK VOLUME ", " "), ("fortran", '"', "\\0")),
    *(("html", "<script>", " "), ("html", "</a<", " "), ("ini", "=", "\t"), ("ini", "a=x", "\t"), ("ini", '"', "\t")),
    *(
        ("julia", '"%', "0"),
        ("makefile", "a", " "),
        ("matlab", "", "\n"),
        ("perl", "s!!", "\\\\"),
        ("perl", "=E", "\n "),
    ),
    *(("python", '"""%', "0"), ("python", "'%", "0"), ("python", "match \n", "\t"), ("pycon", ">>> '%", "0")),
    *(
        ("scala", '"', "\\\\"),
        ("scala", 'raw"', "\\\\"),
        ("terraform", "backend\t", " \n"),
        ("terraform", "0\t", "\n "),
    ),
    *(("terraform", "<<-x", "1_"), ("typescript", "super(", " \n"), ("javascript", "super(", " \n")),
)


def fenced(language: str, code: Maker) -> Maker:
    return lambda length: f"```{language}\n{code(length)}\n```\n"


def hostile_code(of_each: int, seed: int = 20) -> Iterator[tuple[str, str, Maker]]:
    """Language, what the code is, and the Markdown of a block with it; ``of_each`` random ones for each language."""
    chance = random.Random(seed)
    for language, before, unit in FOUND:
        yield language, f"{before!r}, then {unit!r}", fenced(language, filled(unit, before))
    for language in LANGUAGES.split():
        for unit in chance.sample(UNITS, of_each):
            before = chance.choice(OPENINGS)
            yield language, f"{before!r}, then {unit!r}", fenced(language, filled(unit, before))
