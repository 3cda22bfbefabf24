"""Rows A8, A10, A11 and A12: bombs, control characters, marks that hide or reorder text, halves of characters."""

from __future__ import annotations

import contextlib
import io
import json
import re
from collections.abc import Iterator

import html5lib
from screens import TOTALS, reply_of

from liara_magic.protocol.events import Facts, ReasoningDelta
from liara_magic.screen.terminal import TerminalScreen
from liara_magic.screen.terminal_text import Look

from .emitted import DANGEROUS, Bundle, bundles, of_text, wrong
from .fault_row import Figure, Row, Tally
from .render_probe import Prober
from .rig import Line, Loopback, SeenRequest
from .shown import bundles_in_a_cell
from .worst_inputs import INPUTS

BOMBS = {
    "[ x 20,000": "[" * 20_000,
    "![ x 10,000": "![" * 10_000,
    "[a]( x 5,000": "[a](" * 5_000,
    "<![": "<![" * 6_666,
    "*a **": "*a **" * 4_000,
    "2,000 >": ">" * 2_000 + "a",
}
_LIMIT = 0.2
CONTROLS = {
    "CSI": "\x1b[2J\x1b[31m",
    "OSC 8": "\x1b]8;;https://evil.example\x07x\x1b]8;;\x07",
    "OSC 52": "\x1b]52;c;ZXZpbA==\x1b\\",
    "DCS": "\x1bPq#0\x1b\\",
    "C1": "\x9b2J\x9d0;x\x9c\x90\x85",
    "overwriting": "good\rEVIL",
    "backspaces": "evil\b\b\b\bgood",
    "NUL": "\x00\x00",
    "others": "\x01\x07\x0b\x0c\x0e\x1f\x7f",
    "as entities": "&#27;[2J &#x9b;31m &#8;&#x7f;&#13;",
}
PLACES = ("%s", "# %s", "- %s", "> %s", "`%s`", "**%s**", "[%s](https://a.example)", "| %s |\n|---|\n| %s |", "$%s$")
_CODE = ("```python\nx = '%s'\n```", "    x = '%s'", "```%s\nx\n```")
#: After CVE-2021-42574: comments and strings that are not what they seem.
TROJANS = (
    "if access != 'user\u202e \u2066// only for admins\u2069 \u2066':",
    "/*\u202e } \u2066if (isAdmin)\u2069 \u2066 begin admins only */",
    "return\u2067 '''; \u2069'''",
    "\u202dabc\u202c \u202axyz\u202c",
    "words" + "".join(chr(0xE0000 + ord(letter)) for letter in "ignore all of this"),
    "\U000e0001\U000e007f",
)
PERSIAN = (
    "می‌خواهم داده‌ها را تحلیل کنم؛ کتاب‌خانه‌ها آماده‌اند.",
    "نسخهٔ ۳.۱۴\u200f (پایتون)\u200f است",
    "مقدار \u200eN(0, 1)\u200e را می‌خواهیم",
    "`می‌شود` و **نمی‌شود** و [پیوندها](https://a.example)",
    "| نام‌ها |\n|---|\n| ستون‌ها |",
    "```python\n# می‌شود\nنام = 'داده‌ها\u200f'\n```",
    "👨\u200d👩\u200d👧 و 🏳\ufe0f\u200d🌈",
)
_INVISIBLE = re.compile("[\u200c\u200d\u200e\u200f\ufe0f]")


def _words(html: str) -> str:
    return "".join(html5lib.parseFragment(html).itertext())


def _bombs() -> Figure:
    found, prober = Tally(), Prober()
    slowest = late = 0.0
    with contextlib.closing(prober):
        for name, text in BOMBS.items():
            seconds = prober.measure(text, 3).seconds
            slowest = max(slowest, seconds)
            whole = re.sub("[^a-z]", "", _words(of_text(text)[-1]["text/html"])) if seconds < 1 else ""
            said = whole.removesuffix("shownasitcameitcouldnotbeformatted")
            found.add(f"{name} ({seconds * 1000:.0f} ms)", seconds <= _LIMIT and said == re.sub("[^a-z]", "", text))
        for name, make in INPUTS.items():
            ways = (prober.measure(make(20_000), 2, is_terminal).seconds for is_terminal in (False, True))
            seconds = max(ways)
            late = max(late, seconds)
            found.add(f"{name} ({seconds * 1000:.0f} ms)", seconds <= _LIMIT)
    happened = (
        f"{len(BOMBS)} bombs, all of their words shown, and {len(INPUTS)} other inputs of 20 KB (those of "
        "docs/performance.md), as HTML and for a terminal, in the thread's own time; what takes longer than its length "
        "allows is shown as it came"
    )
    return found.figure(happened, f" within 200 ms, worst {slowest * 1000:.0f} ms and {late * 1000:.0f} ms")


def _printed(text: str, formatted: bool) -> str:
    """What a terminal, or a pipe, is given of a reply; the sequences that set styles are our own."""
    written: list[str] = []
    screen = TerminalScreen(written.append, Look(formatted, colours=formatted))
    screen.finish(reply_of(text), TOTALS)
    return re.sub(r"\x1b\[[0-9;]+m", "", "".join(written))


