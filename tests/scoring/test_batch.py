"""Does a run hold what it should: every score, sums that fit, and how it was made?"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd

from loaders.town import AS_OF, PEOPLE, town
from scoring.config import Config, load_config
from scoring.runs import open_run
from scoring.runs.columns import SCHEMAS
from scoring.runs.run import Run
from tests.scoring.batch_runs import go


def test_every_account_of_a_person_has_one_score(made: Run) -> None:
    """Merchants and institutions have none; two accounts of one holder share theirs."""
    scores = made.scores.set_index("account_id")
    assert sorted(scores.index) == sorted([*PEOPLE, "tom-2"])
    assert scores.score["tom-2"] == scores.score["tom"]
    assert scores.score.between(350, 950).all()


def test_points_add_up_to_the_score(made: Run) -> None:
    """350 and the points of the five dimensions are the score, for everybody."""
    points = made.scores.filter(like="points_").sum(axis=1)
    assert (350 + points).tolist() == made.scores.score.tolist()


def test_tables_have_the_columns_and_the_order_of_the_contract(made: Run) -> None:
    """Names, types and sorting of the four result tables are fixed."""
    keys = {
        "scores": ["account_id"],
        "standing": ["holder_id"],
        "ties": ["from_id", "to_id"],
        "contributions": ["holder_id", "supporter_id"],
    }
    for name, key in keys.items():
        table = made.table(name)
        assert table.schema.equals(SCHEMAS[name])
        rows = table.select(key).to_pylist()
        assert rows == sorted(rows, key=lambda row: [row[column].encode() for column in key])


def test_contributions_add_up_to_the_lift(made: Run) -> None:
    """What supporters add to a holder is its lift, to twelve digits; nobody adds nothing."""
    added = made.contributions.groupby("holder_id").contribution.sum()
    lift = made.standing.set_index("holder_id").lift
    assert (made.contributions.contribution > 0).all()
    assert {name: round(value, 12) for name, value in lift[lift != 0].items()} == {
        name: round(value, 12) for name, value in added.items()
    }


def test_the_manifest_tells_how_the_run_was_made(made: Run) -> None:
    """Inputs with their hash, config, constants, versions, counts, consent and the certificate stand in it."""
    import hashlib

    manifest = made.manifest
    relations = next(file for file in manifest["inputs"] if file["table"] == "relations")
    assert (relations["file"], relations["accepted"]) == ("relations.csv", len(town()["relations"]))
    assert relations["sha256"] == hashlib.sha256(_csv(town()["relations"])).hexdigest()
    assert manifest["certificate"] == 0.0
    assert manifest["convergence"]["converged"] is True
    assert manifest["consent"] == "all granted: there is no consents table"
    assert set(manifest["constants"]) == {"mean", "scale", "quartiles"}
    assert {"python", "renmai", "numba", "pyarrow"} <= set(manifest["versions"])
    assert manifest["counts"]["graph"]["persons"] == len(PEOPLE)
    assert Config.model_validate(manifest["config"]) == load_config(None)


def _csv(frame: pd.DataFrame) -> bytes:
    return frame.to_csv(index=False, lineterminator="\n").encode()


def test_what_was_accepted_is_used_or_set_aside(tmp_path: Path) -> None:
    """For every table, records = accepted + rejected + blank and accepted = used + after_as_of + pending."""
    early = go(tmp_path, as_of=AS_OF - timedelta(days=200))
    for counts in early.manifest["counts"]["tables"].values():
        assert counts["records"] == counts["accepted"] + counts["rejected"] + counts["blank"]
        if "used" in counts:
            assert counts["accepted"] == counts["used"] + counts["after_as_of"] + counts["pending"]
    assert early.manifest["counts"]["tables"]["relations"]["after_as_of"] > 0


def test_association_is_a_challenger_with_its_own_run(tmp_path: Path) -> None:
    """Its standing is the posterior mean of the field; it names the rule and has no contributions."""
    made = go(tmp_path, rule="association")
    assert made.manifest["rule"] == "association"
    assert 0 < made.manifest["certificate"] <= 1e-9
    assert len(made.contributions) == 0
    assert (made.standing.lift < 0).any()


def test_the_log_and_the_manifest_name_nobody(made: Run) -> None:
    """No id of a person or an account stands in what a run tells about itself."""
    told = (made.path / "manifest.json").read_text() + (made.path.parent / "LOG").read_text()
    values = set(json.dumps(json.loads((made.path / "manifest.json").read_text())).split('"'))
    assert values & {*PEOPLE, "tom-2", "acme", "shop"} == set()
    assert "tom-2" not in told


def test_the_clock_plays_no_part(made: Run) -> None:
    """Neither manifest nor tables hold the time they were made."""
    today = datetime.now(UTC).date().isoformat()
    assert today not in (made.path / "manifest.json").read_text()


def test_open_run_gives_the_batchs_run(made: Run) -> None:
    """What run returns is what a reader opens."""
    assert open_run(made.path.parent).manifest == made.manifest
