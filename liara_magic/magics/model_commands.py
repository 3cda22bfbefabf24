"""The slash commands about models: which one answers, which there are, and short names for them."""

from __future__ import annotations

import re

from ..gateway.models import Catalogue, Model
from ..protocol.errors import LiaraUsageError, nearest
from ..screen.figures import in_digits
from ..session.session import Session
from .registry import code, command, table

#: The longest list of models; more of them say less.
LONGEST_LIST = 40
_PER = 1_000_000  # tokens, for which prices are usually told
_QUOTES = "\"'`"
# A name that can follow -m and stand alone on a cell's line, and that no model has: those of a maker hold a slash.
_ALIAS = re.compile(r"[^\s/=\"'`{}\[\]–—−‐‑-][^\s/=\"'`{}\[\]]*")
_TAKES_BACK = ("none", "default")


@command("/model [ID]", "Show or choose the model.")
def _model(session: Session, rest: str) -> str:
    if rest:
        session.settings.change("model", session.model_id(rest.strip(_QUOTES)))
        return f"The model is now {code(session.settings.model)}.{_unlisted(session)}"
    return f"The model is {code(session.model_id(session.settings.model))}."


def _unlisted(session: Session) -> str:
    """That the chosen model is not on the list, if there is one: it is chosen all the same, since lists lag behind."""
    model, known = session.settings.model, session.known_models()
    if not known or known.find(model):
        return ""
    near = ", ".join(code(other) for other in known.nearest(model))
    return " It is not on the gateway's list of models" + (f"; near it: {near}." if near else ".")


@command("/models [WORDS]", "The models there are, or those in whose name or description all words occur.")
def _models(session: Session, rest: str) -> str:
    catalogue = session.catalogue()
    found = catalogue.search(rest)
    if not found:
        return _none_found(catalogue, rest)
    rows = [_row(model) for model in found[:LONGEST_LIST]]
    head = ("model", "context, tokens", "price in", "price out", "reads → writes")
    said = [table(head, rows, numbers=head[1:4]), _count(found, rest)]
    if any(model.prompt_price is not None for model in found[:LONGEST_LIST]):
        said.append("Prices are the catalogue's, in US dollars for a million tokens.")
    return in_digits("\n\n".join(said), session.settings.digits)


@command("/alias [NAME [ID]]", "Short names for models: list, show or set one; `/alias NAME none` removes it.")
def _alias(session: Session, rest: str) -> str:
    aliases = session.settings.aliases
    if not rest:
        return _all_aliases(aliases)
    name, model = re.fullmatch(r"([^\s=]*)\s*=?\s*(.*)", rest, re.DOTALL).groups()  # type: ignore[union-attr]  # always fits
    name, model = name.strip(_QUOTES), model.strip(_QUOTES)
    if model and model.lower() not in _TAKES_BACK:
        return _set_alias(session, name, model)
    if name not in aliases:
        raise LiaraUsageError(
            f"There is no alias called {name:.40}.",
            hint=nearest(name, aliases) or "Make one with its model: %liara /alias NAME ID",
        )
    if not model:
        return f"{code(name)} is {code(aliases[name])}."
    session.settings.aliases = {alias: kept for alias, kept in aliases.items() if alias != name}
    return f"The alias {code(name)} is removed."


def _set_alias(session: Session, name: str, model: str) -> str:
    if not _ALIAS.fullmatch(name) or name.lower() in _TAKES_BACK:
        raise LiaraUsageError(
            f"{name:.40} cannot be an alias." if name else "An alias needs a name.",
            hint="It is one word without slashes, quotes, brackets and a hyphen in front, such as fast.",
        )
    if session.known_models().find(name):
        raise LiaraUsageError(f"{name} is itself a model, so it cannot be an alias.", hint="Choose another name.")
    if len(model.split()) > 1:
        raise LiaraUsageError(
            f"An alias stands for one model, and “{model:.40}” is more than one word.",
            hint="Such as %liara /alias fast openai/gpt-4o-mini",
        )
    model = session.model_id(model)  # one level only: an alias never stands for another
    session.settings.aliases = {**session.settings.aliases, name: model}
    return f"{code(name)} is now {code(model)}: `-m {name}`, `%%liara {name}` and `/model {name}` mean it."


def _all_aliases(aliases: dict[str, str]) -> str:
    if not aliases:
        return "There are no aliases. `%liara /alias fast openai/gpt-4o-mini` makes one."
    return table(("alias", "model"), [(code(name), code(aliases[name])) for name in sorted(aliases)])


def _row(model: Model) -> tuple[str, ...]:
    context = f"{model.context_length:,}" if model.context_length else "?"
    prices = (_price(model.prompt_price), _price(model.completion_price))
    sides = (", ".join(side) or "?" for side in (model.input_modalities, model.output_modalities))
    return (code(model.id), context, *prices, " → ".join(sides))


def _price(per_token: float | None) -> str:
    """Dollars for a million tokens, with the decimals that say something: $0.15 · $10 · $0.075."""
    if per_token is None:
        return "?"
    return "$" + f"{per_token * _PER:,.6f}".rstrip("0").rstrip(".")


def _count(found: list[Model], words: str) -> str:
    more = len(found) - LONGEST_LIST
    if more > 0:
        example = f"{words} mini" if words else "gpt mini"
        return f"… and {more} more. Words narrow the list, such as {code(f'%liara /models {example}')}."
    return f"{len(found)} model{'' if len(found) == 1 else 's'}."


def _none_found(catalogue: Catalogue, words: str) -> str:
    if not catalogue:
        return "The gateway lists no models."
    near = catalogue.nearest(words)
    meant = f" Near it: {', '.join(code(model) for model in near)}." if near else ""
    return f"No model has {code(words)} in its name or description ({len(catalogue)} are listed).{meant}"
