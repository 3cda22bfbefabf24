"""The doors between the rooms: who imports whom, who may use which library, and how long a file may be."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "liara_magic"
FILES = sorted(PACKAGE.rglob("*.py"))
LONGEST = 260

#: What each room may import of the package. A room may always import itself.
OPEN_DOORS = {
    "protocol": set(),
    "setting_kinds": {"protocol"},
    "settings": {"protocol", "setting_kinds"},
    "gateway": {"protocol"},
    "session": {"protocol", "gateway", "settings"},
    "notebook": {"protocol"},
    "screen": {"protocol"},
    "carrying": {"protocol", "session", "notebook", "settings"},
    "export": {"protocol", "session", "screen"},
    "hosting": {"protocol", "session", "notebook", "settings", "carrying"},
    "values": {"protocol", "screen", "session"},
    "kernel": {"protocol", "gateway", "session", "screen", "settings", "hosting"},
    "api": {"protocol", "session", "screen", "settings", "carrying", "export", "kernel", "values"},
    "magics": {
        "protocol",
        "gateway",
        "session",
        "notebook",
        "screen",
        "settings",
        "carrying",
        "export",
        "kernel",
        "values",
        "__init__",
    },
    "panels": {
        "protocol",
        "gateway",
        "session",
        "notebook",
        "screen",
        "settings",
        "carrying",
        "kernel",
        "values",
        "magics",
        "__init__",
    },
    "demo": {"protocol", "gateway", "session", "notebook", "screen", "settings", "api", "__init__"},
    "__init__": {"protocol", "gateway", "session", "screen", "settings", "api", "magics", "panels"},
}

#: Third-party libraries that have one room or one file, as a path inside the package.
CONFINED = {
    "httpx": "gateway/",
    "httpcore": "gateway/",
    "keyring": "gateway/credentials.py",
    "markdown_it": (
        "screen/parser.py",
        "screen/elements.py",
        "screen/rules.py",
        "screen/directions.py",
        "screen/formulas.py",
        "screen/raw_html.py",
        "screen/raw_links.py",
    ),
    "mdit_py_plugins": "screen/formulas.py",
    "ipywidgets": "panels/",
    "jsonschema": "session/validation.py",
    "referencing": "session/validation.py",
    "nest_asyncio2": "session/nested_loop.py",
}
STANDARD = set(sys.stdlib_module_names)


def name_of(file: Path) -> str:
    return file.relative_to(PACKAGE).as_posix()


def room_of(path: str) -> str:
    return path.split("/", maxsplit=1)[0].removesuffix(".py")


def module_of(path: str) -> str:
    """``gateway/client.py`` as ``gateway.client``; a room's own ``__init__.py`` as the room."""
    return path.removesuffix(".py").replace("/", ".").removesuffix(".__init__")


MODULES = {module_of(name_of(file)) for file in FILES}


def for_typing(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)


def import_nodes(tree: ast.AST, at_module_level: bool) -> Iterator[ast.Import | ast.ImportFrom]:
    """The import statements; at module level those that run when the module is imported, and no others."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node
        elif at_module_level and (isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or for_typing(node)):
            continue
        else:
            yield from import_nodes(node, at_module_level)


def imports(file: Path, at_module_level: bool = False) -> tuple[set[str], set[str]]:
    """The package's own modules and the foreign top-level names that ``file`` imports."""
    own, foreign = set(), set()
    here = ["liara_magic", *name_of(file).removesuffix(".py").split("/")]
    for node in import_nodes(ast.parse(file.read_text("utf-8")), at_module_level):
        if isinstance(node, ast.Import):
            wanted = [alias.name for alias in node.names]
        else:
            base = [*here[: -node.level], *filter(None, [node.module])] if node.level else [node.module]
            wanted = [".".join([*base, alias.name]) for alias in node.names]
        for dotted in wanted:
            top, _, rest = dotted.partition(".")
            if top != "liara_magic":
                foreign.add(top)
                continue
            parts = rest.split(".")
            found = [".".join(parts[:count]) for count in range(len(parts), 0, -1)]
            own.add(next((name for name in found if name in MODULES), "__init__"))
    return own, foreign


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_a_room_imports_only_rooms_below_it(file):
    room = room_of(name_of(file))
    own, _ = imports(file)
    reached = {room_of(module.replace(".", "/")) for module in own} - {room}
    assert reached <= OPEN_DOORS[room], f"{name_of(file)} may not import {reached - OPEN_DOORS[room]}"


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_a_library_stays_in_its_room(file):
    _, foreign = imports(file)
    strayed = [name for name in foreign & CONFINED.keys() if not name_of(file).startswith(CONFINED[name])]
    assert not strayed


@pytest.mark.parametrize("file", sorted((PACKAGE / "protocol").glob("*.py")), ids=name_of)
def test_the_protocol_needs_nothing_but_the_standard_library(file):
    _, foreign = imports(file)
    assert foreign <= STANDARD


def test_the_protocol_does_no_input_or_output():
    reached = set().union(*(imports(file)[1] for file in (PACKAGE / "protocol").glob("*.py")))
    assert not reached & {"asyncio", "socket", "ssl", "os", "pathlib", "threading", "subprocess", "http", "urllib"}


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_only_libraries_that_are_declared_are_imported(file):
    declared = {
        "httpx",
        "IPython",
        "traitlets",
        "markdown_it",
        "mdit_py_plugins",
        "wcwidth",
        "jsonschema",
        "referencing",
    }
    optional = {
        "nest_asyncio2",
        "keyring",
        "google",
        "ipywidgets",
        "nbclient",
        "nbconvert",
        "nbformat",
        "jupyterlab",
        "jupyter_core",
    }
    _, foreign = imports(file)
    assert foreign <= STANDARD | declared | optional
    _, at_import = imports(file, at_module_level=True)
    assert not at_import & optional, "an optional library is imported where it is used"


def test_no_modules_import_each_other_in_a_circle():
    graph = {module_of(name_of(file)): imports(file, at_module_level=True)[0] for file in FILES}

    def walk(module: str, path: tuple[str, ...]) -> None:
        assert module not in path, " -> ".join([*path[path.index(module) :], module])
        for target in graph.get(module, ()):
            if target != module and (module, target) not in seen:
                walk(target, (*path, module))
                seen.add((module, target))

    seen: set[tuple[str, str]] = set()
    for module in graph:
        walk(module, ())


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_a_file_fits_in_a_head(file):
    assert len(file.read_text("utf-8").splitlines()) <= LONGEST


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_certificates_are_always_verified(file):
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.keyword) and node.arg == "verify":
            assert not (isinstance(node.value, ast.Constant) and node.value.value is False)


@pytest.mark.parametrize("room", ["protocol", "gateway", "session", "screen", "settings", "api", "kernel"])
def test_no_room_below_the_magics_asks_for_the_running_shell(room):
    files = [file for file in FILES if room_of(name_of(file)) == room]
    assert files
    allowed = {"kernel.py"}  # where the rooms are put together
    for file in files:
        if name_of(file) not in allowed:
            assert "get_ipython(" not in file.read_text("utf-8"), name_of(file)


def test_no_two_test_files_have_one_name():
    """Tests of one folder see the helpers of others by name alone, so a name must mean one file."""
    names = [file.name for file in Path(__file__).parent.rglob("*.py") if file.name != "conftest.py"]
    assert sorted(names) == sorted(set(names))
