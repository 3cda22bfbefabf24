"""Text, bytes, and what holds other values: sizes and types of all, then the first items one by one."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from .capped_repr import SEQUENCES, Teller, record_fields, text_of
from .description import Page
from .kinds import is_a, nearest, on_type, stored, type_name
from .wording import BEYOND, both_ends, count, fenced, number, quoted, tidy

#: How many items are looked at to say which types they have.
_TYPED = 10_000
#: The least that an item's line gets, and how many later items it leaves room for.
_LEAST, _SHARES = 60, 8
#: Bytes that show whether they are text; the last character among them may be cut.
_LOOKED_AT = 1024
#: What holds others and is this short is told in one line.
_LINE = 160
_HIDDEN = "not shown, since its repr leaves it out"
#: Says an item in at most so many characters.
Piece = Callable[[int], str]


def describe_text(text: Any, page: Page) -> None:
    """A string: a short one in the title, any other in a block, with its middle left out if need be."""
    plain = text if type(text) is str else text_of(text, str.__len__(text))
    kind = f"{type_name(type(text))} of {count(len(plain), 'character')}"
    if len(plain) <= 200 and 2 * len(plain) + 80 < page.left and "\n" not in plain:
        page.title(f"{kind}: {quoted(plain, 400)}")
        return
    page.title(f"{kind} in {count(plain.count(chr(10)) + 1, 'line')}")
    block, lacks = fenced(plain, page.left)
    if page.left < 40 or not page.add(block):
        lacks = len(plain)
    if lacks:
        page.leave_out(f"{lacks:,} of {len(plain):,} characters")


def describe_octets(value: Any, page: Page) -> None:
    """Bytes: as text where they begin as UTF-8 text does, else as their repr; the middle of many is left out."""
    base = nearest(type(value), bytes, bytearray)
    length = base.__len__(value)
    page.title(f"{type_name(type(value))} of {count(length, 'byte')}")
    if _is_text(bytes(base.__getitem__(value, slice(_LOOKED_AT)))):
        _add_octets(value, base, page, page.left - 60, lambda octets: octets.decode("utf-8", "ignore"))
    else:
        _add_octets(value, base, page, (page.left - 60) // 4, repr)


def _add_octets(value: Any, base: Any, page: Page, most: int, told: Callable[[bytes], str]) -> None:
    """At most so many of the bytes, from the start and the end."""
    length = base.__len__(value)
    if length <= most:
        page.add_some(fenced(told(bytes(base.__getitem__(value, slice(None)))), page.left)[0])
        return
    if most > 0:
        beyond = BEYOND if told is not repr else 0
        head = most * 2 // 3
        first = told(bytes(base.__getitem__(value, slice(head + beyond))))
        last = told(bytes(base.__getitem__(value, slice(max(0, length - most + head - beyond), length))))
        if told is not repr:
            first, last = both_ends(first, last, most)
        page.add_some(fenced(f"{first}\n… {length - most:,} bytes left out …\n{last}", page.left)[0])
    page.leave_out(f"{length - max(0, most):,} of {length:,} bytes")


def _is_text(start: bytes) -> bool:
    try:
        text = start.decode()
    except UnicodeDecodeError as error:
        if error.reason != "unexpected end of data" or len(start) < _LOOKED_AT:
            return False
        text = start[: error.start].decode()
    return tidy(text) == text.replace("\r\n", "\n")


def describe_sequence(value: Any, page: Page) -> None:
    """A list, tuple, set or deque, of any class derived from them: in a line where it is short or all items are."""
    base = nearest(type(value), *SEQUENCES)
    size = base.__len__(value)
    page.title(f"{type_name(type(value))} of {count(size, 'item')}{_kinds(base.__iter__(value), size, ': ')}")
    if _in_a_line(value, page):
        return
    teller = Teller(page.patience)
    if all(_is_short(item) for item in itertools.islice(base.__iter__(value), 50)):
        page.add(teller.line(value, page.left))
        page.leave_out(f"some of {count(size, 'item')}")
        return
    add_items(page, teller, (partial(teller.line, item) for item in base.__iter__(value)), size)


def describe_mapping(value: Any, page: Page) -> None:
    """A dict, of any class derived from it: in a line where it is short."""
    size = dict.__len__(value)
    kinds = f"{_kinds(dict.keys(value), size, ', keys: ')}{_kinds(dict.values(value), size, '; values: ')}"
    page.title(f"{type_name(type(value))} of {count(size, 'item')}{kinds}")
    if not _in_a_line(value, page):
        teller = Teller(page.patience)
        add_items(page, teller, (field(teller, *item) for item in dict.items(value)), size)


def _in_a_line(value: object, page: Page) -> bool:
    """Add all of a short value, if that can be."""
    teller = Teller(page.patience)
    line = teller.line(value, min(_LINE, page.left))
    return not teller.left_out and page.add(line)


def _is_short(item: object) -> bool:
    return is_a(item, int, float, type(None)) or (is_a(item, str) and str.__len__(item) <= 30)  # type: ignore[arg-type]


def describe_record(value: Any, page: Page) -> None:
    """A dataclass or a named tuple: its fields, but no values of fields that its own repr hides."""
    fields, teller = record_fields(value), Teller(page.patience)
    declared = on_type(type(value), "__dataclass_fields__")
    hidden = [name for name in declared if name not in fields] if type(declared) is dict else []
    kind = "dataclass" if type(declared) is dict else "named tuple"
    page.title(f"{type_name(type(value))}, a {kind} of {count(len(fields) + len(hidden), 'field')}")
    add_items(page, teller, (field(teller, name, held, bare=True) for name, held in fields.items()), len(fields))
    for name in hidden:
        page.add(f"- {name}: {_HIDDEN}")


def describe_member(value: Any, page: Page) -> None:
    """A member of an enumeration, and the others."""
    kind, teller = type(value), Teller(page.patience)
    page.title(
        f"{teller.line(value)}, a member of an enumeration with the value {teller.line(stored(value, '_value_'))}"
    )
    members = on_type(kind, "_member_map_")
    if type(members) is dict:
        page.add_some(f"All members: {', '.join(itertools.islice(members, 100))}{', …' if len(members) > 100 else ''}")


def describe_whole_number(value: Any, page: Page) -> None:
    """An integer; a very large one by its size."""
    page.title(f"{type_name(type(value))}: {number(int.__int__(value))}")


def field(teller: Teller, key: object, value: object, *, bare: bool = False) -> Piece:
    """``key: value`` as a piece; a ``bare`` key is a name and stands without quotes."""

    def said(room: int) -> str:
        start = teller.cell(key, min(80, room // 2)) if bare else teller.line(key, min(80, room // 2))
        return f"{start}: {teller.line(value, max(1, room - len(start) - 2))}"

    return said


def add_items(page: Page, teller: Teller, pieces: Iterable[Piece], size: int) -> None:
    """A line for each of ``size`` pieces as long as there is room; what is left over is counted."""
    left = size
    for piece in pieces:
        room = page.left - 2 - (len(_more(left)) + 1 if left > 1 else 0)
        share = min(room, max(_LEAST, room // min(left, _SHARES)))
        if share < min(_LEAST, page.budget // 4) or not page.add(f"- {piece(share)}"):
            break
        left -= 1
    if left:
        page.add(_more(left))
        page.leave_out(f"{left:,} of {count(size, 'item')}")
    if teller.left_out:
        page.leave_out("parts of long items")


def _more(left: int) -> str:
    return f"… {left:,} more"


def _kinds(items: Iterable[object], size: int, start: str) -> str:
    """Which types the items have, and how many of each; nothing where there are none."""
    counts = Counter(type_name(type(item)) for item in itertools.islice(items, _TYPED))
    names = [name if len(counts) == 1 else f"{name} {times:,}" for name, times in counts.most_common(6)]
    others = ", …" if len(counts) > 6 else ""
    first = f" (of the first {_TYPED:,})" if size > _TYPED else ""
    return f"{start}{', '.join(names)}{others}{first}" if names else ""
