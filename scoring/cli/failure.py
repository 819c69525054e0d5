"""How is a command that failed told: one red sentence for people, one JSON line for a scheduler?"""

from __future__ import annotations

import contextlib
import json
import traceback
from dataclasses import dataclass

import typer

INTERRUPTED = 130
SENTENCE = "interrupted; the last run stands"
NO_MEMORY = (
    "not enough memory; the last run stands: allow more (`renmai run DATA --estimate` tells how much a run needs)"
)


@dataclass
class Manner:
    """How the command under way wants its end to be told, and whether a signal asked for that end."""

    debug: bool = False
    json: bool = False
    interrupted: bool = False


manner = Manner()


def tell(sentence: str, code: int, error: BaseException | None = None) -> int:
    """Tell on stderr why a command ends, with the traceback if that was asked for; give the code back."""
    with contextlib.suppress(OSError):  # nobody may be listening on stderr any more
        if manner.json:
            typer.echo(json.dumps({"code": code, "event": "failed", "text": sentence}, sort_keys=True), err=True)
        else:
            typer.secho(f"renmai: {sentence}", fg=typer.colors.RED, err=True)
        if manner.debug and error is not None:
            traceback.print_exception(error)
    return code
