"""Which tricks are measured? Those of each stage, and any of your own: a pair of works, with it and without it.

An argument switches a trick off, or a plain twin stands in for its function or number while the work runs: see
:mod:`benchmarks.trick`.
"""

from __future__ import annotations

from benchmarks.trick import Trick
from benchmarks.tricks import assessing, judging, knowing, reading, searching, spreading, tying, updating, writing

STAGES = {
    "reading": reading.TRICKS,
    "the gate": judging.TRICKS,
    "what was known": knowing.TRICKS,
    "ties": tying.TRICKS,
    "standings": spreading.TRICKS,
    "scores": assessing.TRICKS,
    "runs on disk": writing.TRICKS,
    "finding again": searching.TRICKS,
    "updates": updating.TRICKS,
}
TRICKS: tuple[Trick, ...] = tuple(trick for tricks in STAGES.values() for trick in tricks)
