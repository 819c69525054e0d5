"""How does the report page of a run come to a file? Summary and card are gathered, the page is rendered and written."""

from __future__ import annotations

from pathlib import Path

from loaders.errors import UnavailableError
from scoring.explanation.analyst import analyst_card
from scoring.explanation.policy import Policy
from scoring.explanation.shelf import Shelf
from scoring.report.page import render
from scoring.runs.run import Run
from scoring.summary import Summary, summarize


def write_report(run: Run, out: Path, *, account: str | None = None, summary: Summary | None = None) -> Path:
    """Write the self-contained page of a run.

    Parameters
    ----------
    run
        The run.
    out
        The file, replaced if it stands.
    account
        The account to explain on it; without it the most lifted one, if any is.
    summary
        The run's summary, when it has been made already.

    Returns
    -------
    Path
        ``out``.

    Raises
    ------
    UsageError
        When the run has no score for the account.
    UnavailableError
        When the file cannot be written.

    Examples
    --------
    >>> import tempfile, loaders, scoring
    >>> from loaders.town import AS_OF, town
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     run = scoring.run(loaders.load(**town()), as_of=AS_OF, runs=folder)
    ...     page = write_report(run, run.path.parent / "report.html").read_text(encoding="utf-8")
    >>> "<code>nina</code>" in page, "http" in page.replace("http-equiv", "")
    (True, False)
    """
    summary = summary or summarize(run)
    if account is None and summary.top_lifts:
        account = summary.top_lifts[0].account_id
    card = analyst_card(Shelf(run), Policy.of(run.manifest), account) if account is not None else None
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(render(summary, card), encoding="utf-8")
    except OSError as error:
        raise UnavailableError(f"{out} cannot be written: {error.strerror or error}") from error
    return out
