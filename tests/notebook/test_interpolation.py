"""A prompt is data: what names a variable is filled, and everything else leaves as it was typed."""

import builtins
import random
import re
from collections import defaultdict
from types import SimpleNamespace

import pytest

from liara_magic.notebook.interpolation import Insert, interpolate


class Table:
    columns = ("city", "درآمد")

    @property
    def total(self):
        raise ValueError("the key is sk-secret")

    @property
    def gone(self):
        raise SystemExit(3)

    @property
    def stopped(self):
        raise KeyboardInterrupt


NAMES = {
    "a": 1, "b": 2, "c": 3, "x": 10, "y": 11, "n": 5, "i": 7, "e": 8, "name": "N",
    "df": Table(), "row": [10, 20, 30, 40],
    "d": {"k": "v", "my column": 5, 3: "three", "a.__b": "deep"}, "درآمد": 99, "files": {1: "one"}, "color": "red",
    "In": ["", "import os", "x = 10", "df"], "Out": {3: Table.columns}, "Err": SimpleNamespace(text="boom"),
    "nested": SimpleNamespace(inner=SimpleNamespace(rows=[[1, 2], [3, 4]])), "print": builtins.print, "list": [1, 2],
}  # fmt: skip


def filled(prompt, names=NAMES):
    """The prompt with each filled place as ⟨expression⟩."""
    pieces = interpolate(prompt, names).pieces
    return "".join(f"⟨{piece.expression}⟩" if isinstance(piece, Insert) else piece for piece in pieces)


def values(prompt, names=NAMES):
    return [piece.value for piece in interpolate(prompt, names).pieces if isinstance(piece, Insert)]


@pytest.mark.parametrize(
    ("prompt", "value"),
    [
        ("{a}", 1), ("{df.columns}", Table.columns), ("{df.columns[0]}", "city"), ("{df.columns[-1]}", "درآمد"),
        ("{row[1:3]}", [20, 30]), ("{row[-2:]}", [30, 40]), ("{row[::2]}", [10, 30]), ("{row[: -1]}", [10, 20, 30]),
        ("{d['k']}", "v"), ('{d["my column"]}', 5), ("{d[3]}", "three"), ("{d['a.__b']}", "deep"), ("{In[2]}",
        "x = 10"),
        ("{Out[3]}", Table.columns), ("{Out[3][1]}", "درآمد"), ("{Err.text}", "boom"), ("{درآمد}", 99),
        ("{Out[۳]}", Table.columns),
        ("{nested.inner.rows[1][0]}", 3), ("{row[ 0 ]}", 10), ("{list}", [1, 2]), ("{list[0]}", 1),
    ],
)  # fmt: skip
def test_an_expression_is_filled(prompt, value):
    assert values(f"why is {prompt} so?") == [value]
    assert interpolate(f"why is {prompt} so?", NAMES).notes == ()


def test_pieces_are_the_text_and_what_is_put_in_it():
    pieces = interpolate("why {df.columns[0]}, {b}?", NAMES).pieces
    assert pieces == ("why ", Insert("{df.columns[0]}", "df.columns[0]", None), ", ", Insert("{b}", "b", None), "?")
    assert [piece.value for piece in (pieces[1], pieces[3])] == ["city", 2]
    assert "city" not in repr(pieces)
    assert interpolate("", NAMES).pieces == ()
    assert interpolate("plain", NAMES).pieces == ("plain",)


