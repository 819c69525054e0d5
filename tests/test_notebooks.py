"""Do the notebooks run from top to bottom, show one picture each, and hold neither outputs nor logic of their own?"""

from __future__ import annotations

import ast
import asyncio
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))
TOLD = 25
"""Cells in which a story of this kind is told."""
LOGIC = (
    *(ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda),
    *(ast.For, ast.While, ast.If, ast.IfExp, ast.Try, ast.Match),
    *(ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp),
)
each = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def code_cells(path: Path) -> list[Any]:
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]


def pictures(cell: Any) -> int:
    """How many pictures a cell shows: drawings in its HTML, and images."""
    shown = [output.get("data", {}) for output in cell.outputs]
    return sum(
        data.get("text/html", "").count("<svg") + ("image/png" in data) + ("image/svg+xml" in data) for data in shown
    )


def test_there_are_five_and_they_are_numbered() -> None:
    """Somebody who is new reads them in order."""
    expected = ["1_first_score", "2_ties_and_standing", "3_models_and_evaluation", "4_attacks", "5_investigation"]
    assert [path.stem for path in NOTEBOOKS] == expected


@each
def test_a_notebook_is_stored_without_outputs(path: Path) -> None:
    """Outputs would keep ids; none is stored."""
    assert [(cell.outputs, cell.execution_count) for cell in code_cells(path)] == [([], None)] * len(code_cells(path))


@each
def test_a_notebook_has_no_logic_of_its_own(path: Path) -> None:
    """It defines nothing and decides nothing: what can be done stands in the packages."""
    trees = [ast.parse(cell.source) for cell in code_cells(path)]
    found = [type(node).__name__ for tree in trees for node in ast.walk(tree) if isinstance(node, LOGIC)]
    assert found == []


@each
def test_a_notebook_is_a_short_story(path: Path) -> None:
    """It begins with a title, tells something before every step, and is not long."""
    cells = nbformat.read(path, as_version=4).cells
    told = sum(cell.cell_type == "markdown" for cell in cells)
    assert cells[0].source.startswith("# ")
    assert (len(cells) <= TOLD, told >= len(cells) / 3) == (True, True)


@each
def test_a_notebook_runs_to_its_end_anywhere_and_shows_one_picture(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every cell runs, in order, in an empty folder that stays empty, each within a minute; one picture is shown."""
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook, timeout=60, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}
    )
    with warnings.catch_warnings():
        # the client's own event loop and sockets; what the notebook warns of stays in its kernel
        warnings.simplefilter("ignore")
        # in a thread of its own: a browser of other tests may have its event loop in this one
        with ThreadPoolExecutor(max_workers=1) as threads:
            threads.submit(asyncio.run, client.async_execute()).result()
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    assert sum(map(pictures, cells)) == 1
    assert list(tmp_path.iterdir()) == []
