"""Where do figures stay, and how does the page come from them? One JSON file per table, and one Markdown page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from benchmarks import machine, tables
from benchmarks.page import Goal, goal_table, prose

FOLDER = Path(__file__).with_name("results")
PAGE = Path(__file__).parents[1] / "docs/benchmarks.md"
PLACES = ("--data", "--portfolio", "--out", "--page")
"""Flags that name folders of one machine; commands are told without them."""

HEAD = """\
# Measured

This page is written by `python -m benchmarks render` from `benchmarks/results/*.json`; nothing in it is typed in.
`make bench` measures everything and renders; each table has a command of its own, sizes are flags (`--relations`,
`--scales`, `--rounds`, `--peers`; `python -m benchmarks --help`). `make bench-peers` first, so that peers are there;
one that is not installed is named as such. Figures are medians, with the least and the most of the rounds in brackets;
works that are compared take turns in every round, and a ratio is taken within a round. Times vary between machines and
with what else runs on them; ratios vary less.
"""


def write(folder: Path, name: str, command: str, found: dict[str, Any]) -> None:
    """Keep the figures of one table, with the command and what it was measured on."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = {"table": name, "command": command, "machine": machine.facts(), "found": found}
    (folder / f"{name}.json").write_text(json.dumps(kept, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def read(folder: Path, name: str) -> dict[str, Any] | None:
    """Figures of one table; None when it was not measured."""
    place = folder / f"{name}.json"
    if not place.is_file():
        return None
    kept: dict[str, Any] = json.loads(place.read_text(encoding="utf-8"))
    return kept


def told(words: list[str]) -> list[str]:
    """Words of a command without those that name folders of this machine.

    Examples
    --------
    >>> told(["--data", "/tmp/here", "--rounds", "3", "--out=/tmp/x"])
    ['--rounds', '3']
    """
    kept, skip = [], False
    for word in words:
        if skip or word.partition("=")[0] in PLACES:
            skip = not skip and word in PLACES
            continue
        kept.append(word)
    return kept


def section(kept: dict[str, Any] | None) -> str:
    """One table as Markdown: title, command, figures, numbers to reach."""
    if kept is None:
        return ""
    module = tables.table(kept["table"])
    parts = [f"## {module.TITLE}", f"`{kept['command']}`", module.show(kept["found"])]
    if reached := module.goals(kept["found"]):
        parts.append(goal_table(reached))
    return "\n\n".join(parts) + "\n"


def page(folder: Path) -> str:
    """The whole page: numbers to reach first, then every table that was measured, then what was not."""
    found = {name: kept for name in tables.NAMES if (kept := read(folder, name)) is not None}
    goals: list[Goal] = [goal for name, kept in found.items() for goal in tables.table(name).goals(kept["found"])]
    parts = [HEAD]
    for sentence, names in machines(found).items():
        parts.append(f"Machine{'' if len(machines(found)) == 1 else ' of ' + ', '.join(names)}: {sentence}.\n")
    if goals:
        parts += ["## Numbers to reach\n", goal_table(goals) + "\n"]
    parts += [section(kept) for kept in found.values()]
    if missing := [name for name in tables.NAMES if name not in found]:
        words = (
            f"Not measured: {', '.join(f'`{name}`' for name in missing)}; `python -m benchmarks TABLE` measures one."
        )
        parts.append(prose(words) + "\n")
    return "\n".join(parts)


def machines(found: dict[str, dict[str, Any]]) -> dict[str, list[str]]:
    """Tables by the machine they were measured on."""
    named: dict[str, list[str]] = {}
    for name, kept in found.items():
        named.setdefault(machine.sentence(kept["machine"]), []).append(f"`{name}`")
    return named


def render(folder: Path = FOLDER, place: Path = PAGE) -> None:
    """Write the page."""
    place.write_text(page(folder), encoding="utf-8")
