"""Do connections enter only where an uplift is shown, if the policy asks for that?"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from rich.progress import Progress

import loaders
from loaders.errors import UsageError
from scoring.batch.connections import permit
from scoring.batch.facts import name_run
from scoring.batch.job import plan, run
from scoring.batch.progress import Bars
from scoring.batch.stages import Order
from scoring.config import Config, ConfigError, load_config
from scoring.config.sections import Gate
from scoring.evaluation.filing import encode
from scoring.evaluation.study import evaluate
from scoring.runs.run import Run
from scoring.summary import summarize
from tests.scoring.batch_runs import Stop, Told, config, folder, result_bytes
from tests.scoring.evaluation.planted import AS_OF, BACK, Scored, outcomes

REQUIRED = '[gate]\nconnections = "require_uplift"\n'
Make = Callable[..., Run]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Make a run of a portfolio by a policy given as TOML, beside which the evaluation lies as e.json."""

    def made(scored: Scored, toml: str = REQUIRED, evaluation: str = "", **more: Any) -> Run:
        if evaluation:
            (tmp_path / "e.json").write_text(evaluation, encoding="utf-8")
        policy = tmp_path / "renmai.toml"
        policy.write_text(toml, encoding="utf-8")
        asked = {"as_of": AS_OF, "runs": tmp_path / "runs", "force": True} | more
        return run(loaders.load(**scored.frames), config=load_config(policy), **asked)

    return made


def named(toml: str = "") -> str:
    return f'{toml}{REQUIRED}evaluation = "e.json"\n'


def is_neutral(made: Run) -> bool:
    scores = made.scores
    return bool((scores["connections"] == scores["tabular"]).all())


def test_a_look_back_that_shows_an_uplift_lets_connections_in(make: Make, helping: Scored) -> None:
    """Where connections helped twelve months ago, the run is the one that is always made, with the proof beside it."""
    asked, always = make(helping), make(helping, "")
    assert asked.table("scores").equals(always.table("scores")) and not is_neutral(asked)
    assert asked.manifest["uplift"]["by"] == "backtest" and not asked.manifest["uplift"]["neutral"]
    assert asked.id != always.id and "uplift" not in always.manifest


def test_a_look_back_that_shows_none_makes_the_run_neutral(make: Make, shuffled: Scored) -> None:
    """Where they did not, C is e for everyone, and every score is the tabular score."""
    asked, always = make(shuffled), make(shuffled, "")
    off = make(shuffled, "[score]\nconnections = false\n")
    assert is_neutral(asked) and not is_neutral(always)
    assert asked.table("scores").equals(off.table("scores"))
    told = asked.manifest["uplift"]
    assert told["neutral"] and told["low"] <= 0 <= told["high"]
    assert told["sentence"].startswith("This run is neutral")
    assert summarize(asked).uplift == told


def test_a_look_back_sees_what_was_known_then(make: Make, helping: Scored) -> None:
    """The verdict is of the year before as_of: what the evaluation of a run made back then says, to the digit."""
    told = make(helping).manifest["uplift"]
    found = helping.evaluation.uplift
    assert (told["as_of"], told["until"]) == (BACK.isoformat(), AS_OF.isoformat())
    assert [told["difference"], told["low"], told["high"]] == pytest.approx([found.difference, found.low, found.high])


def test_outcomes_after_as_of_do_not_open_the_gate(make: Make, helping: Scored) -> None:
    """With the bads of the year after as_of alone nothing is known at as_of, so the run is neutral."""
    late = outcomes(helping.frames["outcomes"]["account_id"].tolist(), AS_OF)
    made = make(replace(helping, frames=helping.frames | {"outcomes": late}))
    assert is_neutral(made)
    assert "nothing can be said" in made.manifest["uplift"]["sentence"]


def test_undated_profiles_prove_nothing(make: Make, helping: Scored) -> None:
    """Profiles that say not when they were known may come from after the outcomes: no uplift is shown by them."""
    undated = helping.frames["profiles"].assign(known_at="")
    made = make(replace(helping, frames=helping.frames | {"profiles": undated}))
    assert is_neutral(made)
    assert "no dated profile" in made.manifest["uplift"]["sentence"]


def test_a_named_evaluation_decides(make: Make, helping: Scored, shuffled: Scored) -> None:
    """An evaluation that shows an uplift opens the gate where a look back would not, and the other way round."""
    opened = make(shuffled, named(), encode(helping.evaluation))
    assert not is_neutral(opened) and opened.manifest["uplift"]["by"] == "evaluation"
    assert opened.manifest["uplift"]["run_id"] == helping.run.id
    closed = make(helping, named(), encode(shuffled.evaluation))
    assert is_neutral(closed) and closed.manifest["uplift"]["neutral"]


def test_the_evaluations_content_is_part_of_the_runs_id(make: Make, helping: Scored) -> None:
    """Another evaluation of the same name gives another run; the same one gives the same, verified."""
    again = evaluate(helping.run, helping.frames["outcomes"], seed=8)
    one = make(helping, named(), encode(helping.evaluation))
    other = make(helping, named(), encode(again))
    assert len({one.id, other.id, make(helping).id}) == 3
    assert make(helping, named(), encode(again)).id == other.id


def test_an_evaluation_of_another_policy_shows_nothing(make: Make, helping: Scored) -> None:
    """A figure that another policy earned opens no gate for this one."""
    made = make(helping, named("[score]\nrho = 0.5\n"), encode(helping.evaluation))
    assert is_neutral(made)
    assert "another policy" in made.manifest["uplift"]["sentence"]