def _controls() -> Figure:
    found, count = Tally(), 0
    for name, control in CONTROLS.items():
        for place in (*PLACES, *_CODE):
            text = place.replace("%s", f"a{control}b")
            emitted = of_text(text)
            printed = [_printed(text, formatted) for formatted in (True, False)]
            left = [*wrong(emitted), *(one for one in printed if DANGEROUS.search(one))]
            count += len(left)
            found.add(f"{name} in {place!r}", not left)
        facts, thought = Facts({"model": f"m{control}", "id": control}), ReasoningDelta(f"a{control}b")
        found.add(f"{name} beside", not wrong(bundles(reply_of("words", facts, thought))))
        if name != "as entities":  # in code an entity is what it looks like
            code = f"print('a{control}b')"
            same = _shown_code(of_text(f"```python\n{code}\n```")) == DANGEROUS.sub("", code.replace("\r", "\n"))
            found.add(f"{name}: code shown and copied", same)
    figure = found.figure(
        "removed from HTML, plain text and what a terminal is given, also where an entity names them; a code block "
        "holds nothing that is not shown, so that what is copied is what was read"
    )
    return Figure(figure.happened, f"{count} left, {figure.value}", figure.ok)


def _shown_code(emitted: list[Bundle]) -> str:
    root = html5lib.parseFragment(emitted[-1]["text/html"], namespaceHTMLElements=False)
    return "".join(next(root.iter("code")).itertext()).removesuffix("\n")


def _cell_of(text: str) -> list[Bundle]:
    with Loopback(lambda line, request: line.reply(text)) as gateway:
        return bundles_in_a_cell(gateway)[0]


def _hidden() -> Figure:
    found, lost, noticed = Tally(), 0, 0
    for trojan in TROJANS:
        for place in ("```python\n%s\n```", "%s", "`%s`"):
            emitted = _cell_of(place % trojan)
            has_notice = "characters" in _words(emitted[-1]["text/html"])
            noticed += has_notice
            found.add(f"{trojan!r} in {place!r}", not wrong(emitted) and has_notice)
    for text in PERSIAN:
        emitted = _cell_of(text)
        wanted = "".join(_INVISIBLE.findall(text))
        for part in (_words(emitted[-1]["text/html"]), emitted[-1]["text/plain"]):
            kept = "".join(_INVISIBLE.findall(part))
            lost += len(wanted) - len(kept)
            found.add(f"{text[:20]!r}", kept == wanted and "invisible" not in part)
    figure = found.figure(
        f"{len(TROJANS)} samples after Trojan Source and in tag characters x 3 places: removed, with a notice in "
        f"{noticed}; {len(PERSIAN)} Persian texts and emoji keep every joiner and direction mark, without a notice"
    )
    return Figure(figure.happened, f"{lost} joiners and marks lost, {figure.value}", figure.ok)


def _halves() -> Iterator[tuple[str, tuple[str, ...], str]]:
    """Name, the deltas as they stand in JSON, the text that they mean."""
    yield "a pair in two deltas", ("\\ud83d", "\\ude00"), "😀"
    yield "a pair in two deltas, with words", ("a \\ud83d", "\\ude00 b"), "a 😀 b"
    yield "a lone first half", ("a\\ud83d", "b"), "a\ufffdb"
    yield "a lone second half", ("a", "\\ude00b"), "a\ufffdb"
    yield "halves in the wrong order", ("\\ude00", "\\ud83d"), "\ufffd\ufffd"
    yield "a first half at the end", ("a\\ud83d",), "a\ufffd"
    yield "two pairs in three deltas", ("\\ud83d", "\\ude00\\ud83d", "\\ude00"), "😀😀"


def _surrogates() -> Figure:
    found = Tally()
    for name, deltas, meant in _halves():

        def script(line: Line, request: SeenRequest, deltas: tuple[str, ...] = deltas) -> None:
            line.head()
            for delta in deltas:
                line.event('{"choices":[{"index":0,"delta":{"content":"' + delta + '"}}]}')
            line.finish()

        with Loopback(script) as gateway:
            emitted, error = bundles_in_a_cell(gateway)
        last = emitted[-1]
        output = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
        with contextlib.suppress(UnicodeEncodeError):
            print(last["text/plain"], file=output, flush=True)
        good = {
            "text": not error and last["text/plain"] == meant,
            "print": output.tell() > 0,
            "display": meant in last["text/html"],
            "JSON": json.loads(_utf8(emitted)) == emitted,
        }
        for use, went_well in good.items():
            found.add(f"{name}: {use}", went_well)
    return found.figure(
        "a pair is joined, a lone half becomes U+FFFD; printed, displayed, written as JSON lines (no widget yet)"
    )


def _utf8(value: object) -> bytes:
    """As a line of JSON in a file; empty JSON where it cannot be written."""
    try:
        return json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return b"null"


ROWS = (
    Row("A8", "bombs of brackets, marks and quotes", _bombs, "python-markdown: > 20 s"),
    Row("A10", "control characters", _controls),
    Row("A11", "bidirectional overrides and tag characters; Persian", _hidden),
    Row("A12", "halves of a character, split or alone", _surrogates, "ipykernel fails 3 of 4"),
)
