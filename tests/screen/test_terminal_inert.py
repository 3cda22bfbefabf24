"""Whatever a model writes, a terminal is given text and styles, and nothing that acts."""

import random

import pytest
from ansi import seen, widest
from payloads import CONTEXTS, PAYLOADS

from liara_magic.screen.parser import parse
from liara_magic.screen.terminal_blocks import render

# Where a mark of Markdown, an entity or a raw character could bring a control character in.
_CONTROLS = [
    "\x1b[2J",
    "\x1b]8;;https://evil.example\x07",
    "\x9b31m",
    "\r",
    "\x08",
    "\x0b",
    "\x0c",
    "\x7f",
    "\x85",
    "\u202e",
]
_ENTITIES = ["&#27;[2J", "&#x1b;[2J", "&#x9b;", "&#13;", "&#12;", "&#8;", "&#x7f;", "&#x202e;", "&#x2066;", "&NewLine;"]
_PLACES = [
    "{}", "# {}", "- {}", "> {}", "`{}`", "**{}**", "[{}](https://a.example)", "[x](https://a.example/{})",
    "[x](<https://a.example/{}>)", "[x](https://a.example '{}')", "![{}](https://a.example)", "<https://a.example/{}>",
    "| {} |\n|---|\n| {} |", "```{}\nx\n```", "```python\n'{}'\n```", "    {}", "${}$", "$$\n{}\n$$", "\\[{}\\]",
    "[x][r]\n\n[r]: <https://a.example/{}>", "- [ ] {}", "https://a.example/{}",
]  # fmt: skip


@pytest.mark.parametrize("context", CONTEXTS)
@pytest.mark.parametrize("kind", PAYLOADS)
def test_payloads(kind, context):
    for payload in PAYLOADS[kind]:
        source = CONTEXTS[context](payload)
        seen(render(source, 60, True))
        assert "\x1b" not in render(source, 60, False)


@pytest.mark.parametrize("place", _PLACES)
@pytest.mark.parametrize("control", _CONTROLS + _ENTITIES)
def test_control_characters(control, place):
    source = place.replace("{}", f"a{control}b")
    seen(render(source, 60, True))
    seen(render(source, 60, False))


_BITS = [
    "# ", "- ", "1. ", "999999999. ", "> ", "* ", "\n", "\n\n", "word ", "longlongword", "می\u200cخواهم ", "中文", "，",
    "🍎", "👨\u200d👩\u200d👧", "e\u0301", "**", "*", "_", "~~", "`", "[x](https://a.example/b)", "[x][r]",
    "\n[r]: https://e.example\n", "https://example.com/aaa/bbb?c ", "![i](https://h.example)",
    "| a | b |\n|---|:-:|\n| c | d |\n", "|", " $x^2$ ", "$$", "---\n", "[^1]", "- [ ] t\n", "\\", "<b>", "&nbsp;",
    "ه\u200d.",
]  # fmt: skip


@pytest.mark.parametrize("seed", range(30))
def test_no_line_of_anything_but_code_is_wider_than_the_terminal(seed):
    chance = random.Random(seed)
    for _ in range(20):
        source = "".join(chance.choices(_BITS, k=chance.randint(1, 50)))
        if not any(token.type in ("fence", "code_block") for token in parse(source)):
            width = chance.choice([20, 30, 60, 120])
            assert widest(render(source, width, True)) <= width, source
