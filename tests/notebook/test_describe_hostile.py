"""Objects that raise, lie, never end or must not be touched."""

import subprocess
import sys
import textwrap
import threading
import types

import pytest
from describing import Endless, Liar, Query, Trapped, Unforgiving, Waiting, described, said

from liara_magic.notebook import objects
from liara_magic.notebook.capped_repr import Teller
from liara_magic.notebook.description import Page
from liara_magic.notebook.foreign_code import Failed, Patience


@pytest.mark.parametrize("wrapped", [lambda value: value, lambda value: [value], lambda value: {"k": value}])
def test_an_object_that_raises_or_lies_is_told_all_the_same(wrapped):
    assert "Trapped()" in said(wrapped(Trapped()))
    assert "Liar" in said(wrapped(Liar()))
    assert "raised TypeError: __repr__ returned non-string" in said(wrapped(Liar()))
    assert "Unforgiving" in said(wrapped(Unforgiving()))
    assert "repr raised SystemExit: gone" in said(wrapped(Unforgiving()))


def test_no_property_is_read_and_no_method_called():
    trapped = Trapped()
    Query.runs = 0
    text = said(trapped)
    assert text == "`v`: describing.Trapped: Trapped()\nAttributes: sprung: list"
    assert object.__getattribute__(trapped, "sprung") == []
    assert "Query(users)" in said(Query())
    said([Query(), {"q": Query()}])
    assert Query.runs == 0


def test_what_only_looks_like_a_library_is_not_taken_for_it():
    for module in ("pandas", "pandas.core.frame", "numpy", "matplotlib.figure", "PIL.Image"):
        for name in ("DataFrame", "ndarray", "Figure", "Image"):
            impostor = type(name, (Query,), {"__module__": module, "__qualname__": name})()
            Query.runs = 0
            assert "Query(users)" in said(impostor)
            assert Query.runs == 0


def test_shapes_that_are_plain_data_are_told():
    class Grid:
        def __init__(self):
            self.shape, self.dtype = (3, 4), "float32"

    assert "Shape: 3 × 4, float32" in said(Grid())


def test_a_metaclass_that_lies_is_looked_past():
    class Meta(type):
        @property
        def __mro__(cls):
            raise SystemError

        def __eq__(cls, other):
            raise SystemError

        def __getattribute__(cls, name):
            raise SystemError(name)

        __hash__ = None

    class Odd(metaclass=Meta):
        def __repr__(self):
            return "odd"

    assert "odd" in said(Odd())
    assert "odd" in said([Odd(), {"k": Odd()}])
    assert "class" in said(Odd)


def test_containers_whose_methods_lie_are_read_as_they_are():
    def fails(self, *arguments):
        raise SystemError

    methods = dict.fromkeys(("__len__", "__iter__", "__getitem__", "items", "keys", "values", "__repr__"), fails)
    for base, content in ((dict, {"a": 1}), (list, [1]), (tuple, (1,)), (set, {1}), (str, "text"), (bytes, b"x")):
        value = type("Odd", (base,), methods)(content)
        assert "Odd of 1 " in said(value) or "Odd of 4 characters" in said(value)
        assert "Odd" in said([value])


def test_a_value_that_is_too_slow_is_given_up():
    slow = Waiting()
    page = Page("v", 300, Patience(0.05))
    objects.describe_other(slow, page)
    slow.released.set()
    text = page.done().text
    assert text.splitlines()[0].endswith("Waiting; its repr took longer than 0.05 s and was given up")
    assert len(text.splitlines()) == 2  # the attributes


def test_others_after_a_slow_one_are_not_asked():
    slow, teller = Waiting(), Teller(Patience(0.05))
    assert "given up" in teller.line(slow)
    assert "not asked for" in teller.line(Query())
    assert teller.line([1, "x"]) == '[1, "x"]'
    slow.released.set()


def test_an_endless_repr_ends_within_the_limit_and_leaves_no_thread_behind():
    before = set(threading.enumerate())
    assert "took longer than 2 s and was given up" in said(Endless())
    for thread in set(threading.enumerate()) - before:
        thread.join(60)
        assert not thread.is_alive()


