"""What can be done from the command line? The app, its commands and its exit codes."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from loaders.errors import RenmaiError, UnavailableError
from scoring.cli import (
    attacks,
    backtesting,
    batch,
    database,
    evaluation,
    explain,
    export,
    loading,
    output,
    policy,
    publishing,
    query,
    review,
    start,
    tour,
    training,
    updating,
    upkeep,
    whatif,
)
from scoring.cli.failure import INTERRUPTED, NO_MEMORY, SENTENCE, manner, tell
from scoring.cli.signals import listen, turn_away

EXIT_CODES = (
    "Exit codes: 0 done, 1 unexpected failure, 2 usage or config, 3 data contract, 4 gate, 5 another run holds the"
    " lock, 6 server or disk unavailable, 7 refused query, 130 interrupted."
)

app = typer.Typer(
    name="renmai",
    help="Credit scores from 350 to 950 whose fifth dimension comes from money that people send each other.",
    epilog=EXIT_CODES,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"renmai {version('renmai')}")
        raise typer.Exit


@app.callback()
def _options(
    _version: Annotated[
        bool, typer.Option("--version", help="Print the version and stop.", callback=_print_version, is_eager=True)
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="On a failure show the whole traceback.")] = False,
) -> None:
    manner.debug = debug


BATCH, UPKEEP, RESULTS, BEGIN, DATABASE = "Batch", "Runs", "Results", "To begin with", "Database"
app.command("demo", rich_help_panel=BEGIN)(tour.demo)
app.command("init", rich_help_panel=BEGIN)(start.init)
app.command("simulate", rich_help_panel=BEGIN)(start.simulate)
app.add_typer(start.importing, name="import", rich_help_panel=BEGIN)
app.command("schema", rich_help_panel=BEGIN)(start.schema)
app.add_typer(policy.config, name="config", rich_help_panel=BEGIN)
app.command("check", rich_help_panel=BATCH)(batch.check)
app.command("run", rich_help_panel=BATCH)(batch.run)
app.command("update", rich_help_panel=BATCH)(updating.update)
app.command("train", rich_help_panel=BATCH)(training.train)
app.command("status", rich_help_panel=UPKEEP)(upkeep.status)
app.command("runs", rich_help_panel=UPKEEP)(upkeep.runs)
app.command("verify", rich_help_panel=UPKEEP)(upkeep.verify)
app.command("rollback", rich_help_panel=UPKEEP)(upkeep.rollback)
app.command("prune", rich_help_panel=UPKEEP)(upkeep.prune)
app.command("explain", rich_help_panel=RESULTS)(explain.explain)
app.command("what-if", rich_help_panel=RESULTS)(whatif.what_if)
app.command("score-one", rich_help_panel=RESULTS)(whatif.score_one)
app.command("show", rich_help_panel=RESULTS)(review.show)
app.command("diff", rich_help_panel=RESULTS)(review.diff)
app.command("history", rich_help_panel=RESULTS)(review.history)
app.command("attack", rich_help_panel=RESULTS)(attacks.attack)
app.command("evaluate", rich_help_panel=RESULTS)(evaluation.evaluate)
app.command("backtest", rich_help_panel=RESULTS)(backtesting.backtest)
app.command("model-card", rich_help_panel=RESULTS)(evaluation.model_card)
app.command("report", rich_help_panel=RESULTS)(output.report)
app.command("ego", rich_help_panel=RESULTS)(output.ego)
app.command("export", rich_help_panel=RESULTS)(export.export)
database.db.command("load")(loading.load)
database.db.command("export-import-files")(loading.export_import_files)
app.add_typer(database.db, name="db", rich_help_panel=DATABASE)
app.command("publish", rich_help_panel=DATABASE)(publishing.publish)
app.command("query", cls=query.QueryCommand, rich_help_panel=DATABASE)(query.query)


def main() -> None:
    """Run the command that the shell asks for; the console script ``renmai``."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by whoever started the command: nobody wants to read it
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - until the process ends
    listen()
    try:
        code = execute(sys.argv[1:])
        turn_away()
    except KeyboardInterrupt:  # a second signal, while the first was being told
        code = INTERRUPTED
    # everything is closed and told by now; ending the interpreter under threads of compiled code can crash it
    sys.stderr.flush()
    os._exit(code)


def execute(arguments: list[str]) -> int:
    """Run one command and give its exit code; a failure is told in one sentence on stderr.

    Whatever a user can cause or meet is a ``RenmaiError`` and has its code; anything else is a fault of ours, told
    shortly, with code 1.

    Parameters
    ----------
    arguments : list of str
        What follows ``renmai`` on the command line.

    Returns
    -------
    int
        One of ``EXIT_CODES``.

    Examples
    --------
    >>> execute(["--version"])
    renmai 0.1.0
    0
    """
    manner.debug = manner.json = manner.interrupted = False
    try:
        app(arguments, prog_name="renmai")
    except SystemExit as ended:
        code = int(ended.code or 0)
        if code == INTERRUPTED:
            tell(SENTENCE, code)
    except KeyboardInterrupt:
        code = tell(SENTENCE, INTERRUPTED)
    except Exception as error:  # a user gets a sentence, not a traceback
        code = _told(error)
    return _flushed(code)


def _told(error: Exception) -> int:
    """Tell what made a command fail and give its exit code."""
    if manner.interrupted:  # compiled code tells of the signal by an error of its own
        return tell(SENTENCE, INTERRUPTED, error)
    if isinstance(error, RenmaiError):
        return tell(str(error), error.exit_code, error)
    if isinstance(error, MemoryError) or os.strerror(errno.EAGAIN) in str(error):  # no memory for another thread
        return tell(NO_MEMORY, UnavailableError.exit_code, error)
    if isinstance(error, OSError):  # a disk that fails where no room of ours stands between, such as a full /tmp
        where = f"{error.filename}: " if error.filename else ""
        return tell(f"{where}{error.strerror or error}; the last run stands", UnavailableError.exit_code, error)
    return tell(f"unexpected failure: {type(error).__name__}; `renmai --debug ...` shows where", 1, error)


def _flushed(code: int) -> int:
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return code
