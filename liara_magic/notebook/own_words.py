"""Objects that describe themselves: what their method ``_repr_llm_`` gives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .capped_repr import text_of
from .description import Page
from .foreign_code import Failed
from .kinds import is_a, on_type, type_name
from .pictures import NoPicture, from_bundle
from .wording import BEYOND, cut_middle, tidy

METHOD = "_repr_llm_"
#: The texts of a bundle, the best first.
_TEXTS = ("text/markdown", "text/plain", "application/json", "text/html")


def says_itself(value: object) -> bool:
    """Whether the value's class has the method; the value is not asked."""
    return on_type(type(value), METHOD) is not None


def describe_itself(value: Any, page: Page) -> bool:
    """Text, or a dictionary from MIME type to data (perhaps with metadata beside it), as the object gives it.

    When it gives neither, raises or takes too long, that is said in a line; returns whether a description came.
    """
    try:
        said = page.patience.call(lambda: value._repr_llm_())  # noqa: PLW0108 - finding it is theirs too
    except Failed as error:
        page.add_some(f"({page.name} was to describe itself, but {METHOD} {error}.)")
        return False
    if type(said) is tuple and said:  # as IPython's methods: data and metadata
        said = said[0]
    if is_a(said, str):
        _add_text(value, text_of(said, 2 * page.budget + BEYOND), str.__len__(said), page)
        return True
    if type(said) is not dict:
        return False
    return _add_bundle(value, said, page)


def _add_bundle(value: object, bundle: Mapping[Any, Any], page: Page) -> bool:
    text = next((bundle[kind] for kind in _TEXTS if is_a(bundle.get(kind), str)), None)
    pictures = [(kind, data) for kind, data in bundle.items() if type(kind) is str and kind.startswith("image/")]
    if text is None and not pictures:
        return False
    if text is None:
        page.title(type_name(type(value)))
    else:
        _add_text(value, text_of(text, 2 * page.budget + BEYOND), str.__len__(text), page)
    for kind, data in pictures:
        if kind == "image/svg+xml":
            continue
        try:
            page.show(from_bundle(kind, data))
        except NoPicture as why:
            page.add_some(f"({page.name} has a picture that is not shown: {why}.)")
            page.leave_out("a picture")
    return True


def _add_text(value: object, text: str, length: int, page: Page) -> None:
    page.title(type_name(type(value)))
    text = tidy(text)
    if not page.add(text):
        page.add(cut_middle(text, page.left))
        page.leave_out(f"a part of its {length:,} characters")
