# ruff: noqa: PLE0303, PLE0309, PLW1641 - it is what these objects are for
"""What the tests of descriptions share: describing, and objects that set traps."""

import contextlib
import threading

from liara_magic.notebook.variables import describe
from liara_magic.protocol.foreign_text import clean, whole_characters


def said(value, budget=4000, name="v"):
    """The text about a value, which always fits."""
    return described(value, budget, name).text


def described(value, budget=4000, name="v"):
    found = describe(value, name, budget)
    assert len(found.text) <= max(0, budget)
    assert whole_characters(clean(found.text)) == found.text
    return found


class Trapped:
    """Every attribute but the repr springs a trap."""

    def __init__(self):
        object.__setattr__(self, "sprung", [])

    def __getattribute__(self, name):
        object.__getattribute__(self, "sprung").append(name)
        raise SystemError(f"{name} was read")

    def __repr__(self):
        return "Trapped()"


class Query:
    """Properties that would go to a database, and names that known libraries have, too."""

    runs = 0

    def _run(self):
        type(self).runs += 1
        raise SystemError("a query ran")

    shape = dtype = columns = values = schema = figure = size = property(_run)

    def __len__(self):
        self._run()

    def __iter__(self):
        self._run()

    def __eq__(self, other):
        self._run()

    def __hash__(self):
        self._run()

    def __repr__(self):
        return "Query(users)"


class Liar:
    """Says that it is a dict, that it has minus three items, and that it equals everything."""

    @property
    def __class__(self):
        return dict

    def __len__(self):
        return -3

    def __eq__(self, other):
        return True

    def __repr__(self):
        return 5


class Unforgiving:
    """Its repr, length, class, attributes and comparison all raise, and none of them an Exception."""

    @property
    def __class__(self):
        raise KeyboardInterrupt

    def __len__(self):
        raise SystemExit(1)

    def __getattr__(self, name):
        raise GeneratorExit

    def __eq__(self, other):
        raise KeyboardInterrupt

    def __repr__(self):
        raise SystemExit("gone")


class Waiting:
    """Its repr waits until the test lets it go."""

    def __init__(self):
        self.released = threading.Event()

    def __repr__(self):
        self.released.wait(60)
        return "late"


class Endless:
    """Its repr computes for ever, and swallows what ordinary errors tell it."""

    def __repr__(self):
        while True:
            with contextlib.suppress(Exception):
                sum(range(100))