@pytest.mark.parametrize(
    "prompt",
    [
        # other data and languages
        '{"a": 1}', "{'a': a}", "{a, b}", "{a: b}", '{"rows": {n}}', '{"rows": {n}, "x": [{"y": {a}}]}', "[{}, {}]",
        "{1, 2}", "{1}", "p { color: red }", "a{color:red}", "@media print { p { margin: 0 } }", "{ a }", "{a }",
        "{ a}",
        "function f() { return {a} }", "if (x) { y = {a}; }", "struct s { int a; };", "x => {a; b}", "{a;}", "{a\n}",
        "${a}", "echo ${name}", "`${name}`", "https://x/${n}/y", "{{a}}", "{{ a }}", "{{{a}}}", "{{a}", "{a}}",
        "{% if a %}", "{% for x in {a} %}", "{# a #}", "{{ a | upper }}", "{{.Name}}", "{{ .Values.name }}",
        # formats
        "{}", "{:.2f}", "{0}", "{0:>10}", "{a:.2f}", "{a!r}", "{a=}", "{a:>{n}}", "{!r}", "%(a)s {%s}",
        'f"total {a}"', "print(f'{a} and {b}')", 'rf"{a}\\d"', 'f"""\n{a}\n\n{b}\n"""', "'{a}'.format(a=1)",
        '"{name}: {n}".format(**d)', "t'{a}'",
        # TeX
        r"\frac{a}{b}", r"\sqrt[3]{x}", "x_{i}", "e^{x}", r"\text{the {name} here}", r"\begin{n}", r"\sum_{i}^{n}",
        r"\mathbf{x}^{e}", r"{a}^{b}", r"{a}_{b}", r"\left\{a\right\}", r"\{a}", r"\operatorname*{x}",
        r"\frac{1}{a}{b}",
        r"$$\binom{n}{i} = \frac{n!}{i!}$$",
        # code
        "```\n{a}\n```", "~~~python\nf({a})\n~~~", "> ```\n> {a}\n> ```", "- ```py\n  {a}\n  ```",
        "````\n```\n{a}\n````",
        "```\n{a}\nnever closed", "`{a}`", "use `x = {a}` here", "``a ` {b}``", "`a\n{b}`",
        # no value, no name, no right
        "{unknown}", "{unknown.attribute}", "{None}", "{True}", "{lambda}", "{print}", "{class}", "{__name__}", "{__a}",
        "{a.__class__}", "{df.columns.__len__}", "{a()}", "{len(row)}", "{a + b}", "{-a}", "{not a}", "{a if b else c}",
        "{[a]}", "{(a)}", "{row[a]}", "{row[0, 1]}", "{row[None]}", "{row[007]}", "{row['\\n']}", "{x for x in row}",
        "{a := 1}", "{*row}", "{a.}", "{.a}", "{a..b}", "{a[}", "{a[0}", "{²}", "{a b}", "{3a}", "{a\u200cb}", "{",
        "}", "}{",
    ],
)  # fmt: skip
def test_everything_else_leaves_as_it_was_typed(prompt):
    found = interpolate(prompt, NAMES)
    assert found.pieces == (prompt,)
    assert found.notes == ()


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("{a}{b}", "⟨a⟩⟨b⟩"), ("{a}{unknown}{b}", "⟨a⟩{unknown}{b}"), ("`{a}` {b}", "`{a}` ⟨b⟩"),
        ("```\n{a}\n```\n{b}", "```\n{a}\n```\n⟨b⟩"), ("one ` tick\n\nand {a} `", "one ` tick\n\nand ⟨a⟩ `"),
        (r"\frac{a}{b} of {c}", r"\frac{a}{b} of ⟨c⟩"), ('{"x": 1} of {a}', '{"x": 1} of ⟨a⟩'),
        ('{"open": "{"} of {a}', '{"open": "{"} of ⟨a⟩'), ("f'(x) = {a} and g'(x) = {b}",
        "f'(x) = ⟨a⟩ and g'(x) = ⟨b⟩"),
        ("don't f\" {a}", "don't f\" ⟨a⟩"), ("left { and {a}", "left { and ⟨a⟩"), ("right } and {a}",
        "right } and ⟨a⟩"),
        ("df.style.format({a}) of {b}", "df.style.format(⟨a⟩) of ⟨b⟩"), ("چرا {درآمد}؟", "چرا ⟨درآمد⟩؟"),
        ("{a}. {b}, ({c})", "⟨a⟩. ⟨b⟩, (⟨c⟩)"), ('"{name}"', '"⟨name⟩"'), ("#{n}", "#⟨n⟩"),
    ],
)  # fmt: skip
def test_what_stands_beside_other_syntax_is_filled(prompt, expected):
    assert filled(prompt) == expected


def test_nothing_is_expanded_twice():
    names = {"a": "{b}", "b": "{a}", "c": "{{a}}"}
    assert values("{a} {b} {c}", names) == ["{b}", "{a}", "{{a}}"]


@pytest.mark.parametrize(
    ("prompt", "error"),
    [
        ("{df.total}", "ValueError"), ("{df.gone}", "SystemExit"), ("{df.unknown}", "AttributeError"),
        ("{Out[99]}", "KeyError"), ("{row[9]}", "IndexError"), ("{a[0]}", "TypeError"), ("{d[:2]}",
        "(TypeError|KeyError)"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_stays_as_typed_with_one_note_that_gives_nothing_away(prompt, error):
    found = interpolate(f"{prompt} and {prompt} of {{a}}", NAMES)
    assert "".join(piece for piece in found.pieces if isinstance(piece, str)) == f"{prompt} and {prompt} of "
    [note] = found.notes
    assert note.startswith(prompt)
    assert re.search(rf"raised {error}\.$", note)
    assert "sk-secret" not in note


def test_an_interrupt_while_reading_goes_on():
    with pytest.raises(KeyboardInterrupt):
        interpolate("{df.stopped}", NAMES)


def test_reading_changes_nothing():
    counts = defaultdict(int, seen=1)
    assert values("{counts['seen']} {counts['new']}", {"counts": counts}) == [1]
    assert counts == {"seen": 1}


def test_a_value_is_read_once_however_often_it_is_named():
    class Costly:
        reads = 0

        @property
        def value(self):
            self.reads += 1
            return self.reads

    costly = Costly()
    assert values("{c.value} {c.value} {c.value}", {"c": costly}) == [1, 1, 1]


def test_a_namespace_may_refuse():
    class Broken(dict):
        def __getitem__(self, name):
            raise RuntimeError(name)

    assert interpolate("{a}", Broken(a=1)).pieces == ("{a}",)


def test_any_text_comes_back_whole():
    parts = ["{", "}", "{a}", "{b.c}", "{row[0]}", "{d['k']}", "`", "```\n", "~~~\n", "\\frac", "_", "^", "$", "\n",
             "\n\n", " ", 'f"', "f'", "'''", '"""', ".format(", "x", "[", "]", "'", '"', "\\", "%", "۱", "سلام",
             "> ", "- ",
             "\ud800"]  # fmt: skip
    chance = random.Random(7)
    for _ in range(3_000):
        prompt = "".join(chance.choices(parts, k=chance.randrange(1, 30)))
        pieces = interpolate(prompt, NAMES).pieces
        assert "".join(piece.source if isinstance(piece, Insert) else piece for piece in pieces) == prompt


def test_one_long_expression_is_no_trap():
    for prompt in (
        "{" + "a" * 10**6,
        "{" + "a." * 10**6 + "}",
        "{a[" + " " * 10**6,
        "{a['" + "x" * 10**6,
        "{a[" + "9" * 10**6 + "]}",
    ):
        assert interpolate(prompt, NAMES).pieces == (prompt,)
