"""Does data flow one way? loaders ← graph ← scoring, and no circle between files, lazy imports included."""

from __future__ import annotations

import ast
from pathlib import Path

import networkx as nx
import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("loaders", "graph", "scoring")
FILES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(path): path for path in FILES}


def imported_names(path: Path) -> set[str]:
    """Every name this file imports anywhere: at the top, inside functions, under TYPE_CHECKING."""
    package = module_name(path) if path.name == "__init__.py" else module_name(path).rpartition(".")[0]
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package.split(".")[: len(package.split(".")) - node.level + 1]) if node.level else ""
            source = ".".join(part for part in (base, node.module) if part)
            names |= {f"{source}.{alias.name}" for alias in node.names} | {source}
    return names


def imported_modules(path: Path) -> set[str]:
    """The files of this project that an import reaches; a name inside a module counts as that module."""
    found = set()
    for name in imported_names(path):
        candidates = [name.rsplit(".", cut)[0] if cut else name for cut in range(name.count(".") + 1)]
        longest = next((candidate for candidate in candidates if candidate in MODULES), None)
        if longest:
            found.add(longest)
    return found - {module_name(path)}


@pytest.mark.parametrize("path", FILES, ids=module_name)
def test_a_file_imports_nothing_from_a_room_to_its_right(path: Path) -> None:
    """A file of a room imports only from its own room and the rooms to its left."""
    allowed = set(ROOMS[: ROOMS.index(module_name(path).split(".")[0]) + 1])
    actual = {name.split(".")[0] for name in imported_modules(path)}
    assert actual <= allowed


def test_no_files_import_each_other_in_a_circle() -> None:
    """The files of the three rooms can be put in an order in which each imports only earlier ones."""
    graph = nx.DiGraph()
    for name, path in MODULES.items():
        # A package's own file names its modules lazily (its public surface), which is no use of them.
        if path.name != "__init__.py":
            graph.add_edges_from((name, other) for other in imported_modules(path))
    circles = [circle for circle in nx.strongly_connected_components(graph) if len(circle) > 1]
    assert circles == []
