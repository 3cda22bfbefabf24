"""What the package may say to a person: each text of its source that reads like words, with ``{}`` for what differs."""

import ast
import itertools
import re
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "liara_magic"
#: Beyond it, what a text may be is not worked out: the places stay places.
MOST = 48
_WORDS = re.compile(r"[A-Za-z]{2,}['’]?[a-z]*[ ,:;]+(?:[^A-Za-z]+ )?[A-Za-z]{2,}|^[A-Z][a-z]+ .*\.$")
_MARKUP = re.compile(r"^[a-z-]+:[a-z]|<[a-z/]|:\d|[{};]\s*[a-z-]+:|\\[a-z(\[]|^\s*\(\?")


@cache
def tree_of(file):
    return ast.parse(file.read_text("utf-8"))


@cache
def constants_of(file):
    """The texts that a module gives names to, and those that it imports."""
    found = {}
    for node in tree_of(file).body:
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            texts = alternatives(node.value, found)
            if texts != ["{}"]:
                found[node.targets[0].id] = texts
        elif isinstance(node, ast.ImportFrom) and node.level and node.module:
            base = file.parents[node.level - 1].joinpath(*node.module.split("."))
            source = base.with_suffix(".py") if base.with_suffix(".py").exists() else base / "__init__.py"
            if source.exists():
                known = constants_of(source)
                found |= {one.asname or one.name: known[one.name] for one in node.names if one.name in known}
    return found


def alternatives(node, names):
    """Every text that an expression may be, as far as its source tells."""
    found = _alternatives(node, names)
    return list(dict.fromkeys(found)) if len(found) <= MOST else ["{}"]


def _alternatives(node, names):  # one return for each kind of expression
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.JoinedStr):
        parts = [alternatives(part, names) for part in node.values]
        return ["".join(chosen) for chosen in itertools.product(*parts)]
    if isinstance(node, ast.FormattedValue):
        return alternatives(node.value, names)
    if isinstance(node, ast.IfExp):
        return [*alternatives(node.body, names), *alternatives(node.orelse, names)]
    if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or):
        return [text for value in node.values for text in alternatives(value, names)]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        sides = alternatives(node.left, names), alternatives(node.right, names)
        return [left + right for left, right in itertools.product(*sides)]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        texts = alternatives(node.left, names)
        return ["", *texts] if texts != ["{}"] else texts
    if isinstance(node, ast.Name):
        return names.get(node.id, ["{}"])
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("strip", "format"):
        return [re.sub(r"\{\w+\}", "{}", text) for text in alternatives(node.func.value, names)]
    return ["{}"]


def documentation(tree):
    """The nodes that are docstrings."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0] if node.body else None
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                yield first.value


def texts_in(file):
    """Every text of a module's source with its line, docstrings left out."""
    tree, names = tree_of(file), constants_of(file)
    documented = set(map(id, documentation(tree)))

    def visit(node):
        if id(node) in documented:
            return
        if isinstance(node, ast.Constant | ast.JoinedStr | ast.BinOp | ast.IfExp | ast.BoolOp):
            found = alternatives(node, names)
            if any(text not in ("{}", "") for text in found):
                yield from ((node.lineno, text) for text in found)
                inner = ast.walk(node)
                yield from (one for call in inner if isinstance(call, ast.Call) for one in inside(call))
                return
        for child in ast.iter_child_nodes(node):
            yield from visit(child)

    def inside(call):
        for argument in (*call.args, *(keyword.value for keyword in call.keywords)):
            yield from visit(argument)

    yield from visit(tree)


def reads_like_words(text):
    return bool(_WORDS.search(text.replace("{}", ""))) and not _MARKUP.search(text)


def sentences():
    """Each file of the package with the texts in it that read like words."""
    for file in sorted(PACKAGE.rglob("*.py")):
        found = dict.fromkeys(text for _, text in texts_in(file) if reads_like_words(text))
        if found:
            yield file.relative_to(PACKAGE).as_posix(), list(found)
