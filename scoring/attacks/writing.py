"""How does a report come to a file: a page, a table or JSON, by the ending of its name?"""

from __future__ import annotations

import json
from pathlib import Path

from loaders.errors import UsageError
from scoring.attacks.results import AttackReport

ENDINGS = (".html", ".csv", ".json")


def require_ending(out: Path) -> None:
    """Refuse a file whose ending does not say what to write.

    Raises
    ------
    UsageError
        When it is none of ``ENDINGS``.

    Examples
    --------
    >>> require_ending(Path("attacks.pdf"))
    Traceback (most recent call last):
    loaders.errors.UsageError: --out must end in .html, .csv or .json; got attacks.pdf
    """
    if out.suffix not in ENDINGS:
        raise UsageError(f"--out must end in .html, .csv or .json; got {out}")


def write_attacks(report: AttackReport, out: Path) -> Path:
    """Write a report, whole or not at all.

    Parameters
    ----------
    report
        The report.
    out
        The file: ``.html`` for the page, ``.csv`` for one line per attack and rule, ``.json`` for everything.

    Raises
    ------
    UsageError
        When the ending is another one.
    UnavailableError
        When the file cannot be written.
    """
    from scoring.pages.attack_lab import attack_page
    from scoring.pages.writing import write_page

    require_ending(out)
    if out.suffix == ".html":
        text = attack_page(report)
    elif out.suffix == ".csv":
        text = report.to_frame().to_csv(index=False, lineterminator="\n")
    else:
        text = json.dumps(report.to_dict(), indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    return write_page(out, text)
