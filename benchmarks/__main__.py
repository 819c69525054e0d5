"""Measure tables and render the page: ``python -m benchmarks vouch --scales 20``; ``all``; ``render``.

Each table's figures go to ``benchmarks/results/<table>.json`` with the command, the machine's facts and versions, and
the table to stdout; ``render`` writes docs/benchmarks.md from those files. Tables that were not measured are named on
the page, and so are peers that are not installed (``make bench-peers``).
"""

from __future__ import annotations

import argparse
import shlex
import sys
from pathlib import Path

from benchmarks import results, tables
from benchmarks.asked import add_flags, from_flags
from benchmarks.measure import say

TRY = """\
As it stands, `all` simulates up to 100,000,000 relations: hours, up to 16 GB of memory and some 20 GB of disk below
--data. For a first look, which leaves the figures in docs alone:
  python -m benchmarks all --relations 100000 --scales 12 --accounts 10000 --hub 10000 --servers-relations 20000
    --servers-accounts 2000 --rounds 1 --out try --page try/page.md"""


def listed() -> str:
    """Every table with the question it answers, which stands at the head of its file.

    Examples
    --------
    >>> listed().splitlines()[12]
    '  tricks       What is each trick worth? The same work with it and without it, in turn.'
    """
    heads = {name: Path(tables.__file__).with_name(f"{name}.py").read_text(encoding="utf-8") for name in tables.NAMES}
    questions = {name: head.partition('"""')[2].partition("\n")[0].removesuffix('"""') for name, head in heads.items()}
    return "\n".join(
        ["tables:", *(f"  {name:<12} {question.replace('``', '`')}" for name, question in questions.items())]
    )


def main(arguments: list[str] | None = None) -> int:
    """Do what was asked; 1 when a table could not be measured."""
    given = sys.argv[1:] if arguments is None else arguments
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description=(__doc__ or "").replace("``", ""),
        epilog=f"{listed()}\n\n{TRY}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    known = [*tables.NAMES, "all", "render"]
    parser.add_argument("tables", nargs="+", choices=known, metavar="TABLE", help="see below; all, or render")
    parser.add_argument("--out", type=Path, default=results.FOLDER, help="folder of the JSON files (%(default)s)")
    parser.add_argument("--page", type=Path, default=results.PAGE, help="the page to render (%(default)s)")
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
            say(f"{name} could not be measured, earlier figures of it stay: {type(error).__name__}: {error}")
            continue
        others = [word for word in given if word not in (*tables.NAMES, "all", "render")]
        results.write(flags.out, name, shlex.join(["python", "-m", "benchmarks", name, *results.told(others)]), found)
        print(results.section(results.read(flags.out, name)))
    if "render" in flags.tables or "all" in flags.tables:
        results.render(flags.out, flags.page)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
