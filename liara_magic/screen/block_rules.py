"""Which rules of blocks are asked for a line: those that can match its first letter. markdown-it would ask all."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

Rule = Callable[[Any, int, int, bool], bool]

#: The letters that a rule's lines begin with. One that is not here may match any line.
_FIRST_LETTERS = {
    "fence": "`~",
    "blockquote": ">",
    "hr": "*-_",
    "list": "*-+0123456789",
    "numbered_reference": "[",
    "reference": "[",
    "html_block": "<",
    "heading": "#",
    "bracket_formula": "\\",
    "math_block": "$",
}
#: Rules for a line whose next one can be that below a table's head, and how that one begins.
_TABLES = ("table_bomb", "table")
_BELOW_A_HEAD = re.compile(r"[|:]|-[^ ]")
#: What may end a paragraph and the like; markdown-it's names.
_CHAINS = ("paragraph", "reference", "blockquote", "list")


def ask_by_first_letter(ruler: Any, watch: Rule) -> None:
    """Let each chain of ``ruler`` be one rule, which asks ``watch`` and then those that can match.

    A rule may stand in the chain of a list's end and yet not in that of a paragraph's: each chain keeps its own.
    """
    names = dict(zip(ruler.getRules(""), ruler.get_active_rules(), strict=True))
    chains = [_by_first_letter([(names[rule], rule) for rule in ruler.getRules(chain)], watch) for chain in _CHAINS]
    every = _by_first_letter([(name, rule) for rule, name in names.items()], watch)
    ruler.disable(list(names.values()))
    # It comes first and always matches: a line is a paragraph at the least. markdown-it looks for a rule of this name
    # to know whether indented lines are code.
    ruler.at("code", every)
    ruler.enable("code")
    for chain, rule in zip(_CHAINS, chains, strict=True):
        ruler.push(f"ends a {chain}", rule, {"alt": [chain]})


def _by_first_letter(rules: list[tuple[str, Rule]], watch: Rule) -> Rule:
    def of(letter: str, tables: bool) -> tuple[Rule, ...]:
        names = [(name, rule) for name, rule in rules if tables or name not in _TABLES]
        return tuple(rule for name, rule in names if name not in _FIRST_LETTERS or letter in _FIRST_LETTERS[name])

    letters = {" ", *"".join(_FIRST_LETTERS.values())}  # a space begins no line: it stands for all other letters
    plain, with_tables = ({letter: of(letter, tables) for letter in letters} for tables in (False, True))

    def rule(state: Any, start: int, end: int, silent: bool) -> bool:
        watch(state, start, end, silent)
        is_table = start + 1 < end and _BELOW_A_HEAD.match(state.src, _first(state, start + 1))
        by_letter = with_tables if is_table else plain
        first = _first(state, start)
        for one in by_letter.get(state.src[first : first + 1], by_letter[" "]):  # noqa: SIM110  # a loop is faster, and this is the busiest
            if one(state, start, end, silent):
                return True
        return False

    return rule


def _first(state: Any, line: int) -> int:
    """Where a line begins, after its indentation."""
    return int(state.bMarks[line] + state.tShift[line])
