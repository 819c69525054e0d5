"""Is the README true? Its Python runs, its commands exist, its links lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.main import get_command

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


def test_the_python_of_the_readme_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The example under "From Python" runs as it stands and gives a run with scores."""
    monkeypatch.chdir(tmp_path)
    code = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    names: dict[str, object] = {}
    for block in (block for block in code if "GraphDatabase" not in block):  # that one needs a server: tests/servers
        exec(block, names)  # noqa: S102 - our own README
    assert len(names["run"].scores) == 13  # type: ignore[attr-defined]


def test_every_command_of_the_pages_exists() -> None:
    """Each `renmai COMMAND` that a page names is a command of the console script."""
    from scoring.cli import app

    known = set(get_command(app).commands) | {"DATA", "FILE"}  # type: ignore[attr-defined]
    text = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    named = set(re.findall(r"renmai ([a-z]+(?:-[a-z]+)*)", text))
    assert len(named) > 15
    assert named - known == set()


def test_every_link_of_the_pages_leads_to_a_file() -> None:
    """No page links to a file that is not there."""
    broken = [
        (page.name, link)
        for page in PAGES
        for link in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8"))
        if not (page.parent / link).exists()
    ]
    assert broken == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_path_a_page_names_exists(page: Path) -> None:
    """Each path of the three rooms that a page names in code style is there."""
    named = re.findall(r"`((?:loaders|graph|scoring|tests|docs|notebooks)/[\w./]*)`", page.read_text(encoding="utf-8"))
    assert [path for path in named if not (ROOT / path).exists()] == []
