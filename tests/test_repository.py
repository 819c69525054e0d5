"""Does the repository keep its own rules? What must not be in the code, read from its syntax tree."""

from __future__ import annotations

import ast
import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("loaders", "graph", "scoring")
FILES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
FORBIDDEN_MODULES = {"pickle", "joblib", "shelve", "marshal", "dill", "cloudpickle", "requests", "urllib", "http"}


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def calls(path: Path) -> set[str]:
    """Dotted names of everything a file calls, such as ``np.load`` or ``datetime.now``."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_no_code_loads_pickles_or_opens_the_network(path: Path) -> None:
    """No module that unpickles or speaks HTTP is imported, and nothing asks for allow_pickle."""
    text = path.read_text(encoding="utf-8")
    imported = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            imported.add(node.module.split(".")[0])
    assert imported & FORBIDDEN_MODULES == set()
    assert "allow_pickle" not in text
    assert not {name for name in calls(path) if name.endswith(("read_pickle", "to_pickle"))}


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_nothing_that_scores_reads_the_clock_or_salted_hashes(path: Path) -> None:
    """Only the log of runs and the progress display may know what time it is; ``hash()`` is nowhere."""
    clocks = {
        "datetime.now",
        "datetime.utcnow",
        "datetime.today",
        "date.today",
        "time.time",
        "pd.Timestamp.now",
        "hash",
    }
    may_read_the_clock = {"scoring/runs/log.py"}
    found = calls(path) & clocks
    assert found - ({"datetime.now"} if name_of(path) in may_read_the_clock else set()) == set()


@pytest.mark.parametrize("room", ROOMS)
def test_the_public_surface_of_a_room_is_listed_and_there(room: str) -> None:
    """Every name in ``__all__`` can be imported, and nothing is listed twice."""
    module = importlib.import_module(room)
    assert len(set(module.__all__)) == len(module.__all__)
    missing = [name for name in module.__all__ if not hasattr(module, name)]
    assert missing == []


def test_the_command_line_imports_nothing_heavy_at_its_top() -> None:
    """``renmai --help`` needs none of the numeric libraries, so it answers at once."""
    heavy = ("numpy", "pandas", "pyarrow", "duckdb", "numba", "networkx", "scipy", "pydantic")
    code = f"import sys, scoring.cli; print([name for name in {heavy!r} if name in sys.modules])"
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert output.strip() == "[]"


@pytest.mark.parametrize("name", ["pyproject.toml", "requirements.lock", "requirements-dev.lock", "README.md"])
def test_the_repository_names_no_machine(name: str) -> None:
    """No path of a machine and no registry host stands in the project's own files."""
    text = (ROOT / name).read_text(encoding="utf-8")
    assert re.findall(r"(?:/home/|/root/|/work/|--index-url|--find-links|file://)", text) == []


def test_every_dependency_is_bounded_and_explained() -> None:
    """Each dependency has an upper bound or a calendar version, and a row in the contributor guide."""
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    stated = project["dependencies"] + [line for extra in project["optional-dependencies"].values() for line in extra]
    guide = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    names = [re.split(r"[<>=\[]", line)[0] for line in stated]
    unexplained = [name for name in names if f"| {name} |" not in guide]
    unbounded = [line for line in stated if "<" not in line and not line.startswith(("iso4217", "pandas-stubs"))]
    assert (unexplained, unbounded) == ([], [])
