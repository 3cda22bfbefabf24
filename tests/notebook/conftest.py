"""Real data libraries for the tests that describe their objects; without them those are left out, and it is said."""

from importlib.util import find_spec

LIBRARIES = ("matplotlib", "numpy", "pandas", "PIL", "plotly", "polars", "pyarrow", "pydantic", "sklearn", "xarray")
MISSING = [name for name in LIBRARIES if find_spec(name) is None]

collect_ignore_glob = ["test_describe_*"] if MISSING else []


def pytest_terminal_summary(terminalreporter):
    if MISSING:
        names = ", ".join(MISSING)
        terminalreporter.write_line(f"LEFT OUT tests/notebook/test_describe_*: no {names} (pip install -e '.[data]')")
