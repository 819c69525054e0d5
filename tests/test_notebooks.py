"""Do the notebooks run from top to bottom, and are they stored without outputs?"""

from __future__ import annotations

import asyncio
import warnings
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_stored_without_outputs(path: Path) -> None:
    """Outputs would keep ids; none is stored."""
    cells = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    assert [(cell.outputs, cell.execution_count) for cell in cells] == [([], None)] * len(cells)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_to_its_end(path: Path) -> None:
    """Every cell runs, in order, and the last one is reached."""
    notebook = nbformat.read(path, as_version=4)
    with warnings.catch_warnings():
        # the client's own event loop and sockets; what the notebook warns of stays in its kernel
        warnings.simplefilter("ignore")
        asyncio.run(NotebookClient(notebook, timeout=120, kernel_name="python3").async_execute())
    counts = [cell.execution_count for cell in notebook.cells if cell.cell_type == "code"]
    assert counts == list(range(1, len(counts) + 1))