def test_lender_and_bands_are_no_other_policy(make: Make, helping: Scored) -> None:
    """What orders nobody, such as the lender's name, leaves an evaluation valid."""
    assert not is_neutral(make(helping, named('[lender]\nname = "Bank"\n'), encode(helping.evaluation)))


def test_a_changed_file_is_refused(make: Make, shuffled: Scored) -> None:
    """An evaluation in which the verdict was turned over by hand is no evaluation."""
    read = json.loads(encode(shuffled.evaluation))
    read["uplift"] |= {"low": 0.1, "high": 0.2, "difference": 0.15, "shown": True}
    with pytest.raises(ConfigError, match=r"gate\.evaluation: .*was changed"):
        make(shuffled, named(), json.dumps(read))


def test_a_file_that_is_not_there_is_refused(make: Make, helping: Scored) -> None:
    """A name that leads nowhere, or out of the folder, is a finding of the configuration."""
    for name in ("e.json", "../e.json", "/etc/passwd"):
        with pytest.raises(ConfigError, match=r"gate\.evaluation: found"):
            make(helping, f'{REQUIRED}evaluation = "{name}"\n')


def test_a_file_that_was_never_read_is_refused(helping: Scored, tmp_path: Path) -> None:
    """A policy made in Python that names a file does not pass for one that read it."""
    config = Config(gate=Gate(connections="require_uplift", evaluation="e.json"))
    with pytest.raises(UsageError, match="was not read"):
        run(loaders.load(**helping.frames), as_of=AS_OF, runs=tmp_path, config=config)


def test_a_neutral_run_repeats_and_is_followed_by_another(make: Make, shuffled: Scored) -> None:
    """The same work gives the same neutral run, and its evaluation still says what connections would add."""
    made = make(shuffled)
    assert make(shuffled).id == made.id
    found = evaluate(made, outcomes(shuffled.frames["outcomes"]["account_id"].tolist(), AS_OF), draws=20)
    auc = {row.variant: row.auc for row in found.variants if row.segment == "thin"}
    assert auc["with"] != auc["without"]
    assert any("neutral" in note for note in found.notes)


def test_what_asks_nothing_changes_no_id() -> None:
    """With connections always let in, the gate is no part of a run's id, and of no manifest's config."""
    order = Order(AS_OF, Config(), "vouch")
    other = Config(gate=Gate(max_psi=0.5, evaluation="e.json"))
    assert name_run("00", order) == name_run("00", replace(order, config=other))
    asking = Config(gate=Gate(connections="require_uplift"))
    assert name_run("00", order) != name_run("00", replace(order, config=asking))


def test_a_manifest_that_asks_nothing_does_not_speak_of_it(helping: Scored) -> None:
    """The recorded config of an ordinary run has neither key, and reads back as the policy it was."""
    recorded = helping.run.manifest["config"]
    assert not {"connections", "evaluation"} & set(recorded["gate"])
    assert Config.model_validate(recorded) == Config()


def test_a_dimension_switched_off_needs_no_evidence(make: Make, shuffled: Scored) -> None:
    """With score.connections = false nothing is looked back at."""
    made = make(shuffled, f"[score]\nconnections = false\n{REQUIRED}")
    assert is_neutral(made) and "uplift" not in made.manifest


def test_without_outcomes_nothing_is_shown(make: Make, helping: Scored) -> None:
    """A log without outcomes gives no uplift, so its run is neutral, and says so."""
    nothing = pd.DataFrame(columns=list(helping.frames["outcomes"].columns), dtype=str)
    assert is_neutral(make(replace(helping, frames=helping.frames | {"outcomes": nothing})))


def test_resume_goes_on_with_the_gate_on(shuffled: Scored, tmp_path: Path) -> None:
    """Stopped after the propagation and resumed, a gated run is the neutral one it would have been, verified."""
    data = folder(tmp_path / "data", shuffled.frames)
    policy, asked = config(REQUIRED, tmp_path), {"as_of": AS_OF, "runs": tmp_path / "runs"}
    with pytest.raises(Stop):
        run(data, config=policy, progress=Told(stop_at="score"), **asked)  # type: ignore[arg-type]
    told = Told()
    made = run(data, config=policy, resume=True, progress=told, **asked)  # type: ignore[arg-type]
    assert "stage propagate is taken up from the interrupted run" in told.notes
    assert is_neutral(made) and made.manifest["uplift"]["neutral"]
    assert plan(data, config=policy, **asked).run_id == made.id  # type: ignore[arg-type]
    plain = run(data, config=policy, as_of=AS_OF, runs=tmp_path / "plain")
    assert (plain.id, result_bytes(plain)) == (made.id, result_bytes(made))


def test_a_look_back_tells_how_far_it_is(shuffled: Scored) -> None:
    """The look back, which no part of the bar is set aside for, tells its share, up to the whole."""
    shares: list[float] = []
    order = Order(AS_OF, Config(gate=Gate(connections="require_uplift")), "vouch")
    permit(order, loaders.load(**shuffled.frames), shares.append)
    assert shares == sorted(shares) and shares[-1] == 1.0 and len(shares) > 10
    with Progress(disable=True) as bar:
        bars = Bars(bar)
        bars.stage("look back", 1, 7)
        bars.within(0.5)
        assert bar.tasks[0].description == "look back 50%"
        bars.stage("tie", 1, 7)
        bars.within(0.5)
        assert bar.tasks[0].description == "tie"