def test_foreign_code_sees_the_callers_context():
    import decimal

    with decimal.localcontext() as context:
        context.prec = 3
        assert Patience().call(lambda: decimal.getcontext().prec) == 3


def test_an_interrupt_while_waiting_reaches_the_person():
    class Interrupting(Patience):
        def _wait(self, thread, call):
            try:
                raise KeyboardInterrupt
            finally:
                super()._wait(thread, call)

    with pytest.raises(KeyboardInterrupt):
        Interrupting(5).call(lambda: None)


def test_an_error_in_foreign_code_says_what_it_said():
    with pytest.raises(Failed, match="raised ValueError: نه"):
        Patience().call(lambda: int("x") if False else (_ for _ in ()).throw(ValueError("نه")))


def test_a_huge_repr_is_cut():
    class Huge:
        def __repr__(self):
            return "ab\n" * 1_000_000

    found = described(Huge(), 500)
    assert "left out" in found.text
    assert "a part of its repr" in found.cut


def test_a_repr_that_recurses_for_ever():
    class Deep:
        def __repr__(self):
            return repr([self])

    assert "RecursionError" in said(Deep())


def test_a_module_that_loads_when_touched_is_not_touched():
    class Lazy(types.ModuleType):
        def __getattribute__(self, name):
            raise SystemError(name)

    assert "module lazy" in said(Lazy("lazy"))
    assert "<module lazy>" in said([Lazy("lazy")])


class Speaking:
    def __init__(self, answer):
        self.answer = answer

    def _repr_llm_(self):
        if isinstance(self.answer, BaseException):
            raise self.answer
        return self.answer

    def __repr__(self):
        return "a repr"


def test_an_object_may_describe_itself():
    assert said(Speaking("من خودم هستم")) == "`v`: test_describe_hostile.Speaking\nمن خودم هستم"
    assert "plain words" in said(Speaking({"text/html": "<b>", "text/plain": "plain words"}))
    assert "marked words" in said(Speaking(({"text/markdown": "marked words"}, {})))
    found = described(Speaking("x" * 1000), 300)
    assert "left out" in found.text
    assert found.cut == "Left out: a part of its 1,000 characters."


def test_an_object_that_fails_to_describe_itself_is_described():
    for answer in (ValueError("نه"), SystemExit(), None, 5, {}):
        text = said(Speaking(answer))
        assert "a repr" in text
        assert ("(`v` was to describe itself, but _repr_llm_ raised" in text) == isinstance(answer, BaseException)


def test_a_class_that_describes_its_objects_is_itself_described_as_a_class():
    assert "class test_describe_hostile.Speaking" in said(Speaking)


def test_secrets_are_taken_out_before_anything_is_cut():
    from liara_magic.notebook.variables import describe

    secret = "sk-" + "a1B2" * 30

    def hide(text):
        return text.replace(secret, "[hidden]")

    values = [
        {"key": "x" * 40 + secret + "y" * 3000},
        ["z" * 50 + secret] * 40,
        "word " * 15 + secret + " word" * 1000,
        "word " * 1000 + secret,
        ("word " * 15 + secret + " word" * 1000 + secret).encode(),
        [Speaking("t" * 100 + secret + "u" * 4000)],
    ]
    for value in values:
        for budget in range(60, 400, 7):
            text = describe(value, "v", budget, hide=hide).text
            assert "a1B2a1B2" not in text


def test_describing_loads_no_library():
    script = """
        import sys
        from liara_magic.notebook.variables import describe

        class DataFrame: __module__ = "pandas"
        class Thing:
            def fit(self): pass
            def get_params(self): pass

        for value in (1, "x", [1], {"a": 1}, DataFrame(), Thing(), sys, len, object(), ValueError("x")):
            describe(value, "v", 500)
        heavy = {"pandas", "polars", "pyarrow", "numpy", "matplotlib", "plotly", "PIL", "xarray", "scipy", "sklearn",
                 "pydantic", "torch", "kaleido", "httpx", "IPython"}
        print(sorted(heavy & set(sys.modules)))
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
