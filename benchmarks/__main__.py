"""Measure tables and render the page: ``python -m benchmarks vouch --scales 20``; ``all``; ``render``.

Each table's figures go to ``benchmarks/results/<table>.json`` with the command and the machine's facts, and the table
to stdout; ``render`` writes docs/benchmarks.md from those files.
"""

from __future__ import annotations

import argparse
import shlex
import sys
from pathlib import Path

from benchmarks import results, tables
from benchmarks.asked import add_flags, from_flags
from benchmarks.measure import say


def main(arguments: list[str] | None = None) -> int:
    """Do what was asked; 1 when a table could not be measured."""
    given = sys.argv[1:] if arguments is None else arguments
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("tables", nargs="+", choices=[*tables.NAMES, "all", "render"], metavar="TABLE")
    parser.add_argument("--out", type=Path, default=results.FOLDER, help="folder of the JSON files")
    parser.add_argument("--page", type=Path, default=results.PAGE, help="the page to render")
    add_flags(parser)
    flags = parser.parse_args(given)
    asked = from_flags(flags)
    names = tables.NAMES if "all" in flags.tables else [name for name in flags.tables if name != "render"]
    failed = []
    for place, name in enumerate(names, start=1):
        say(f"table {place} of {len(names)}: {name}")
        try:
            found = tables.table(name).measure(asked)
        except (Exception, SystemExit) as error:  # the other tables are measured all the same
            if len(names) == 1:
                raise
            failed.append(name)
            say(f"{name} could not be measured: {type(error).__name__}: {error}")
            continue
        others = [word for word in given if word not in (*tables.NAMES, "all", "render")]
        results.write(flags.out, name, shlex.join(["python", "-m", "benchmarks", name, *results.told(others)]), found)
        print(results.section(results.read(flags.out, name)))
    if "render" in flags.tables or "all" in flags.tables:
        results.render(flags.out, flags.page)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
