"""The turns stand in pages: what a front end has drawn stays, and earlier ones come page by page."""

from types import SimpleNamespace

import pytest
from by_hand import until


def turns_named(names):
    return [SimpleNamespace(id=name) for name in names]


@pytest.fixture
def pages():
    from liara_magic.panels.pages import Pages
    from liara_magic.panels.parts import Parts

    return Pages(Parts())


def show(pages, turns):
    """The turns of each page, once all are there that are wanted."""
    while pages.hold(turns):
        pass
    return groups(pages)


def groups(pages):
    return ["".join(turn.id for turn in page.turns) for page in pages.used]


def shown(pages):
    return "".join(turn.id for turn in pages.shown)


def test_a_new_turn_comes_to_the_last_page_or_begins_one(pages):
    assert show(pages, turns_named("abc")) == ["abc"]
    assert show(pages, turns_named("abcd")) == ["abcd"]
    boxes = [page.box for page in pages.used]
    assert show(pages, turns_named("abcde")) == ["abcd", "e"]
    assert [page.box for page in pages.used][:1] == boxes


def test_the_page_of_the_next_turn_has_its_place_before_it_comes(pages):
    pages.hold(turns_named("abc"))
    assert len(pages.standing) == 1
    pages.hold(turns_named("abcd"), is_quiet=False)
    assert len(pages.standing) == 1
    pages.hold(turns_named("abcd"))
    assert len(pages.standing) == 2
    pages.hold(turns_named("abcde"), is_quiet=False)
    assert (len(pages.standing), groups(pages)) == (2, ["abcd", "e"])
    pages.hold([])
    assert (len(pages.standing), groups(pages)) == (1, [])


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ("abdefghi", ["abd", "efgh", "i"]),  # taken out
        ("abXdefghi", ["abXd", "efgh", "i"]),  # asked again in its place
        ("Xabcdefghi", ["Xabcd", "efgh", "i"]),
        ("efghi", ["", "efgh", "i"]),
        ("abcdefgh", ["abcd", "efgh"]),
        ("abcdefghXYZW", ["abcd", "efgh", "XYZW"]),
        ("abcdefghiXYZW", ["abcd", "efgh", "iXYZ", "W"]),
        ("abcdXYZ", ["abcd", "XYZ"]),
        ("", []),
        ("uvwxyz", ["uvwx", "yz"]),  # another conversation
    ],
)
def test_a_turn_keeps_its_page(pages, after, expected):
    assert show(pages, turns_named("abcdefghi")) == ["abcd", "efgh", "i"]
    assert show(pages, turns_named(after)) == expected
    assert shown(pages) == after


def test_earlier_ones_come_page_by_page_and_the_newest_first(pages):
    turns = turns_named("abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    names = "".join(turn.id for turn in turns)
    assert pages.hold(turns)
    assert shown(pages) == names[60:]
    assert pages.hold(turns)
    assert shown(pages) == names[56:]
    show(pages, turns)
    assert (shown(pages), pages.hidden) == (names[20:], 20)
    pages.want_earlier()
    assert pages.hold(turns)
    assert shown(pages) == names[16:]
    show(pages, turns)
    assert (shown(pages), pages.hidden) == (names, 0)


def test_a_long_conversation_has_larger_pages(pages):
    from liara_magic.panels.pages import MOST_PAGES

    show(pages, turns_named(map(str, range(5000))))
    assert MOST_PAGES <= len(pages.used) <= MOST_PAGES + 2
    assert 40 <= len(pages.shown) <= 80


def test_what_was_drawn_stays_and_earlier_turns_are_shown_on_request(front_end):
    from liara_magic.panels.pages import PAGE, SHOWN

    for number in range(SHOWN):
        front_end.ask(f"prompt {number}")
    before = [(box, tuple(box.children)) for box in front_end.one("turns").children]
    for number in range(SHOWN, SHOWN + PAGE + 1):
        front_end.ask(f"prompt {number}")
    after = front_end.one("turns").children
    assert after[: len(before)] == tuple(box for box, _ in before)
    # The page that is no more shown is empty, the button for it stands before all, and the pages between are the same.
    assert (before[1][0].children, after[0].children) == ((), (front_end.one("earlier"),))
    assert [tuple(box.children) for box in after[2:-2]] == [children for _, children in before[2:]]
    front_end.click(f"Show earlier turns ({PAGE})")
    until(lambda: len(front_end.turns()) == SHOWN + PAGE + 1)
    assert front_end.turns()[0].startswith("Youprompt 0")
    assert front_end.all("earlier") == []


def test_widgets_bring_no_layout_and_no_style_along(front_end):
    front_end.ask("one")
    for widget in front_end.widgets():
        assert not {"layout", "style"} & set(widget.get_state())
