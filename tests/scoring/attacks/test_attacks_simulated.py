"""Do promises and prices hold on a simulated portfolio, with features, consents and foreign currencies?"""

from __future__ import annotations

import pytest

import loaders
from loaders.simulate import simulate
from scoring.attacks.catalogue import ATTACKS
from scoring.attacks.lab import attack
from scoring.attacks.results import CONSTANTS, RULES, AttackReport
from scoring.batch.job import run
from scoring.runs.log import read_log
from scoring.runs.run import Run
from tests.loaders.simulated import AS_OF


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("simulated")
    simulate(folder / "data", accounts=600, relations=12_000)
    return run(folder / "data", as_of=AS_OF, runs=folder / "runs")


@pytest.fixture(scope="module")
def simulated_report(simulated: Run) -> AttackReport:
    return attack(simulated)


def test_the_folder_that_the_log_names_is_attacked(simulated: Run, simulated_report: AttackReport) -> None:
    """Without ``data`` the run's own folder is read; naming it, or its loaded tables, gives the same report."""
    place = simulated.path.parent.parent / "data"
    one = attack(simulated, attacks=["capture"], data=place)
    tables = attack(simulated, attacks=["capture"], data=loaders.read(place))
    assert one.rows == tables.rows == tuple(row for row in simulated_report.rows if row.attack == "capture")


def test_zeros_hold_under_vouch_alone(simulated_report: AttackReport) -> None:
    """Refunds, fresh rings, mules and smurfs gain exactly 0 under ``vouch``; every challenger falls for one of them."""
    zeros = ("reputable20", "ring_fresh", "refund_within", "refund_reversed31", "mule2", "mule3", "smurfing")
    best = {rule: max(simulated_report.row(name, rule).attacker_best for name in zeros) for rule in RULES}
    assert best["vouch"] == 0.0
    assert min(best[rule] for rule in RULES if rule != "vouch") > 5


def test_what_works_has_a_price_and_a_bound(simulated_report: AttackReport) -> None:
    """Whoever gains under ``vouch`` without leaving a record behind needs a real person or years of history."""
    for name in ATTACKS:
        row = simulated_report.row(name, "vouch")
        if row.attacker_best > 0 and name != "shedding":
            assert row.honest_people or row.months >= 36
        if row.bound is not None:
            assert row.reached <= row.bound + 1e-9


def test_what_constants_would_do_is_told_apart(simulated_report: AttackReport) -> None:
    """Bad payers hurt nobody while constants are held; recomputed, the quartiles they shift take points from others."""
    held, anew = simulated_report.row("griefing", "vouch"), simulated_report.row("griefing", CONSTANTS)
    assert held.victims_worst == 0.0
    assert anew.victims_worst < -1
    assert anew.constants["mean"] < 0
    assert anew.constants["quartile_identity"] < 0


def test_a_grieved_newcomer_has_a_thin_file(simulated: Run, simulated_report: AttackReport) -> None:
    """The victim is one person, and does not lose a bit under ``vouch``."""
    row = simulated_report.row("griefing", "vouch")
    assert (row.victims, row.victims_worst) == (1, 0.0)


def test_progress_moves_while_the_input_is_read(simulated: Run) -> None:
    """First the bytes read of all, file by file, then the attacks done of all."""
    told: list[tuple[str, int, int]] = []
    folder = read_log(simulated.path.parent).data(simulated.id)
    attack(simulated, data=folder, attacks=["capture"], rules=["vouch"], progress=lambda *step: told.append(step))
    *read, last = told
    assert last == ("capture", 0, 1)
    assert {"accounts", "relations", "profiles"} <= {name.partition(".")[0] for name, _, _ in read}
    assert all(0 <= done < of for _, done, of in read)
